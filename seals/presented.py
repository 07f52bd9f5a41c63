"""The licence behind a scanned presentation (出示执照): public data, and whether it holds at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth import presenting
from auth.models import Company, CompanyState, Licence, LicenceState
from seals.licensing import is_genuine

__all__ = ["LicenceShown", "presented"]


@dataclass(frozen=True)
class LicenceShown:
    """The registered data, public by law.

    good: the company is active, the licence valid, and this is what the sealer signed.
    """

    data: dict[str, Any]
    good: bool
    checked_at: datetime
    expires_at: datetime


async def presented(token: str, now: datetime, identity: Ed25519PublicKey) -> LicenceShown:
    """What whoever scans the code sees. identity: the sealer's. Raises Gone `presentation.gone`."""
    row = await presenting.find(token, now)
    company = await Company.get(id=row.company_id)
    licence = await Licence.get(company_id=row.company_id)
    good = (
        company.state is CompanyState.ACTIVE
        and licence.state is LicenceState.VALID
        and is_genuine(licence, identity)
    )
    return LicenceShown(licence.data, good, now, row.expires_at)
