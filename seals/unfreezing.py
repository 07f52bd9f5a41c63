"""Un-freeze a seal, in the sealer: by the representative's identity check for this very seal (R161).

A seal whose keys were revoked while it was frozen (`seals/rekeying.py`) is to be collected anew.
"""

from __future__ import annotations

from datetime import datetime

from auth import events, identity_checks, licences
from auth.authority import Act
from auth.engine import transaction
from auth.errors import Conflict
from auth.identity_models import IdentityPurpose
from auth.models import Company
from auth.ports import RealName
from auth.privacy import RecordsKey
from seals import licensing, offers
from seals.freezing import own_seal
from seals.keyring import Keyring
from seals.models import Offer, Seal, SealKey, SealState

__all__ = ["not_frozen", "unfreeze"]


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
        await Company.filter(id=seal.company_id).select_for_update().get()
        row = await Seal.filter(id=seal.id).select_for_update().get()
        keys = SealKey.filter(seal_id=seal.id, generation=row.generation, revoked_at=None)
        state = SealState.COLLECTED if await keys.exists() else SealState.ISSUED
        moved = await Seal.filter(id=seal.id, state=SealState.FROZEN).update(
            state=state, frozen_at=None, rotation_due=True
        )
        if not moved:
            raise not_frozen()
        await identity_checks.use(check, now)
        await offers.finish(offer, {"state": state.value})
        await events.append(
            events.company_stream(seal.company_id),
            "seal.unfrozen",
            actor=f"person:{offer.person_id}",
            subject=f"seal:{seal.id}",
            now=now,
            on_behalf=seal.company_id,
            facts={"kind": seal.kind, "state": state.value, "identity": result.way.value},
        )


def not_frozen() -> Conflict:
    """The seal is in another state."""
    return Conflict("seal.state", "该印章没有冻结，无需解冻。", "This seal is not frozen.")
