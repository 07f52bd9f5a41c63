"""The numbered list behind a verdict: what is checked, in the order it must hold, and how each came out.

Light on purpose, as `reports` is. Words are for a shop owner; `details` are for whoever wants to check them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from seals.pdf.reasons import INVALIDATING

__all__ = ["STEP_OF", "Detail", "Outcome", "Step", "StepReport", "in_order", "step_words", "together"]


class Step(StrEnum):
    """What is checked. Those before `record` need the file and the trusted roots alone."""

    FORMAT = "format"
    COVERAGE = "coverage"
    DIGEST = "digest"
    SIGNATURE = "signature"
    CHAIN = "chain"
    REVOCATION = "revocation"
    TIME = "time"
    CHANGES = "changes"
    RECORD = "record"
    SEAL = "seal"


class Outcome(StrEnum):
    """How one step came out."""

    PASSED = "passed"
    NOTED = "noted"  # it holds, and there is something to know
    SKIPPED = "skipped"  # not come to: an earlier step leaves nothing to check
    OPEN = "open"  # it could not be decided
    FAILED = "failed"  # proven wrong


@dataclass(frozen=True)
class Detail:
    """For an expert. of: the signature field or the revision; key: what it says; value: as in the file."""

    of: str
    key: str
    value: str


@dataclass(frozen=True)
class StepReport:
    """One step of a file, or of one signature. codes: the reasons and notes it has, as in the report.

    further: sentences beyond those of the codes, such as dates; each in zh and en.
    """

    step: Step
    outcome: Outcome
    codes: tuple[str, ...] = ()
    details: tuple[Detail, ...] = ()
    further: tuple[tuple[str, str], ...] = ()


STEP_OF: dict[str, Step] = {
    "not_pdf": Step.FORMAT,
    "too_large": Step.FORMAT,
    "encrypted": Step.FORMAT,
    "broken": Step.FORMAT,
    "hybrid": Step.FORMAT,
    "too_slow": Step.FORMAT,
    "too_many_signatures": Step.FORMAT,
    "traces_of_signature": Step.FORMAT,
    "only_timestamps": Step.FORMAT,
    "byte_range_odd": Step.COVERAGE,
    "contents_odd": Step.COVERAGE,
    "digest_mismatch": Step.DIGEST,
    "signature_wrong": Step.SIGNATURE,
    "unsupported_signature": Step.SIGNATURE,
    "untrusted_issuer": Step.CHAIN,
    "certificate_wrong_usage": Step.CHAIN,
    "revoked_before_signing": Step.REVOCATION,
    "certificate_not_valid_then": Step.REVOCATION,
    "revocation_not_checked": Step.REVOCATION,
    "revoked_after_signing": Step.REVOCATION,
    "certificate_expired_since": Step.REVOCATION,
    "timestamp_wrong": Step.TIME,
    "no_trusted_time": Step.TIME,
    "timestamp_lapsed": Step.TIME,
    "timestamp_rejected": Step.TIME,
    "document_timestamp_lapsed": Step.TIME,
    "document_timestamp_untrusted": Step.TIME,
    "signature_removed": Step.CHANGES,
    "changed_after_signing": Step.CHANGES,
    "change_not_permitted": Step.CHANGES,
    "later_signature_unproven": Step.CHANGES,
    "unreadable_after_signing": Step.CHANGES,
    "record_earlier": Step.RECORD,
    "record_continued": Step.RECORD,
    "record_unarchived": Step.RECORD,
    "record_unrenewed": Step.RECORD,
    "record_newer": Step.RECORD,
    "record_none": Step.RECORD,
    "record_paper": Step.RECORD,
    "paper_over": Step.SEAL,
    "seal_frozen_now": Step.SEAL,
    "seal_revoked_now": Step.SEAL,
    "seal_expired_now": Step.SEAL,
    "seal_cancelled_now": Step.SEAL,
}
"""The step that each reason and each note belongs to."""

_WORST = (Outcome.PASSED, Outcome.NOTED, Outcome.SKIPPED, Outcome.OPEN, Outcome.FAILED)

_TITLES: dict[Step, tuple[str, str]] = {
    Step.FORMAT: ("文件格式", "Form of the file"),
    Step.COVERAGE: ("签名的范围", "What the signature covers"),
    Step.DIGEST: ("文件内容", "Content of the file"),
    Step.SIGNATURE: ("签名", "Signature"),
    Step.CHAIN: ("签章单位的证书", "Certificate of the signer"),
    Step.REVOCATION: ("签署时证书的状态", "Certificate at the time of signing"),
    Step.TIME: ("签署时间", "Time of signing"),
    Step.CHANGES: ("签署之后的改动", "Changes after signing"),
    Step.RECORD: ("本平台的记录", "Our record"),
    Step.SEAL: ("印章的状态", "Status of the seal"),
}

_PASSED: dict[Step, tuple[str, str]] = {
    Step.FORMAT: ("是完好的 PDF 文件。", "It is a sound PDF file."),
    Step.COVERAGE: (
        "签名覆盖了签署时的整个文件，没有遗漏。",
        "The signature covers the whole file as it was signed, and leaves nothing out.",
    ),
    Step.DIGEST: ("与签署时的内容一致。", "It is what was signed."),
    Step.SIGNATURE: ("确由证书上的密钥所签。", "It was made with the key of the certificate."),
    Step.CHAIN: (
        "由受信任的机构签发，可以用于签章。",
        "It was issued by a trusted authority, for sealing.",
    ),
    Step.REVOCATION: (
        "签署时证书有效，没有被吊销。",
        "It was valid at the time of signing, and not revoked.",
    ),
    Step.TIME: ("有可信的时间戳证明。", "A trusted timestamp proves it."),
    Step.CHANGES: (
        "签署之后没有改动；后来加盖的签章各自有效。",
        "Nothing was changed; every signature added later is valid itself.",
    ),
    Step.RECORD: (
        "与本平台记录的最新版本完全一致。",
        "It is the newest version in our record, to the last byte.",
    ),
    Step.SEAL: (
        "签署时印章正常，现在也正常。",
        "The seal was in good standing at the time of signing, and is now.",
    ),
}

_SKIPPED: dict[Step, tuple[str, str]] = {
    Step.RECORD: (
        "未查询：只有验证通过、且手头有平台记录时才查。",
        "Not looked up: only for a file that is valid, and where the platform's records are at hand.",
    ),
    Step.SEAL: (
        "未查询：没有找到这份文件的平台记录。",
        "Not looked up: the platform has no record of this file.",
    ),
}
_NOT_REACHED = (
    "没有进行：前面的步骤没有得出可以继续检查的结果。",
    "Not done: an earlier step left nothing to check here.",
)


def step_words(one: StepReport) -> tuple[tuple[str, str], tuple[str, str] | None]:
    """Title, and the sentence where the outcome is not told by the step's codes; each in zh and en."""
    if one.outcome is Outcome.PASSED:
        return _TITLES[one.step], _PASSED[one.step]
    if one.outcome is Outcome.SKIPPED and not one.codes:
        return _TITLES[one.step], _SKIPPED.get(one.step, _NOT_REACHED)
    return _TITLES[one.step], None


def in_order(
    done: Iterable[Step],
    reasons: Sequence[str],
    notes: Sequence[str],
    details: Mapping[Step, Sequence[Detail]],
) -> tuple[StepReport, ...]:
    """All steps. done: those that were gone through; what has no reason against it then holds."""
    through = set(done)
    return tuple(_step(step, step in through, reasons, notes, tuple(details.get(step, ()))) for step in Step)


def _step(
    step: Step,
    done: bool,
    reasons: Sequence[str],
    notes: Sequence[str],
    details: tuple[Detail, ...],
) -> StepReport:
    against = tuple(code for code in reasons if STEP_OF[code] is step)
    known = tuple(code for code in notes if STEP_OF[code] is step)
    if against:
        outcome = Outcome.FAILED if INVALIDATING & set(against) else Outcome.OPEN
    elif done:
        outcome = Outcome.NOTED if known else Outcome.PASSED
    else:
        outcome = Outcome.SKIPPED
    return StepReport(step, outcome, against + known, details)


def together(lists: Sequence[Sequence[StepReport]]) -> tuple[StepReport, ...]:
    """One list of several: of each step the worst outcome, and all that is said about it."""
    merged = []
    for step in Step:
        same = [one for each in lists for one in each if one.step is step]
        worst = max((one.outcome for one in same), key=_WORST.index)
        codes = tuple(dict.fromkeys(code for one in same for code in one.codes))
        details = tuple(dict.fromkeys(detail for one in same for detail in one.details))
        merged.append(StepReport(step, worst, codes, details))
    return tuple(merged)
