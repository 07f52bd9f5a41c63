"""What is told of a change of the legal representative: to both persons and in the company's stream."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from auth import events
from auth.models import Company
from seals.forms import company_form
from seals.models import Seal
from seals.registered import Registered

__all__ = ["tell"]


async def tell(
    company: Company,
    successor: str,
    said: Registered,
    version: int,
    cancelled: Sequence[Seal],
    fresh: Seal | None,
    now: datetime,
) -> None:
    """The last step of the transaction. company: as it was before; successor: a person's id."""
    stream = events.company_stream(company.id)

    async def append(stream: str, kind: str, subject: str, facts: dict[str, object]) -> None:
        await events.append(
            stream, kind, actor="registrar", subject=subject, now=now, on_behalf=company.id, facts=facts
        )

    about = f"company:{company.id}"
    form = company_form(str(said.data["company_type"])).value
    since = said.since.isoformat()
    await append(stream, "licence.replaced", about, {"version": version, "since": since})
    for seal in cancelled:
        await append(stream, "seal.cancelled", f"seal:{seal.id}", {"kind": seal.kind, "number": seal.number})
    if fresh is not None:
        await append(stream, "seal.issued", f"seal:{fresh.id}", {"kind": fresh.kind, "number": fresh.number})
    told = [(company.representative_id, "representative.ended"), (successor, "representative.registered")]
    for person, kind in sorted(told):
        await append(events.person_stream(person), kind, about, {"since": since, "form": form})
