"""Check the register of erasures: against the platform's chain, and against what it left of the events."""

from __future__ import annotations

from collections.abc import AsyncIterator

from auth import events
from auth.models import Event
from seals.archiving.register import KIND, digest_of, rest_of
from seals.audit.findings import Code, Finding
from seals.erasure_models import Erasure

__all__ = ["check_erasures"]


async def check_erasures() -> AsyncIterator[Finding]:
    """A finding for each entry that is not as it was entered, and for each that is gone."""
    told = await Event.filter(stream=events.PLATFORM, kind=KIND).order_by("seq")
    rows = {row.number: row for row in await Erasure.all().order_by("number")}
    for event in told:
        row = rows.pop(int(event.facts["number"]), None)
        if row is None or not await _is_as_entered(row, str(event.facts["digest"])):
            yield Finding(Code.ERASURE, event.facts["of"], event.seq, KIND)
    for row in rows.values():  # that nobody told of
        yield Finding(Code.ERASURE, row.subject, kind=KIND)


async def _is_as_entered(row: Erasure, digest: str) -> bool:
    emptied = await Event.filter(stream=row.subject, seq__in=list(row.what["events"])).order_by("seq")
    return digest_of(row) == row.digest == digest and rest_of(emptied) == row.rest
