"""What a verification says: verdicts, reasons with their words, and the report as values.

Light on purpose: pages and clients that only read a report need no PDF library.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

__all__ = ["INVALIDATING", "REASONS", "Report", "SignatureReport", "Verdict", "unknown", "verdict_of"]


class Verdict(StrEnum):
    """The answer, for one signature and for the file."""

    VALID = "valid"  # everything that must hold holds
    INVALID = "invalid"  # something that must hold is proven not to
    UNKNOWN = "unknown"  # it cannot be decided; never to be shown as good
    UNSIGNED = "unsigned"  # the file has no signature at all


REASONS: dict[str, tuple[str, str]] = {
    # the file cannot be judged
    "not_pdf": ("这不是 PDF 文件。", "This is not a PDF file."),
    "too_large": ("文件过大，未作验证。", "The file is too large to be verified."),
    "encrypted": (
        "文件有密码保护，无法验证。请用未加密的文件验证。",
        "The file is protected by a password and cannot be verified. Use the file without it.",
    ),
    "broken": (
        "文件结构不完整或不规范，无法可靠地验证。",
        "The file is damaged or not built by the rules, so it cannot be verified reliably.",
    ),
    "too_slow": (
        "文件过于复杂，未能在限定时间内验证。",
        "The file is too complex to be verified in time.",
    ),
    "too_many_signatures": ("签名或修订过多，未作验证。", "Too many signatures or revisions to verify."),
    # proven wrong
    "signature_removed": (
        "文件原有签名，签名后被删除。",
        "The file was signed, and the signature was removed afterwards.",
    ),
    "byte_range_odd": (
        "签名没有按规范覆盖文件内容。",
        "The signature does not cover the content in the way the standard requires.",
    ),
    "contents_odd": (
        "签名数据缺失或格式不正确。",
        "The signature value is missing or malformed.",
    ),
    "digest_mismatch": (
        "文件内容与签署时不一致，已被改动。",
        "The content differs from what was signed: it has been altered.",
    ),
    "signature_wrong": (
        "签名值与签名证书不符，不是该证书所签。",
        "The signature value does not belong to the certificate: it was not made with its key.",
    ),
    "changed_after_signing": (
        "签署之后文件又被改动。",
        "The file was changed after it was signed.",
    ),
    "change_not_permitted": (
        "签署时已声明不得再改动，之后仍有改动或加签。",
        "The signer allowed no further changes or signatures, and there are some.",
    ),
    "certificate_not_valid_then": (
        "签署时证书尚未生效或已经过期。",
        "The certificate was not yet or no longer valid at the time of signing.",
    ),
    "revoked_before_signing": (
        "签署时证书已被吊销。",
        "The certificate had been revoked before the time of signing.",
    ),
    "certificate_wrong_usage": (
        "该证书不得用于签章。",
        "The certificate may not be used for sealing.",
    ),
    # not proven right
    "untrusted_issuer": (
        "签名证书不是由受信任的机构签发，无法确认签章单位。",
        "The certificate was not issued by a trusted authority: who signed is not proven.",
    ),
    "no_trusted_time": (
        "没有可信的时间戳，无法确认签署时间。",
        "There is no trusted timestamp: when it was signed is not proven.",
    ),
    "unsupported_signature": (
        "签名的格式或算法不受支持或强度不足，无法验证。",
        "The signature's format or algorithm is not supported or too weak to be verified.",
    ),
    "later_signature_unproven": (
        "之后又有人加签，但其身份或时间无法确认，加签部分可能遮盖原内容。",
        "Somebody signed later whose identity or time is not proven; what was added may cover the content.",
    ),
    # good to know; these change no verdict
    "revocation_not_checked": (
        "没有最新的吊销列表，未核对证书是否被吊销。",
        "No current revocation list: whether the certificate was revoked has not been checked.",
    ),
    "revoked_after_signing": (
        "证书在签署之后被吊销，不影响此前的签署。",
        "The certificate was revoked after the signing, which does not touch this signature.",
    ),
    "certificate_expired_since": (
        "证书在签署之后到期，不影响此前的签署。",
        "The certificate expired after the signing, which does not touch this signature.",
    ),
    "timestamp_rejected": (
        "签名带有时间戳，但不可信或不属于这个签名。",
        "There is a timestamp, but it is not trusted or belongs to another signature.",
    ),
    "traces_of_signature": (
        "文件中有签名的痕迹，但不构成签名。",
        "The file holds traces of a signature that is not part of the document.",
    ),
}
"""Every code a report can hold, with its words in Chinese and English."""

INVALIDATING: frozenset[str] = frozenset(
    {
        "signature_removed",
        "byte_range_odd",
        "contents_odd",
        "digest_mismatch",
        "signature_wrong",
        "changed_after_signing",
        "change_not_permitted",
        "certificate_not_valid_then",
        "revoked_before_signing",
        "certificate_wrong_usage",
    }
)
"""Reasons that prove a signature wrong; any other reason makes the answer unknown."""


@dataclass(frozen=True)
class SignatureReport:
    """One signature.

    Company, USCC, seal name and number come from the certificate, and only when a trusted authority
    issued it; `subject` is what the certificate claims, proven or not. Times are UTC: `signed_at` is the
    timestamp's, `claimed_at` the signer's own word. Certificate status: `good`, `revoked`, `expired`,
    `not_yet_valid`, `not_checked` (no current revocation list), None where there is no trusted chain.
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
    covers_whole_file: bool = False
    changed_after: bool = False
    level: str = "none"


@dataclass(frozen=True)
class Report:
    """The answer for one file. `document_timestamps`: how many trusted ones there are (PAdES B-LTA)."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signatures: tuple[SignatureReport, ...] = ()
    document_timestamps: int = 0
    judged_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON; times in ISO 8601 with `Z`."""
        return {
            "verdict": self.verdict.value,
            "reasons": list(self.reasons),
            "notes": list(self.notes),
            "signatures": [_plain(signature) for signature in self.signatures],
            "document_timestamps": self.document_timestamps,
            "judged_at": _instant(self.judged_at),
        }


def verdict_of(reasons: Iterable[str]) -> Verdict:
    """The verdict that these reasons leave: none at all is valid."""
    codes = set(reasons)
    if codes & INVALIDATING:
        return Verdict.INVALID
    return Verdict.UNKNOWN if codes else Verdict.VALID


def unknown(reason: str, now: datetime) -> Report:
    """The answer for a file that could not be judged at all."""
    return Report(Verdict.UNKNOWN, (reason,), judged_at=now)


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
