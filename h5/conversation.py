"""The conversation with the company's assistant: read it, type into it, mark it read (architecture §4).

It is told from the event log; there is no second table of messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from auth import events, throttling
from auth.authority import Act, companies_of
from auth.engine import transaction
from auth.errors import NotFound
from auth.models import Person
from auth.throttling import Limit
from auth.tokens import new_id
from h5.thread import chat, history
from h5.thread.cards import Card
from h5.thread.chat_cards import WELCOME, place, reply_to, welcome
from h5.thread.cursor import decode, encode, parse_card_id
from h5.thread.history import Position
from h5.thread.rows import Reader
from h5.thread.sight import Sight, sights
from h5.thread.telling import tell
from seals.models import Seal

__all__ = ["PAGE_SIZE", "Reader", "Said", "Thread", "Unread", "mark_read", "read", "say"]

PAGE_SIZE = 30
MESSAGES_PER_PERSON = Limit("message.person", 30, 60)


@dataclass(frozen=True)
class Thread:
    """A page of cards, oldest first. cursor: how far the whole thread goes at this moment."""

    cards: tuple[Card, ...]
    cursor: str
    unread: int


@dataclass(frozen=True)
class Said:
    """What was typed, and the answer, as cards."""

    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Unread:
    """How many cards the person has not read on any of his phones."""

    unread: int


async def read(reader: Reader, before: str | None, now: datetime) -> Thread:
    """The newest cards, or those before a card. The thread begins with a welcome.

    Raises Invalid `thread.before`, NotFound `thread.card_not_found`, also for another person's card.
    """
    seen = await sights(reader.person_id, now)
    upto = await history.heads(seen)
    cards: list[Card] = []
    if before != WELCOME:
        start = await _position(before, seen) if before is not None else None
        shown, from_the_beginning = await history.page(upto, seen, start, PAGE_SIZE)
        cards = await tell(shown, reader, now)
        if from_the_beginning:
            cards.insert(0, welcome(await Person.get(id=reader.person_id), reader))
    return Thread(tuple(cards), encode(upto), await history.unread(reader.person_id, upto, seen))


async def _position(card: str, own: dict[str, Sight]) -> Position:
    stream, seq = parse_card_id(card)
    event = await history.find(stream, seq) if stream in own else None
    if event is None or not own[stream].shows(event):
        raise NotFound("thread.card_not_found", "没有找到该消息。", "There is no such message.")
    return Position.of(event)


async def say(reader: Reader, typed: str, now: datetime) -> Said:
    """Take in a message and answer it, in one transaction; the text is kept encrypted.

    Raises Invalid `message.length`, `message.character`, TooMany `rate.limited`.
    """
    text = chat.checked_text(typed)
    await throttling.count(MESSAGES_PER_PERSON, reader.person_id, now)
    facts = await _answer(text, reader.person_id, now)
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
                private=private,
            ),
            await events.append(
                stream, "chat.replied", actor="assistant", subject=f"chat:{said}", now=now, facts=facts
            ),
        ]
    found = [event for seq in seqs if (event := await history.find(stream, seq)) is not None]
    return Said(tuple(await tell(await history.told(found), reader, now)))


async def _answer(text: str, person_id: str, now: datetime) -> dict[str, str]:
    understood = chat.understand(text)
    companies = await companies_of(person_id, now)
    seals = await Seal.filter(company_id__in=[row.id for row, _ in companies]).only("id", "state")
    collects = any(his.may(Act.COLLECT) for _, his in companies)
    reply = {"reply": reply_to(understood.wish, bool(companies), collects, seals)}
    return reply if understood.code is None else {**reply, "code": understood.code}


async def mark_read(person_id: str, cursor: str, now: datetime) -> Unread:
    """Everything up to a cursor is read, on all of the person's phones; a mark never goes back.

    Streams that are not the person's are passed over. Raises Invalid `thread.cursor`.
    """
    wanted = decode(cursor)
    seen = await sights(person_id, now)
    upto = await history.heads(seen)
    await history.mark(person_id, wanted, upto)
    return Unread(await history.unread(person_id, upto, seen))
