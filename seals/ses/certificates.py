"""Certificates of seal makers and signers: their keys, what they sign, whom they chain to, what they may do.

SM2 with SM3 (GB/T 20518), and RSA or ECDSA with SHA-2, which GM/T 0031-2014 allowed. Nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from auth.errors import Invalid
from seals import sm2, sm2_certificates
from seals.certificates import POLICY_SEAL, POLICY_SEAL_MAKER, POLICY_TIMESTAMP
from seals.pdf.revocation import Chain
from seals.ses.der import NotDer, check_frame

__all__ = [
    "BadCertificate",
    "BrokenChain",
    "Certificate",
    "Unsupported",
    "Untrusted",
    "chain_of",
    "hash_of",
    "load",
]

MAX_CERTIFICATE_BYTES = 64 * 1024
MAX_CHAIN = 8
MAX_TRIES = 64
"""Signatures checked in the search for one chain."""

MIN_RSA_BITS = 2048
MAX_RSA_BITS = 8192

SM2_ALGORITHMS = frozenset({sm2.SIGNATURE_OID, sm2.CURVE_OID, f"{sm2.CURVE_OID}.1"})
"""GM/T 0006 names SM2 with SM3 …501; makers also write that of the curve, and of SM2 signing by itself."""

_RSA = {
    "1.2.840.113549.1.1.11": hashes.SHA256(),
    "1.2.840.113549.1.1.12": hashes.SHA384(),
    "1.2.840.113549.1.1.13": hashes.SHA512(),
}
_ECDSA = {
    "1.2.840.10045.4.3.2": hashes.SHA256(),
    "1.2.840.10045.4.3.3": hashes.SHA384(),
    "1.2.840.10045.4.3.4": hashes.SHA512(),
}
_E = TypeVar("_E", bound=x509.ExtensionType)
_OURS = frozenset({POLICY_SEAL, POLICY_SEAL_MAKER, POLICY_TIMESTAMP})
_FOREIGN_PURPOSES = frozenset({ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.OCSP_SIGNING})
_UNDERSTOOD = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.CERTIFICATE_POLICIES,
    }
)
_UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


class BadCertificate(Exception):
    """It cannot be read."""


class Unsupported(Exception):
    """The algorithm is not known here, too weak, or not that of the key."""


class Untrusted(Exception):
    """No chain of signatures leads to a trusted root."""


class BrokenChain(Exception):
    """One does, over a certificate that may not issue the one below it."""


@dataclass(frozen=True)
class Certificate:
    """A certificate that can be read. Make it by `load`."""

    der: bytes
    parsed: x509.Certificate
    policies: frozenset[x509.ObjectIdentifier]

    @property
    def name(self) -> str:
        """Whom it names: the organization, else the common name."""
        for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
            for attribute in self.parsed.subject.get_attributes_for_oid(oid):
                return str(attribute.value)
        return self.parsed.subject.rfc4514_string()

    @cached_property
    def sm2_key(self) -> bytes | None:
        """x || y, where its key is of SM2."""
        try:
            return sm2_certificates.public_key(self.der)
        except Invalid:
            return None

    def verify(self, algorithm: str, value: bytes, message: bytes) -> bool:
        """Whether `value` is its key's signature over the message. Raises Unsupported."""
        if self.sm2_key is not None:
            if algorithm not in SM2_ALGORITHMS:
                raise Unsupported(algorithm)
            return sm2.verify(self.sm2_key, value, message)
        key = self._other_key()
        try:
            if isinstance(key, rsa.RSAPublicKey) and algorithm in _RSA:
                key.verify(value, message, padding.PKCS1v15(), _RSA[algorithm])
            elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm in _ECDSA:
                key.verify(value, message, ec.ECDSA(_ECDSA[algorithm]))
            else:
                raise Unsupported(algorithm)
        except InvalidSignature:
            return False
        return True

    def is_issued_by(self, issuer: Certificate) -> bool:
        """Whether the names fit and the issuer's key signed it."""
        if self.parsed.issuer != issuer.parsed.subject or not self._names_key_of(issuer):
            return False
        if issuer.sm2_key is not None:
            return sm2_certificates.is_signed_by(self.der, issuer.sm2_key)
        try:
            if isinstance(self.parsed.signature_hash_algorithm, (hashes.SHA1, hashes.MD5)):
                return False
            self.parsed.verify_directly_issued_by(issuer.parsed)
        except (*_UNREADABLE, InvalidSignature):
            return False
        return True

    def may_issue(self, below: int) -> bool:
        """Whether it is a CA's, with `below` CAs between it and the last certificate (RFC 5280 §6.1.4)."""
        basic = _extension(self.parsed, x509.BasicConstraints)
        usage = _extension(self.parsed, x509.KeyUsage)
        if basic is None or not basic.ca or (usage is not None and not usage.key_cert_sign):
            return False
        return (basic.path_length is None or basic.path_length >= below) and self.is_understood()

    def is_understood(self) -> bool:
        """Whether it holds no critical extension that is not understood here."""
        return all(each.oid in _UNDERSTOOD for each in self.parsed.extensions if each.critical)

    def may_make_seals(self) -> bool:
        """Whether it may sign, and, where it is of an authority as ours, whether it is the seal maker's."""
        return self._may_sign() and (not self.policies & _OURS or POLICY_SEAL_MAKER in self.policies)

    def may_sign_documents(self) -> bool:
        """Whether it may sign, and, where it is of an authority as ours, whether it is a seal's."""
        return self._may_sign() and (not self.policies & _OURS or POLICY_SEAL in self.policies)

    def _may_sign(self) -> bool:
        basic = _extension(self.parsed, x509.BasicConstraints)
        usage = _extension(self.parsed, x509.KeyUsage)
        purposes = _extension(self.parsed, x509.ExtendedKeyUsage)
        return (
            not (basic is not None and basic.ca)
            and (usage is None or usage.digital_signature or usage.content_commitment)
            and (purposes is None or not _FOREIGN_PURPOSES & set(purposes))
            and self.is_understood()
        )

    def _names_key_of(self, issuer: Certificate) -> bool:
        wanted = _extension(self.parsed, x509.AuthorityKeyIdentifier)
        given = _extension(issuer.parsed, x509.SubjectKeyIdentifier)
        if wanted is None or given is None or wanted.key_identifier is None:
            return True
        return bool(wanted.key_identifier == given.digest)

    def _other_key(self) -> object:
        try:
            key = self.parsed.public_key()
        except _UNREADABLE:
            raise Unsupported("key") from None
        if isinstance(key, rsa.RSAPublicKey) and not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
            raise Unsupported("key size")
        return key


def load(der: bytes) -> Certificate:
    """Read one. Raises BadCertificate."""
    try:
        if len(der) > MAX_CERTIFICATE_BYTES:
            raise NotDer("too long")
        check_frame(der)
        found = x509.load_der_x509_certificate(der)
        parsed = asn1_x509.Certificate.load(der, strict=True)
        if parsed["signature_algorithm"].dump() != parsed["tbs_certificate"]["signature"].dump():
            raise NotDer("two algorithms")  # RFC 5280 §4.1.1.2
        policies = _extension(found, x509.CertificatePolicies) or ()
        # All that is asked later is read here, so that it cannot fail then.
        _ = found.subject, found.issuer, found.not_valid_before_utc, found.not_valid_after_utc
        return Certificate(der, found, frozenset(each.policy_identifier for each in policies))
    except _UNREADABLE:
        raise BadCertificate from None


def chain_of(
    certificate: Certificate, roots: Sequence[Certificate], intermediates: Sequence[Certificate]
) -> Chain:
    """Its chain, from a trusted root. Raises Untrusted, BrokenChain. Says nothing of times or revocation."""
    search = _Search(roots, intermediates)
    found = next(iter(search.paths((certificate,))), None)
    if found is None:
        raise BrokenChain if search.broken else Untrusted
    return Chain(tuple(each.der for each in reversed(found)))


class _Search:
    """Depth first from the certificate upwards; `broken`: it reached a root, but not by the rules."""

    def __init__(self, roots: Sequence[Certificate], intermediates: Sequence[Certificate]) -> None:
        self._roots, self._intermediates = roots, intermediates
        self._tries = 0
        self.broken = False

    def paths(self, below: tuple[Certificate, ...]) -> Iterable[tuple[Certificate, ...]]:
        for root in self._issuers(below, self._roots):
            # The root is trusted as it is given, but it must be a CA's (RFC 5280 §6.1.1 leaves that open).
            if self._may(root, below):
                yield (*below, root)
        if len(below) < MAX_CHAIN:
            for issuer in self._issuers(below, self._intermediates):
                if self._may(issuer, below):
                    yield from self.paths((*below, issuer))
                else:
                    self.broken |= self._reaches_root((*below, issuer))

    def _may(self, issuer: Certificate, below: tuple[Certificate, ...]) -> bool:
        if issuer.may_issue(len(below) - 1):
            return True
        self.broken |= issuer in self._roots
        return False

    def _reaches_root(self, below: tuple[Certificate, ...]) -> bool:
        if any(True for _ in self._issuers(below, self._roots)):
            return True
        above = self._issuers(below, self._intermediates) if len(below) < MAX_CHAIN else ()
        return any(self._reaches_root((*below, issuer)) for issuer in above)

    def _issuers(self, below: tuple[Certificate, ...], among: Sequence[Certificate]) -> Iterable[Certificate]:
        for issuer in among:
            if issuer in below or below[-1].parsed.issuer != issuer.parsed.subject:
                continue
            self._tries += 1
            if self._tries > MAX_TRIES:
                return
            if below[-1].is_issued_by(issuer):
                yield issuer


def hash_of(algorithm: str) -> hashes.HashAlgorithm:
    """The digest that goes with a signature algorithm. Raises Unsupported."""
    if algorithm in SM2_ALGORITHMS:
        return hashes.SM3()
    found = _RSA.get(algorithm) or _ECDSA.get(algorithm)
    if found is None:
        raise Unsupported(algorithm)
    return found


def _extension(certificate: x509.Certificate, kind: type[_E]) -> _E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
