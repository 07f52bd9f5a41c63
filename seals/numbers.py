"""Seal numbers: 13 digits, six of the district and a running serial of seven. Ordinals of seals given up."""

from __future__ import annotations

from tortoise.expressions import F

from auth.engine import transaction
from auth.errors import Conflict
from seals.models import Seal, SealNumber

__all__ = ["FIRST_SERIAL", "LAST_SERIAL", "ordinal_given_up", "reserve"]

FIRST_SERIAL, LAST_SERIAL = 1, 9_999_999


async def reserve(district: str, count: int) -> list[str]:
    """So many seal numbers of a district, never given twice.

    Reserved in a transaction of its own: numbers lost by a crash are skipped, not reused. Raises Conflict
    `seal.numbers_used_up` when the district has none left.
    """
    async with transaction():
        if not await SealNumber.filter(district=district).update(next=F("next") + count):
            first = SealNumber(district=district, next=FIRST_SERIAL)
            await SealNumber.bulk_create([first], ignore_conflicts=True)
            await SealNumber.filter(district=district).update(next=F("next") + count)
        end = (await SealNumber.get(district=district)).next
    if end - 1 > LAST_SERIAL:
        raise Conflict(
            "seal.numbers_used_up",
            "本地区的印章编码已用完，请联系客服。",
            "The seal numbers of this district are used up. Please contact support.",
        )
    return [f"{district}{serial:07d}" for serial in range(end - count, end)]


async def ordinal_given_up(seal: Seal) -> int:
    """Below 1, the next that no seal of its company and kind has: the ordinal it had (R20) goes free."""
    given_up = Seal.filter(company_id=seal.company_id, kind=seal.kind, ordinal__lt=1)
    return -1 - await given_up.count()
