"""SM2 certificates as they are read: the public key, and whether an issuer's key signed them.

`cryptography` reads such a certificate but knows no SM2 key. Knows no private key itself, so every process
may use it; `seals/sm2_pki.py` makes certificates.
"""

from __future__ import annotations

from asn1crypto import keys, x509

from auth.errors import Invalid
from seals import sm2
from seals.certificates import POLICY_SEAL_MAKER

__all__ = ["is_seal_maker", "is_signed_by", "public_key"]

keys.NamedCurve.register("sm2", sm2.CURVE_OID, sm2.PRIVATE_BYTES)

UNCOMPRESSED = b"\x04"
"""GB/T 32918.1 §4.2.9, as SEC 1 §2.3.3: what a point begins with that is written as x || y."""


def public_key(certificate_der: bytes) -> bytes:
    """x || y of the certificate's SM2 key, 64 bytes. Raises Invalid `pki.key_not_sm2`."""
    try:
        info = x509.Certificate.load(certificate_der, strict=True).public_key
        named = (
            info["algorithm"]["algorithm"].native == "ec" and info["algorithm"]["parameters"].native == "sm2"
        )
        point = bytes(info["public_key"].native) if named else b""
    except (ValueError, TypeError, KeyError, AttributeError):
        point = b""
    if len(point) != 1 + sm2.PUBLIC_BYTES or point[:1] != UNCOMPRESSED:
        raise Invalid(
            "pki.key_not_sm2", "证书中的密钥不是 SM2 密钥。", "The certificate's key is no SM2 key."
        )
    return point[1:]


def is_signed_by(certificate_der: bytes, issuer_public: bytes) -> bool:
    """Whether the signature on it is the issuer's, SM2 with SM3 under the standard identity.

    Says nothing about times, purposes or revocation.
    """
    try:
        certificate = x509.Certificate.load(certificate_der, strict=True)
        named = certificate["signature_algorithm"]["algorithm"].dotted == sm2.SIGNATURE_OID
        inner = certificate["tbs_certificate"]["signature"]["algorithm"].dotted == sm2.SIGNATURE_OID
        # The first byte counts unused bits, of which there are none.
        unused, signature = certificate["signature_value"].contents[0], certificate["signature_value"].native
        signed = certificate["tbs_certificate"].dump()
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return False
    return named and inner and not unused and sm2.verify(issuer_public, bytes(signature), signed)


def is_seal_maker(certificate_der: bytes) -> bool:
    """Whether it is issued for making seals (制章者), by its policy."""
    try:
        policies = x509.Certificate.load(certificate_der, strict=True).certificate_policies_value or ()
        found = {policy["policy_identifier"].dotted for policy in policies}
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    return POLICY_SEAL_MAKER.dotted_string in found
