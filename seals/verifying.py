"""Verify a document: by its code without the file, by hash, by the whole file (architecture §7).

Without the file the answer is neutral. Green only after the file in hand matched one of the recorded
versions or was validated whole. Source and prepared digests are never found here, and no hash is looked
up without the code.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from auth import throttling
from auth.errors import NotFound, TooLarge
from auth.throttling import Limit
from auth.tokens import check_code
from seals.models import Record, SealKey, SealState, Signing, Version
from seals.pdf.opening import MAX_BYTES
from seals.pdf.reports import REASONS, Report, Verdict
from seals.revocation import current_trust, national_trust
from seals.ses.reports import SesReport
from seals.signing.workshop import Workshop

__all__ = [
    "Match",
    "RecordView",
    "SealNow",
    "Verification",
    "match",
    "record",
    "verify",
    "verify_structure",
    "words_of",
]

LOOKUPS_PER_ADDRESS = Limit("code.address", 300, 60)  # an office shares one address
UPLOADS_PER_ADDRESS = Limit("verify.address", 30, 60)


@dataclass(frozen=True)
class SealNow:
    """Who sealed, by which seal, when, and how seal and certificate stood then and stand now."""

    company: str
    uscc: str
    seal_name: str
    seal_number: str
    signed_at: datetime
    seal_state_then: str
    seal_state_now: str
    certificate_state_now: str
    version: int


@dataclass(frozen=True)
class RecordView:
    """What a code stands for. state: `found` (sealed) or `not_sealed` (a QR of a draft: nothing signed)."""

    code: str
    state: str
    versions: int
    seals: tuple[SealNow, ...]


@dataclass(frozen=True)
class Match:
    """Whether a whole-file hash is of this record: `latest`, `earlier` (genuine), `none`."""

    match: str
    version: int | None
    newest: int
    seals: tuple[SealNow, ...]


@dataclass(frozen=True)
class Verification:
    """The verdict on an uploaded file, and our record of it if it is one of ours, byte for byte."""

    file: str
    sha256: str
    report: Report
    record: Match | None
    code: str | None


async def _record_of(code: str, address: str, now: datetime) -> Record:
    await throttling.count(LOOKUPS_PER_ADDRESS, address, now)
    row = await Record.get_or_none(code=check_code(code))
    if row is None:
        raise NotFound(
            "code.unknown",
            "没有这个验真码的记录。请核对验真码；如无误，该文件可能是伪造的。",
            "There is no record of this code. Check it; if it is right, the document may be forged.",
        )
    return row


async def record(code: str, address: str, now: datetime) -> RecordView:
    """The neutral record. Raises Invalid `code.malformed`, NotFound `code.unknown`, TooMany."""
    row = await _record_of(code, address, now)
    seals = await _seals(row.code, now)
    return RecordView(row.code, "found" if seals else "not_sealed", row.newest, seals)


async def match(code: str, sha256: str, address: str, now: datetime) -> Match:
    """Compare a whole-file SHA-256 with all versions of this record; raises as `record`."""
    row = await _record_of(code, address, now)
    return await _match(row, sha256.lower(), now)


async def _match(row: Record, sha256: str, now: datetime) -> Match:
    version = await Version.get_or_none(record_id=row.code, sha256=sha256)
    if version is None:
        return Match("none", None, row.newest, ())
    seals = tuple(seal for seal in await _seals(row.code, now) if seal.version <= version.number)
    return Match("latest" if version.number == row.newest else "earlier", version.number, row.newest, seals)


async def _seals(code: str, now: datetime) -> tuple[SealNow, ...]:
    versions = Version.filter(record_id=code).order_by("number")
    together = await versions.prefetch_related("signing__seal", "signing__company", "signing__key")
    return tuple(_seal(version, version.signing, now) for version in together)


def _seal(version: Version, signing: Signing, now: datetime) -> SealNow:
    seal = signing.seal
    return SealNow(
        signing.company.name,
        signing.company.uscc,
        seal.name,
        seal.number,
        version.created_at,
        "good",  # a seal that is not collected and unfrozen at that moment signs nothing
        # Of one that waits to be collected anew, the revoked certificate tells what there is to tell.
        "good" if seal.state in {SealState.COLLECTED, SealState.ISSUED} else seal.state.value,
        _certificate_state(signing.key, now),
        version.number,
    )


def _certificate_state(key: SealKey, now: datetime) -> str:
    if key.revoked_at is not None and key.revoked_at <= now:
        return "revoked"
    return "good" if key.not_before <= now <= key.not_after else "expired"


async def verify(data: bytes, name: str, address: str, now: datetime, workshop: Workshop) -> Verification:
    """Validate a whole file; the same verdict as `ezhang verify`. Raises TooLarge, TooMany only."""
    await throttling.count(UPLOADS_PER_ADDRESS, address, now)
    if len(data) > MAX_BYTES:
        raise TooLarge(
            "pdf.too_large",
            f"文件超过 {MAX_BYTES >> 20} MB，无法在线验证。",
            f"The file is over {MAX_BYTES >> 20} MB and cannot be verified on line.",
            limit=MAX_BYTES,
        )
    report = await workshop.inspector.verify(data, await current_trust(workshop))
    sha256 = hashlib.sha256(data).hexdigest()
    # The file is in hand and its signatures hold, so its hash may be looked up without the code.
    version = await Version.get_or_none(sha256=sha256) if report.verdict is Verdict.VALID else None
    found = await _match(await Record.get(code=version.record_id), sha256, now) if version else None
    return Verification(name, sha256, report, found, version.record_id if version else None)


async def verify_structure(
    data: bytes, document: bytes | None, address: str, now: datetime, workshop: Workshop
) -> SesReport:
    """Verify a seal or signature of GB/T 38540, with the document it is of; as `ezhang verify-seal` does.

    Raises TooLarge, TooMany only.
    """
    await throttling.count(UPLOADS_PER_ADDRESS, address, now)
    if document is not None and len(document) > MAX_BYTES:
        raise TooLarge(
            "pdf.too_large",
            f"文件超过 {MAX_BYTES >> 20} MB，无法在线验证。",
            f"The file is over {MAX_BYTES >> 20} MB and cannot be verified on line.",
            field="document",
            limit=MAX_BYTES,
        )
    return await workshop.inspector.verify_ses(data, await national_trust(workshop), document)


def words_of(report: Report) -> dict[str, dict[str, str]]:
    """The words of every reason and note in a report, by code."""
    codes = {*report.reasons, *report.notes}
    for signature in report.signatures:
        codes |= {*signature.reasons, *signature.notes}
    return {code: {"zh": REASONS[code][0], "en": REASONS[code][1]} for code in sorted(codes)}
