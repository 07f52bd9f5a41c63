"""What is to be filed of a seal becomes a row, in the transaction in which it becomes true (R34, R40, R46).

So nothing that happened goes unfiled, whatever ends in between; nothing is filed that did not happen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from auth import licences
from seals.filing_models import FilingKind, FilingState, MakerFiling
from seals.life import Change
from seals.models import Seal

__all__ = ["kind_of", "record"]

_KINDS = {
    Change.COLLECT: FilingKind.CERTIFIED,
    Change.SUSPEND: FilingKind.SUSPENDED,
    Change.RESUME: FilingKind.RESUMED,
    Change.RENEW: FilingKind.REKEYED,
    Change.FORGOTTEN: FilingKind.REKEYED,
    Change.SUCCEED: FilingKind.REKEYED,
}


def kind_of(change: Change) -> FilingKind:
    """As what a step of a made seal's life is filed."""
    return _KINDS.get(change, FilingKind.CANCELLED)


async def record(
    seal: Seal,
    kind: FilingKind,
    now: datetime,
    *,
    agent_id: str | None = None,
    change: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Note one fact of a seal; inside the transaction that holds the seal's row.

    Of a seal that was never made (held, declined) there is nothing to file. facts: beside those of making,
    without personal data.
    """
    before = await MakerFiling.filter(seal_id=seal.id).order_by("-place").first()
    if before is None and kind is not FilingKind.MADE:
        return
    place = 1 if before is None else before.place + 1
    waits = await MakerFiling.filter(seal_id=seal.id).exclude(state=FilingState.ACCEPTED).exists()
    licence = await licences.in_force(seal.company_id)
    await MakerFiling.create(
        number=f"{seal.number}-{place:03d}",
        seal_id=seal.id,
        company_id=seal.company_id,
        licence_id=licence.id,
        agent_id=agent_id,
        place=place,
        turn=None if waits else seal.id,
        district=seal.number[:6],
        kind=kind,
        change=change,
        state=FilingState.WAITING,
        facts={**(_made(seal) if kind is FilingKind.MADE else {}), **(facts or {})},
        occurred_at=now,
        lease_until=now,
    )


def _made(seal: Seal) -> dict[str, Any]:
    return {
        "name": seal.name,
        "kind": seal.kind,
        "width_mm": seal.width_mm,
        "height_mm": seal.height_mm,
        "imprint_sha256": hashlib.sha256(seal.imprint.encode()).hexdigest(),
        "from_photo": seal.photo_id is not None,
    }
