"""How far a person has read, on all of his phones, and how many cards lie beyond.

A mark per stream, and of one's own stream one more per company: what is told there of a company counts as
read when that company's thread was read, everything else when any was (ADR 36).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tortoise.expressions import Q

from auth.events import company_stream
from auth.models import Event, ReadMark
from h5.thread.history import JUDGED, SAID, told, view
from h5.thread.shown import SHOWN
from h5.thread.sight import Sight, companies_in

__all__ = ["MAX_UNREAD", "mark", "mark_id", "names", "unread"]

MAX_UNREAD = 99
"""Nobody counts further; so that a thread of ten thousand unread events opens as fast as one of ten."""
LOOKED_AT = 4 * MAX_UNREAD


def mark_id(person_id: str, name: str) -> str:
    """The row of a read mark; name: a stream, or `own:<company>`."""
    return f"{person_id}/{name}"


def _own(company_id: str) -> str:
    return f"own:{company_id}"


def names(streams: Iterable[str]) -> tuple[str, ...]:
    """The names of the marks of these streams."""
    given = tuple(streams)
    return (*given, *map(_own, companies_in(given)))


async def unread(
    person_id: str,
    upto: Mapping[str, int],
    sights: Mapping[str, Sight],
    company_id: str | None = None,
    *,
    elsewhere: bool = False,
    general: bool = True,
) -> int:
    """How many cards lie beyond the read marks, one's own typing left out; at most MAX_UNREAD.

    sights, upto: of all that is seen; company_id: in its thread, None: in all; elsewhere: in the threads of
    the other companies; general: with what stands in every thread, which is never counted elsewhere.
    """
    marks = await _marks(person_id, sights)
    everyone = companies_in(sights)
    counted = [each for each in everyone if company_id is None or (each == company_id) is not elsewhere]
    beyond: list[Q] = []
    for each in counted:
        stream = company_stream(each)
        beyond += _after(stream, marks.get(stream, 0), upto, sights)
    own = next(stream for stream in sights if stream.startswith("person:"))
    for seq, companies in _floors(marks, own, counted).items():
        beyond += _after(own, seq, upto, sights, Q(on_behalf__in=companies))
    if general and not elsewhere:
        newest = max(marks.get(name, 0) for name in (own, *map(_own, everyone)))
        beyond += _after(own, newest, upto, sights, _of_none(everyone))
    return await _count(Q(*beyond, join_type=Q.OR)) if beyond else 0


def _floors(marks: Mapping[str, int], own: str, companies: Iterable[str]) -> dict[int, list[str]]:
    """How far each company's matters were read in one's own stream."""
    found: dict[int, list[str]] = {}
    for each in companies:
        found.setdefault(max(marks.get(own, 0), marks.get(_own(each), 0)), []).append(each)
    return found


def _of_none(companies: Collection[str]) -> Q | None:
    return Q(on_behalf__isnull=True) | ~Q(on_behalf__in=companies) if companies else None


def _after(
    stream: str, seq: int, upto: Mapping[str, int], sights: Mapping[str, Sight], also: Q | None = None
) -> list[Q]:
    if upto[stream] <= seq:
        return []
    beyond = Q(stream=stream, seq__gt=seq, seq__lte=upto[stream]) & sights[stream].q()
    return [beyond if also is None else beyond & also]


async def _count(beyond: Q) -> int:
    plain = await Event.filter(beyond, kind__in=SHOWN - JUDGED - {SAID}).limit(MAX_UNREAD).values_list("id")
    if len(plain) >= MAX_UNREAD:
        return MAX_UNREAD
    judged = await Event.filter(beyond, kind__in=JUDGED).limit(LOOKED_AT)
    return min(len(plain) + sum(one.shown for one in await told([view(row) for row in judged])), MAX_UNREAD)


async def mark(
    person_id: str,
    cursor: Mapping[str, int],
    upto: Mapping[str, int],
    company_id: str | None = None,
) -> None:
    """Move the person's read marks forward to a cursor, never back and never past what was written.

    upto: heads of the streams that were read; company_id: in whose thread.
    """
    marks = await _marks(person_id, upto, company_id)
    for stream, head in upto.items():
        seq = min(cursor.get(stream, 0), head)
        name = _own(company_id) if company_id and stream.startswith("person:") else stream
        if seq <= marks.get(name, 0):
            continue
        row = mark_id(person_id, name)
        if name not in marks:
            first = ReadMark(id=row, person_id=person_id, stream=name, seq=0)
            await ReadMark.bulk_create([first], ignore_conflicts=True)
        await ReadMark.filter(id=row, seq__lt=seq).update(seq=seq)


async def _marks(person_id: str, streams: Iterable[str], company_id: str | None = None) -> dict[str, int]:
    wanted = {*names(streams), *([_own(company_id)] if company_id else [])}
    rows = ReadMark.filter(id__in=[mark_id(person_id, name) for name in wanted])
    return {str(name): int(seq) for name, seq in await rows.values_list("stream", "seq")}
