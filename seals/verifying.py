"""Verify a document: by its code without the file, by hash, by the whole file (architecture §7).

Without the file the answer is neutral. Green only after the file in hand matched one of the recorded
versions or was validated whole. Source and prepared digests are never found here, and no hash is looked
up without the code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tortoise.expressions import Q

from auth import throttling
from auth.china import second
from auth.errors import NotFound, TooLarge
from auth.throttling import Limit
from auth.tokens import check_code
from seals.archive_models import ArchivedFile
from seals.models import Record, SealKey, SealState, Signing, Version
from seals.paper_models import Paper, PaperState
from seals.papers.kinds import PAPERS
from seals.papers.standing import Stands, standing
from seals.pdf.opening import MAX_BYTES
from seals.pdf.reports import REASONS, Report, Verdict
from seals.pdf.steps import Detail, Outcome, Step, StepReport
from seals.revocation import current_trust, national_trust
from seals.ses.reports import SesReport
from seals.signing.archived_files import newest_file, version_of
from seals.signing.workshop import Workshop

__all__ = [
    "Match",
    "PaperOnRecord",
    "RecordView",
    "SealNow",
    "Verification",
    "in_our_records",
    "match",
    "record",
    "record_of",
    "verify",
    "verify_structure",
    "words_of",
]

LOOKUPS_PER_ADDRESS = Limit("code.address", 300, 60)  # an office shares one address
UPLOADS_PER_ADDRESS = Limit("verify.address", 30, 60)


@dataclass(frozen=True)
class SealNow:
    """Who sealed, by which seal, when, and how seal and certificate stood then and stand now.

    company: as it was called then. seal_state_since: of one that is suspended or cancelled now, since when.
    company_now: as it is called now, where that is otherwise.
    """

    company: str
    uscc: str
    seal_name: str
    seal_number: str
    signed_at: datetime
    seal_state_then: str
    seal_state_now: str
    certificate_state_now: str
    version: int
    seal_state_since: datetime | None = None
    company_now: str | None = None


@dataclass(frozen=True)
class PaperOnRecord:
    """A paper that the platform made and sealed itself. about: the code of the document it is about, empty
    for a company's papers, of which stands says whether what they state holds now.
    """

    kind: str
    zh: str
    en: str
    number: str
    made_at: datetime
    about: str
    stands: Stands | None = None


@dataclass(frozen=True)
class RecordView:
    """What a code stands for. state: `found` (sealed), `not_sealed` (a QR of a draft: nothing signed) or
    `paper` (one of the platform's own, then `paper` says which).
    """

    code: str
    state: str
    versions: int
    seals: tuple[SealNow, ...]
    paper: PaperOnRecord | None = None


@dataclass(frozen=True)
class Match:
    """Whether a file is of this record: `latest`, `earlier` (genuine), `none`.

    `unrenewed`: the newest version, to which a further timestamp was added since.

    `unarchived`: a version without its last revision, which proves it for long.

    `continued`: it begins with that version, whole, and only what a sealed file may get was added; never
    said of a hash alone.
    """

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


async def record_of(code: str, address: str, now: datetime) -> Record | Paper:
    """The row behind a code, as people write it; raises as `record`."""
    await throttling.count(LOOKUPS_PER_ADDRESS, address, now)
    plain = check_code(code)
    row: Record | Paper | None = await Record.get_or_none(code=plain)
    if row is None:
        row = await Paper.get_or_none(code=plain, state=PaperState.MADE)
    if row is None:
        raise NotFound(
            "code.unknown",
            "没有这个验真码的记录。请核对验真码；如无误，该文件可能是伪造的。",
            "There is no record of this code. Check it; if it is right, the document may be forged.",
        )
    return row


async def record(code: str, address: str, now: datetime) -> RecordView:
    """The neutral record. Raises Invalid `code.malformed`, NotFound `code.unknown`, TooMany."""
    row = await record_of(code, address, now)
    if isinstance(row, Paper):
        return RecordView(row.code, "paper", 1, (), await _paper(row, now))
    seals = await _seals(row.code, now)
    return RecordView(row.code, "found" if seals else "not_sealed", row.newest, seals)


async def match(code: str, sha256: str, address: str, now: datetime) -> Match:
    """Compare a whole-file SHA-256 with all versions of this record; raises as `record`."""
    row = await record_of(code, address, now)
    sha256 = sha256.lower()
    if isinstance(row, Paper):
        return _OF_PAPER if sha256 == row.sha256 else Match("none", None, 1, ())
    version = await version_of(sha256) or await Version.get_or_none(signed_sha256=sha256)
    if version is None or version.record_id != row.code:
        return Match("none", None, row.newest, ())
    return await _match(row, version, sha256, now)


_OF_PAPER = Match("latest", 1, 1, ())
"""A paper is made once, whole."""


async def _paper(row: Paper, now: datetime) -> PaperOnRecord:
    kind = PAPERS[row.kind.value]
    assert row.made_at is not None, "it is made"
    stands = await standing(row, now)
    return PaperOnRecord(row.kind.value, kind.zh, kind.en, row.number, row.made_at, row.about, stands)


async def _paper_step(row: Paper, now: datetime) -> StepReport:
    """Its seal stays good; that what it states has ended is told beside the verdict, not by its code only."""
    stands = await standing(row, now)
    if stands is None or stands.good:
        return StepReport(Step.SEAL, Outcome.PASSED)
    return StepReport(Step.SEAL, Outcome.NOTED, ("paper_over",))


async def _match(row: Record, version: Version, sha256: str, now: datetime) -> Match:
    """What a file of this hash is to a version that it is, or begins with."""
    seals = tuple(seal for seal in await _seals(row.code, now) if seal.version <= version.number)
    if sha256 == version.sha256 or await ArchivedFile.exists(sha256=sha256, version_id=version.id):
        newest = version.number == row.newest
        renewed = newest and sha256 != await newest_file(version)
        how = "unrenewed" if renewed else "latest" if newest else "earlier"
    else:
        how = "unarchived" if sha256 == version.signed_sha256 else "continued"
    return Match(how, version.number, row.newest, seals)


async def _seals(code: str, now: datetime) -> tuple[SealNow, ...]:
    versions = Version.filter(record_id=code).order_by("number")
    together = await versions.prefetch_related("signing__seal", "signing__company", "signing__key")
    return tuple(_seal(version, version.signing, now) for version in together)


def _seal(version: Version, signing: Signing, now: datetime) -> SealNow:
    seal = signing.seal
    # Of one that waits to be collected anew, the revoked certificate tells what there is to tell.
    good = seal.state in {SealState.COLLECTED, SealState.ISSUED}
    company = signing.company.name
    then = str(seal.design.get("company_name") or company)  # the seal never changed (`seals/immutable.py`)
    return SealNow(
        then,
        signing.company.uscc,
        seal.name,
        seal.number,
        version.created_at,
        "good",  # a seal that is not collected, or is suspended at that moment, signs nothing
        "good" if good else seal.state.value,
        _certificate_state(signing.key, now),
        version.number,
        None if good else seal.state_since,
        None if then == company else company,
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
    return await in_our_records(data, name, report, now)


async def in_our_records(data: bytes, name: str, report: Report, now: datetime) -> Verification:
    """The last two steps: our record of the file, if it has one, and how its seals stand.

    The file is in hand and its signatures hold, so its hash may be looked up without the code.
    """
    hashes = _hashes(data, report)
    sha256 = hashes[-1]
    found = await _version_of(hashes) if report.verdict is Verdict.VALID else None
    paper = await Paper.get_or_none(sha256=sha256) if found is None else None
    if paper is not None and report.verdict is Verdict.VALID:
        ours = (
            StepReport(Step.RECORD, Outcome.NOTED, ("record_paper",)),
            await _paper_step(paper, now),
        )
        return Verification(name, sha256, _with_steps(report, ours), _OF_PAPER, paper.code)
    if found is None:
        steps = (_none_step(),) if report.verdict is Verdict.VALID else ()
        return Verification(name, sha256, _with_steps(report, steps), None, None)
    match = await _match(await Record.get(code=found.record_id), found, sha256, now)
    report = _with_steps(report, (_record_step(match), _seal_step(match.seals)))
    return Verification(name, sha256, report, match, found.record_id)


def _hashes(data: bytes, report: Report) -> list[str]:
    """SHA-256 of the file up to the end of each signature's coverage, and last of all of it."""
    ends = {one.covered_until for one in report.signatures if 0 < one.covered_until < len(data)}
    hashing, hashes, at = hashlib.sha256(), [], 0
    view = memoryview(data)
    for end in [*sorted(ends), len(data)]:
        hashing.update(view[at:end])
        hashes.append(hashing.copy().hexdigest())
        at = end
    return hashes


async def _version_of(hashes: Sequence[str]) -> Version | None:
    """The newest recorded version that the file is, or begins with."""
    rows = await Version.filter(Q(sha256__in=hashes) | Q(signed_sha256__in=hashes))
    renewed = await ArchivedFile.filter(sha256__in=hashes).prefetch_related("version")
    versions = {sha256: row for row in rows for sha256 in (row.sha256, row.signed_sha256)}
    versions |= {row.sha256: row.version for row in renewed}
    return next((versions[sha256] for sha256 in reversed(hashes) if sha256 in versions), None)


def _with_steps(report: Report, known: Iterable[StepReport]) -> Report:
    by_name = {one.step: one for one in known}
    return replace(report, steps=tuple(by_name.get(one.step, one) for one in report.steps))


def _none_step() -> StepReport:
    return StepReport(Step.RECORD, Outcome.NOTED, ("record_none",))


def _record_step(match: Match) -> StepReport:
    """Ours or not, which version, and whether it is whole."""
    details = (Detail("", "version", f"{match.version}/{match.newest}"),)
    if match.match == "latest":
        return StepReport(Step.RECORD, Outcome.PASSED, (), details)
    newer = match.match in {"continued", "unarchived"} and match.version != match.newest
    codes = (f"record_{match.match}", *(("record_newer",) if newer else ()))
    return StepReport(Step.RECORD, Outcome.NOTED, codes, details)


def _seal_step(seals: Sequence[SealNow]) -> StepReport:
    """How the seals stand now. At the time of signing each was in good standing, or it had signed nothing."""
    codes = tuple(dict.fromkeys(code for seal in seals for code in _seal_codes(seal)))
    details = tuple(
        Detail(seal.seal_name, "seal_now", f"{seal.seal_state_now}, {seal.certificate_state_now}")
        for seal in seals
    )
    further = tuple(_since(seal, seal.seal_state_since) for seal in seals if seal.seal_state_since)
    further += tuple(dict.fromkeys(_called(seal) for seal in seals if seal.company_now))
    return StepReport(Step.SEAL, Outcome.NOTED if codes else Outcome.PASSED, codes, details, further)


_ENDS = {SealState.FROZEN: ("暂停使用", "suspended"), SealState.CANCELLED: ("注销", "cancelled")}


def _since(seal: SealNow, moment: datetime) -> tuple[str, str]:
    zh, en = _ENDS[SealState(seal.seal_state_now)]
    return (
        f"{seal.seal_name}于 {second(moment)} {zh}。",
        f"{seal.seal_name} was {en} at {second(moment)}.",
    )


def _called(seal: SealNow) -> tuple[str, str]:
    return (
        f"签署企业当时名称为{seal.company}，现名{seal.company_now}。",
        f"The company was called {seal.company} then; it is called {seal.company_now} now.",
    )


def _seal_codes(seal: SealNow) -> list[str]:
    codes = []
    if seal.seal_state_now != "good":
        codes.append(f"seal_{seal.seal_state_now}_now")
    if seal.certificate_state_now != "good":
        codes.append(f"seal_{seal.certificate_state_now}_now")
    return codes


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
    for step in report.steps:
        codes |= {*step.codes}
    return {code: {"zh": REASONS[code][0], "en": REASONS[code][1]} for code in sorted(codes)}
