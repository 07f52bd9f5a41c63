"""The end of a seal's certificates: what is over signs nothing, what ends soon may be renewed (R45)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tortoise.expressions import Q

from auth import events
from auth.engine import transaction
from auth.errors import Conflict
from seals.keyring import P256
from seals.models import Seal, SealKey, SealState
from seals.policies import RENEW_BEFORE

__all__ = ["WARNED_DAYS", "end_of", "ends_of", "is_due", "require_due", "warn", "warn_of"]

WARNED_DAYS = (0, 7, 30, RENEW_BEFORE.days)
"""So many days before the end a company is told, each once; the fewest first: they stand for the others."""
AT_ONCE = 50


async def end_of(seal: Seal) -> datetime | None:
    """When the certificate of a seal's present keys ends; None where it has none."""
    return (await ends_of([seal])).get(seal.id)


async def ends_of(seals: Iterable[Seal]) -> dict[str, datetime]:
    """The same of many, by their ids, in one query; those without are left out."""
    present = {(seal.id, seal.generation) for seal in seals}
    keys = SealKey.filter(seal_id__in=[seal for seal, _ in present], algorithm=P256, revoked_at=None)
    return {row.seal_id: row.not_after for row in await keys if (row.seal_id, row.generation) in present}


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


async def warn(now: datetime) -> None:
    """Tell of certificates that end soon or have ended, some at a time."""
    keys = SealKey.filter(algorithm=P256, revoked_at=None).filter(
        seal__state__in=[SealState.COLLECTED, SealState.FROZEN]
    )
    for days in WARNED_DAYS:
        untold = Q(seal__warned=None) | Q(seal__warned__gt=days)
        ending = keys.filter(untold, not_after__lte=now + timedelta(days=days))
        for key in await ending.order_by("not_after").limit(AT_ONCE).select_related("seal"):
            await warn_of(key.seal, "seal.expiring", days, key.not_after, now)


async def warn_of(seal: Seal, kind: str, days: int, end: datetime, now: datetime) -> None:
    """Tell a seal's company once that something of it ends, `days` before or less, unless it moved on."""
    async with transaction():
        same = Seal.filter(id=seal.id, state=seal.state, warned=seal.warned)
        if await same.update(warned=days, warned_at=now):
            await events.append(
                events.company_stream(seal.company_id),
                kind,
                actor="sealer",
                subject=f"seal:{seal.id}",
                now=now,
                on_behalf=seal.company_id,
                facts={"until": end.isoformat(), "days": days},
            )
