"""SM2 keys in the forms that certificates and files have them: SubjectPublicKeyInfo and PKCS#8."""

from __future__ import annotations

import hashlib

from asn1crypto import keys

from seals import sm2
from seals.authorities import key_broken
from seals.sm2_certificates import UNCOMPRESSED

__all__ = ["dump_private", "identifier", "key_info", "load_private"]

_ALGORITHM = {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", sm2.CURVE_OID)}


def key_info(public: bytes) -> keys.PublicKeyInfo:
    """SubjectPublicKeyInfo of x || y (RFC 5480, GB/T 35276)."""
    point = keys.ECPointBitString(UNCOMPRESSED + public)
    return keys.PublicKeyInfo({"algorithm": keys.PublicKeyAlgorithm(_ALGORITHM), "public_key": point})


def identifier(public: bytes) -> bytes:
    """The key identifier in certificates: RFC 5280 §4.2.1.2 method 1, one to one with the key."""
    return hashlib.sha1(UNCOMPRESSED + public, usedforsecurity=False).digest()


def dump_private(key: sm2.Sm2Key) -> bytes:
    """The private key as PKCS#8 DER, not encrypted (RFC 5958 over RFC 5915)."""
    inner = keys.ECPrivateKey(
        {
            "version": "ecPrivkeyVer1",
            "private_key": int.from_bytes(key.private),
            "public_key": UNCOMPRESSED + key.public,
        }
    )
    inner["private_key"].set_encoded_width(sm2.PRIVATE_BYTES)
    info = {"version": 0, "private_key_algorithm": _ALGORITHM, "private_key": inner}
    return bytes(keys.PrivateKeyInfo(info).dump())


def load_private(der: bytes) -> sm2.Sm2Key:
    """The key pair that `dump_private` wrote. Raises Invalid `pki.key_broken`, `sm2.key`."""
    try:
        info = keys.PrivateKeyInfo.load(der, strict=True)
        algorithm = info["private_key_algorithm"]
        if (algorithm["algorithm"].native, algorithm["parameters"].native) != ("ec", "sm2"):
            raise ValueError(algorithm)
        inner = info["private_key"].parsed
        private = int(inner["private_key"].native).to_bytes(sm2.PRIVATE_BYTES)
        public = bytes(inner["public_key"].native)[1:]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise key_broken() from None
    return sm2.load(private, public)
