"""Look at a use of a seal when it is made, by the rules of `marks.py`, and write down what they point out.

In the transaction that signs: so every use is looked at once, and what was pointed out stays as it was then.
The conversation tells a mark once a while of one person (`QUIET_S`), the ledger each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auth import events, throttling
from auth.member_models import Grant
from auth.models import Event
from auth.throttling import Limit
from seals.device_models import DeviceKey
from seals.ledger.marks import BURST_WITHIN, NEW_DEVICE_WITHIN, USUAL_OF, Mark, Use, marks_of
from seals.models import Offer, OfferPurpose, OfferState, Signing, SigningState

__all__ = ["QUIET_S", "Noticed", "look", "tell"]

QUIET_S: Mapping[Mark, int] = {
    Mark.NIGHT: 24 * 3600,
    Mark.NEW_DEVICE: 24 * 3600,
    Mark.BURST: 3600,
    Mark.GRANT_END: 7 * 24 * 3600,
    Mark.UNUSUAL_KIND: 24 * 3600,
    Mark.TRIES: 3600,
}
"""So long the same of the same person and seal is not told in the conversation again; seconds."""


@dataclass(frozen=True)
class Noticed:
    """marks: of a use; told: those of them that the conversation has not told of late."""

    marks: tuple[Mark, ...]
    told: tuple[Mark, ...]


async def look(row: Signing, now: datetime) -> Noticed | None:
    """What is pointed out of a signing that becomes SIGNED; None for nothing. Inside its transaction."""
    stream = events.company_stream(row.company_id)
    confirmed = await Event.filter(
        stream=stream, at__gte=row.created_at, kind="signing.confirmed", subject=f"signing:{row.id}"
    ).first()
    if confirmed is None:
        return None
    marks = marks_of(await _use(row, confirmed))
    told = [mark for mark in marks if await _first(mark, row, now)]
    return Noticed(marks, tuple(told)) if marks else None


async def _first(mark: Mark, row: Signing, now: datetime) -> bool:
    limit = Limit(f"told/ledger.{mark}", 1, QUIET_S[mark])
    return await throttling.allowed(limit, f"{row.seal_id}/{row.confirmer}", now)


async def tell(row: Signing, noticed: Noticed | None, now: datetime) -> None:
    """Append it, after the signing's own event: `ledger.noticed` if it is to be told, or `ledger.marked`."""
    if noticed is None:
        return
    await events.append(
        events.company_stream(row.company_id),
        "ledger.noticed" if noticed.told else "ledger.marked",
        actor="sealer",
        subject=f"signing:{row.id}",
        now=now,
        on_behalf=row.company_id,
        facts={"seal": row.seal_id, "marks": list(noticed.marks), "told": list(noticed.told)},
    )


async def _use(row: Signing, confirmed: Event) -> Use:
    device = await _device(confirmed)
    grant = await Grant.get_or_none(id=row.grant) if row.grant else None
    before = Signing.filter(seal_id=row.seal_id, state=SigningState.SIGNED).exclude(id=row.id)
    kinds = await before.order_by("-created_at").limit(USUAL_OF).values_list("document_kind", flat=True)
    return Use(
        at=confirmed.at,
        within=await _confirmed(confirmed, confirmed.at - BURST_WITHIN).count(),
        grant=None if grant is None else (grant.created_at, grant.ends_at),
        kind=row.document_kind,
        kinds=[str(kind) for kind in kinds],
        tries=await Offer.filter(
            subject=row.id, purpose=OfferPurpose.CONFIRM, state=OfferState.REFUSED
        ).count(),
        **device,
    )


async def _device(confirmed: Event) -> dict[str, Any]:
    """Of the device that confirmed; what happened before it was enrolled cannot be by it."""
    row = await DeviceKey.get_or_none(id=confirmed.facts.get("device", ""))
    if row is None:
        return {"enrolled": None, "older_device": False, "used_before": False}
    older = await DeviceKey.exists(person_id=row.person_id, created_at__lt=row.created_at)
    before = False
    if older and confirmed.at - row.created_at < NEW_DEVICE_WITHIN:
        since = await _confirmed(confirmed, row.created_at).values_list("facts", flat=True)
        before = sum(facts.get("device") == row.id for facts in since) > 1
    return {"enrolled": row.created_at, "older_device": older, "used_before": before}


def _confirmed(of: Event, since: datetime) -> Any:
    """The confirmations of the same person in this company since then, up to this one."""
    return Event.filter(
        stream=of.stream, at__gt=since, at__lte=of.at, kind="signing.confirmed", actor=of.actor
    )
