"""The conversation with the company's assistant: read it, type into it, mark it read (architecture §4).

It is told from the event log; there is no second table of messages. Each company has a thread: its stream
and one's own, without what is another company's. Whoever names no company reads all of it as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auth import events, throttling
from auth.authority import Act, Standing, companies_of, company_no_such
from auth.engine import transaction
from auth.events import company_stream
from auth.models import Company, Person
from auth.throttling import Limit
from auth.tokens import new_id
from h5.thread import chat, history, marks
from h5.thread.cards import Action, Card
from h5.thread.chat_cards import WELCOME, place, reply_to, welcome
from h5.thread.cursor import decode, encode
from h5.thread.position import position
from h5.thread.quick import quick_replies
from h5.thread.rows import Reader
from h5.thread.sight import Sight, narrowed, sights
from h5.thread.telling import tell
from seals.models import Seal

__all__ = [
    "PAGE_SIZE",
    "OneThread",
    "Reader",
    "Said",
    "Thread",
    "Unread",
    "mark_read",
    "read",
    "say",
    "threads",
]

PAGE_SIZE = 30
MESSAGES_PER_PERSON = Limit("message.person", 30, 60)


@dataclass(frozen=True)
class Thread:
    """A page of cards, oldest first. cursor: how far the whole thread goes at this moment; elsewhere: unread
    in the threads of the other companies; quick: what can be done now, with the newest page only.
    """

    cards: tuple[Card, ...]
    cursor: str
    unread: int
    elsewhere: int
    quick: tuple[Action, ...]


@dataclass(frozen=True)
class OneThread:
    """A company whose thread the reader has."""

    company_id: str
    name: str
    unread: int


@dataclass(frozen=True)
class Said:
    """What was typed, and the answer, as cards."""

    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Unread:
    """How many cards the person has not read on any of his phones: in this thread, and in the others."""

    unread: int
    elsewhere: int = 0


async def read(reader: Reader, before: str | None, now: datetime, company_id: str | None = None) -> Thread:
    """The newest cards, or those before a card. The thread begins with a welcome.

    Raises Invalid `thread.before`, NotFound `thread.card_not_found`, also for another person's card, and
    `company.not_found`.
    """
    everything = await sights(reader.person_id, now, company_id)
    all_heads = await history.heads(everything)
    seen = narrowed(everything, company_id)
    upto = {stream: all_heads[stream] for stream in seen}
    cards: list[Card] = []
    if before != WELCOME:
        start = await position(before, seen) if before is not None else None
        shown, from_the_beginning = await history.page(upto, seen, start, PAGE_SIZE)
        cards = await tell(shown, reader, now)
        if from_the_beginning:
            cards.insert(0, welcome(await Person.get(id=reader.person_id), reader))
    left = await unread_in(reader.person_id, all_heads, everything, company_id)
    quick = await quick_replies(reader, now, company_id) if before is None else ()
    return Thread(tuple(cards), encode(upto), left.unread, left.elsewhere, quick)


async def unread_in(
    person_id: str, upto: dict[str, int], seen: dict[str, Sight], company_id: str | None
) -> Unread:
    """The counts of one thread. upto, seen: of all streams."""
    here = await marks.unread(person_id, upto, seen, company_id)
    if company_id is None or len(seen) <= 2:  # his own stream and this company's
        return Unread(here)
    return Unread(here, await marks.unread(person_id, upto, seen, company_id, elsewhere=True))


async def threads(reader: Reader, now: datetime) -> tuple[OneThread, ...]:
    """The companies to switch between, those with news first, then the newest."""
    everything = await sights(reader.person_id, now)
    upto = await history.heads(everything)
    found = []
    for company, _ in reversed(await companies_of(reader.person_id, now)):
        if company_stream(company.id) in everything:
            count = await marks.unread(reader.person_id, upto, everything, company.id, general=False)
            found.append(OneThread(company.id, company.name, count))
    return tuple(sorted(found, key=lambda each: not each.unread))


async def say(reader: Reader, typed: str, now: datetime, company_id: str | None = None) -> Said:
    """Take in a message and answer it, in one transaction; the text is kept encrypted.

    Raises Invalid `message.length`, `message.character`, NotFound `company.not_found`, TooMany
    `rate.limited`.
    """
    text = chat.checked_text(typed)
    companies = await _companies(reader.person_id, company_id, now)
    await throttling.count(MESSAGES_PER_PERSON, reader.person_id, now)
    facts = await _answer(text, companies)
    stream, said = events.person_stream(reader.person_id), new_id()
    private = reader.records.seal(text, place(said))
    async with transaction():
        seqs = [
            await events.append(
                stream,
                "chat.said",
                actor=f"person:{reader.person_id}",
                subject=f"chat:{said}",
                now=now,
                on_behalf=company_id,
                private=private,
            ),
            await events.append(
                stream,
                "chat.replied",
                actor="assistant",
                subject=f"chat:{said}",
                now=now,
                on_behalf=company_id,
                facts=facts,
            ),
        ]
    found = [event for seq in seqs if (event := await history.find(stream, seq)) is not None]
    return Said(tuple(await tell(await history.told(found), reader, now)))


async def _companies(person_id: str, company_id: str | None, now: datetime) -> list[tuple[Company, Standing]]:
    """The companies that a thread is about."""
    found = await companies_of(person_id, now)
    if company_id is None:
        return found
    one = [(company, his) for company, his in found if company.id == company_id]
    if not one:
        raise company_no_such()
    return one


async def _answer(text: str, companies: list[tuple[Company, Standing]]) -> dict[str, Any]:
    understood = chat.understand(text)
    seals = await Seal.filter(company_id__in=[row.id for row, _ in companies]).only("id", "state")
    collects = any(his.may(Act.COLLECT) for _, his in companies)
    reply: dict[str, Any] = {"reply": reply_to(understood.wish, bool(companies), collects, seals)}
    if understood.code is not None:
        reply["code"] = understood.code
    if understood.wish == "unknown" and (near := chat.suggestions(text)):
        reply["near"] = list(near)
    return reply


async def mark_read(person_id: str, cursor: str, now: datetime, company_id: str | None = None) -> Unread:
    """Everything up to a cursor is read, on all of the person's phones; a mark never goes back.

    company_id: in the thread of a company, None: in all. Streams that are not the person's are passed over.
    Raises Invalid `thread.cursor`, NotFound `company.not_found`.
    """
    wanted = decode(cursor)
    seen = await sights(person_id, now, company_id)
    upto = await history.heads(seen)
    here = {stream: upto[stream] for stream in narrowed(seen, company_id)}
    await marks.mark(person_id, wanted, here, company_id)
    return await unread_in(person_id, upto, seen, company_id)
