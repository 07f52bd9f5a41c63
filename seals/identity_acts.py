"""What a person's identity check does, in web: begun for a purpose, by a way, then acted on by the sealer.

UNLOCK lifts the lock of his PIN, UNFREEZE puts a seal back into use, RESET applies for a new PIN. Web only
passes the wish on; the sealer asks the identity service itself (`unlocking`, `unfreezing`, `resetting`). A
check for a further DEVICE is begun here too, and used with the PIN (`enrolling`).
"""

from __future__ import annotations

from datetime import datetime

from auth import identity_checks, throttling
from auth.authority import Act
from auth.errors import Conflict, NotFound
from auth.identity_checks import IdentityCheckView
from auth.identity_models import IdentityPurpose
from auth.ports import IdentityState, IdentityWay, RealName
from auth.privacy import RecordsKey
from auth.throttling import Limit
from seals import living, offers
from seals.freezing import own_seal
from seals.life import Change
from seals.models import Holder, OfferPurpose, SealState
from seals.reset_models import PinReset
from seals.resetting import is_open
from seals.unlocking import no_pin

__all__ = ["ACTS", "BEGUN_HERE", "act", "begin"]

ACTS = {
    IdentityPurpose.UNLOCK: OfferPurpose.UNLOCK,
    IdentityPurpose.UNFREEZE: OfferPurpose.UNFREEZE,
    IdentityPurpose.RESET: OfferPurpose.RESET,
}
"""The purposes that need nothing but the check."""

BEGUN_HERE = {*ACTS, IdentityPurpose.DEVICE}

ACTS_PER_PERSON = Limit("identity.act", 60, 3600)


async def begin(
    purpose: IdentityPurpose,
    subject: str | None,
    person_id: str,
    return_url: str,
    now: datetime,
    records: RecordsKey,
    realname: RealName,
    way: IdentityWay,
) -> IdentityCheckView:
    """Begin a check for one of `BEGUN_HERE`. subject: the seal to un-freeze; else None, it is himself.

    return_url: `{id}` in it becomes the check's. Raises Conflict `identity.purpose`, `seal.state`,
    `pin.none`, `pin.reset_open`; Refused `seal.not_collected`, for the first device comes with the seals;
    NotFound `seal.not_found`; and as `identity_checks.begin`.
    """
    if purpose not in BEGUN_HERE:
        raise _no_act()
    about = person_id
    if purpose is IdentityPurpose.UNFREEZE:
        seal = await own_seal(subject or "", person_id, Act.UNFREEZE_SEAL, now)
        if seal.state is not SealState.FROZEN:
            raise living.not_possible(Change.RESUME)
        about = seal.id
    elif subject not in {None, person_id}:
        raise NotFound("identity.not_found", "没有找到该核验。", "There is no such identity check.")
    elif not await Holder.exists(person_id=person_id):
        raise offers.not_collected() if purpose is IdentityPurpose.DEVICE else no_pin()
    elif purpose is IdentityPurpose.RESET and await PinReset.exists(open=person_id):
        raise is_open()
    return await identity_checks.begin(purpose, about, person_id, return_url, now, records, realname, way=way)


async def act(check: str, person_id: str, now: datetime, realname: RealName) -> IdentityCheckView:
    """Have the sealer do what a passed check was for; returns once it is done: `used`.

    Raises NotFound `identity.not_found`; Conflict `identity.purpose`; Refused `identity.not_passed`; Gone
    `identity.expired`; what the sealer refuses with; TooMany; Unavailable.
    """
    row = await identity_checks.own_check(check, person_id)
    purpose = ACTS.get(row.purpose)
    if purpose is None:
        raise _no_act()
    await throttling.count(ACTS_PER_PERSON, person_id, now)
    found = await identity_checks.find(row.id, person_id, now, realname)
    if found.state in {IdentityState.PENDING.value, IdentityState.REFUSED.value}:
        raise identity_checks.not_passed()
    await offers.outcome(await offers.ask(purpose, row.id, person_id, now))
    return await identity_checks.find(row.id, person_id, now, realname)


def _no_act() -> Conflict:
    return Conflict(
        "identity.purpose",
        "这项业务不在这里办理。",
        "An identity check for this purpose is not begun or used here.",
    )
