"""Lock a signing's parents in fixed order and judge them afresh, inside a transaction (architecture §5).

A conditional update judges its own row only; a seal frozen in the same instant is seen through this lock.
"""

from __future__ import annotations

from datetime import datetime

from auth.authority import require_active
from auth.errors import Conflict
from auth.models import Company
from seals.mandates import require_live
from seals.models import Seal, SealKey, Signing
from seals.signing.preparing import require_collected, require_unexpired

__all__ = ["lock_parents"]


async def lock_parents(row: Signing, grant: str = "", now: datetime | None = None) -> Seal:
    """Lock company, seal, then the grant (SQLite's transactions are exclusive anyway); returns the seal.

    grant: by which it is confirmed at `now`, empty for the owner or where nobody confirms. Raises Conflict
    `company.closed`, `seal.frozen` and the like, `seal.key_changed`, `seal.expired`, `grant.ended`.
    """
    company = await Company.filter(id=row.company_id).select_for_update().get()
    seal = await Seal.filter(id=row.seal_id).select_for_update().get()
    require_active(company)
    require_collected(seal)
    key = await SealKey.get(id=row.key_id)
    if key.generation != seal.generation or key.revoked_at is not None:
        raise Conflict(
            "seal.key_changed",
            "印章证书已更换，请重新扫码。",
            "The seal's certificate has changed; please scan again.",
        )
    if now is not None:
        require_unexpired(key, now)
    if grant and now is not None:
        await require_live(grant, now)
    return seal
