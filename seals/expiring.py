"""The end of a seal's certificates: what is over signs nothing, what ends soon may be renewed (R45)."""

from __future__ import annotations

from datetime import datetime

from auth.errors import Conflict
from seals.keyring import P256
from seals.models import Seal, SealKey
from seals.policies import RENEW_BEFORE

__all__ = ["end_of", "is_due", "require_due"]


async def end_of(seal: Seal) -> datetime | None:
    """When the certificate of a seal's present keys ends; None where it has none."""
    keys = SealKey.filter(seal_id=seal.id, generation=seal.generation, algorithm=P256, revoked_at=None)
    row = await keys.first()
    return None if row is None else row.not_after


def is_due(end: datetime | None, now: datetime) -> bool:
    """Whether it may be renewed: it is over, or will be soon."""
    return end is not None and end - RENEW_BEFORE <= now


async def require_due(seal: Seal, now: datetime) -> None:
    """Raises Conflict `seal.not_due` for a certificate that is good for longer."""
    end = await end_of(seal)
    if not is_due(end, now):
        days = RENEW_BEFORE.days
        raise Conflict(
            "seal.not_due",
            f"证书到期前 {days} 天内才能续期。",
            f"A certificate is renewed within {days} days of its end.",
        )
