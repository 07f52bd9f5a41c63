"""Which events a person's thread tells, and in which order.

The thread is his own stream and those of his companies (`sight.py`), ordered by (at, stream, seq), his
own stream first where times are equal: an approval comes before what it brings. `at` is taken when a
request arrives, so that within a stream it may step back by the length of a request: a page of old cards
follows the order of time; what must miss nothing (unread, live) follows seq.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q

from auth.events import EventView
from auth.models import Event, StreamHead
from h5.thread.shown import SHOWN
from h5.thread.sight import Sight

__all__ = [
    "Position",
    "Told",
    "find",
    "heads",
    "page",
    "since",
    "told",
    "view",
]

SAID = "chat.said"
ISSUED, COLLECTED, REKEYED = "seal.issued", "seal.collected", "seal.rekeyed"
CERTIFIED, UPLOADED = "seal.certified", "document.uploaded"
# Whether one of these is shown depends on more than its kind.
JUDGED = frozenset({COLLECTED, CERTIFIED, REKEYED, UPLOADED})
# Several at once, by one transaction, so one after the other in their stream; at most so many.
IN_GROUPS = frozenset({ISSUED, COLLECTED, CERTIFIED, REKEYED})
MAX_GROUP = 120  # two certificates for each of as many seals as a company has

CATCH_UP = 200


@dataclass(frozen=True, order=True)
class Position:
    """A place in the order of the thread. stream: its rank and name."""

    at: datetime
    stream: tuple[bool, str]
    seq: int

    @classmethod
    def of(cls, event: EventView) -> Position:
        """Where an event stands."""
        return cls(event.at, _ranked(event.stream), event.seq)


@dataclass(frozen=True)
class Told:
    """An event with those of its kind that the same transaction wrote (itself among them)."""

    event: EventView
    group: tuple[EventView, ...]

    @property
    def last(self) -> bool:
        """Whether it is the last of its group."""
        return self.event.seq == self.group[-1].seq

    @property
    def shown(self) -> bool:
        """What is collected, certified or re-keyed together is one card; a file uploaded at the desk is told
        when it is asked for.
        """
        if self.event.kind in {COLLECTED, CERTIFIED, REKEYED}:
            return self.last
        if self.event.kind == UPLOADED:
            return bool(self.event.facts.get("thread"))
        return self.event.kind in SHOWN


async def heads(streams: Iterable[str]) -> dict[str, int]:
    """The newest seq of each stream, 0 where nothing was written yet."""
    names = tuple(streams)
    rows = await StreamHead.filter(stream__in=names).values_list("stream", "seq")
    found = {str(stream): int(seq) for stream, seq in rows}
    return {name: found.get(name, 0) for name in names}


async def find(stream: str, seq: int) -> EventView | None:
    """One event."""
    row = await Event.get_or_none(stream=stream, seq=seq)
    return None if row is None else view(row)


async def page(
    upto: Mapping[str, int], sights: Mapping[str, Sight], before: Position | None, size: int
) -> tuple[list[Told], bool]:
    """The newest `size` shown events before a position, oldest first; and whether nothing is before them.

    upto: heads read beforehand, what was written since is left to `since`; sights: what is told of each.
    """
    shown: list[Told] = []
    batch = 2 * size
    while True:
        rows = await _newest(sights, before, batch)
        shown += [one for one in await told(rows) if one.shown and one.event.seq <= upto[one.event.stream]]
        ended = len(rows) < batch
        if ended or len(shown) >= size:
            return shown[:size][::-1], ended and len(shown) <= size
        before = Position.of(rows[-1])


async def _newest(sights: Mapping[str, Sight], before: Position | None, count: int) -> list[EventView]:
    """A query per stream, which an index on (stream, at) serves; one over all of them would sort them all."""
    found: list[EventView] = []
    for stream, sight in sights.items():
        query = Event.filter(sight.q(), stream=stream)
        if before is not None:
            query = query.filter(_older(stream, before), at__lte=before.at)
        found += map(view, await query.order_by("-at", "-seq").limit(count))
    found.sort(key=Position.of, reverse=True)
    return found[:count]


def _older(stream: str, than: Position) -> Q:
    earlier = Q(at__lt=than.at)
    if _ranked(stream) == than.stream:
        return earlier | Q(at=than.at, seq__lt=than.seq)
    return earlier | Q(at=than.at) if _ranked(stream) < than.stream else earlier


def _ranked(stream: str) -> tuple[bool, str]:
    return not stream.startswith("person:"), stream


async def since(cursor: Mapping[str, int], upto: Mapping[str, int]) -> list[EventView]:
    """Events after a cursor, of every kind, each stream in order of seq; at most CATCH_UP per stream."""
    grown = []
    for stream, head in upto.items():
        seen = cursor.get(stream, 0)
        if head > seen:
            query = Event.filter(stream=stream, seq__gt=seen, seq__lte=head).order_by("seq").limit(CATCH_UP)
            grown.append([view(row) for row in await query])
    return list(heapq.merge(*grown, key=lambda event: (event.at, _ranked(event.stream))))


async def told(rows: Sequence[EventView]) -> list[Told]:
    """The events with their groups."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row.kind in IN_GROUPS:
            wanted[row.stream].append(row.seq)
    groups: dict[tuple[str, str, datetime], list[EventView]] = defaultdict(list)
    for stream, seqs in wanted.items():
        near = Event.filter(
            stream=stream,
            seq__gt=min(seqs) - MAX_GROUP,
            seq__lt=max(seqs) + MAX_GROUP,
            kind__in=IN_GROUPS,
        )
        for event in map(view, await near.order_by("seq")):
            groups[stream, event.kind, event.at].append(event)
    return [Told(row, tuple(groups.get((row.stream, row.kind, row.at), (row,)))) for row in rows]


def view(r: Event) -> EventView:
    """An event as it is told."""
    return EventView(r.stream, r.seq, r.kind, r.at, r.actor, r.subject, r.facts, r.private, r.on_behalf)
