"""What an issuer says of a certificate, at one time and another: lists (RFC 5280 §6.3) and OCSP answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from auth.errors import Invalid
from seals import sm2, sm2_certificates
from seals.pdf.answers import Revoked, Said, answer_about

__all__ = [
    "CLOCK_SKEW",
    "CertificateStatus",
    "Chain",
    "Evidence",
    "status_of",
    "token_survives",
    "was_good",
]

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


@dataclass(frozen=True)
class Evidence:
    """Lists and OCSP answers (DER), whoever brought them: each counts as far as its issuer signed it.

    proven: since when one is known to have been there, for those out of an archive; what an issuer is said
    to have signed counts only if it was there before the issuer's own certificate ended.
    """

    crls: Sequence[bytes] = ()
    ocsps: Sequence[bytes] = ()
    proven: Mapping[bytes, datetime] = field(default_factory=dict)

    def about(self, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> Said | None:
        """The newest that `issuer` says about `certificate`, and of two at one time the worse.

        To be relied on as long as any: an older list may last longer than a newer answer.
        """
        said = [
            *(_of_list(each, certificate, issuer) for each in self._of(self.crls, issuer)),
            *(answer_about(each, certificate, issuer) for each in self._of(self.ocsps, issuer)),
        ]
        # Of what has ended an issuer may say nothing any more, so later silence about it says nothing.
        known = [
            one
            for one in said
            if one is not None
            and one.since <= now + CLOCK_SKEW
            and (one.revoked or one.since <= certificate.not_valid_after_utc)
        ]
        if not known:
            return None
        newest = max(known, key=lambda one: (one.since, one.revoked is not None))
        return replace(newest, until=max(one.until for one in known))

    def _of(self, each: Sequence[bytes], issuer: x509.Certificate) -> Iterator[bytes]:
        end = issuer.not_valid_after_utc
        return (der for der in each if der not in self.proven or self.proven[der] <= end)


def status_of(chain: Chain, evidence: Evidence, then: datetime, now: datetime) -> CertificateStatus:
    """The standing of the certificate and of those above it, at `then` and `now`."""
    worst_then, worst_now = "good", "good"
    for certificate, issuer in _links(chain):
        said = evidence.about(certificate, issuer, now)
        worst_then = _worse(worst_then, _at(certificate, said, then))
        worst_now = _worse(worst_now, _at(certificate, said, now))
    return CertificateStatus(worst_then, worst_now)


def token_survives(chain: Chain, evidence: Evidence, stated: datetime, now: datetime) -> bool:
    """Whether a time-stamp token of this unit, issued at `stated`, is still good (RFC 3161 §4)."""
    said = [evidence.about(certificate, issuer, now) for certificate, issuer in _links(chain)]
    return all(one is None or one.revoked is None or _harmless(one.revoked, stated) for one in said)


def was_good(chain: Chain, evidence: Evidence, stated: datetime, moment: datetime, now: datetime) -> bool:
    """Whether a token of this unit was good at `moment`, when it is proven to have been there.

    stated: when it says that it was made. Unlike now, it must be said by the issuers: silence proves nothing.
    """
    for certificate, issuer in _links(chain):
        said = evidence.about(certificate, issuer, now)
        if said is None or said.until < moment:
            return False
        revoked = said.revoked
        if revoked is not None and revoked.at <= moment and not _harmless(revoked, stated):
            return False
    return True


_ORDER = ("good", "not_checked", "expired", "not_yet_valid", "revoked")


def _worse(one: str, other: str) -> str:
    return max(one, other, key=_ORDER.index)


def _harmless(revoked: Revoked, stated: datetime) -> bool:
    return revoked.reason in _TOKENS_SURVIVE and stated < revoked.at


def _at(certificate: x509.Certificate, said: Said | None, moment: datetime) -> str:
    if said is not None and said.revoked is not None and said.revoked.at <= moment:
        return "revoked"
    if moment < certificate.not_valid_before_utc:
        return "not_yet_valid"
    if moment > certificate.not_valid_after_utc:
        return "expired"
    return "not_checked" if said is None or said.until < moment else "good"


def _links(chain: Chain) -> Iterator[tuple[x509.Certificate, x509.Certificate]]:
    """Each certificate below the root with the one that issued it."""
    loaded = [x509.load_der_x509_certificate(der) for der in chain.certificates]
    return zip(loaded[1:], loaded[:-1], strict=True)


def _of_list(der: bytes, certificate: x509.Certificate, issuer: x509.Certificate) -> Said | None:
    crl = _list_of(der, issuer)
    if crl is None:
        return None
    entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
    revoked = None if entry is None else Revoked(entry.revocation_date_utc, _reason(entry))
    return Said(crl.last_update_utc, crl.next_update_utc or crl.last_update_utc, revoked)


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
