"""What is told of a change of the legal representative: to both persons and in the company's stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from auth import events
from auth.models import Company
from seals.forms import company_form
from seals.life import Change
from seals.models import Seal
from seals.registered import Registered

__all__ = ["tell_both", "tell_seals"]


async def tell_seals(
    company: Company,
    said: Registered,
    version: int,
    cancelled: Sequence[Seal],
    fresh: Seal | None,
    now: datetime,
    *,
    unruled: bool = False,
) -> None:
    """In the company's stream: its licence of this version, and what became of the name seals.

    unruled: the one before had an approval rule, and the fresh one has none.
    """
    about, since = f"company:{company.id}", said.since.isoformat()
    stream = events.company_stream(company.id)
    await _append(stream, "licence.replaced", about, company.id, now, {"version": version, "since": since})
    for kind, seals in (("seal.cancelled", cancelled), ("seal.issued", () if fresh is None else (fresh,))):
        for seal in seals:
            facts = {"kind": seal.kind, "number": seal.number}
            if kind == "seal.cancelled":
                facts["change"] = Change.REPLACE.value
            if unruled and seal is fresh:
                facts["rule"] = "ended"
            await _append(stream, kind, f"seal:{seal.id}", company.id, now, facts)


async def tell_both(company: Company, successor: str, said: Registered, now: datetime) -> None:
    """Both persons: the last step of the transaction. company: as it was before; successor: a person's id."""
    form = company_form(str(said.data["company_type"])).value
    facts = {"since": said.since.isoformat(), "form": form}
    told = [(company.representative_id, "representative.ended"), (successor, "representative.registered")]
    for person, kind in sorted(told):
        await _append(events.person_stream(person), kind, f"company:{company.id}", company.id, now, facts)


async def _append(
    stream: str, kind: str, subject: str, company: str, now: datetime, facts: Mapping[str, str | int]
) -> None:
    await events.append(
        stream, kind, actor="registrar", subject=subject, now=now, on_behalf=company, facts=facts
    )
