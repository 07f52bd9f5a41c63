"""Resume (un-freeze, 恢复) a seal by the representative's identity check for this very seal (R45, R161).

In the sealer. It is the way of whoever has no PIN; with one, see `seals/life_acting.py`. A seal whose keys
were revoked while it was frozen is to be collected anew.
"""

from __future__ import annotations

from datetime import datetime

from auth import identity_checks, licences
from auth.authority import Act
from auth.engine import transaction
from auth.identity_models import IdentityPurpose
from auth.ports import RealName
from auth.privacy import RecordsKey
from seals import licensing, living, offers
from seals.freezing import own_seal
from seals.keyring import Keyring
from seals.life import Change
from seals.models import Offer

__all__ = ["unfreeze"]


async def unfreeze(
    offer: Offer, keyring: Keyring, realname: RealName, records: RecordsKey, now: datetime
) -> None:
    """FROZEN → COLLECTED, or ISSUED where no key is left.

    The check must have been passed by the representative as the licence names him, which the sealer signed.
    Raises NotFound, Gone, Refused `identity.…`; Conflict `seal.state`; Unavailable.
    """
    offers.require_live(offer, now)
    check, result = await identity_checks.passed(
        offer.subject, offer.person_id, IdentityPurpose.UNFREEZE, now, realname
    )
    seal = await own_seal(check.subject, offer.person_id, Act.UNFREEZE_SEAL, now)
    licence = await licences.in_force(seal.company_id)
    if not licensing.represents(licence, result, keyring.identity.public_key(), records):
        raise identity_checks.not_passed()
    async with transaction():
        done = await living.move(Change.RESUME, seal.company_id, [seal.id], now)
        if not done.seals or not await licensing.is_current(licence):
            raise living.not_possible(Change.RESUME)
        await identity_checks.use(check, now)
        await offers.finish(offer, {"state": done.seals[0].step.to.value})
        await living.tell(done, f"person:{offer.person_id}", now, {"identity": result.way.value})
