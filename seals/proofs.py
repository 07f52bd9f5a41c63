"""What proves, beside the PIN, that the person himself confirms: his device's signature, or a code.

One check for every purpose: the caller says what is confirmed, as values that the phone was shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from auth.errors import DomainError, Invalid, Refused
from auth.ports import IdentityWay
from seals import confirm_codes, devices, tries
from seals.confirm_codes import CODE_DIGITS
from seals.device_models import ConfirmCode, DeviceKey
from seals.keyring import Keyring
from seals.models import Offer

__all__ = [
    "Possessed",
    "Possession",
    "Proof",
    "Proven",
    "require_offered",
    "require_possession",
    "require_proof",
]


@dataclass(frozen=True)
class Proof:
    """What a phone sends with the PIN: its device's id and signature, or the code that came by message."""

    device: str | None = None
    signature: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)

    @property
    def signed(self) -> dict[str, str] | None:
        """As an offer keeps it; None where a code stands for it."""
        if self.device is None or self.signature is None:
            return None
        return {"id": self.device, "signature": self.signature}


@dataclass(frozen=True)
class Proven:
    """What the sealer found good: by which way, and the row to be used up with the act."""

    row: DeviceKey | ConfirmCode

    @property
    def facts(self) -> dict[str, str]:
        """For the event: the way, and of a device which one."""
        if isinstance(self.row, DeviceKey):
            return {"way": "device", "device": self.row.id}
        return {"way": "sms"}

    async def use(self, now: datetime) -> None:
        """Inside the transaction that acts. Raises Refused `device.removed`, `code.expired`."""
        if isinstance(self.row, ConfirmCode):
            await confirm_codes.use(self.row)
        elif not await DeviceKey.filter(id=self.row.id, revoked_at=None).update(last_used_at=now):
            raise devices.removed()


@dataclass(frozen=True)
class Possession:
    """What a phone sends with a PIN that enrols it: its public key and a signature by it; or, where its
    browser keeps no key, the code that came by message.
    """

    key: str | None = None
    signature: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)

    def device(self, user_agent: str) -> dict[str, str] | None:
        """As an offer keeps it; None where a code stands for it.

        Raises Invalid `device.key`, `code.format`; Refused `device.missing`.
        """
        if self.key is not None:
            return devices.new_device(self.key, self.signature or "", user_agent)
        _require_code_form(self.code)
        return None


@dataclass(frozen=True)
class Possessed:
    """What the sealer found good at an enrolment. code: None where a device's own key signed."""

    code: ConfirmCode | None

    @property
    def way(self) -> str:
        """By which way, as `Proven.facts` says it."""
        return "device" if self.code is None else "sms"

    async def settle(
        self, offer: Offer, how: str, identity: IdentityWay, keyring: Keyring, now: datetime
    ) -> None:
        """In the transaction that acts on the offer, last: the device is enrolled, or the code used up."""
        if self.code is None:
            await devices.enrol(offer, how, identity, keyring, now)
        else:
            await confirm_codes.use(self.code)


async def require_possession(
    offer: Offer, code: str, subject: str, values: Mapping[str, str], keyring: Keyring, now: datetime
) -> Possessed:
    """In the sealer, before the PIN is looked at: as `require_proof`, for a device that is to be enrolled.

    Nothing is attested, and no certificate asked for, of a key that its holder has not signed with. Raises
    Refused `device.signature`, `device.removed`, `code.…`; Conflict `device.too_many`.
    """
    try:
        if offer.device is not None:
            await devices.require_enrollable(offer, values)
            return Possessed(None)
        person, pepper = offer.person_id, keyring.pepper
        return Possessed(
            await confirm_codes.require_code(
                offer.purpose, subject, person, code, values, pepper, now, again=False
            )
        )
    except DomainError:
        await tries.give_back(offer)
        raise


async def require_offered(proof: Proof, person_id: str) -> None:
    """In web, before a PIN is stretched: what cannot pass is refused at once; the sealer judges the rest.

    Raises Refused `device.missing`, `device.unknown`, `device.removed`; Invalid `code.format`.
    """
    if proof.signed is not None:
        row = await DeviceKey.get_or_none(id=proof.device, person_id=person_id)
        if row is None:
            raise devices.unknown()
        if row.revoked_at is not None:
            raise devices.removed()
    else:
        _require_code_form(proof.code)


def _require_code_form(code: str | None) -> None:
    if code is None:
        raise Refused(
            "device.missing",
            "只有口令不能确认。请用登记过的手机确认，或改用短信验证码。",
            "The PIN alone does not confirm. Use your enrolled phone, or a code by text message.",
            field="code",
        )
    if not re.fullmatch(rf"[0-9]{{{CODE_DIGITS}}}", code):
        raise Invalid(
            "code.format",
            f"短信验证码为 {CODE_DIGITS} 位数字。",
            f"The code has {CODE_DIGITS} digits.",
            field="code",
        )


async def require_proof(
    offer: Offer,
    code: str,
    subject: str,
    values: Mapping[str, str],
    keyring: Keyring,
    now: datetime,
    *,
    again: bool = False,
) -> Proven:
    """In the sealer, after the try was counted and before the PIN is looked at.

    values: what is confirmed, as the sealer found it; a device must have signed, or a code been sent for,
    exactly them. subject: what the code was asked for. again: what is confirmed was acted on already and is
    only being finished. A refusal gives the try back: it says nothing of the PIN, and whoever lacks the phone
    must not lock it.
    Raises Refused, see `devices.require_device` and `confirm_codes.require_code`.
    """
    person, pepper = offer.person_id, keyring.pepper
    try:
        if offer.device is not None:
            return Proven(await devices.require_device(offer.device, person, values, keyring, again=again))
        return Proven(
            await confirm_codes.require_code(
                offer.purpose, subject, person, code, values, pepper, now, again=again
            )
        )
    except Refused:
        await tries.give_back(offer)
        raise
