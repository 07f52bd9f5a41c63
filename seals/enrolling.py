"""Enrol a later device, in web: an identity check, then the PIN as an offer that names the new key.

The first one is enrolled with the seals (`seals/collecting.py`), the check is begun as any other
(`seals/identity_acts.py`). The sealer's part is `seals/attesting.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from auth import identity_checks, throttling
from auth.identity_models import IdentityCheck
from auth.pins import check_form
from auth.sessions import SessionView
from seals import devices, offers
from seals.devices import DeviceView
from seals.models import OfferPurpose
from seals.offers import PINS_PER_PERSON, PinDesk

__all__ = ["NewDevice", "enrol", "enrol_info", "enrol_values"]


@dataclass(frozen=True)
class NewDevice:
    """What a phone sends to be enrolled: the passed check, its public key (base64), its signature, the PIN.

    signature: by that key over `enrol_values`.
    """

    check: str
    public_key: str
    signature: str = field(repr=False)
    pin: str = field(repr=False)


def enrol_values(row: IdentityCheck) -> dict[str, str]:
    """What the new key signs, besides itself; both sides build it."""
    return {"purpose": OfferPurpose.DEVICE.value, "check": row.id}


def enrol_info(row: IdentityCheck) -> dict[str, object]:
    """What the PIN offer is bound to besides the new key; both sides build it."""
    return {
        "purpose": OfferPurpose.DEVICE.value,
        "check": row.id,
        "holder": row.person_id,
    }


async def enrol(said: NewDevice, session: SessionView, now: datetime, desk: PinDesk) -> DeviceView:
    """Offer PIN and key to the sealer; returns once the device may confirm.

    Raises NotFound `identity.not_found`; Invalid `pin.format`, `device.key`; Refused `identity.not_passed`,
    `pin.wrong`, `pin.locked`, `device.removed`, `device.signature`;
    Gone `identity.expired`; Conflict `device.too_many`; TooMany;
    Unavailable.
    """
    check = await identity_checks.own_check(said.check, session.person_id)
    await throttling.count(PINS_PER_PERSON, session.person_id, now)
    check_form(said.pin)
    new = devices.new_device(said.public_key, said.signature, session.user_agent)
    offer = await offers.make(
        desk,
        OfferPurpose.DEVICE,
        check.id,
        session.person_id,
        said.pin,
        enrol_info(check),
        now,
        device=new,
    )
    await offers.outcome(offer)
    views = await devices.listed(session.person_id)
    return next(view for view in views if view.public_key == said.public_key)
