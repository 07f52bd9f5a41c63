"""Is this file what was sealed? One function for page, API and command line.

`verify` goes through what must hold, in the order it must hold (architecture §7, `steps.Step`):

 1. format: the bytes are one PDF, within limits, not encrypted, that a strict reader can read;
 2. coverage: each signature covers all bytes of its revision but its own value   (`coverage`)
 3. digest: those bytes are what was signed                                       (`trust`)
 4. signature: its value was made with the key of its certificate
 5. chain: that certificate chains to a trusted root and may seal
 6. revocation: it was valid and not revoked at the time of signing; its standing now is noted
 7. time: an RFC 3161 token over its value, from a trusted unit; a forged one spoils it. A unit that is
    over is judged by the archive: as of the document timestamp that came next   (`archived`)
 8. changes: no signature that an earlier revision had is gone; every revision after a signature is LTA data
    only, or exactly one signature in its own field (`revisions`); every appended byte is accounted for, and
    nothing follows the last revision; those later signatures are valid themselves, and permitted.
 9. and 10., our record and the seal's status, are `seals.verifying`'s to fill in.

One reason is enough against `valid`. Whatever cannot be decided is `unknown`, never green: a signature
without a trusted timestamp, or under an unknown root, may be honest, but nothing here proves it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from seals.pdf.archived import Archived
from seals.pdf.coverage import Problem, account_for_appended, signed_beginnings
from seals.pdf.examining import Asked, Found, SignedField, examine, revision_of, signed_fields
from seals.pdf.ledger import Ledger
from seals.pdf.longterm import level_of
from seals.pdf.permission import field_keys
from seals.pdf.reader import Reader
from seals.pdf.reports import REASONS, Report, SignatureReport, Verdict, unknown
from seals.pdf.revisions import Added, check_revision
from seals.pdf.revocation import Evidence
from seals.pdf.running import run
from seals.pdf.steps import Detail, Step
from seals.pdf.summing import overwritten, proves_signing, sum_up
from seals.pdf.trust import Trust

__all__ = ["MAX_BYTES", "REASONS", "Report", "SignatureReport", "Trust", "Verdict", "verify"]

MAX_BYTES = 60 * 2**20  # a sealed 50 MiB document with later signatures
MAX_SIGNATURES = 32
MAX_REVISIONS = 100

_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*\d")

# What pyHanko raises over bytes that are no PDF, read from its source and found by fuzzing.
_UNREADABLE = (PdfError, ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError)

_log = logging.getLogger(__name__)
# At every doubtful file these log a traceback with names from its certificates: personal data, and slow.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def verify(data: bytes, trust: Trust, now: datetime) -> Report:
    """Judge a whole PDF file as of `now` (UTC) by `trust`. Never raises for what `data` holds."""
    moment = now.astimezone(UTC)
    try:
        return run(_judge(data, trust, moment))
    except Problem as problem:
        return unknown(problem.code, moment)
    except Exception as error:  # whatever hostile bytes do to the libraries, the answer is a report
        _log.warning("a file could not be judged: %s", type(error).__name__)
        return unknown("broken", moment)


async def _judge(data: bytes, trust: Trust, now: datetime) -> Report:
    """The whole file; where that says nothing of a signature, what a signed beginning proves."""
    try:
        report = await _judge_as_is(data, trust, now)
    except Problem as problem:
        report = unknown(problem.code, now)
    except _UNREADABLE:
        report = unknown("broken", now)
    if report.signatures or "signature_removed" in report.reasons or "too_large" in report.reasons:
        return report
    for end in signed_beginnings(data):
        with suppress(Problem, *_UNREADABLE):
            first = await _judge_as_is(data[:end], trust, now)
            if proves_signing(first, end):
                return overwritten(first, unreadable=report.verdict is not Verdict.UNSIGNED)
    return report


async def _judge_as_is(data: bytes, trust: Trust, now: datetime) -> Report:
    reader = _open(data)
    present = list(signed_fields(reader))
    if len(present) > MAX_SIGNATURES or reader.total_revisions > MAX_REVISIONS:
        raise Problem("too_many_signatures")
    removed = _something_removed(reader, {entry.key for entry in present})
    archived = Archived(reader, trust.crls)
    found = await _examined(data, reader, present, archived, trust, now)
    later = _Later(data, reader, found)
    for index in range(len(found) - 1, -1, -1):  # the last first: a verdict rests on those after it
        _look_after(found[index], found[index + 1 :], later, reader)
    _set_levels(found, archived.inside, now)
    traces = not found and _BYTE_RANGE.search(data) is not None
    return sum_up(found, len(data), removed, traces, later.revisions, now)


async def _examined(
    data: bytes,
    reader: PdfFileReader,
    present: Sequence[SignedField],
    archived: Archived,
    trust: Trust,
    now: datetime,
) -> list[Found]:
    """Each by itself, first revision first. Judged the last first: it proves those before it older."""
    found: list[Found] = []
    for entry in sorted(present, key=lambda one: revision_of(reader, one), reverse=True):
        one = await examine(
            data, reader, entry, Asked(trust, now, archived.said, archived.claimed, archived.past)
        )
        if one.stamp and one.time is not None:
            archived.proven_by(one.revision, one.time)
        found.append(one)
    return sorted(found, key=lambda one: one.revision)


def _open(data: bytes) -> PdfFileReader:
    if len(data) > MAX_BYTES:
        raise Problem("too_large")
    if not data.startswith(b"%PDF-"):
        raise Problem("not_pdf")
    try:
        reader = Reader(BytesIO(data))
        encrypted = "/Encrypt" in reader.trailer_view
    except _UNREADABLE:
        raise Problem("broken") from None
    if reader.xrefs.hybrid_xrefs_present:
        raise Problem("hybrid")  # old and new readers see two different documents
    if encrypted:
        raise Problem("encrypted")
    return reader


def _something_removed(reader: PdfFileReader, present: set[tuple[str, int, int]]) -> bool:
    """Whether a signature that an earlier revision had is gone, or its value another one by now."""
    return any(
        entry.key not in present
        or (entry.value is not None and reader.xrefs.get_last_change(entry.value) > revision)
        for revision in range(reader.total_revisions - 1)
        for entry in signed_fields(reader.get_historical_resolver(revision))
    )


class _Later:
    """Each appended revision, judged once: does it do no more than a revision after a signature may?

    revisions: what each of them is, for the report.
    """

    def __init__(self, data: bytes, reader: PdfFileReader, found: Sequence[Found]) -> None:
        self._data, self._reader, self._found = data, reader, found
        self._problems: dict[int, str | None] = {}
        self._ends: dict[tuple[int, int], int] = {}
        self.revisions: list[Detail] = []
        first = min((one.revision for one in found if one.end), default=reader.total_revisions)
        if first < reader.total_revisions - 1:
            self._judge(Ledger(reader, first))

    def problem_after(self, one: Found) -> str | None:
        """What is wrong with all that follows `one`, to the last byte; None if nothing is."""
        position = one.end
        for revision in range(one.revision + 1, self._reader.total_revisions):
            if self._problems.get(revision):
                return self._problems[revision]
            try:
                position = self._end(revision, position)
            except Problem as problem:
                return problem.code
        return None if position == len(self._data) else "changed_after_signing"

    def _end(self, revision: int, start: int) -> int:
        key = (revision, start)
        if key not in self._ends:
            self._ends[key] = account_for_appended(self._data, self._reader, revision, start)
        return self._ends[key]

    def _judge(self, ledger: Ledger) -> None:
        while ledger.revision < self._reader.total_revisions - 1:
            added = [one for one in self._found if one.revision == ledger.revision + 1]
            try:
                if len(added) > 1:
                    raise Problem("changed_after_signing")
                check_revision(ledger, Added(added[0].name, added[0].stamp) if added else None)
            except Problem as problem:
                self._problems[ledger.revision + 1] = problem.code
            except _UNREADABLE:  # what was appended is not even well-formed
                self._problems[ledger.revision + 1] = "changed_after_signing"
            ledger.advance()
            self._describe(ledger.revision, added)

    def _describe(self, revision: int, added: Sequence[Found]) -> None:
        key = "validation_data"
        if added:
            key = "document_timestamp" if added[0].stamp else "signature"
        if self._problems.get(revision):
            key = "changed"
        name = added[0].shown_name if added else ""
        self.revisions.append(Detail(str(revision + 1), f"revision_{key}", name))


def _look_after(one: Found, later: Sequence[Found], appended: _Later, reader: PdfFileReader) -> None:
    """Blame `one` for what came after it. A signature whose own coverage is unsound is blamed already."""
    if not one.end:
        return
    one.went_through(Step.CHANGES)
    problem = appended.problem_after(one)
    if problem is not None:
        one.blame(problem)
    fields = field_keys(reader.get_historical_resolver(one.revision)) if later else {}
    for other in later:
        if other.verdict is Verdict.INVALID:
            one.blame("changed_after_signing")
        if other.stamp:
            continue  # invisible, so an unknown time-stamping unit does no harm
        if other.verdict is Verdict.UNKNOWN:
            one.blame("later_signature_unproven")
        if not one.permission.allows_signing(other.name, other.name in fields):
            one.blame("change_not_permitted")


def _set_levels(found: Sequence[Found], inside: Evidence, now: datetime) -> None:
    """How long each signature can be proved, by what the issuers say inside of the document (`longterm`)."""
    last = max((one.revision for one in found if one.time is not None), default=-1)
    for one in found:
        if one.report is None or one.chain is None or one.report.level != "B-T":
            continue
        level = level_of(one.chain, inside, one.report.signed_at or now, now, stamped=last > one.revision)
        one.report = replace(one.report, level=level)
