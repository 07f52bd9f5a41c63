"""A person's holder keys, in the sealer: made with a PIN, opened with it, believed only as attested.

Who a holder is stands under the sealer's signature with his public key: a row that was exchanged, or given
another's ID number or mobile, opens and unlocks nothing (architecture §6).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from auth.errors import Conflict, Refused
from auth.ports import IdentityResult
from auth.privacy import RecordsKey
from seals import custody, tries
from seals.keyring import Keyring
from seals.models import Holder, Offer

__all__ = [
    "HolderIdentity",
    "attested_public",
    "identity_of",
    "identity_ref",
    "new_holder",
    "open_holder",
    "require_identity",
]

_LABEL = "holder"


@dataclass(frozen=True)
class HolderIdentity:
    """Who a holder is, as keyed hashes of ID number and mobile."""

    identity_ref: str = field(repr=False)
    mobile_ref: str = field(repr=False)


def identity_ref(id_number: str, records: RecordsKey) -> str:
    """An ID number as a keyed hash, under the signatures of holders and licences."""
    return records.index(id_number, "holder.identity")


def identity_of(result: IdentityResult, records: RecordsKey) -> HolderIdentity:
    """Whom an identity check was about."""
    return HolderIdentity(
        identity_ref(result.id_number, records), records.index(result.mobile, "holder.mobile")
    )


def _statement(public: bytes, who: HolderIdentity) -> bytes:
    return hashlib.sha256(b"\0".join((public, who.identity_ref.encode(), who.mobile_ref.encode()))).digest()


def attested_public(row: Holder, keyring: Keyring) -> bytes:
    """The holder's public key, once the sealer's signature over it and over who he is holds.

    Raises Refused `custody.not_attested`.
    """
    public = bytes.fromhex(row.public_key)
    said = _statement(public, HolderIdentity(row.identity_ref, row.mobile_ref))
    custody.check_attestation(
        keyring.identity.public_key(), _LABEL, row.person_id, said, base64.b64decode(row.attestation)
    )
    return public


def require_identity(row: Holder, result: IdentityResult, keyring: Keyring, records: RecordsKey) -> None:
    """Raises Refused unless a check was about the very person whose keys these are."""
    attested_public(row, keyring)
    if identity_of(result, records).identity_ref != row.identity_ref:
        raise Refused(
            "identity.not_passed",
            "核验的不是印章持有人本人，请由本人重新核验。",
            "The identity check was not the holder's own; the holder must pass it.",
        )


def new_holder(
    person_id: str,
    keyring: Keyring,
    private: X25519PrivateKey,
    stretched: bytes,
    salt: str,
    who: HolderIdentity,
    now: datetime,
) -> Holder:
    """A row, not yet stored, for a new key pair closed by a new PIN."""
    public = private.public_key().public_bytes_raw()
    attested = custody.attest(keyring.identity, _LABEL, person_id, _statement(public, who))
    return Holder(
        person_id=person_id,
        public_key=public.hex(),
        sealed_private=custody.seal_holder(private, stretched, keyring.pepper, person_id).hex(),
        salt=salt,
        identity_ref=who.identity_ref,
        mobile_ref=who.mobile_ref,
        attestation=base64.b64encode(attested).decode(),
        pin_set_at=now,
    )


async def open_holder(
    row: Holder, offer: Offer, stretched: bytes, keyring: Keyring, now: datetime
) -> X25519PrivateKey:
    """The holder's private key. Counts the try first.

    Raises Refused `pin.wrong`, `pin.locked`, `pin.wait`; Conflict `pin.changed` for an offer made with the
    PIN before this one.
    """
    if offer.salt != row.salt:
        raise Conflict(
            "pin.changed",
            "用印口令刚刚更改过，请用新口令重新确认。",
            "The PIN was changed just now; confirm again with the new one.",
        )
    await tries.count_try(offer, now)
    public = attested_public(row, keyring)
    try:
        private = custody.open_holder(
            bytes.fromhex(row.sealed_private), stretched, keyring.pepper, row.person_id
        )
    except Refused:
        raise await tries.wrong(row.person_id, now) from None
    if private.public_key().public_bytes_raw() != public:
        raise Refused(
            "custody.not_attested", "密钥不符，已拒绝。", "The holder's keys do not match; refused."
        )
    return private
