"""How often each seal was used, week by week: one query, whatever the number of uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from tortoise.expressions import Q
from tortoise.functions import Count

from auth.china import CHINA
from seals.ledger.wanting import View, Wanted, of_uses
from seals.models import Signing, SigningState

__all__ = ["WEEKS", "Counted", "SealCount", "WeekCount", "count"]

WEEKS = 12
A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class WeekCount:
    """begin: the week's Monday, China's day, ISO; uses: signed ones."""

    begin: str
    uses: int


@dataclass(frozen=True)
class SealCount:
    """Uses of a seal, signed ones, in the weeks together."""

    seal: str
    uses: int


@dataclass(frozen=True)
class Counted:
    """The last `WEEKS` weeks, oldest first, and the seals in them, most used first."""

    weeks: tuple[WeekCount, ...]
    seals: tuple[SealCount, ...]


async def count(his: View, wanted: Wanted, now: datetime) -> Counted:
    """Signed uses that he sees and wants, in the weeks up to the last day wanted, or to today."""
    last = min(now, wanted.until - timedelta(seconds=1)) if wanted.until is not None else now
    day = last.astimezone(CHINA)
    monday = datetime.combine(day.date() - timedelta(days=day.weekday()), time.min, CHINA).astimezone(UTC)
    begins = [monday - A_WEEK * back for back in range(WEEKS - 1, -1, -1)]
    weekly = {
        f"week{place}": Count("id", _filter=Q(created_at__gte=begin, created_at__lt=begin + A_WEEK))
        for place, begin in enumerate(begins)
    }
    found = Signing.filter(
        of_uses(his, wanted),
        state=SigningState.SIGNED,
        created_at__gte=begins[0],
        created_at__lt=begins[-1] + A_WEEK,
    )
    rows = await found.annotate(**weekly).group_by("seal_id").values("seal_id", *weekly)
    sums = [sum(int(row[name]) for row in rows) for name in weekly]
    by_seal = {str(row["seal_id"]): sum(int(row[name]) for name in weekly) for row in rows}
    return Counted(
        tuple(
            WeekCount(begin.astimezone(CHINA).date().isoformat(), uses)
            for begin, uses in zip(begins, sums, strict=True)
        ),
        tuple(
            SealCount(seal, uses)
            for seal, uses in sorted(by_seal.items(), key=lambda each: (-each[1], each[0]))
        ),
    )
