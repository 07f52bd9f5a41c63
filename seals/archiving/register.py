"""The register of what was erased: entered in the transaction that erases, never changed, read by the audit.

An event whose private text is gone cannot prove any more what its facts were: text and salt are part of its
commitment (`auth/events.py`). So the register holds a hash of all that these events still say, and its own
digest stands in the platform's chain, which daily roots bind.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from auth import events
from auth.models import Event
from seals.erasure_models import Erasure

__all__ = ["KIND", "Gone", "Line", "digest_of", "enter", "lines", "named", "rest_of"]

KIND = "archive.erased"
"""The event of an entry, in the platform's chain."""


@dataclass(frozen=True)
class Gone:
    """What an erasing takes. rows: `table:id`; files: by their SHA-256; numbers: of events of the stream."""

    stream: str
    rows: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()

    def told(self) -> dict[str, Any]:
        """As the register holds it."""
        return {"rows": list(self.rows), "files": list(self.files), "events": list(self.numbers)}


@dataclass(frozen=True)
class Line:
    """An entry as the operator reads it, and keeps it for the day on which an old backup comes back."""

    number: int
    subject: str
    rule: str
    kept_until: str | None
    at: datetime
    digest: str
    rows: int
    events: int
    files: list[str] = field(default_factory=list)


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def rest_of(rows: Iterable[Event]) -> str:
    """SHA-256 of what emptied events still say; rows in order of seq."""
    told = [[row.seq, row.actor, row.on_behalf, row.subject, row.facts] for row in rows]
    return hashlib.sha256(_canonical(told)).hexdigest()


def digest_of(row: Erasure) -> str:
    """SHA-256 of an entry."""
    told = [row.number, row.subject, row.rule, row.kept_until, row.what, row.rest]
    return hashlib.sha256(_canonical(told)).hexdigest()


async def enter(gone: Gone, rule: str, kept_until: date | None, actor: str, now: datetime) -> Erasure:
    """Empty the events and write the entry, as the last step of the transaction that empties the rows."""
    emptied = await events.empty(gone.stream, gone.numbers)
    await events.hold(events.PLATFORM)  # one at a time: the number is the next one
    last = await Erasure.all().order_by("-number").first()
    row = Erasure(
        number=1 if last is None else last.number + 1,
        subject=gone.stream,
        rule=rule,
        kept_until=kept_until.isoformat() if kept_until is not None else None,
        what=gone.told(),
        rest=rest_of(emptied),
        at=now,
    )
    row.digest = digest_of(row)
    await row.save(force_create=True)
    facts = {"number": row.number, "of": row.subject, "rule": rule, "digest": row.digest}
    await events.append(events.PLATFORM, KIND, actor=actor, subject=f"erasure:{row.id}", now=now, facts=facts)
    return row


async def named(stream: str) -> frozenset[int]:
    """The numbers of a stream's events that the register says were emptied."""
    whats = await Erasure.filter(subject=stream).values_list("what", flat=True)
    return frozenset(int(seq) for what in whats for seq in dict(what)["events"])  # type: ignore[call-overload]


async def lines() -> list[Line]:
    """The whole register, in its order."""
    return [line_of(row) for row in await Erasure.all().order_by("number")]


def line_of(row: Erasure) -> Line:
    """One entry, as it is told."""
    what = row.what
    return Line(
        row.number,
        row.subject,
        row.rule,
        row.kept_until,
        row.at,
        row.digest,
        len(what["rows"]),
        len(what["events"]),
        list(what["files"]),
    )
