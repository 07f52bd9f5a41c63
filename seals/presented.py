"""The licence behind a scanned presentation (出示执照): public data, and whether it holds at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth import presenting
from auth.models import CompanyState, Licence, LicenceState
from seals.licensing import is_genuine

__all__ = ["LicenceShown", "presented"]


@dataclass(frozen=True)
class LicenceShown:
    """The registered data, public by law.

    good: the company is active, the licence valid, and this is what the sealer signed. replaced: another
    licence was issued since it was held out. closed: the company was dissolved.
    """

    data: dict[str, Any]
    good: bool
    replaced: bool
    closed: bool
    checked_at: datetime
    expires_at: datetime


async def presented(token: str, now: datetime, identity: Ed25519PublicKey) -> LicenceShown:
    """What whoever scans the code sees. identity: the sealer's. Raises Gone `presentation.gone`."""
    row = await presenting.find(token, now)
    licence = await Licence.get(id=row.licence_id).select_related("company")
    good = (
        licence.company.state is CompanyState.ACTIVE
        and licence.state is LicenceState.VALID
        and is_genuine(licence, identity)
    )
    replaced = licence.state is LicenceState.REPLACED
    closed = licence.company.state is CompanyState.CLOSED
    return LicenceShown(licence.data, good, replaced, closed, now, row.expires_at)
