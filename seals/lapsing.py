"""Seals that nobody collects: told of, then cancelled (R40). None that had keys before: they were used."""

from __future__ import annotations

from datetime import datetime, timedelta

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from auth.engine import transaction
from seals import living
from seals.expiring import AT_ONCE, warn_of
from seals.life import Change
from seals.models import Seal, SealState
from seals.policies import Policy

__all__ = ["WARNED_DAYS", "lapse"]

WARNED_DAYS = (7, 30)
"""So many days before the end a company is told, each once."""
LEFT_AFTER = timedelta(days=min(WARNED_DAYS))
"""So long a company has after it was told last, also where that was late."""


async def lapse(policy: Policy, now: datetime) -> None:
    """Cancel what has lapsed and was told of, and tell of what lapses soon; some at a time.

    Nothing where the rule-book has no such end.
    """
    if policy.uncollected_for is None:
        return
    told = _issued(now - policy.uncollected_for).filter(warned=min(WARNED_DAYS))
    over = told.filter(warned_at__lte=now - LEFT_AFTER)
    for row in await over.order_by("created_at").limit(AT_ONCE):
        async with transaction():
            done = await living.move(Change.LAPSE, row.company_id, [row.id], now)
            await living.tell(done, "sealer", now)
    for days in WARNED_DAYS:
        untold = Q(warned=None) | Q(warned__gt=days)
        since = now - policy.uncollected_for + timedelta(days=days)
        for row in await _issued(since).filter(untold).order_by("created_at").limit(AT_ONCE):
            end = (row.state_since or row.created_at) + policy.uncollected_for
            await warn_of(row, "seal.uncollected", days, max(end, now + LEFT_AFTER), now)


def _issued(since: datetime) -> QuerySet[Seal]:
    """Never collected, and waiting since then at least."""
    waits = Q(state_since=None, created_at__lte=since) | Q(state_since__lte=since)
    return Seal.filter(waits, state=SealState.ISSUED, generation=0)
