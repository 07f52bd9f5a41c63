"""Key custody: the pure cryptography by which the signer alone controls the key (architecture §6).

Electronic Signature Law art. 13(1)(2). What is stolen alone opens nothing:

    private key   = AES-256-GCM under HKDF(seal secret), again under HMAC(KEK version, seal, generation)
    seal secret   = HPKE to the holder's public key, for one seal, generation, epoch, grant and rule
    holder's key  = AES-256-GCM under HKDF(Argon2id(PIN, salt, web pepper) || HMAC(sealer pepper, holder))
    PIN offer     = HPKE of the Argon2id value to the sealer's key of the day; `info` binds the intent

A wrong PIN shows as a failed decryption and becomes Refused `pin.wrong`; nothing else is learned.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from auth.errors import Refused

__all__ = [
    "ARGON2_MEMORY_KIB",
    "ARGON2_TIME_COST",
    "SECRET_BYTES",
    "DayKey",
    "FileVault",
    "KeyVault",
    "attest",
    "check_attestation",
    "code_mac",
    "keep_secret",
    "kek_not_held",
    "kept_secret",
    "make_day_key",
    "new_salt",
    "not_kept",
    "offer_info",
    "open_day_key",
    "open_holder",
    "open_offer",
    "open_private",
    "rewrap_day_key",
    "rewrap_kept",
    "rewrap_private",
    "seal_holder",
    "seal_offer",
    "seal_private",
    "statement",
    "stretch_pin",
    "unwrap_secret",
    "wrap_secret",
]

SECRET_BYTES = 32
SALT_BYTES = 16
NONCE_BYTES = 12
EPOCH_BYTES = 4
ARGON2_MEMORY_KIB = 64 * 1024
ARGON2_TIME_COST = 3

_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class KeyVault(Protocol):
    """Holds the key-encryption keys, one per version; the HMAC is computed inside (files, or a token)."""

    @property
    def version(self) -> int:
        """The newest version held, which new keys are wrapped under: looked up at each use."""

    def mac(self, version: int, context: bytes) -> bytes:
        """HMAC-SHA-256 under the KEK of that version. Raises Refused `custody.kek_version`, Unavailable."""


@dataclass(frozen=True)
class FileVault:
    """The KEK of one version, as a file holds it."""

    kek: bytes = field(repr=False)
    version: int = 1

    def mac(self, version: int, context: bytes) -> bytes:
        """HMAC-SHA-256 under the KEK; raises Refused `custody.kek_version` for one it does not hold."""
        if version != self.version:
            raise kek_not_held(version)
        return hmac.new(self.kek, context, hashlib.sha256).digest()


@dataclass(frozen=True)
class DayKey:
    """The sealer's HPKE key of one day: raw public key, private half under the KEK, identity's signature."""

    day: str
    kek_version: int
    public: bytes
    sealed_private: bytes = field(repr=False)
    signature: bytes


def kek_not_held(version: int) -> Refused:
    """For a KEK version that was retired or never was."""
    return Refused(
        "custody.kek_version",
        f"密钥版本 {version} 不可用。",
        f"KEK version {version} is not held here.",
        version=version,
    )


def _encode(label: str, values: Mapping[str, object]) -> bytes:
    return (
        f"ezhang/{label}/1\n".encode()
        + json.dumps(dict(values), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    )


def _derive(material: bytes, label: str) -> bytes:
    return HKDF(SHA256(), SECRET_BYTES, None, f"ezhang/{label}/1".encode()).derive(material)


def _lock(key: bytes, plain: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, place)


def _unlock(key: bytes, locked: bytes, place: bytes) -> bytes:
    if len(locked) < NONCE_BYTES:
        raise InvalidTag
    return AESGCM(key).decrypt(locked[:NONCE_BYTES], locked[NONCE_BYTES:], place)


def new_salt() -> bytes:
    """A holder's Argon2id salt: 16 random bytes."""
    return secrets.token_bytes(SALT_BYTES)


def stretch_pin(pin: str, salt: bytes, web_pepper: bytes) -> bytes:
    """Argon2id (64 MiB, t=3, one lane) of the peppered PIN: 32 bytes, about 0.2 s of one core.

    It releases the interpreter's lock; run it in a thread, a bounded number at a time.
    """
    peppered = hmac.new(web_pepper, pin.encode(), hashlib.sha256).digest()
    return hash_secret_raw(
        peppered,
        salt,
        ARGON2_TIME_COST,
        ARGON2_MEMORY_KIB,
        parallelism=1,
        hash_len=SECRET_BYTES,
        type=Type.ID,
    )


def offer_info(values: Mapping[str, object]) -> bytes:
    """The HPKE `info` of an offer: what is confirmed, encoded so that both sides build the same bytes."""
    return _encode("offer", values)


def seal_offer(stretched: bytes, day_public: bytes, info: bytes) -> bytes:
    """Seal a stretched PIN to the sealer's key of the day, for this intent only."""
    return _SUITE.encrypt(stretched, X25519PublicKey.from_public_bytes(day_public), info=info)


def open_offer(sealed: bytes, day_private: X25519PrivateKey, info: bytes) -> bytes:
    """Open an offer; raises Refused `offer.changed` when it was made for another intent."""
    try:
        return _SUITE.decrypt(sealed, day_private, info=info)
    except (InvalidTag, ValueError):
        raise Refused(
            "offer.changed",
            "确认的内容与要签署的内容不一致，已拒绝。请重新扫码。",
            "What was confirmed is not what would be signed; refused. Please scan again.",
        ) from None


def statement(values: Mapping[str, str]) -> bytes:
    """What a device key signs of what its owner confirms; the phone builds the same bytes.

    `ezhang/statement/1`, a line feed, and the values, all text, as JSON with sorted names and no spaces.
    """
    return _encode("statement", values)


def code_mac(pepper: bytes, values: Mapping[str, object]) -> str:
    """A keyed hash of a code of few digits with all that it is bound to, in hex."""
    return hmac.new(pepper, _encode("code", values), hashlib.sha256).hexdigest()


def attest(identity: Ed25519PrivateKey, label: str, subject: str, public: bytes) -> bytes:
    """The sealer's signature that this public key belongs to this subject."""
    return identity.sign(_encode(label, {"subject": subject, "public": public.hex()}))


def check_attestation(
    identity: Ed25519PublicKey, label: str, subject: str, public: bytes, signature: bytes
) -> None:
    """Raises Refused `custody.not_attested` unless the sealer signed this key for this subject."""
    try:
        identity.verify(signature, _encode(label, {"subject": subject, "public": public.hex()}))
    except InvalidSignature:
        raise Refused(
            "custody.not_attested",
            "密钥未经签章服务确认，已拒绝。请联系客服。",
            "This key was not attested by the sealer; refused. Please contact support.",
        ) from None


def make_day_key(vault: KeyVault, identity: Ed25519PrivateKey, day: str) -> DayKey:
    """A new HPKE key pair for one UTC day (`2026-11-21`)."""
    version = vault.version
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    sealed = _lock(_day_lock(vault, version, day), private.private_bytes_raw(), public)
    return DayKey(day, version, public, sealed, attest(identity, "day", day, public))


def open_day_key(
    vault: KeyVault, version: int, day: str, public: bytes, sealed_private: bytes
) -> X25519PrivateKey:
    """The private half; raises Refused when the row was changed."""
    return X25519PrivateKey.from_private_bytes(_day_private(vault, version, day, public, sealed_private))


def rewrap_day_key(
    vault: KeyVault, old: int, new: int, day: str, public: bytes, sealed_private: bytes
) -> bytes:
    """The private half under another KEK version; raises as `open_day_key`."""
    raw = _day_private(vault, old, day, public, sealed_private)
    return _lock(_day_lock(vault, new, day), raw, public)


def _day_lock(vault: KeyVault, version: int, day: str) -> bytes:
    return vault.mac(version, _encode("day", {"day": day}))


def _day_private(vault: KeyVault, version: int, day: str, public: bytes, sealed_private: bytes) -> bytes:
    try:
        return _unlock(_day_lock(vault, version, day), sealed_private, public)
    except InvalidTag:
        raise Refused("custody.day_key", "当日密钥无效。", "The key of the day does not open.") from None


def _holder_key(stretched: bytes, pepper: bytes, person: str) -> bytes:
    return _derive(stretched + hmac.new(pepper, person.encode(), hashlib.sha256).digest(), "holder")


def seal_holder(private: X25519PrivateKey, stretched: bytes, pepper: bytes, person: str) -> bytes:
    """The holder's private half, closed by PIN, web pepper and sealer pepper together."""
    return _lock(_holder_key(stretched, pepper, person), private.private_bytes_raw(), person.encode())


def open_holder(sealed: bytes, stretched: bytes, pepper: bytes, person: str) -> X25519PrivateKey:
    """The holder's private key; raises Refused `pin.wrong`."""
    try:
        raw = _unlock(_holder_key(stretched, pepper, person), sealed, person.encode())
    except InvalidTag:
        raise Refused("pin.wrong", "口令不正确。", "The PIN is wrong.", field="pin") from None
    return X25519PrivateKey.from_private_bytes(raw)


def _wrap_info(seal: str, generation: int, holder: str, epoch: int, grant: str, rule: int) -> bytes:
    place = {
        "seal": seal,
        "generation": generation,
        "holder": holder,
        "epoch": epoch,
        "grant": grant,
        "rule": rule,
    }
    return _encode("wrap", place)


def wrap_secret(
    secret: bytes,
    holder_public: bytes,
    seal: str,
    generation: int,
    holder: str,
    *,
    epoch: int = 0,
    grant: str = "",
    rule: int = 0,
) -> bytes:
    """A seal's secret for one holder (HPKE); grant: by which he holds it, empty for the owner; rule: the
    version of the seal's approval rule, 0 for none.
    """
    public = X25519PublicKey.from_public_bytes(holder_public)
    return _SUITE.encrypt(secret, public, info=_wrap_info(seal, generation, holder, epoch, grant, rule))


def unwrap_secret(
    wrapped: bytes,
    private: X25519PrivateKey,
    seal: str,
    generation: int,
    holder: str,
    *,
    epoch: int = 0,
    grant: str = "",
    rule: int = 0,
) -> bytes:
    """The seal's secret; raises Refused `custody.wrap` when the wrap is not for this holder, seal, epoch,
    grant and approval rule.
    """
    try:
        info = _wrap_info(seal, generation, holder, epoch, grant, rule)
        return _SUITE.decrypt(wrapped, private, info=info)
    except (InvalidTag, ValueError):
        raise Refused(
            "custody.wrap",
            "您没有这枚印章的密钥。",
            "This seal's secret is not wrapped to you.",
        ) from None


def _kept_place(seal: str, generation: int, epoch: int, grant: str, rule: int) -> bytes:
    place = {"seal": seal, "generation": generation, "epoch": epoch, "grant": grant, "rule": rule}
    return _encode("kept", place)


def keep_secret(
    secret: bytes,
    vault: KeyVault,
    version: int,
    seal: str,
    generation: int,
    epoch: int,
    grant: str,
    rule: int = 0,
) -> bytes:
    """A seal's secret for a grantee who has no keys yet, under the KEK; nobody's PIN opens it.

    rule: as in `wrap_secret`.
    """
    place = _kept_place(seal, generation, epoch, grant, rule)
    head = epoch.to_bytes(EPOCH_BYTES) + rule.to_bytes(EPOCH_BYTES)
    return head + _lock(vault.mac(version, place), secret, place)


def kept_secret(
    kept: bytes,
    vault: KeyVault,
    version: int,
    seal: str,
    generation: int,
    epoch: int,
    grant: str,
    rule: int = 0,
) -> bytes:
    """What `keep_secret` closed; raises Refused `custody.wrap` for another grant's, epoch's or rule's,
    `custody.kek_version` once its KEK is retired.
    """
    place = _kept_place(seal, generation, epoch, grant, rule)
    under = vault.mac(version, place)
    try:
        return _unlock(under, kept[2 * EPOCH_BYTES :], place)
    except InvalidTag:
        raise not_kept() from None


def not_kept() -> Refused:
    """What was kept for a grant is another's, of another epoch, or nothing at all."""
    return Refused(
        "custody.wrap",
        "授权的密钥不可用，请由授权人重新授权。",
        "What was kept for this grant does not open; it must be granted anew.",
    )


def rewrap_kept(
    kept: bytes, vault: KeyVault, old: int, new: int, seal: str, generation: int, grant: str
) -> bytes:
    """The same secret under another KEK version. Raises as `kept_secret`."""
    epoch = int.from_bytes(kept[:EPOCH_BYTES])
    rule = int.from_bytes(kept[EPOCH_BYTES : 2 * EPOCH_BYTES])
    secret = kept_secret(kept, vault, old, seal, generation, epoch, grant, rule)
    return keep_secret(secret, vault, new, seal, generation, epoch, grant, rule)


def _inner_place(seal: str, generation: int, key: str, epoch: int) -> bytes:
    # Without the KEK version: rotation must not need the secret, which only the PIN opens.
    return _encode("key", {"seal": seal, "key": key, "generation": generation, "epoch": epoch})


def _outer(vault: KeyVault, version: int, seal: str, generation: int, key: str) -> tuple[bytes, bytes]:
    """Key and associated data of the outer layer."""
    place = _encode("key", {"seal": seal, "key": key, "generation": generation, "kek": version})
    return vault.mac(version, _encode("kek", {"seal": seal, "generation": generation})), place


def seal_private(
    private: bytes,
    secret: bytes,
    vault: KeyVault,
    version: int,
    seal: str,
    generation: int,
    key: str,
    *,
    epoch: int = 0,
) -> bytes:
    """A seal's private key (PKCS#8 DER) at rest: inner layer under its secret, outer layer under the KEK."""
    inner = _lock(_derive(secret, "seal"), private, _inner_place(seal, generation, key, epoch))
    under, place = _outer(vault, version, seal, generation, key)
    return _lock(under, inner, place)


def open_private(
    locked: bytes,
    secret: bytes,
    vault: KeyVault,
    version: int,
    seal: str,
    generation: int,
    key: str,
    *,
    epoch: int = 0,
) -> bytes:
    """What `seal_private` closed; raises Refused `custody.key` when the row was changed or moved."""
    inner = _open_outer(locked, vault, version, seal, generation, key)
    try:
        return _unlock(_derive(secret, "seal"), inner, _inner_place(seal, generation, key, epoch))
    except InvalidTag:
        raise _key_changed() from None


def rewrap_private(
    locked: bytes, vault: KeyVault, old: int, new: int, seal: str, generation: int, key: str
) -> bytes:
    """The same key under another KEK version: the outer layer alone, so no secret and no PIN is needed.

    Raises Refused `custody.key` when the row was changed or moved, `custody.kek_version`.
    """
    inner = _open_outer(locked, vault, old, seal, generation, key)
    under, place = _outer(vault, new, seal, generation, key)
    return _lock(under, inner, place)


def _open_outer(locked: bytes, vault: KeyVault, version: int, seal: str, generation: int, key: str) -> bytes:
    under, place = _outer(vault, version, seal, generation, key)
    try:
        return _unlock(under, locked, place)
    except InvalidTag:
        raise _key_changed() from None


def _key_changed() -> Refused:
    return Refused("custody.key", "印章密钥无效。", "The seal's key does not open.")
