"""A card: one event told to one reader, with what he can do now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from auth.authority import NOBODY, Act
from h5 import words
from h5.thread.history import Told
from h5.thread.rows import Reader, Rows
from seals.models import SealState

__all__ = ["Action", "By", "Card", "Content", "Link", "Picture", "Press", "Say", "State", "Telling", "Tone"]


HUES = 6


@dataclass(frozen=True)
class Link:
    """A button that opens a page of this site."""

    label: str
    href: str


@dataclass(frozen=True)
class Press:
    """A button that does something at once: an address of this API to POST to. sure: what is asked before, of
    what cannot be taken back; what: what the answer does, under its button.
    """

    label: str
    post: str
    sure: str = ""
    what: str = ""


@dataclass(frozen=True)
class Say:
    """A button that says something into the conversation."""

    label: str
    say: str


Action = Link | Press | Say

Tone = Literal["wait", "good", "bad", "past"]
"""Of a state: somebody has something to do, all is well, look at it, over."""


@dataclass(frozen=True)
class State:
    """How what a card speaks of stands now. line: the one of the card's lines that says it."""

    line: str
    tone: Tone


@dataclass(frozen=True)
class Picture:
    """What a card speaks of. kind: imprint, page or licence; url: a path of this API, "" for a licence, which
    is drawn from its words; width, height: pixels on the screen, known before it is there.
    """

    kind: Literal["imprint", "page", "licence"]
    url: str
    width: int
    height: int
    words: str = ""


@dataclass(frozen=True)
class By:
    """Somebody else who did it: masked, with the first character of the name and one of `HUES` colours."""

    name: str
    initial: str
    hue: int


@dataclass(frozen=True)
class Card:
    """A card as the page shows it. at_text: China time; mine: typed by the reader himself; brief: a passing
    remark, told small.
    """

    id: str
    stream: str
    seq: int
    kind: str
    at_text: str
    mine: bool
    title: str
    lines: tuple[str, ...]
    state: State | None
    by: By | None
    pictures: tuple[Picture, ...]
    brief: bool
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Content:
    """What a card says, without where and when. state: the line of it that says one."""

    title: str
    lines: Sequence[str] = ()
    actions: Sequence[Action] = ()
    pictures: tuple[Picture, ...] = ()
    mine: bool = False
    state: State | None = None
    brief: bool = False


@dataclass(frozen=True)
class Telling:
    """One event, its reader, the rows as they are now, and the clock."""

    told: Told
    reader: Reader
    rows: Rows
    now: datetime

    @property
    def row_id(self) -> str:
        """The id of the row that the event is about."""
        return self.told.event.subject.partition(":")[2]

    @property
    def owner_id(self) -> str:
        """The id of the company or person whose stream it is."""
        return self.told.event.stream.partition(":")[2]

    def w(self, key: str, **facts: object) -> str:
        """Words in the reader's language."""
        return words.text(key, self.reader.language, **facts)

    def either(self, zh: str, en: str) -> str:
        """One of two texts by the reader's language."""
        return zh if self.reader.language == "zh" else en

    def link(self, key: str, href: str) -> Link:
        """A button with words by key."""
        return Link(self.w(key), href)

    def who(self) -> str:
        """Who did it: the reader himself, or somebody masked; empty for machines."""
        kind, _, actor = self.told.event.actor.partition(":")
        if kind != "person":
            return ""
        return self.named(actor)

    def named(self, person_id: str) -> str:
        """One of the gathered people: the reader himself, or somebody masked."""
        return self.w("card.you") if person_id == self.reader.person_id else self.rows.people[person_id]

    def by(self) -> By | None:
        """Somebody else, to be shown with what he did; the reader himself and machines are not."""
        kind, _, actor = self.told.event.actor.partition(":")
        if kind != "person" or actor == self.reader.person_id:
            return None
        name = self.rows.people[actor]
        initial = name[-2:] if name[0].isdigit() else name[0]  # of a mobile the digits that tell it apart
        return By(name, initial, sha256(actor.encode()).digest()[0] % HUES)

    def identity(self) -> tuple[str, ...]:
        """By which identity check it was done, a line; none where none was."""
        way = self.told.event.facts.get("identity")
        return (self.w(f"card.identity_{way}"),) if way else ()

    def may(self, act: Act, company_id: str) -> bool:
        """Whether the reader may do this for a company."""
        return self.rows.standings.get(company_id, NOBODY).may(act)

    def collect(self, company_id: str) -> tuple[Link, ...]:
        """The button to collect, while there is something to collect."""
        if self.may(Act.COLLECT, company_id) and self.rows.has(company_id, SealState.ISSUED):
            return (self.link("card.do_collect", f"/m/collect/{company_id}"),)
        return ()
