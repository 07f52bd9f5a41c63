"""Totals for supervision: no company, person or document, and no row of fewer than three companies.

A row that would tell about one or two companies goes into `other`; where that is still too few, the smallest
row goes with it. What is left after that is not told at all, nor the total that would give it away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.functions import Count

from auth.china import CHINA
from seals.filing.overdue import counts
from seals.models import Seal, SealState, Signing, SigningState
from seals.policies import Policy
from seals.service.answering import open_counts
from seals.service.notices import trainings

__all__ = ["OTHER", "TELLING_FROM", "Counts", "Statistics", "TopicCount", "Week", "statistics", "together"]

TELLING_FROM = 3
"""A row is told from so many companies on."""
OTHER = "other"
WEEKS = 12
THREE_MONTHS = timedelta(days=92)


@dataclass(frozen=True)
class Counts:
    """Seals of a district or a kind, by state now. uncollected: issued, waiting for over the policy's time.

    key: GB/T 2260 code, kind, or `other`.
    """

    key: str
    companies: int
    issued: int
    collected: int
    suspended: int
    cancelled: int
    uncollected: int


@dataclass(frozen=True)
class Week:
    """Seals set in a week. monday: its first day, China's; sealings: None where too few companies sealed."""

    monday: str
    sealings: int | None


@dataclass(frozen=True)
class TopicCount:
    """Trainings on a topic, and how many people took part."""

    topic: str
    trainings: int
    people: int


@dataclass(frozen=True)
class Statistics:
    """Everything that a desk of supervision shows."""

    at: datetime
    districts: tuple[Counts, ...]
    kinds: tuple[Counts, ...]
    weeks: tuple[Week, ...]
    filings_accepted: int
    filings_waiting: int
    filings_overdue: int
    tickets_open: int
    tickets_overdue: int
    topics: tuple[TopicCount, ...]


async def statistics(policy: Policy, now: datetime) -> Statistics:
    """The totals of this moment."""
    late = now - (policy.uncollected_for or THREE_MONTHS)
    opened, overdue = await open_counts(now)
    filed = await counts(policy, now)
    return Statistics(
        now,
        together(await _by("company__region", late), apart=True),
        together(await _by("kind", late), apart=False),
        await _weeks(now),
        filed.accepted,
        filed.waiting,
        filed.overdue,
        opened,
        overdue,
        _topics([(each.notice.topic or "", each.people) for each in await trainings()]),
    )


async def _by(column: str, late: datetime) -> list[Counts]:
    states = (
        await Seal.annotate(count=Count("id")).group_by(column, "state").values_list(column, "state", "count")
    )
    companies = (
        await Seal.annotate(count=Count("company_id", distinct=True))
        .group_by(column)
        .values_list(column, "count")
    )
    waiting = (
        await Seal.filter(state=SealState.ISSUED, created_at__lt=late)
        .annotate(count=Count("id"))
        .group_by(column)
        .values_list(column, "count")
    )
    by_state: dict[tuple[str, SealState], int] = {
        (key, SealState(state)): int(count) for key, state, count in states
    }
    uncollected = {key: int(count) for key, count in waiting}

    def of(key: str, state: SealState) -> int:
        return by_state.get((key, state), 0)

    return [
        Counts(
            key,
            int(many),
            of(key, SealState.ISSUED),
            of(key, SealState.COLLECTED),
            of(key, SealState.FROZEN),
            of(key, SealState.CANCELLED),
            uncollected.get(key, 0),
        )
        for key, many in sorted(companies)
    ]


def together(rows: Iterable[Counts], *, apart: bool) -> tuple[Counts, ...]:
    """The rows that may be told, the small ones as one. apart: no company is in two of them."""
    all_rows = sorted(rows, key=lambda row: (row.companies, row.key))
    large = [row for row in all_rows if row.companies >= TELLING_FROM]
    small = all_rows[: len(all_rows) - len(large)]
    while small and large and _companies(small, apart=apart) < TELLING_FROM:
        small.append(large.pop(0))
    kept = tuple(sorted(large, key=lambda row: row.key))
    return (*kept, _sum(small, apart=apart)) if _companies(small, apart=apart) >= TELLING_FROM else kept


def _companies(rows: list[Counts], *, apart: bool) -> int:
    """So many companies there are at least in these rows."""
    many = [row.companies for row in rows]
    return sum(many) if apart else max(many, default=0)


def _sum(rows: list[Counts], *, apart: bool) -> Counts:
    return Counts(
        OTHER,
        _companies(rows, apart=apart),
        sum(row.issued for row in rows),
        sum(row.collected for row in rows),
        sum(row.suspended for row in rows),
        sum(row.cancelled for row in rows),
        sum(row.uncollected for row in rows),
    )


async def _weeks(now: datetime) -> tuple[Week, ...]:
    today = now.astimezone(CHINA)
    monday = (today - timedelta(days=today.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    for back in range(WEEKS - 1, -1, -1):
        begin = monday - timedelta(weeks=back)
        done = Signing.filter(
            state=SigningState.SIGNED, ended_at__gte=begin, ended_at__lt=begin + timedelta(weeks=1)
        )
        companies = await done.distinct().values_list("company_id", flat=True)
        told = await done.count() if len(companies) >= TELLING_FROM else None
        found.append(Week(begin.date().isoformat(), told))
    return tuple(found)


def _topics(told: list[tuple[str, int]]) -> tuple[TopicCount, ...]:
    numbers: Mapping[str, list[int]] = {topic: [] for topic, _ in told}
    for topic, people in told:
        numbers[topic].append(people)
    return tuple(TopicCount(topic, len(each), sum(each)) for topic, each in sorted(numbers.items()))
