"""What a verification says: verdicts, and the report as values.

Light on purpose: pages and clients that only read a report need no PDF library.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from seals.pdf.reasons import INVALIDATING, REASONS
from seals.pdf.steps import StepReport, in_order, step_words

__all__ = ["INVALIDATING", "REASONS", "Report", "SignatureReport", "Verdict", "unknown", "verdict_of"]


class Verdict(StrEnum):
    """The answer, for one signature and for the file."""

    VALID = "valid"  # everything that must hold holds
    INVALID = "invalid"  # something that must hold is proven not to
    UNKNOWN = "unknown"  # it cannot be decided; never to be shown as good
    UNSIGNED = "unsigned"  # the file has no signature at all


@dataclass(frozen=True)
class SignatureReport:
    """One signature.

    Company, USCC, seal name and number come from the certificate, and only when a trusted authority
    issued it; `subject` is what the certificate claims, proven or not. Times are UTC: `signed_at` is the
    timestamp's, `claimed_at` the signer's own word. Certificate status: `good`, `revoked`, `expired`,
    `not_yet_valid`, `not_checked` (no current revocation list), None where there is no trusted chain.
    covered_until: where the covered part of the file ends, in bytes; 0 when it covers nothing soundly.
    """

    field: str
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    company: str | None = None
    uscc: str | None = None
    seal_name: str | None = None
    seal_number: str | None = None
    subject: str | None = None
    signed_at: datetime | None = None
    claimed_at: datetime | None = None
    certificate_serial: str | None = None
    certificate_status_then: str | None = None
    certificate_status_now: str | None = None
    covered_until: int = 0
    covers_whole_file: bool = False
    changed_after: bool = False
    level: str = "none"


@dataclass(frozen=True)
class Report:
    """The answer for one file.

    document_timestamps: how many trusted ones there are (PAdES B-LTA). steps: all of `Step`, in order;
    `record` and `seal` are skipped until somebody who has the records looks (`seals.verifying`).
    """

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signatures: tuple[SignatureReport, ...] = ()
    document_timestamps: int = 0
    judged_at: datetime | None = None
    steps: tuple[StepReport, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON; times in ISO 8601 with `Z`."""
        return {
            "verdict": self.verdict.value,
            "reasons": list(self.reasons),
            "notes": list(self.notes),
            "signatures": [_plain(signature) for signature in self.signatures],
            "document_timestamps": self.document_timestamps,
            "judged_at": _instant(self.judged_at),
            "steps": [_plain_step(number, one) for number, one in enumerate(self.steps, 1)],
        }


def verdict_of(reasons: Iterable[str]) -> Verdict:
    """The verdict that these reasons leave: none at all is valid."""
    codes = set(reasons)
    if codes & INVALIDATING:
        return Verdict.INVALID
    return Verdict.UNKNOWN if codes else Verdict.VALID


def unknown(reason: str, now: datetime) -> Report:
    """The answer for a file that could not be judged at all."""
    steps = in_order((), (reason,), (), {})
    return Report(Verdict.UNKNOWN, (reason,), judged_at=now, steps=steps)


def _plain_step(number: int, one: StepReport) -> dict[str, Any]:
    title, sentence = step_words(one)
    texts = [sentence] if sentence else [REASONS[code] for code in one.codes]
    texts += one.further
    return {
        "number": number,
        "step": one.step.value,
        "outcome": one.outcome.value,
        "title": {"zh": title[0], "en": title[1]},
        "text": {"zh": "".join(zh for zh, _ in texts), "en": " ".join(en for _, en in texts)},
        "codes": list(one.codes),
        "details": [{"of": each.of, "key": each.key, "value": each.value} for each in one.details],
    }


def _plain(signature: SignatureReport) -> dict[str, Any]:
    plain = {name: getattr(signature, name) for name in signature.__dataclass_fields__}
    for name, value in plain.items():
        if isinstance(value, datetime):
            plain[name] = _instant(value)
        elif isinstance(value, tuple):
            plain[name] = list(value)
    return {**plain, "verdict": signature.verdict.value}


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
