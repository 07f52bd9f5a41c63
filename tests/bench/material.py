"""What both sides of a comparison work on: one contract, one seal, one small public-key infrastructure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from seals import pki
from seals.certificates import SealSubject
from seals.design import Design
from seals.imprint import Imprint, draw
from seals.kinds import SealKind, seal_name
from server.demo_contract import demo_contract

__all__ = ["COMPANY", "KIND", "SEAL_X_MM", "SEAL_Y_MM", "Material", "contract", "imprint", "material"]

COMPANY = "北京晨曦精密仪器有限公司"
USCC = "91110105MA01ABCD0X"
NUMBER = "1101050000001"
KIND = SealKind.CONTRACT
SEAL_X_MM, SEAL_Y_MM = 40.0, 205.0
_AGE = timedelta(hours=1)
_LIFE = timedelta(days=900)


@dataclass(frozen=True)
class Material:
    """A root, an issuing authority, a time-stamping unit, and one seal's key and certificate."""

    root: pki.Authority
    issuing: pki.Authority
    tsa: pki.Authority
    key: ec.EllipticCurvePrivateKey
    certificate_der: bytes


@cache
def contract() -> bytes:
    """The demo's contract: two A4 pages with embedded fonts."""
    return demo_contract(COMPANY)


@cache
def imprint() -> Imprint:
    """The imprint of the contract seal."""
    return draw(Design(KIND, company_name=COMPANY, uscc=USCC, seal_number=NUMBER, person_name="张晓明"))


def material() -> Material:
    """Fresh authorities, made an hour ago so that no clock stands before them."""
    made = datetime.now(UTC) - _AGE
    root = pki.make_root(made)
    issuing = pki.make_issuing(root, made)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = SealSubject(COMPANY, USCC, seal_name(KIND, COMPANY, "张晓明"), NUMBER)
    certificate = pki.issue_seal_certificate(issuing, key.public_key(), subject, made, made + _LIFE)
    return Material(root, issuing, pki.make_tsa(root, made), key, certificate.public_bytes(Encoding.DER))
