"""Change the PIN, in web: old and new one as one offer to the sealer, which re-closes the holder's key."""

from __future__ import annotations

import re
from datetime import datetime

from auth import people, throttling
from auth.errors import Invalid
from auth.models import Person
from auth.pins import PIN_MAX, PIN_MIN, check_pin
from auth.privacy import RecordsKey
from seals import custody, offers
from seals.models import Holder, OfferPurpose
from seals.offers import PINS_PER_PERSON, PinDesk
from seals.unlocking import no_pin

__all__ = ["change", "change_info"]


def change_info(holder: Holder, new_salt: str) -> dict[str, object]:
    """What a change's offer is bound to; both sides build it."""
    return {
        "purpose": OfferPurpose.CHANGE_PIN.value,
        "holder": holder.person_id,
        "public": holder.public_key,
        "salt": holder.salt,
        "new_salt": new_salt,
    }


async def change(
    person_id: str, old: str, new: str, now: datetime, records: RecordsKey, desk: PinDesk
) -> None:
    """Change the PIN; returns once the sealer has re-closed the key. The old one is good for nothing then.

    Raises Invalid `pin.…` (field `old_pin` or `pin`); Conflict `pin.none`; Refused `pin.wrong`, `pin.wait`,
    `pin.locked`; TooMany; Unavailable.
    """
    await throttling.count(PINS_PER_PERSON, person_id, now)
    holder = await Holder.get_or_none(person_id=person_id)
    if holder is None:
        raise no_pin()
    if not re.fullmatch(rf"[0-9]{{{PIN_MIN},{PIN_MAX}}}", old):
        raise Invalid(
            "pin.format",
            f"原口令应为 {PIN_MIN} 至 {PIN_MAX} 位数字。",
            f"The old PIN must have {PIN_MIN} to {PIN_MAX} digits.",
            field="old_pin",
        )
    person = people.identity(await Person.get(id=person_id), records)
    check_pin(new, [text for text in (person.mobile, person.id_number) if text])
    if new == old:
        raise Invalid(
            "pin.same", "新口令不能与原口令相同。", "The new PIN must differ from the old one.", field="pin"
        )
    salt = custody.new_salt()
    offer = await offers.make_change(desk, holder, old, new, change_info(holder, salt.hex()), salt, now)
    await offers.outcome(offer)
