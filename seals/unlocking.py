"""Lift the lock of a PIN, in the sealer: by the holder's own identity check, and by nothing else."""

from __future__ import annotations

from datetime import datetime

from auth import events, identity_checks
from auth.engine import transaction
from auth.errors import Conflict
from auth.identity_models import IdentityPurpose
from auth.ports import RealName
from auth.privacy import RecordsKey
from seals import holders, offers, tries
from seals.keyring import Keyring
from seals.models import Holder, Offer

__all__ = ["no_pin", "unlock"]


async def unlock(
    offer: Offer, keyring: Keyring, realname: RealName, records: RecordsKey, now: datetime
) -> None:
    """Forget wrong tries, wait and lock of the holder who passed the check; the PIN stays what it is.

    Raises NotFound, Gone, Refused `identity.…`, `custody.not_attested`; Conflict `pin.none`; Unavailable.
    """
    offers.require_live(offer, now)
    check, result = await identity_checks.passed(
        offer.subject, offer.person_id, IdentityPurpose.UNLOCK, now, realname
    )
    holder = await Holder.get_or_none(person_id=offer.person_id)
    if holder is None:
        raise no_pin()
    holders.require_identity(holder, result, keyring, records)
    who = f"person:{holder.person_id}"
    async with transaction():
        await identity_checks.use(check, now)
        await tries.forgive(holder.person_id)
        await offers.finish(offer, {})
        await events.append(
            events.person_stream(holder.person_id),
            "pin.unlocked",
            actor=who,
            subject=who,
            now=now,
            facts={"identity": result.way.value},
        )


def no_pin() -> Conflict:
    """There is no PIN to act on."""
    return Conflict(
        "pin.none",
        "您还没有用印口令。领取印章时会设置。",
        "You have no PIN yet; it is set when the seals are collected.",
    )
