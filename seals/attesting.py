"""Enrol a later device, in the sealer: it asks the identity service itself before it attests a key."""

from __future__ import annotations

from datetime import datetime

from auth import identity_checks
from auth.engine import transaction
from auth.identity_models import IdentityCheck, IdentityPurpose
from auth.ports import RealName
from auth.privacy import RecordsKey
from seals import holders, offers, pins, tries
from seals.enrolling import enrol_info, enrol_values
from seals.keyring import Keyring
from seals.models import Holder, Offer
from seals.proofs import require_possession

__all__ = ["attest_device"]


async def attest_device(
    offer: Offer, keyring: Keyring, realname: RealName, records: RecordsKey, now: datetime
) -> None:
    """Act on a device's offer: the check was passed by the holder himself and for this, the PIN is his.

    Raises Refused `identity.not_passed`, `offer.changed`, `pin.wrong`, `pin.locked`, `device.removed`,
    `device.signature`; Gone `identity.expired`; Conflict `device.too_many`, `offer.taken`; Unavailable.
    """
    offers.require_live(offer, now)
    check = await IdentityCheck.get_or_none(id=offer.subject, person_id=offer.person_id)
    holder = await Holder.get_or_none(person_id=offer.person_id)
    if check is None or holder is None or offer.device is None:
        raise offers.not_collected()
    person = await identity_checks.require_passed(
        check, IdentityPurpose.DEVICE, offer.person_id, now, realname
    )
    holders.require_identity(holder, person, keyring, records)
    stretched, code = await offers.opened(offer, enrol_info(check), keyring.vault)
    possessed = await require_possession(offer, code, check.id, enrol_values(check), keyring, now)
    await pins.require_young(offer.person_id, keyring.policy, now)
    await holders.open_holder(holder, offer, stretched, keyring, now)
    await tries.right(offer.person_id)
    async with transaction():
        await identity_checks.use(check, now)
        await offers.finish(offer, {"device": offer.device["id"]})
        await possessed.settle(offer, "check", person.way, keyring, now)
