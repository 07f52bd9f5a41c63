"""One reviewer at a time: an item is taken by conditional update, and decided only by whoever has it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from tortoise.expressions import Q

from auth import events
from auth.engine import transaction
from auth.errors import Conflict
from auth.staff import Staff
from seals.reviews.models import ReviewLease

__all__ = ["LEASE", "ItemKind", "give_back", "held", "keep", "key_of", "let_go", "require", "take"]

LEASE = timedelta(minutes=30)
"""So long an item is one reviewer's; each material that he opens begins it anew."""


class ItemKind(StrEnum):
    """What waits: an application of an existing company, or a held seal (R79)."""

    ENTRY = "entry"
    SEAL = "seal"


def key_of(kind: ItemKind, row_id: str) -> str:
    """The id of a lease, and the subject of its events."""
    return f"{kind.value}:{row_id}"


async def take(kind: ItemKind, row_id: str, staff: Staff, now: datetime) -> None:
    """Take it, or keep it for longer. Raises Conflict `review.taken` while somebody else has it."""
    key = key_of(kind, row_id)
    async with transaction():
        over = ReviewLease(id=key, staff="-", until=now)
        await ReviewLease.bulk_create([over], ignore_conflicts=True)
        had = await ReviewLease.exists(id=key, staff=staff.id, until__gt=now)
        free = Q(staff=staff.id) | Q(until__lte=now)
        if not await ReviewLease.filter(free, id=key).update(staff=staff.id, until=now + LEASE):
            raise _taken()
        if not had:
            await _tell("review.taken", key, staff, now)


async def require(kind: ItemKind, row_id: str, staff: Staff, now: datetime) -> None:
    """Raises Conflict `review.not_taken` unless he has it. Changes nothing."""
    if not await ReviewLease.exists(id=key_of(kind, row_id), staff=staff.id, until__gt=now):
        raise Conflict(
            "review.not_taken",
            "请先领取此项再查看或处理。若已超过 30 分钟未操作，请重新领取。",
            "Take this item first. It goes back to the queue after 30 minutes without a step.",
        )


async def keep(kind: ItemKind, row_id: str, staff: Staff, now: datetime) -> None:
    """He goes on with what he has; in a transaction or alone."""
    mine = ReviewLease.filter(id=key_of(kind, row_id), staff=staff.id, until__gt=now)
    await mine.update(until=now + LEASE)


async def give_back(kind: ItemKind, row_id: str, staff: Staff, now: datetime) -> None:
    """Others may take it; what is not his stays as it is."""
    key = key_of(kind, row_id)
    async with transaction():
        if await ReviewLease.filter(id=key, staff=staff.id, until__gt=now).delete():
            await _tell("review.given_back", key, staff, now)


async def let_go(kind: ItemKind, row_id: str) -> None:
    """It is decided."""
    await ReviewLease.filter(id=key_of(kind, row_id)).delete()


async def held(keys: Iterable[str], now: datetime) -> dict[str, ReviewLease]:
    """The leases that count, by key."""
    return {row.id: row for row in await ReviewLease.filter(id__in=list(keys), until__gt=now)}


def _taken() -> Conflict:
    return Conflict(
        "review.taken",
        "此项已由其他审核员领取，请处理下一项。",
        "A colleague has taken this item; please take the next.",
    )


async def _tell(kind: str, key: str, staff: Staff, now: datetime) -> None:
    await events.append(events.PLATFORM, kind, actor=staff.actor, subject=key, now=now)
