"""What the verification of a seal or a signature says, as values."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from seals.pdf.reports import Verdict
from seals.ses.causes import Cause, words

__all__ = ["PictureReport", "SesFound", "SesReport", "StepReport", "undecided"]


@dataclass(frozen=True)
class StepReport:
    """One step. ok: None where it was not come to, or could not be decided (`cause` says why)."""

    step: str
    ok: bool | None
    cause: str | None = None


@dataclass(frozen=True)
class PictureReport:
    """The seal's picture. type: as the seal has it; media: its media type if browsers show it; whole mm."""

    type: str
    width_mm: int
    height_mm: int
    media: str | None
    data: bytes


@dataclass(frozen=True)
class SesFound:
    """One seal, or one signature with the seal in it.

    kind: `seal` or `signature`. signature_valid: whether its value was made with the key of its certificate.
    name, seal_id: as the seal says; proven only when `maker_trusted`. signer, maker: the name in the
    certificate, proven when trusted. signed_at: by the timestamp where one is trusted, else the signer's own
    word; timestamp: when a trusted authority stamped it. Times are UTC.
    """

    kind: str
    version: int
    signature_valid: bool
    name: str
    seal_id: str
    seal_type: int
    signer: str | None
    signer_trusted: bool
    maker: str | None
    maker_trusted: bool
    created_at: datetime
    valid_start: datetime
    valid_end: datetime
    signed_at: datetime | None
    timestamp: datetime | None
    property_info: str | None
    picture: PictureReport
    steps: tuple[StepReport, ...]


@dataclass(frozen=True)
class SesReport:
    """The answer for one file. `signatures`: what is in it, one or none."""

    verdict: Verdict
    reasons: tuple[str, ...]
    notes: tuple[str, ...] = ()
    signatures: tuple[SesFound, ...] = ()
    judged_at: datetime | None = None

    def to_json(self, *, picture: bool = False) -> dict[str, Any]:
        """Plain values for JSON; times in ISO 8601 with `Z`. picture: its data as well, in base64."""
        codes = {*self.reasons, *self.notes}
        return {
            "verdict": self.verdict.value,
            "reasons": list(self.reasons),
            "notes": list(self.notes),
            "signatures": [_plain(found, picture) for found in self.signatures],
            "judged_at": _instant(self.judged_at),
            "words": {code: dict(zip(("zh", "en"), words(code), strict=True)) for code in sorted(codes)},
        }


def undecided(cause: Cause, now: datetime) -> SesReport:
    """The answer for a file of which nothing more can be said."""
    return SesReport(cause.verdict, (cause.code,), judged_at=now)


def _plain(found: SesFound, with_picture: bool) -> dict[str, Any]:
    plain = {name: getattr(found, name) for name in found.__dataclass_fields__}
    for name, value in plain.items():
        if isinstance(value, datetime):
            plain[name] = _instant(value)
    picture = {name: getattr(found.picture, name) for name in ("type", "width_mm", "height_mm", "media")}
    if with_picture:
        picture["data"] = base64.b64encode(found.picture.data).decode()
    steps = [{"step": one.step, "ok": one.ok, "cause": one.cause} for one in found.steps]
    return {**plain, "picture": picture, "steps": steps}


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
