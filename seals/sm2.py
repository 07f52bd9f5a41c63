"""SM2 with SM3: keys, signing and verifying (GB/T 32918, GB/T 35276), over GmSSL's C library.

The curve is not in `cryptography`. A signature is the DER SEQUENCE {r, s}; the digest that is signed is
e = SM3(Z || M), Z = SM3 of the signer's identity and public key, the identity being the standard
`1234567812345678` that GB/T 35276 §10 sets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import gmssl_pyx
from asn1crypto.core import Integer, Sequence
from cryptography.hazmat.primitives.hashes import SM3, Hash

from auth.errors import Invalid

__all__ = [
    "CURVE_OID",
    "SIGNATURE_OID",
    "SM3_OID",
    "USER_ID",
    "Sm2Key",
    "generate",
    "load",
    "message_digest",
    "sign",
    "sm3",
    "verify",
    "verify_digest",
]

USER_ID = b"1234567812345678"
CURVE_OID = "1.2.156.10197.1.301"
SIGNATURE_OID = "1.2.156.10197.1.501"
SM3_OID = "1.2.156.10197.1.401"
PRIVATE_BYTES, PUBLIC_BYTES = 32, 64
_RAW_SIGNATURE_BYTES = 64
_MAX_SIGNATURE_BYTES = 72

_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A = _P - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_G = bytes.fromhex(
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"
)
_Z_HEAD = (len(USER_ID) * 8).to_bytes(2) + USER_ID + _A.to_bytes(32) + _B.to_bytes(32) + _G


@dataclass(frozen=True)
class Sm2Key:
    """A key pair: 32 bytes, and x || y in 64 bytes."""

    private: bytes = field(repr=False)
    public: bytes


class _Rs(Sequence):  # type: ignore[misc]  # asn1crypto has no types
    _fields = [("r", Integer), ("s", Integer)]  # noqa: RUF012 - asn1crypto's own form


def generate() -> Sm2Key:
    """A new key pair from the library's random source."""
    public, private = gmssl_pyx.sm2_key_generate()
    return Sm2Key(private, public)


def load(private: bytes, public: bytes) -> Sm2Key:
    """A pair from its halves. Raises Invalid `sm2.key` unless they are one."""
    key = Sm2Key(private, public)
    in_range = len(private) == PRIVATE_BYTES and 1 <= int.from_bytes(private) < _N - 1
    probe = b"pair"
    if not (in_range and _on_curve(public) and verify(public, sign(key, probe), probe)):
        raise Invalid("sm2.key", "SM2 密钥无效或不成对。", "The SM2 key is not valid, or no pair.")
    return key


def sm3(data: bytes) -> bytes:
    """SM3 (GB/T 32905), 32 bytes."""
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize()


def message_digest(public: bytes, message: bytes) -> bytes:
    """e = SM3(Z || M) under the standard identity, 32 bytes."""
    return sm3(_z(public) + message)


@lru_cache(maxsize=1024)
def _z(public: bytes) -> bytes:
    return sm3(_Z_HEAD + public)


def sign(key: Sm2Key, message: bytes) -> bytes:
    """The signature over a message: DER SEQUENCE {r, s}."""
    return bytes(gmssl_pyx.sm2_sign_sm3_digest(key.private, message_digest(key.public, message)))


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether it is this key's signature over the message. Raw r || s of 64 bytes is accepted as well."""
    return verify_digest(public, signature, message_digest(public, message))


def verify_digest(public: bytes, signature: bytes, digest: bytes) -> bool:
    """As `verify`, over e itself."""
    canonical = _canonical(signature)
    if canonical is None or not _on_curve(public):
        return False
    return bool(gmssl_pyx.sm2_verify_sm3_digest(public, digest, canonical))


def _canonical(signature: bytes) -> bytes | None:
    """Strict DER of r and s in range; None for anything else. The C library sees nothing else."""
    if len(signature) == _RAW_SIGNATURE_BYTES:
        # A DER signature is 64 bytes long only when r and s together lack eight: not to be met by chance.
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    else:
        if not len(signature) <= _MAX_SIGNATURE_BYTES:
            return None
        try:
            parsed = _Rs.load(signature, strict=True)
            r, s = parsed["r"].native, parsed["s"].native
        except (ValueError, TypeError):
            return None
        if _Rs({"r": r, "s": s}).dump() != signature:
            return None
    if not (0 < r < _N and 0 < s < _N):
        return None
    return bytes(_Rs({"r": r, "s": s}).dump())


def _on_curve(public: bytes) -> bool:
    if len(public) != PUBLIC_BYTES:
        return False
    x, y = int.from_bytes(public[:32]), int.from_bytes(public[32:])
    return x < _P and y < _P and (y * y - (x * x * x + _A * x + _B)) % _P == 0
