"""What only a sealer that opens keys holds (role `sign`), gathered for its use cases."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auth.errors import Refused
from seals.custody import KeyVault
from seals.policies import Policy

__all__ = ["P256", "SM2", "Keyring"]

P256, SM2 = "P-256", "SM2"
"""`SealKey.algorithm`: P-256 signs the PDF, SM2 the national structures."""


@dataclass(frozen=True)
class Keyring:
    """KEK vault, sealer pepper, identity key, policy; by which public keys it knows what the issuer made."""

    vault: KeyVault = field(repr=False)
    pepper: bytes = field(repr=False)
    identity: Ed25519PrivateKey = field(repr=False)
    issuing: x509.Certificate
    sm2_issuing_public: bytes
    policy: Policy

    def require_issued(self, certificate: bytes, public: ec.EllipticCurvePublicKey) -> None:
        """Before a certificate (DER) out of the database is signed with: we issued it, for this very key.

        What is signed names the certificate. Raises Refused `custody.certificate`.
        """
        try:
            read = x509.load_der_x509_certificate(certificate)
            read.verify_directly_issued_by(self.issuing)
            own = read.public_key() == public
        except (ValueError, TypeError, InvalidSignature):
            own = False
        if not own:
            raise Refused(
                "custody.certificate",
                "印章证书被改动或不属于本印章，已拒绝签章。请联系客服。",
                "The seal's certificate was changed or is not this seal's; nothing is signed with it. "
                "Please contact support.",
            )
