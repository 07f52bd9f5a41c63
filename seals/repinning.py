"""Change the PIN, in web: old and new one as one offer to the sealer, which re-closes the holder's key.

Session and PIN alone change nothing: his device signs, for a short time and for the PIN that is, or a code
that the sealer sent stands in, as at a confirmation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from auth import people, throttling
from auth.china import signed_second
from auth.errors import Invalid
from auth.models import Person
from auth.pins import PIN_MAX, PIN_MIN, check_pin
from auth.privacy import RecordsKey
from seals import confirm_codes, custody, offers
from seals.confirm_codes import ConfirmCodeSent
from seals.models import Holder, OfferPurpose
from seals.offers import PINS_PER_PERSON, PinDesk
from seals.proofs import Proof, require_offered
from seals.unlocking import no_pin

__all__ = ["PROOF_LIFE", "ChangeProof", "ask_code", "change", "change_info", "change_values"]

PROOF_LIFE = timedelta(minutes=10)
"""So long a device's signature is good to change a PIN."""


@dataclass(frozen=True)
class ChangeProof(Proof):
    """As `Proof`. expires: as it was signed, UTC, to the second; within `PROOF_LIFE`."""

    expires: str | None = None

    @property
    def signed(self) -> dict[str, str] | None:
        """As an offer keeps it; None where a code stands for it."""
        said = super().signed
        return None if said is None else {**said, "expires": self.expires or ""}


def change_info(holder: Holder, new_salt: str) -> dict[str, object]:
    """What a change's offer is bound to; both sides build it."""
    return {
        "purpose": OfferPurpose.CHANGE_PIN.value,
        "holder": holder.person_id,
        "public": holder.public_key,
        "salt": holder.salt,
        "new_salt": new_salt,
    }


def change_values(holder: Holder) -> dict[str, str]:
    """What a code for a change is bound to; a device signs `expires` as well. since: when the PIN was set."""
    return {
        "purpose": OfferPurpose.CHANGE_PIN.value,
        "holder": holder.person_id,
        "since": signed_second(holder.pin_set_at),
    }


async def ask_code(person_id: str, now: datetime) -> ConfirmCodeSent:
    """Have a code sent, where the browser is no enrolled device.

    Raises Conflict `pin.none`, and what `confirm_codes.ask` does.
    """
    if not await Holder.exists(person_id=person_id):
        raise no_pin()
    return await confirm_codes.ask(OfferPurpose.CHANGE_PIN, person_id, person_id, now)


async def change(
    person_id: str, old: str, new: str, proof: ChangeProof, now: datetime, records: RecordsKey, desk: PinDesk
) -> None:
    """Change the PIN; returns once the sealer has re-closed the key. The old one is good for nothing then.

    Raises Invalid `pin.…` (field `old_pin` or `pin`), `code.format`; Conflict `pin.none`; Refused `device.…`,
    `code.…`, `pin.wrong`, `pin.wait`, `pin.locked`; TooMany; Unavailable.
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
    await require_offered(proof, person_id)
    salt = custody.new_salt()
    info = change_info(holder, salt.hex())
    offer = await offers.make_change(
        desk, holder, old, new, info, salt, now, device=proof.signed, code=proof.code or ""
    )
    await offers.outcome(offer)
