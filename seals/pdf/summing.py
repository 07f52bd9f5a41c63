"""One report of all that was found about the signatures of a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from seals.pdf.examining import Found
from seals.pdf.reports import Report, SignatureReport, Verdict, verdict_of
from seals.pdf.steps import Detail, Outcome, Step, StepReport, in_order, together

__all__ = ["overwritten", "proves_signing", "sum_up"]

_FILE = (Step.FORMAT,)
_OF_A_SIGNATURE = tuple(step for step in Step if step not in (Step.RECORD, Step.SEAL))


def sum_up(
    found: Sequence[Found],
    size: int,
    removed: bool,
    traces: bool,
    revisions: Sequence[Detail],
    now: datetime,
) -> Report:
    """The report. removed: a signature is gone; traces: bytes of one that the document does not have."""
    seals, stamps = [one for one in found if not one.stamp], [one for one in found if one.stamp]
    signatures = tuple(_finished(one, size) for one in seals)
    # A forged timestamp is a forgery as any signature is; one of an unknown authority is nobody's word.
    blamed = [*seals, *(one for one in stamps if one.verdict is Verdict.INVALID)]
    own = ("signature_removed",) if removed else ()
    reasons = _once([*own, *(reason for one in blamed for reason in one.reasons)])
    noted = _once(note for one in stamps for note in one.notes)
    notes = _once([*(note for signature in signatures for note in signature.notes), *noted])
    verdict = verdict_of(reasons)
    if not seals and verdict is Verdict.VALID:
        verdict = Verdict.UNSIGNED
        notes = ("traces_of_signature",) if traces else ("only_timestamps",) if stamps else ()
    file = in_order(_OF_A_SIGNATURE if blamed else _FILE, own, notes, {Step.CHANGES: revisions})
    each = [_steps(one) for one in blamed]
    good = [one for one in stamps if one.verdict is Verdict.VALID]
    times = [in_order(_OF_A_SIGNATURE, (), (), one.details) for one in good]
    steps = together([*each, file, *(times if seals else [])])
    return Report(verdict, reasons, notes, signatures, len(good), now, steps)


def proves_signing(report: Report, end: int) -> bool:
    """Whether a signature covers exactly the file's first `end` bytes, and nothing is proven against it."""
    return any(
        signature.covered_until == end and signature.verdict is not Verdict.INVALID
        for signature in report.signatures
    )


def overwritten(first: Report, *, unreadable: bool) -> Report:
    """The answer for a file that begins with what `first` is about, and does not show it.

    unreadable: no strict reader can read the whole; else it reads as if it had never been signed.
    """
    reason = "changed_after_signing" if unreadable else "signature_removed"
    notes = (*first.notes, *(("unreadable_after_signing",) if unreadable else ()))
    signatures = tuple(_changed(one, reason) for one in first.signatures) if unreadable else ()
    steps = tuple(_failed(one, reason) if one.step is Step.CHANGES else one for one in first.steps)
    return replace(
        first,
        verdict=Verdict.INVALID,
        reasons=_once([reason, *first.reasons]),
        notes=notes,
        signatures=signatures,
        steps=steps,
    )


def _changed(one: SignatureReport, reason: str) -> SignatureReport:
    return replace(
        one,
        verdict=Verdict.INVALID,
        reasons=_once([*one.reasons, reason]),
        covers_whole_file=False,
        changed_after=True,
    )


def _failed(one: StepReport, reason: str) -> StepReport:
    return replace(one, outcome=Outcome.FAILED, codes=_once([reason, *one.codes]))


def _steps(one: Found) -> tuple[StepReport, ...]:
    notes = one.report.notes if one.report else ()
    return in_order(one.done, one.reasons, notes, one.details)


def _finished(one: Found, size: int) -> SignatureReport:
    report = one.report or SignatureReport(field=one.shown_name, verdict=Verdict.UNKNOWN)
    return replace(
        report,
        field=one.shown_name,
        verdict=one.verdict,
        reasons=tuple(one.reasons),
        covered_until=one.end,
        covers_whole_file=one.end == size,
        changed_after="changed_after_signing" in one.reasons,
    )


def _once(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))
