"""What the maker has not filed in time, or soon will not have (R34): lists, counts, and a word in the log."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from tortoise.functions import Count
from tortoise.queryset import QuerySet

from seals.filing.views import MakerFilings, MakerFilingView
from seals.filing_models import FilingState, MakerFiling
from seals.policies import Policy

__all__ = ["counts", "overdue", "view", "warn"]

SHOWN_MOST = 1000
AT_ONCE = 50
_OPEN = (FilingState.WAITING, FilingState.SENT, FilingState.REFUSED)


async def overdue(policy: Policy, now: datetime) -> tuple[MakerFilingView, ...]:
    """Filings that the authority should have accepted by now, and those that it refused, oldest first."""
    late = await _late(policy, now).order_by("occurred_at", "number").limit(SHOWN_MOST).prefetch_related(*_OF)
    refused = MakerFiling.filter(state=FilingState.REFUSED, occurred_at__gt=now - policy.filing_within)
    others = await refused.order_by("occurred_at", "number").limit(SHOWN_MOST).prefetch_related(*_OF)
    return tuple(view(row, policy, now) for row in (*late, *others))


async def counts(policy: Policy, now: datetime) -> MakerFilings:
    """How many, by where they are."""
    rows = await MakerFiling.annotate(count=Count("id")).group_by("state").values_list("state", "count")
    found = {FilingState(state): int(count) for state, count in rows}
    return MakerFilings(
        waiting=sum(found.get(state, 0) for state in _OPEN),
        refused=found.get(FilingState.REFUSED, 0),
        overdue=await _late(policy, now).count(),
        accepted=found.get(FilingState.ACCEPTED, 0),
    )


async def warn(policy: Policy, now: datetime) -> Sequence[str]:
    """Tell of filings whose end is near, or over, each once; returns their numbers."""
    near = MakerFiling.filter(
        state__in=_OPEN, warned=False, occurred_at__lte=now - policy.filing_within + policy.filing_warned
    )
    told = []
    for row in await near.order_by("occurred_at").limit(AT_ONCE):
        if await MakerFiling.filter(id=row.id, warned=False).update(warned=True):
            due = row.occurred_at + policy.filing_within
            _log.error("filing %s is not accepted; it is due at %s", row.number, due.isoformat())
            told.append(row.number)
    return told


def view(row: MakerFiling, policy: Policy, now: datetime) -> MakerFilingView:
    """A row with its seal and company fetched."""
    due = row.occurred_at + policy.filing_within
    return MakerFilingView(
        number=row.number,
        seal_number=row.seal.number,
        company_id=row.company_id,
        company_name=row.company.name,
        district=row.district,
        kind=row.kind,
        change=row.change,
        state=row.state,
        occurred_at=row.occurred_at,
        due_at=due,
        overdue=row.state in _OPEN and due <= now,
        tries=row.tries,
        reference=row.reference,
        reason=row.reason,
        decided_at=row.decided_at,
    )


_OF = ("seal", "company")
_log = logging.getLogger("sealer")


def _late(policy: Policy, now: datetime) -> QuerySet[MakerFiling]:
    return MakerFiling.filter(state__in=_OPEN, occurred_at__lte=now - policy.filing_within)
