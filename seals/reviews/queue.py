"""What waits at the review desk, oldest first, whoever has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from auth import staff as staff_rows
from auth.models import Company
from auth.privacy import RecordsKey
from auth.staff import Staff
from seals.entry import reviewing as entries
from seals.entry.models import EntryApplication, EntryState
from seals.models import Seal, SealState
from seals.reviews.leases import ItemKind, held, key_of

__all__ = ["QUEUE_MOST", "QueueItem", "ReviewQueue", "Waiting", "count", "queue"]

QUEUE_MOST = 50
"""Of each kind."""


@dataclass(frozen=True)
class QueueItem:
    """One item. kind: entry or seal; detail: the round, or the seal's kind; since: when it came to wait.

    taken_by: the colleague's name who has it; mine: that it is the asker.
    """

    kind: str
    id: str
    company_name: str
    uscc: str
    detail: str
    since: datetime
    taken_by: str | None
    mine: bool


@dataclass(frozen=True)
class ReviewQueue:
    """The items, and how many there are of each kind."""

    items: tuple[QueueItem, ...]
    entries: int
    seals: int


@dataclass(frozen=True)
class Waiting:
    """How many items wait."""

    waiting: int


async def count() -> Waiting:
    """For the desk's start."""
    return Waiting(await _entries_waiting() + await _seals_waiting())


async def _entries_waiting() -> int:
    return await EntryApplication.filter(state=EntryState.SUBMITTED).count()


async def _seals_waiting() -> int:
    return await Seal.filter(state=SealState.HELD).count()


async def queue(kind: ItemKind | None, staff: Staff, now: datetime, records: RecordsKey) -> ReviewQueue:
    """What waits, of one kind or all; the oldest first."""
    found = [*(await _entries() if kind is not ItemKind.SEAL else ())]
    found += await _seals() if kind is not ItemKind.ENTRY else ()
    leases = await held([key_of(ItemKind(each.kind), each.id) for each in found], now)
    names = await staff_rows.names_of({row.staff for row in leases.values()}, records)

    def seen(item: QueueItem) -> QueueItem:
        lease = leases.get(key_of(ItemKind(item.kind), item.id))
        if lease is None:
            return item
        name = names.get(lease.staff)
        return QueueItem(
            item.kind,
            item.id,
            item.company_name,
            item.uscc,
            item.detail,
            item.since,
            name,
            lease.staff == staff.id,
        )

    items = sorted(map(seen, found), key=lambda each: (each.since, each.id))
    return ReviewQueue(tuple(items), await _entries_waiting(), await _seals_waiting())


async def _entries() -> list[QueueItem]:
    return [
        QueueItem(
            ItemKind.ENTRY.value,
            row.id,
            row.company_name,
            row.uscc,
            str(row.round),
            row.submitted_at,
            None,
            False,
        )
        for row in await entries.waiting(QUEUE_MOST)
    ]


async def _seals() -> list[QueueItem]:
    rows = await Seal.filter(state=SealState.HELD).order_by("created_at", "id").limit(QUEUE_MOST)
    companies = {row.id: row for row in await Company.filter(id__in={seal.company_id for seal in rows})}
    return [
        QueueItem(
            ItemKind.SEAL.value,
            row.id,
            companies[row.company_id].name,
            companies[row.company_id].uscc,
            row.kind,
            row.created_at,
            None,
            False,
        )
        for row in rows
    ]
