"""Held seals (R79) at the review desk: taken, looked at beside what they are like, decided."""

from __future__ import annotations

from datetime import datetime

from auth import staff as staff_rows
from auth.staff import Staff
from seals import reviewing
from seals.imprint import to_preview_png
from seals.models import Seal, SealState
from seals.reviewing import HeldSeal
from seals.reviews import leases
from seals.reviews.leases import ItemKind

__all__ = ["approve", "decline", "look", "picture", "take"]

PICTURE_DPI = 300


async def take(seal_id: str, staff: Staff, now: datetime) -> None:
    """Take it. Raises NotFound `seal.not_found`; Conflict `seal.state`, `review.taken`; Refused."""
    await _apart(seal_id, staff, now)
    await leases.take(ItemKind.SEAL, seal_id, staff, now)


async def look(seal_id: str, staff: Staff, now: datetime) -> HeldSeal:
    """What he has taken. Raises NotFound; Conflict `seal.state`, `review.not_taken`; Refused."""
    await _mine(seal_id, staff, now)
    return await reviewing.one(seal_id)


async def picture(seal_id: str, alike: bool, staff: Staff, now: datetime) -> bytes:
    """Its imprint as PNG, or that of what it is like. Raises as `look`; NotFound `seal.not_found`."""
    seen = await look(seal_id, staff, now)
    _, drawn = await reviewing.picture((seen.alike or "") if alike else seal_id)
    return to_preview_png(drawn, PICTURE_DPI)


async def approve(seal_id: str, staff: Staff, now: datetime) -> None:
    """The seal goes out. Raises as `look`."""
    await _mine(seal_id, staff, now)
    await reviewing.approve(seal_id, staff.actor, now)
    await leases.let_go(ItemKind.SEAL, seal_id)


async def decline(seal_id: str, reason: str, reason_en: str, staff: Staff, now: datetime) -> None:
    """Declined, and its owner is told why. Raises as `look`; Invalid on the reason."""
    await _mine(seal_id, staff, now)
    await reviewing.decline(seal_id, staff.actor, reason, reason_en or reason, now)
    await leases.let_go(ItemKind.SEAL, seal_id)


async def _mine(seal_id: str, staff: Staff, now: datetime) -> None:
    await _apart(seal_id, staff, now)
    await leases.require(ItemKind.SEAL, seal_id, staff, now)


async def _apart(seal_id: str, staff: Staff, now: datetime) -> None:
    row = await Seal.get_or_none(id=seal_id)
    if row is None:
        raise reviewing.no_seal()
    if row.state is not SealState.HELD:
        raise reviewing.dealt_with()
    await staff_rows.require_apart(staff, row.company_id, set(), now)
