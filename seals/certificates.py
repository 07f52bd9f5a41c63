"""Certificates as they are read: names, fingerprints, marks.

Knows no private key, so every process may use it; `seals/pki.py` makes certificates.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID

from auth.errors import Invalid

__all__ = [
    "DEVELOPMENT_MARK",
    "MAX_NAME_CHARACTERS",
    "POLICY_PAPERS",
    "POLICY_SEAL",
    "POLICY_SEAL_MAKER",
    "POLICY_TIMESTAMP",
    "SealSubject",
    "dump_certificate",
    "fingerprint",
    "is_development",
    "key_fingerprint",
    "load_certificate",
    "read_subject",
    "seal_common_name",
    "subject_name",
]

MAX_NAME_CHARACTERS = 64
"""RFC 5280 appendix A, ub-common-name and ub-organization-name: characters, not bytes."""

# cryptography counts those 64 in UTF-8 bytes: it refuses to make and warns at each reading of a seal name
# over 21 Chinese characters, which is a rightful name. `subject_name` counts as the RFC does.
warnings.filterwarnings("ignore", message="Attribute's length must be", category=UserWarning)

_DER = serialization.Encoding.DER

# ITU-T X.667: an arc under 2.25 made from a random UUID is one's own without registration.
_ARC = "2.25.90196168302319050777076914393457954689"
POLICY_SEAL = x509.ObjectIdentifier(f"{_ARC}.1.1")
POLICY_TIMESTAMP = x509.ObjectIdentifier(f"{_ARC}.1.2")
POLICY_SEAL_MAKER = x509.ObjectIdentifier(f"{_ARC}.1.3")
POLICY_PAPERS = x509.ObjectIdentifier(f"{_ARC}.1.4")
DEVELOPMENT_MARK = x509.ObjectIdentifier(f"{_ARC}.2.1")

_SUBJECT_OIDS = (
    NameOID.ORGANIZATION_NAME,
    NameOID.ORGANIZATION_IDENTIFIER,
    NameOID.COMMON_NAME,
    NameOID.SERIAL_NUMBER,
)


@dataclass(frozen=True)
class SealSubject:
    """Whom a seal certificate names. `uscc`: 18 characters; `seal_number`: the 13-digit seal number.

    The platform's own, which seals its papers, has no USCC and a number of its own.
    """

    company: str
    uscc: str
    seal_name: str
    seal_number: str


def subject_name(subject: SealSubject) -> x509.Name:
    """The subject of a seal's certificate: C, O, organizationIdentifier (USCC), CN (seal), serialNumber.

    Raises Invalid: `pki.subject_empty`, `pki.subject_too_long`; facts: `attribute` (OID).
    """
    values = (subject.company, subject.uscc, subject.seal_name, subject.seal_number)
    for oid, value in zip(_SUBJECT_OIDS, values, strict=True):
        if not value:
            raise Invalid(
                "pki.subject_empty",
                "证书主体信息不完整，请补全单位名称、统一社会信用代码、印章名称和印章编码。",
                "The certificate needs company name, USCC, seal name and seal number: one is empty.",
                attribute=oid.dotted_string,
            )
        if len(value) > MAX_NAME_CHARACTERS:
            raise Invalid(
                "pki.subject_too_long",
                f"「{value}」超过证书允许的 {MAX_NAME_CHARACTERS} 个字符，请改用登记的较短名称。",
                f'"{value}" is longer than the {MAX_NAME_CHARACTERS} characters a certificate allows; '
                "use the shorter registered name.",
                attribute=oid.dotted_string,
                limit=MAX_NAME_CHARACTERS,
            )
    attributes = [(NameOID.COUNTRY_NAME, "CN"), *zip(_SUBJECT_OIDS, values, strict=True)]
    return x509.Name([x509.NameAttribute(oid, value, _validate=False) for oid, value in attributes])


def seal_common_name(seal_name: str, company: str) -> str:
    """The seal's name as CN: without the company's, which O has, where both together are too long for it."""
    return seal_name if len(seal_name) <= MAX_NAME_CHARACTERS else seal_name.removeprefix(company)


def read_subject(certificate: x509.Certificate | bytes) -> SealSubject | None:
    """Whom a seal certificate (or its DER) names; None where it names no seal or cannot be read.

    Says nothing about trust: ask only after the chain has been validated.
    """
    der = certificate if isinstance(certificate, bytes) else certificate.public_bytes(_DER)
    values: dict[str, list[str]] = {}
    try:
        read = asn1_x509.Certificate.load(der, strict=True)
        for rdn in read.subject.chosen:
            for attribute in rdn:
                values.setdefault(attribute["type"].dotted, []).append(str(attribute["value"].native))
        policies = read.certificate_policies_value or ()
        if any(each["policy_identifier"].dotted == POLICY_PAPERS.dotted_string for each in policies):
            values.setdefault(NameOID.ORGANIZATION_IDENTIFIER.dotted_string, [""])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    wanted = [values.get(oid.dotted_string, []) for oid in _SUBJECT_OIDS]
    if any(len(found) != 1 for found in wanted):
        return None
    company, uscc, seal_name, seal_number = (found[0] for found in wanted)
    return SealSubject(company, uscc, seal_name, seal_number)


def load_certificate(data: bytes) -> x509.Certificate:
    """A certificate from PEM or DER. Raises Invalid `pki.certificate_broken`."""
    pem = data.lstrip().startswith(b"-----BEGIN")
    try:
        certificate = x509.load_pem_x509_certificate(data) if pem else x509.load_der_x509_certificate(data)
        # Parsed late by the library: a broken extension must fail here, not where it is first asked for.
        _ = certificate.extensions
        return certificate
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise Invalid(
            "pki.certificate_broken",
            "证书文件无法读取，请换用完好的 PEM 或 DER 文件。",
            "The certificate cannot be read; give an intact PEM or DER file.",
        ) from error


def dump_certificate(certificate: x509.Certificate) -> bytes:
    """The certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def fingerprint(certificate: x509.Certificate | bytes) -> str:
    """SHA-256 of the certificate's DER, 64 hexadecimal digits in lower case."""
    der = certificate if isinstance(certificate, bytes) else certificate.public_bytes(_DER)
    return hashlib.sha256(der).hexdigest()


def key_fingerprint(public_key: CertificatePublicKeyTypes) -> str:
    """SHA-256 of the public key's SubjectPublicKeyInfo, 64 hexadecimal digits in lower case."""
    spki = public_key.public_bytes(_DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()


def is_development(certificate: x509.Certificate) -> bool:
    """Whether it was made under a development root, which production must not open or trust."""
    return any(extension.oid == DEVELOPMENT_MARK for extension in certificate.extensions)
