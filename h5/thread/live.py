"""The conversation live: what is new after a cursor, as it comes, for one open page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from auth import sessions
from h5.conversation import Unread
from h5.thread import history
from h5.thread.cards import Card
from h5.thread.cursor import encode
from h5.thread.rows import Reader
from h5.thread.sight import Sight, sights
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
) -> AsyncGenerator[NewCard | Unread | Heartbeat, None]:
    """Cards after a cursor (None: from now on), each once; the unread count at first and when it changes.

    wait: waits for a change of these streams or of the person's read marks, at most so many seconds; tells
    whether there was one. Ends with the session, and after LIFE: the browser opens anew where it was.
    """
    streams = tuple(await sights(reader.person_id, clock()))
    upto = await history.heads(streams)
    # A database restored from a copy may be behind a cursor of before; other people's streams are not his.
    seen = upto if after is None else {s: min(seq, upto[s]) for s, seq in after.items() if s in upto}
    cursor, counted = dict(seen), -1
    end = clock() + LIFE
    while clock() < end and await sessions.lives(session_id, clock()):
        # Waiting begins before looking, so that what happens in between is not slept over.
        waiting = asyncio.ensure_future(wait(streams, HEARTBEAT_S))
        try:
            told = await sights(reader.person_id, clock())
            upto = await history.heads(told)
            async for news in _news(reader, cursor, upto, told, clock):
                yield news
            count = await history.unread(reader.person_id, upto, told)
            if count != counted:
                counted = count
                yield Unread(count)
            if tuple(told) != streams:
                streams = tuple(told)
            elif not await waiting:
                yield Heartbeat()
        finally:
            waiting.cancel()


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
