"""What is told of filings. Frozen; nothing of a person in them but names as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from seals.filing_models import CompanyFilingKind, CompanyFilingState, FilingKind, FilingState

__all__ = ["FilingReceipt", "FilingView", "LapsedSeal", "MakerFilingView", "MakerFilings"]


@dataclass(frozen=True)
class MakerFilingView:
    """A fact that the maker files. due_at: by then the authority must have it; overdue: that passed.

    reference: the authority's number of its acceptance. change: see `seals.life.Change`, empty for making.
    """

    number: str
    seal_number: str
    company_id: str
    company_name: str
    district: str
    kind: FilingKind
    change: str
    state: FilingState
    occurred_at: datetime
    due_at: datetime
    overdue: bool
    tries: int
    reference: str | None = None
    reason: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True)
class MakerFilings:
    """How the maker's filings stand. waiting: not yet accepted, refused and overdue ones among them."""

    waiting: int
    refused: int
    overdue: int
    accepted: int


@dataclass(frozen=True)
class LapsedSeal:
    """An entry of the register of seals that nobody collected (登记造册, R40)."""

    seal_number: str
    seal_name: str
    kind: str
    company_id: str
    company_name: str
    uscc: str
    issued_at: datetime
    cancelled_at: datetime
    filing: str
    filing_state: FilingState


@dataclass(frozen=True)
class FilingReceipt:
    """What a receipt (备案回执) says; made by itself when a filing is approved (R125, R128).

    number: the authority's; filing: ours. maker_filing: of the seal's making, with the authority's reference.
    filed_by: as shown, masked. in_force: it was approved, not replaced, its seal lives and it is not over.
    """

    number: str
    filing: str
    company_name: str
    uscc: str
    seal_name: str
    seal_number: str
    kind_of_seal: str
    scope: str
    district: str
    filed_by: str
    filed_at: datetime
    approved_at: datetime
    valid_from: datetime
    valid_until: datetime
    maker_filing: str
    maker_reference: str | None
    in_force: bool


@dataclass(frozen=True)
class FilingView:
    """A company's filing. reason: why it was rejected. update_due: why it is to be updated (`UPDATE_DUE`).

    may_renew, may_update: what is open to the one who asks, now. note: what a correction is about.
    over: its validity has ended. checked_at: when somebody said that the receipt is right (R130).
    """

    id: str
    company: str
    number: str
    seal: str
    seal_name: str
    seal_number: str
    kind: CompanyFilingKind
    state: CompanyFilingState
    name: str
    kind_of_seal: str
    scope: str
    note: str
    created_at: datetime
    decided_at: datetime | None
    reason: str | None
    receipt: FilingReceipt | None
    update_due: tuple[str, ...]
    checked_at: datetime | None
    over: bool
    may_renew: bool
    may_update: bool
