"""Who signed, and when: the cryptography of a signature, its chain, its timestamp.

Certificates are judged at the time of a trusted timestamp (ETSI EN 319 102-1 §5.5) and again now. A
time-stamping unit is judged now; where it is over, as of the next trusted document timestamp, which proves
its token older (`past`). Nothing is fetched: what is not in `Trust` or in the file is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.general import (
    CMSExtractionError,
    CMSStructuralError,
    NonexistentAttributeError,
    extract_certificate_info,
)
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import (
    cms_basic_validation,
    extract_tst_data_iter,
    get_signing_cert_attr,
    message_imprint_checker,
    validate_tst_signed_data,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import InvalidCertificateError
from pyhanko_certvalidator.path import ValidationPath

from seals.pdf.algorithms import of_signer, still_good
from seals.pdf.coverage import Problem
from seals.pdf.revocation import CLOCK_SKEW, Chain, Evidence, status_of, token_survives, was_good

__all__ = [
    "Past",
    "Signing",
    "Stamped",
    "Token",
    "Trust",
    "binds_certificate",
    "judge_token",
    "trusted_time",
    "who_signed",
]

MAX_TOKENS = 4
MAX_EMBEDDED_CERTIFICATES = 40

_SEALING = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})  # one of them
_FOREIGN_PURPOSES = frozenset({"time_stamping", "ocsp_signing"})
_TOO_WEAK = frozenset(
    {AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE, AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE}
)
# What pyHanko raises for a signature whose parts are missing, repeated, malformed or unknown to it.
_UNREADABLE = (
    SignatureValidationError,
    CMSExtractionError,
    CMSStructuralError,
    NonexistentAttributeError,
    UnsupportedAlgorithm,
    NotImplementedError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
)


@dataclass(frozen=True)
class Trust:
    """What the asker trusts: DER certificates of roots, further CA certificates, DER CRLs.

    stamp_roots: of others' time-stamping services; nobody signs under them.
    """

    roots: tuple[bytes, ...]
    intermediates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    stamp_roots: tuple[bytes, ...] = ()

    def context(self, moment: datetime, *, stamping: bool = False) -> ValidationContext:
        """pyHanko's form of it, for judging certificates at `moment`; stamping: of time-stamping units."""
        roots = (*self.roots, *self.stamp_roots) if stamping else self.roots
        return ValidationContext(
            trust_roots=[asn1_x509.Certificate.load(der) for der in roots],
            other_certs=[asn1_x509.Certificate.load(der) for der in self.intermediates],
            moment=moment,
            allow_fetching=False,
        )


@dataclass(frozen=True)
class Past:
    """A moment that is proven by a trusted document timestamp over what is judged, and what was said by then.

    moment: UTC; evidence: what its issuers say, the asker's lists among it.
    """

    moment: datetime
    evidence: Evidence


@dataclass(frozen=True)
class Token:
    """A time-stamp token. `intact`: it fits and its unit did sign it; `time`: given, if that is trusted.

    unsupported: it could not be checked, for an algorithm or form that is not known here. lapsed: it was
    good once, and its unit's certificate or an algorithm has ended. unchecked: nobody said whether the unit
    was revoked. units: certificates (DER) from the unit up to below the root, where they hold now.
    """

    intact: bool
    time: datetime | None
    unsupported: bool = False
    lapsed: bool = False
    unchecked: bool = False
    units: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Stamped:
    """The time of a signature by its tokens. wrong: one is proven not its own; rejected: none is trusted;
    lapsed: for no other reason than that their units are over; unchecked: as of `Token`, of any."""

    time: datetime | None
    wrong: bool
    rejected: bool
    lapsed: bool = False
    unchecked: bool = False


@dataclass(frozen=True)
class Signing:
    """What the cryptography of one signature proves; `chain` None: not under a trusted root."""

    certificate: asn1_x509.Certificate
    chain: Chain | None
    reasons: tuple[str, ...]


async def who_signed(signed: cms.SignedData, digest: bytes, trust: Trust, moment: datetime) -> Signing:
    """Check digest, signature value and chain of one signature, its chain as of `moment`.

    Whether the certificates were valid at that time is `revocation.status_of`'s to say.
    Raises Problem `contents_odd`, `unsupported_signature` when not even that can be done.
    """
    _check_form(signed)
    try:
        certificate = extract_certificate_info(signed).signer_cert
        first, last = certificate.not_valid_before, certificate.not_valid_after
        context = trust.context(min(max(moment, first), last))
        found = await cms_basic_validation(signed, digest, context, key_usage_settings=KeyUsageConstraints())
    except (SignatureValidationError, CMSExtractionError, CMSStructuralError):
        raise Problem("contents_odd") from None
    except _UNREADABLE:
        raise Problem("unsupported_signature") from None
    if not found["intact"]:
        return Signing(certificate, None, ("digest_mismatch",))
    if not found["valid"]:
        return Signing(certificate, None, ("signature_wrong",))
    chain = _trusted_chain(found)
    if chain is None:
        weak = found["trust_problem_indic"] in _TOO_WEAK
        return Signing(certificate, None, ("unsupported_signature" if weak else "untrusted_issuer",))
    return Signing(certificate, chain, () if _may_seal(certificate) else ("certificate_wrong_usage",))


async def trusted_time(
    signed: cms.SignedData, trust: Trust, now: datetime, past: Past | None, said: Evidence
) -> Stamped:
    """Judge the timestamps of a signature (RFC 3161). One that is forged spoils it, whatever else it has."""
    signer = signed["signer_infos"][0]
    imprint = message_imprint_checker(signer)
    found = [await judge_token(token, imprint, trust, now, past, said) for token in _tokens(signer)]
    times = [token.time for token in found if token.time is not None]
    wrong = any(not token.intact and not token.unsupported for token in found)
    rejected = bool(found) and not times and not wrong
    lapsed = rejected and all(one.lapsed for one in found)
    unchecked = any(one.unchecked for one in found)
    return Stamped(min(times, default=None), wrong, rejected, lapsed, unchecked)


async def judge_token(
    token: cms.SignedData,
    imprint: Callable[[str], bytes],
    trust: Trust,
    now: datetime,
    past: Past | None = None,
    said: Evidence | None = None,
) -> Token:
    """Check a time-stamp token over what `imprint` (of a digest's name) gives, its unit as of `now`.

    past: as of when else, where it does not hold now. said: what is said of its unit; the asker's lists where
    nothing is given.
    """
    try:
        found = await validate_tst_signed_data(token, trust.context(now, stamping=True), imprint)
        made_with = of_signer(token)
    except (SignatureValidationError, CMSExtractionError, CMSStructuralError, NonexistentAttributeError):
        return Token(False, None)
    except _UNREADABLE:
        return Token(False, None, unsupported=True)
    if not (found["intact"] and found["valid"]):
        return Token(False, None)
    stated: datetime = found["timestamp"]
    if stated > now + CLOCK_SKEW:
        return Token(True, None)
    chain, evidence = _trusted_chain(found), said or Evidence(trust.crls)
    if (
        chain is not None
        and still_good(made_with, now)
        and token_survives(chain, Evidence(trust.crls), stated, now)
    ):
        checked = status_of(chain, evidence, stated, now).then != "not_checked"
        return Token(True, stated, unchecked=not checked, units=chain.certificates[:0:-1])
    return await _judge_past(token, imprint, trust, now, past, stated, made_with)


async def _judge_past(
    token: cms.SignedData,
    imprint: Callable[[str], bytes],
    trust: Trust,
    now: datetime,
    past: Past | None,
    stated: datetime,
    made_with: Sequence[str],
) -> Token:
    """A token that is intact and does not hold now: by the archive, and else whether it ever did."""

    async def chain_at(moment: datetime) -> Chain | None:
        if not still_good(made_with, moment):
            return None
        context = trust.context(moment, stamping=True)
        return _trusted_chain(await validate_tst_signed_data(token, context, imprint))

    if past is not None and stated <= past.moment + CLOCK_SKEW:
        chain = await chain_at(past.moment)
        if chain is not None and was_good(chain, past.evidence, stated, past.moment, now):
            return Token(True, stated)
    chain = await chain_at(stated)
    once = chain is not None and token_survives(chain, Evidence(trust.crls), stated, now)
    return Token(True, None, lapsed=once)


def _check_form(signed: cms.SignedData) -> None:
    """CAdES (ETSI EN 319 122-1 §5.2): one signer, attributes signed, the certificate bound to them."""
    if not isinstance(signed, cms.SignedData) or len(signed["signer_infos"]) != 1:
        raise Problem("contents_odd")
    if len(signed["certificates"]) > MAX_EMBEDDED_CERTIFICATES:
        raise Problem("unsupported_signature")
    attributes = signed["signer_infos"][0]["signed_attrs"]
    if attributes is core.VOID or len(attributes) == 0:
        raise Problem("unsupported_signature")


def binds_certificate(signed: cms.SignedData) -> bool:
    """Whether the signed attributes name the signing certificate (PAdES demands it)."""
    return get_signing_cert_attr(signed["signer_infos"][0]["signed_attrs"]) is not None


def _trusted_chain(found: dict[str, Any]) -> Chain | None:
    """The chain pyHanko proved; a root that signs by itself is no signer."""
    path: ValidationPath | None = found["validation_path"]
    if found["trust_problem_indic"] is not None or path is None or path.pkix_len == 0:
        return None
    return Chain(tuple(certificate.dump() for certificate in path.iter_certs(include_root=True)))


def _may_seal(certificate: asn1_x509.Certificate) -> bool:
    try:
        _SEALING.validate(certificate)
    except InvalidCertificateError:
        return False
    purposes = certificate.extended_key_usage_value
    return purposes is None or not _FOREIGN_PURPOSES & set(purposes.native)


def _tokens(signer: cms.SignerInfo) -> Iterator[cms.SignedData]:
    try:
        yield from islice(extract_tst_data_iter(signer, signed=False), MAX_TOKENS)
    except (CMSStructuralError, NonexistentAttributeError, ValueError, TypeError, KeyError):
        return
