"""Suspend (freeze, 暂停) a seal: one tap, acts in the instant, also on signings that wait or are confirmed
(R45, R161).
"""

from __future__ import annotations

from datetime import datetime

from auth.authority import Act, known
from auth.engine import transaction
from auth.errors import NotFound
from seals import living
from seals.life import Change
from seals.models import Seal
from seals.seal_views import SealView, seal_view

__all__ = ["freeze", "own_seal"]


async def own_seal(seal_id: str, person_id: str, act: Act, now: datetime) -> Seal:
    """A seal of one's own company with which this person may do that.

    Raises NotFound `seal.not_found` for any other alike; Refused `access.denied`.
    """
    missing = NotFound("seal.not_found", "没有找到该印章。", "There is no such seal.")
    row = await Seal.get_or_none(id=seal_id)
    if row is None:
        raise missing
    (await known(person_id, row.company_id, now, missing, row.id)).require(act)
    return row


async def freeze(seal_id: str, person_id: str, now: datetime) -> SealView:
    """COLLECTED → FROZEN. Raises NotFound, Refused `access.denied`, Conflict `seal.state`."""
    seal = await own_seal(seal_id, person_id, Act.FREEZE_SEAL, now)
    async with transaction():
        done = await living.move(Change.SUSPEND, seal.company_id, [seal.id], now)
        if not done.seals:
            raise living.not_possible(Change.SUSPEND)
        await living.tell(done, f"person:{person_id}", now)
    return seal_view(await Seal.get(id=seal.id))
