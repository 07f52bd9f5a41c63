"""Device keys: P-256 keys that a phone makes and never gives out, believed only as the sealer attested.

With them session and PIN alone confirm nothing (architecture §6): whatever a person confirms with his PIN,
his device signs as a statement, which the sealer builds again from what it is about to act on.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from auth import events
from auth.browsers import browser_name
from auth.engine import transaction
from auth.errors import Conflict, Invalid, NotFound, Refused
from auth.ports import IdentityWay
from auth.sessions import SessionView
from auth.tokens import new_id
from seals import custody
from seals.device_models import DeviceKey
from seals.keyring import Keyring
from seals.models import Offer

__all__ = [
    "DEVICES_MOST",
    "DeviceView",
    "enrol",
    "is_attested",
    "listed",
    "new_device",
    "remove",
    "removed",
    "require_device",
    "require_enrollable",
    "require_signed",
    "signed_by",
    "unknown",
]

DEVICES_MOST = 10
"""Devices of one person at a time."""

_LABEL = "device"
_POINT_BYTES = 65
_SIGNATURE_BYTES = 64


@dataclass(frozen=True)
class DeviceView:
    """A device as its owner sees it. public_key: as it was enrolled, by which a browser knows its own."""

    id: str
    label: str
    public_key: str
    enrolled_at: datetime
    last_used_at: datetime | None


async def listed(person_id: str) -> tuple[DeviceView, ...]:
    """A person's devices that may confirm, the oldest first."""
    rows = await DeviceKey.filter(person_id=person_id, revoked_at=None).order_by("created_at", "id")
    return tuple(
        DeviceView(row.id, row.label, row.public_key, row.created_at, row.last_used_at) for row in rows
    )


def new_device(public_key: str, signature: str, user_agent: str) -> dict[str, str]:
    """What an offer says of a device to be enrolled. public_key: uncompressed point, base64.

    signature: by it, as `require_signed` wants it. Raises Invalid `device.key`.
    """
    _public(public_key)
    label = browser_name(user_agent)
    return {"id": new_id(), "public_key": public_key, "signature": signature, "label": label}


def require_signed(public_key: str, signature: str, values: Mapping[str, str]) -> None:
    """Whoever sent a key to be enrolled holds its private half: it signed exactly these values and itself.

    signature: r || s, base64. Raises Refused `device.signature`, Invalid `device.key`.
    """
    _verify(public_key, signature, custody.statement({**values, "key": public_key}))


async def require_enrollable(offer: Offer, values: Mapping[str, str]) -> None:
    """Before anything costly: the device that an offer brings holds its key and can be enrolled.

    Raises as `require_signed`; Conflict `device.too_many`, Refused `device.removed`.
    """
    new = offer.device or {}
    require_signed(new["public_key"], new.get("signature", ""), values)
    await _known(offer.person_id, new["public_key"])


async def _known(person_id: str, public_key: str) -> DeviceKey | None:
    """The person's device with this key; None where there is none and one more has room."""
    mine = DeviceKey.filter(person_id=person_id)
    known = await mine.get_or_none(public_key=public_key)
    if known is not None:
        if known.revoked_at is not None:
            raise removed()
        return known
    if await mine.filter(revoked_at=None).count() >= DEVICES_MOST:
        raise Conflict(
            "device.too_many",
            f"最多登记 {DEVICES_MOST} 台确认设备，请先移除不用的设备。",
            f"At most {DEVICES_MOST} devices can confirm; remove one that you do not use.",
        )
    return None


async def enrol(offer: Offer, way: str, identity: IdentityWay, keyring: Keyring, now: datetime) -> None:
    """Attest and store the device that an offer brings, in the transaction that acts on the offer, last.

    way: how it was proven whose it is, `collection` or `check`; identity: by which identity check. A device
    that is enrolled stays as it is.
    Raises Conflict `device.too_many`, Refused `device.removed`.
    """
    new = offer.device or {}
    if await _known(offer.person_id, new["public_key"]) is not None:
        return
    attested = custody.attest(
        keyring.identity, _LABEL, offer.person_id, _attested(new["id"], new["public_key"])
    )
    await DeviceKey.create(
        id=new["id"],
        person_id=offer.person_id,
        public_key=new["public_key"],
        attestation=base64.b64encode(attested).decode(),
        label=new["label"],
        created_at=now,
    )
    await _event(offer.person_id, "device.enrolled", new["id"], now, {"way": way, "identity": identity.value})


async def remove(device: str, session: SessionView, now: datetime) -> None:
    """Take one of one's own devices out; it confirms nothing from now on. It needs no PIN.

    Raises NotFound `device.not_found`.
    """
    async with transaction():
        mine = DeviceKey.filter(id=device, person_id=session.person_id, revoked_at=None)
        if not await mine.update(revoked_at=now):
            raise NotFound(
                "device.not_found",
                "没有这台设备，或它已移除。请刷新列表。",
                "There is no such device, or it was removed. Reload the list.",
            )
        await _event(session.person_id, "device.removed", device, now)


async def require_device(
    said: Mapping[str, str], person_id: str, values: Mapping[str, str], keyring: Keyring, *, again: bool
) -> DeviceKey:
    """The device that signed exactly these values, in the sealer; attested for this person.

    said: `id` and `signature` (r || s, base64) as an offer has them. again: what was signed was acted on
    already and is only being finished, so that a removal since does not matter.
    Raises Refused `device.unknown`, `device.removed`, `device.signature`, `custody.not_attested`.
    """
    row = await DeviceKey.get_or_none(id=said.get("id", ""), person_id=person_id)
    if row is None:
        raise unknown()
    if row.revoked_at is not None and not again:
        raise removed()
    custody.check_attestation(
        keyring.identity.public_key(),
        _LABEL,
        person_id,
        _attested(row.id, row.public_key),
        base64.b64decode(row.attestation),
    )
    _verify(row.public_key, said.get("signature", ""), custody.statement({**values, "device": row.id}))
    return row


def is_attested(row: DeviceKey, identity: Ed25519PublicKey) -> bool:
    """Whether the sealer attested this key for this person; for a report."""
    said = _attested(row.id, row.public_key)
    try:
        custody.check_attestation(identity, _LABEL, row.person_id, said, base64.b64decode(row.attestation))
    except Refused:
        return False
    return True


def signed_by(row: DeviceKey, signature: str, values: Mapping[str, str]) -> bool:
    """Whether a device's key made this signature (r || s, base64) over exactly these values; for a report."""
    try:
        _verify(row.public_key, signature, custody.statement({**values, "device": row.id}))
    except (Refused, Invalid):
        return False
    return True


def _verify(public_key: str, signature: str, statement: bytes) -> None:
    raw = _decoded(signature)
    half = _SIGNATURE_BYTES // 2
    try:
        if raw is None or len(raw) != _SIGNATURE_BYTES:
            raise InvalidSignature
        der = encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))
        _public(public_key).verify(der, statement, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Refused(
            "device.signature",
            "手机的签名与要确认的内容不符，已拒绝。请重新扫码核对后再确认。",
            "The device's signature is not over what would be confirmed; refused. Scan again and look.",
        ) from None


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _public(public_key: str) -> ec.EllipticCurvePublicKey:
    raw = _decoded(public_key)
    try:
        if raw is None or len(raw) != _POINT_BYTES:
            raise ValueError
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        raise Invalid(
            "device.key",
            "设备公钥的格式不正确，应为 P-256 未压缩点的 Base64。",
            "A device's public key is an uncompressed P-256 point in base64.",
            field="device_key",
        ) from None


def _attested(device: str, public_key: str) -> bytes:
    return hashlib.sha256(b"\0".join((device.encode(), public_key.encode()))).digest()


def unknown() -> Refused:
    """The refusal of a device that is not one of this person's."""
    return Refused(
        "device.unknown",
        "这台设备没有登记，不能确认。请用登记过的手机确认，或改用短信验证码。",
        "This device is not enrolled and cannot confirm. Use your enrolled phone, or a code by text message.",
    )


def removed() -> Refused:
    """The refusal of a device that its owner took out."""
    return Refused(
        "device.removed",
        "这台设备已被移除，不能确认。请用登记过的手机确认，或改用短信验证码。",
        "This device was removed and cannot confirm. Use your enrolled phone, or a code by text message.",
    )


async def _event(
    person_id: str, kind: str, device: str, now: datetime, facts: Mapping[str, str] | None = None
) -> None:
    await events.append(
        events.person_stream(person_id),
        kind,
        actor=f"person:{person_id}",
        subject=f"device:{device}",
        now=now,
        facts=facts,
    )
