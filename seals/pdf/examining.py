"""One signature by itself: coverage, time, digest, certificate. What came after it is `verdicts`' part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from asn1crypto import cms, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from seals.certificates import read_subject
from seals.pdf.coverage import Problem, check_coverage
from seals.pdf.ledger import lookup
from seals.pdf.permission import Permission, permission_of
from seals.pdf.reports import SignatureReport, Verdict, verdict_of
from seals.pdf.revocation import Chain, Evidence, status_of
from seals.pdf.steps import Detail, Step
from seals.pdf.trust import (
    Past,
    Signing,
    Stamped,
    Trust,
    binds_certificate,
    judge_token,
    trusted_time,
    who_signed,
)

__all__ = ["Asked", "Found", "SignedField", "examine", "revision_of", "signed_fields"]

MAX_SUBJECT_CHARACTERS = 300
MAX_NAME_CHARACTERS = 100

_PADES = "/ETSI.CAdES.detached"
_DETACHED = frozenset({_PADES, "/adbe.pkcs7.detached"})
_STAMP = "/ETSI.RFC3161"


@dataclass(frozen=True)
class Asked:
    """By what a signature is judged, and when. past: as of when else its timestamps; said: what is known of
    certificates, the asker's lists among it; claimed: what the document holds is too, proven or not."""

    trust: Trust
    now: datetime
    said: Evidence
    claimed: Evidence
    past: Past | None = None


@dataclass(frozen=True)
class SignedField:
    """A signature field that has a value: its full name, itself, and where its value is."""

    name: str
    field: generic.DictionaryObject
    value: generic.Reference | None

    @property
    def key(self) -> tuple[str, int, int]:
        """The same for the same value in the same field, in whatever revision it is looked at."""
        return (self.name, self.value.idnum, self.value.generation) if self.value else (self.name, 0, 0)


@dataclass
class Found:
    """One signature or document timestamp (`stamp`). `end`: where its coverage ends, 0 when it has none.

    time: of a trusted document timestamp; chain: the signer's, where it is trusted. done: the steps gone
    through so far; what has no reason against it by then holds. details: for experts.
    """

    name: str
    revision: int
    stamp: bool
    end: int = 0
    reasons: list[str] = field(default_factory=list)
    permission: Permission = field(default_factory=Permission)
    chain: Chain | None = None
    time: datetime | None = None
    report: SignatureReport | None = None
    notes: list[str] = field(default_factory=list)
    done: set[Step] = field(default_factory=lambda: {Step.FORMAT})
    details: dict[Step, list[Detail]] = field(default_factory=dict)

    @property
    def shown_name(self) -> str:
        """The field's name, no longer than people read."""
        return self.name[:MAX_NAME_CHARACTERS]

    @property
    def verdict(self) -> Verdict:
        """What its reasons so far leave."""
        return verdict_of(self.reasons)

    def blame(self, reason: str) -> None:
        """Add a reason, once."""
        if reason not in self.reasons:
            self.reasons.append(reason)

    def went_through(self, step: Step, *facts: tuple[str, str]) -> None:
        """Note that a step was done, and what it was done with: keys and values of `Detail`."""
        self.done.add(step)
        self.details.setdefault(step, []).extend(Detail(self.shown_name, key, value) for key, value in facts)


def signed_fields(handler: PdfFileReader | HistoricalResolver) -> Iterator[SignedField]:
    """All signature fields with a value, of the whole file or of one revision."""
    for name, _, reference in enumerate_sig_fields(handler, filled_status=True):
        dictionary = reference.get_object()
        value = dictionary.raw_get("/V")
        indirect = isinstance(value, generic.IndirectObject)
        yield SignedField(str(name), dictionary, value.reference if indirect else None)


def revision_of(reader: PdfFileReader, entry: SignedField) -> int:
    """In which revision the value of a field was put; 0 where that cannot be told."""
    if entry.value is None or not isinstance(reader.xrefs[entry.value], int):
        return 0
    return int(reader.xrefs.get_last_change(entry.value))


async def examine(data: bytes, reader: PdfFileReader, entry: SignedField, asked: Asked) -> Found:
    """Check one signature on its own. What is wrong with it is in the result's `reasons`."""
    found = Found(entry.name, 0, False)
    try:
        await _examine(data, reader, entry, asked, found)
    except Problem as problem:
        found.blame(problem.code)
    except Exception:  # hostile values raise what they please; this one signature cannot be read
        found.blame("unsupported_signature")
    return found


async def _examine(
    data: bytes, reader: PdfFileReader, entry: SignedField, asked: Asked, found: Found
) -> None:
    at = reader.xrefs[entry.value] if entry.value is not None else None
    if entry.value is None or not isinstance(at, int):
        raise Problem("contents_odd")
    found.revision = reader.xrefs.get_last_change(entry.value)
    signature = entry.value.get_object()
    if not isinstance(signature, generic.DictionaryObject):
        raise Problem("contents_odd")
    subfilter = str(lookup(signature, "/SubFilter", ""))
    found.stamp = subfilter == _STAMP and lookup(signature, "/Type") == "/DocTimeStamp"
    found.end = check_coverage(data, reader, signature, at, found.revision)
    found.went_through(Step.COVERAGE, ("byte_range", " ".join(map(str, lookup(signature, "/ByteRange")))))
    found.permission = permission_of(signature, entry.field)
    if not found.stamp and (subfilter not in _DETACHED or lookup(signature, "/Type", "/Sig") != "/Sig"):
        raise Problem("unsupported_signature")
    embedded = _parse(reader, entry, "tst_info" if found.stamp else "data")
    if found.stamp:
        await _examine_stamp(embedded, asked, found)
    else:
        await _examine_seal(embedded, subfilter == _PADES, asked, found)


def _parse(reader: PdfFileReader, entry: SignedField, content: str) -> EmbeddedPdfSignature:
    try:
        embedded = EmbeddedPdfSignature(reader, entry.field, entry.name)
        right = embedded.signed_data["encap_content_info"]["content_type"].native == content
    except Exception:  # asn1crypto raises many kinds over bytes that are no CMS
        raise Problem("contents_odd") from None
    if not right or not isinstance(embedded.signed_data, cms.SignedData):
        raise Problem("contents_odd")
    return embedded


async def _examine_stamp(embedded: EmbeddedPdfSignature, asked: Asked, found: Found) -> None:
    token = await judge_token(
        embedded.signed_data, embedded.compute_digest, asked.trust, asked.now, asked.past, asked.claimed
    )
    if token.unsupported:
        raise Problem("unsupported_signature")
    if not token.intact:
        raise Problem("digest_mismatch")
    found.done |= {Step.DIGEST, Step.SIGNATURE, Step.CHAIN, Step.REVOCATION}
    found.time = token.time
    if token.time is None:
        found.blame("no_trusted_time")
        found.notes.append("document_timestamp_lapsed" if token.lapsed else "document_timestamp_untrusted")
    else:
        found.went_through(Step.TIME, ("document_timestamp", token.time.isoformat()))
    if token.unchecked:
        found.notes.append("revocation_not_checked")


async def _examine_seal(embedded: EmbeddedPdfSignature, pades: bool, asked: Asked, found: Found) -> None:
    signed = embedded.signed_data
    stamped = await trusted_time(signed, asked.trust, asked.now, asked.past, asked.claimed)
    digest = embedded.compute_digest()
    signing = await who_signed(signed, digest, asked.trust, stamped.time or asked.now)
    for reason in signing.reasons:
        found.blame(reason)
    if pades and not binds_certificate(signed):
        found.blame("contents_odd")
    if stamped.wrong:
        found.blame("timestamp_wrong")
    elif stamped.time is None:
        found.blame("timestamp_lapsed" if stamped.lapsed else "no_trusted_time")
    found.chain = signing.chain
    time = None if stamped.wrong else stamped.time
    found.went_through(Step.TIME, *([("timestamp", time.isoformat())] if time else ()))
    _go_through(found, embedded, digest, signing)
    report = SignatureReport(
        field=embedded.fq_name,
        verdict=Verdict.UNKNOWN,
        notes=_notes(stamped),
        subject=signing.certificate.subject.human_friendly[:MAX_SUBJECT_CHARACTERS],
        signed_at=time,
        claimed_at=_claimed(embedded),
        certificate_serial=format(signing.certificate.serial_number, "x"),
        level=("B-T" if time else "B-B") if pades else "CMS",
    )
    found.report = _with_certificate(report, signing, asked, found)


def _notes(stamped: Stamped) -> tuple[str, ...]:
    """What is to be known of a signature's timestamps."""
    if stamped.rejected and not stamped.lapsed:
        return ("timestamp_rejected",)
    return ("revocation_not_checked",) if stamped.unchecked else ()


def _go_through(found: Found, embedded: EmbeddedPdfSignature, digest: bytes, signing: Signing) -> None:
    """Say how far the cryptography went: each check rests on the one before it."""
    signer = embedded.signed_data["signer_infos"][0]
    name = str(signer["digest_algorithm"]["algorithm"].native)
    found.went_through(Step.DIGEST, ("digest", f"{name} {digest.hex()}"))
    if "digest_mismatch" in signing.reasons:
        return
    mechanism = str(signer["signature_algorithm"]["algorithm"].native)
    serial = format(signing.certificate.serial_number, "x")
    found.went_through(Step.SIGNATURE, ("algorithm", mechanism), ("certificate", serial))
    if signing.chain is not None:
        found.went_through(Step.CHAIN, *(("issued", name) for name in _names(signing.chain)))


def _names(chain: Chain) -> Sequence[str]:
    """Who stands in a chain, from the signer up."""
    loaded = [x509.Certificate.load(der) for der in reversed(chain.certificates)]
    return [certificate.subject.human_friendly[:MAX_SUBJECT_CHARACTERS] for certificate in loaded]


def _with_certificate(
    report: SignatureReport, signing: Signing, asked: Asked, found: Found
) -> SignatureReport:
    if signing.chain is None:
        return report
    then = report.signed_at
    status = status_of(signing.chain, asked.said, then or asked.now, asked.now)
    if then is not None:
        found.went_through(Step.REVOCATION, ("status_then", status.then), ("status_now", status.now))
    notes = list(report.notes)
    if then is not None and status.then == "revoked":
        found.blame("revoked_before_signing")
    elif then is not None and status.then in ("expired", "not_yet_valid"):
        found.blame("certificate_not_valid_then")
    elif status.now == "revoked":
        notes.append("revoked_after_signing")
    elif status.now == "expired":
        notes.append("certificate_expired_since")
    if "not_checked" in (status.then, status.now) and "revocation_not_checked" not in notes:
        notes.append("revocation_not_checked")
    named = _named(report, signing.chain)
    return replace(
        named,
        notes=tuple(notes),
        certificate_status_then=status.then if then is not None else None,
        certificate_status_now=status.now,
    )


def _named(report: SignatureReport, chain: Chain) -> SignatureReport:
    subject = read_subject(chain.leaf)
    if subject is None:
        return report
    return replace(
        report,
        company=subject.company,
        uscc=subject.uscc,
        seal_name=subject.seal_name,
        seal_number=subject.seal_number,
    )


def _claimed(embedded: EmbeddedPdfSignature) -> datetime | None:
    try:
        moment = embedded.self_reported_timestamp
    except Exception:  # a malformed date proves nothing either way
        return None
    if not isinstance(moment, datetime):
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
