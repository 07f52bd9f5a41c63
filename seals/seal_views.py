"""A seal as its owner sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from seals.kinds import SealKind, spec
from seals.models import Seal

__all__ = ["SealView", "imprint_url", "reason_of", "reasons", "seal_view"]


@dataclass(frozen=True)
class SealView:
    """One seal. imprint_url is a path on this host; width and height in mm; the reason why it is held.

    unit: the department or branch it names, or ""; ordinal: its number among those of its kind. may: what who
    looks may do with it (`auth.authority.Act`); approval: whether its use needs approvals (`all` or `some`
    documents, else empty); both where that was asked. state_since: since when it is in its state, None for
    as long as it stands; ended_for: by which change (`seals.life.Change`) it was cancelled; valid_until: the
    end of its certificates, where that was asked; changes: which he may ask for now; asks: which he may ask
    the representative for, on his letter of authorisation.
    """

    id: str
    kind: str
    kind_zh: str
    kind_en: str
    name: str
    unit: str
    ordinal: int
    number: str
    state: str
    width_mm: float
    height_mm: float
    imprint_url: str
    collected_at: datetime | None
    reason_zh: str | None
    reason_en: str | None
    state_since: datetime | None = None
    ended_for: str | None = None
    may: tuple[str, ...] = ()
    valid_until: datetime | None = None
    changes: tuple[str, ...] = ()
    approval: str = ""
    asks: tuple[str, ...] = ()


def reason_of(zh: str, en: str) -> str:
    """A reason in both languages, as the column holds it."""
    return f"{zh}\n{en}"


def reasons(row: Seal) -> tuple[str | None, str | None]:
    """The reason in Chinese and in English; one that was given once stands for both."""
    zh, _, en = (row.reason or "").partition("\n")
    return zh or None, en or zh or None


def imprint_url(seal_id: str) -> str:
    """The path on this host of a seal's imprint, as vectors."""
    return f"/api/seals/{seal_id}/imprint.svg"


def seal_view(row: Seal) -> SealView:
    """The owner's view of a seal."""
    kind = spec(SealKind(row.kind))
    return SealView(
        row.id,
        row.kind,
        kind.zh,
        kind.en,
        row.name,
        str(row.design.get("unit", "")),
        row.ordinal,
        row.number,
        row.state.value,
        row.width_mm,
        row.height_mm,
        imprint_url(row.id),
        row.collected_at,
        *reasons(row),
        row.state_since,
        row.ended_for,
    )
