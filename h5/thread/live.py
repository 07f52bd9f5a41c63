"""The conversation live: what is new after a cursor, as it comes, for one open page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from auth import sessions
from auth.errors import NotFound
from h5.conversation import Unread, unread_in
from h5.thread import history
from h5.thread.cards import Card
from h5.thread.cursor import encode
from h5.thread.rows import Reader
from h5.thread.sight import Sight, narrowed, sights
from h5.thread.telling import tell

__all__ = ["HEARTBEAT_S", "LIFE", "Heartbeat", "NewCard", "follow"]

HEARTBEAT_S = 15.0
LIFE = timedelta(minutes=30)

Wait = Callable[[Sequence[str], float], Awaitable[bool]]


@dataclass(frozen=True)
class NewCard:
    """A card, and the cursor to go on from after it."""

    card: Card
    cursor: str


@dataclass(frozen=True)
class Heartbeat:
    """Nothing new; said so that a dead connection is noticed."""


async def follow(
    reader: Reader,
    session_id: str,
    after: Mapping[str, int] | None,
    wait: Wait,
    clock: Callable[[], datetime],
    company_id: str | None = None,
) -> AsyncGenerator[NewCard | Unread | Heartbeat, None]:
    """Cards after a cursor (None: from now on), each once; the unread counts at first and when they change.

    company_id: in the thread of a company (NotFound `company.not_found`), None: in all. wait: waits for a
    change of these streams or of the person's read marks, at most so many seconds; tells whether there was
    one. Ends with the session, and after LIFE: the browser opens anew where it was.
    """
    everything = await sights(reader.person_id, clock(), company_id)
    streams = tuple(everything)
    upto = await history.heads(narrowed(everything, company_id))
    # A database restored from a copy may be behind a cursor of before; other people's streams are not his.
    seen = upto if after is None else {s: min(seq, upto[s]) for s, seq in after.items() if s in upto}
    cursor = dict(seen)
    counted: Unread | None = None
    end = clock() + LIFE
    while clock() < end and await sessions.lives(session_id, clock()):
        # Waiting begins before looking, so that what happens in between is not slept over.
        waiting = asyncio.ensure_future(wait(streams, HEARTBEAT_S))
        try:
            told = await _seen(reader.person_id, clock(), company_id)
            upto = await history.heads(told)
            here = narrowed(told, company_id)
            heads = {stream: upto[stream] for stream in here}
            async for news in _news(reader, cursor, heads, here, clock):
                yield news
            count = await unread_in(reader.person_id, upto, told, company_id)
            if count != counted:
                counted = count
                yield count
            if tuple(told) != streams:
                streams = tuple(told)
            elif not await waiting:
                yield Heartbeat()
        finally:
            waiting.cancel()


async def _seen(person_id: str, now: datetime, company_id: str | None) -> dict[str, Sight]:
    """Also of somebody who is no member of the company any more: his own matters go on."""
    try:
        return await sights(person_id, now, company_id)
    except NotFound:
        return await sights(person_id, now)


async def _news(
    reader: Reader,
    cursor: dict[str, int],
    upto: dict[str, int],
    sees: Mapping[str, Sight],
    clock: Callable[[], datetime],
) -> AsyncIterator[NewCard]:
    """The cards between a cursor and the heads; moves the cursor on."""
    while events := await history.since(cursor, upto):
        shown = [
            one for one in await history.told(events) if one.shown and sees[one.event.stream].shows(one.event)
        ]
        cards = iter(await tell(shown, reader, clock()))
        told = {(one.event.stream, one.event.seq) for one in shown}
        for event in events:
            cursor[event.stream] = event.seq
            if (event.stream, event.seq) in told:
                yield NewCard(next(cards), encode(cursor))
