"""Revocation lists: what an issuer says about a certificate, at one time and another (RFC 5280 §6.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from auth.errors import Invalid
from seals import sm2, sm2_certificates

__all__ = ["CLOCK_SKEW", "CertificateStatus", "Chain", "status_of", "token_survives"]

CLOCK_SKEW = timedelta(minutes=5)  # between another's clock and ours

# RFC 3161 §4: with these reasons, given expressly, what a unit stamped before its revocation stays good.
_TOKENS_SURVIVE = frozenset(
    {
        x509.ReasonFlags.unspecified,
        x509.ReasonFlags.affiliation_changed,
        x509.ReasonFlags.superseded,
        x509.ReasonFlags.cessation_of_operation,
    }
)


@dataclass(frozen=True)
class Chain:
    """A certificate with its issuers, from below the trusted root down to it; the root first."""

    certificates: tuple[bytes, ...]

    @property
    def leaf(self) -> bytes:
        """The certificate itself, DER."""
        return self.certificates[-1]


@dataclass(frozen=True)
class CertificateStatus:
    """`then`, `now`: good, revoked, expired, not_yet_valid, not_checked."""

    then: str
    now: str


def status_of(chain: Chain, crls: Sequence[bytes], then: datetime, now: datetime) -> CertificateStatus:
    """The standing of the certificate and of those above it, at `then` and `now`."""
    worst_then, worst_now = "good", "good"
    for certificate, issuer in _links(chain):
        crl, entry = _entry(certificate, issuer, crls, now)
        worst_then = _worse(worst_then, _at(certificate, crl, entry, then))
        worst_now = _worse(worst_now, _at(certificate, crl, entry, now))
    return CertificateStatus(worst_then, worst_now)


def token_survives(chain: Chain, crls: Sequence[bytes], stated: datetime, now: datetime) -> bool:
    """Whether a time-stamp token of this unit, issued at `stated`, is still good (RFC 3161 §4)."""
    for certificate, issuer in _links(chain):
        entry = _entry(certificate, issuer, crls, now)[1]
        if entry is None or (_reason(entry) in _TOKENS_SURVIVE and stated < entry.revocation_date_utc):
            continue
        return False
    return True


_ORDER = ("good", "not_checked", "expired", "not_yet_valid", "revoked")


def _worse(one: str, other: str) -> str:
    return max(one, other, key=_ORDER.index)


def _at(
    certificate: x509.Certificate,
    crl: x509.CertificateRevocationList | None,
    entry: x509.RevokedCertificate | None,
    moment: datetime,
) -> str:
    if entry is not None and entry.revocation_date_utc <= moment:
        return "revoked"
    if moment < certificate.not_valid_before_utc:
        return "not_yet_valid"
    if moment > certificate.not_valid_after_utc:
        return "expired"
    if crl is None or (crl.next_update_utc or crl.last_update_utc) < moment:
        return "not_checked"
    # A list may drop what has expired, so silence about such a certificate says nothing.
    dropped = entry is None and crl.last_update_utc > certificate.not_valid_after_utc
    return "not_checked" if dropped else "good"


def _links(chain: Chain) -> Iterator[tuple[x509.Certificate, x509.Certificate]]:
    """Each certificate below the root with the one that issued it."""
    loaded = [x509.load_der_x509_certificate(der) for der in chain.certificates]
    return zip(loaded[1:], loaded[:-1], strict=True)


def _entry(
    certificate: x509.Certificate, issuer: x509.Certificate, crls: Sequence[bytes], now: datetime
) -> tuple[x509.CertificateRevocationList | None, x509.RevokedCertificate | None]:
    """The newest list the issuer has signed, and what it says about the certificate."""
    newest: x509.CertificateRevocationList | None = None
    for der in crls:
        crl = _list_of(der, issuer)
        if crl is None or crl.last_update_utc > now + CLOCK_SKEW:
            continue
        if newest is None or crl.last_update_utc > newest.last_update_utc:
            newest = crl
    if newest is None:
        return None, None
    return newest, newest.get_revoked_certificate_by_serial_number(certificate.serial_number)


def _list_of(der: bytes, issuer: x509.Certificate) -> x509.CertificateRevocationList | None:
    """The list, if it is a whole one about all that `issuer` issued, and signed by it (RFC 5280 §6.3)."""
    try:
        crl = x509.load_der_x509_crl(der)
        partial = any(extension.critical for extension in crl.extensions)  # delta, indirect, by reason
        right = not partial and crl.issuer == issuer.subject and _may_list(issuer)
        return crl if right and _signed_by(crl, issuer) else None
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, Invalid):
        return None


def _signed_by(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    if crl.signature_algorithm_oid.dotted_string == sm2.SIGNATURE_OID:
        public = sm2_certificates.public_key(issuer.public_bytes(Encoding.DER))
        return sm2.verify(public, crl.signature, crl.tbs_certlist_bytes)
    key = issuer.public_key()
    return isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)) and crl.is_signature_valid(key)


def _may_list(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags | None:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return None
