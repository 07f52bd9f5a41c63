"""Search the conversation: the cards that the reader is told, by the words that he would read on them.

What is looked through is what `conversation.read` would show, so nothing is found that is not seen; and
no index of words is kept, as texts are encrypted and names masked.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from auth import throttling
from auth.errors import Invalid
from auth.throttling import Limit
from h5.thread import history
from h5.thread.cards import Card
from h5.thread.cursor import card_id
from h5.thread.position import position
from h5.thread.rows import Reader
from h5.thread.sight import narrowed, sights
from h5.thread.telling import tell

__all__ = ["MAX_FOUND", "MAX_LOOKED_AT", "MAX_WORDS", "Found", "search"]

MAX_WORDS = 60
MAX_FOUND = 20
MAX_LOOKED_AT = 600
"""Cards that one search goes through; who wants older ones asks on."""
AT_ONCE = 100
SEARCHES_PER_PERSON = Limit("search.person", 60, 60)


@dataclass(frozen=True)
class Found:
    """Cards, newest first. before: where to go on, None when all was looked through."""

    cards: tuple[Card, ...]
    before: str | None


async def search(
    reader: Reader, typed: str, before: str | None, now: datetime, company_id: str | None = None
) -> Found:
    """The cards that hold all the words, in the reader's language; newest first. No words find nothing.

    Raises Invalid `search.words`, `thread.before`; NotFound `thread.card_not_found`, `company.not_found`;
    TooMany `rate.limited`.
    """
    words = _words(typed)
    await throttling.count(SEARCHES_PER_PERSON, reader.person_id, now)
    if not words:
        return Found((), None)
    seen = narrowed(await sights(reader.person_id, now, company_id), company_id)
    upto = await history.heads(seen)
    place = await position(before, seen) if before is not None else None
    found: list[Card] = []
    for _ in range(MAX_LOOKED_AT // AT_ONCE):
        shown, ended = await history.page(upto, seen, place, AT_ONCE)
        for card in reversed(await tell(shown, reader, now)):
            if all(word in _text(card) for word in words):
                found.append(card)
            if len(found) == MAX_FOUND:
                return Found(tuple(found), card.id)
        if ended:
            return Found(tuple(found), None)
        place = history.Position.of(shown[0].event)
    first = shown[0].event
    return Found(tuple(found), card_id(first.stream, first.seq))


def _words(typed: str) -> tuple[str, ...]:
    if len(typed) > MAX_WORDS:
        raise Invalid(
            "search.words",
            f"要找的词最多 {MAX_WORDS} 个字，请少输几个。",
            f"Type {MAX_WORDS} characters at most of what you look for.",
            field="q",
            limit=MAX_WORDS,
        )
    return tuple(_folded(typed).split())


def _folded(text: str) -> str:
    """Width and case of letters do not matter, and codes are found with or without their dashes."""
    return unicodedata.normalize("NFKC", text).casefold().replace("-", "")


def _text(card: Card) -> str:
    return _folded("\n".join((card.title, *card.lines, card.by.name if card.by else "")))
