"""What was returned and never came back ends, so that it does not keep its company from applying anew."""

from __future__ import annotations

from datetime import datetime, timedelta

from auth.engine import transaction
from seals.entry.models import EntryApplication, EntryRound, EntryState
from seals.entry.telling import tell

__all__ = ["RETURNED_FOR", "lapse"]

RETURNED_FOR = timedelta(days=30)
"""From the reviewer's return; what its applicant changes meanwhile does not prolong it."""
AT_ONCE = 50


async def lapse(now: datetime) -> None:
    """End what lies returned for so long, and tell its applicant; some at a time."""
    since = now - RETURNED_FOR
    rows = EntryApplication.filter(state=EntryState.RETURNED, submitted_at__lte=since)
    for row in await rows.order_by("submitted_at").limit(AT_ONCE):
        if not await EntryRound.exists(application_id=row.id, number=row.round, decided_at__lte=since):
            continue
        async with transaction():
            if await EntryApplication.filter(id=row.id, state=EntryState.RETURNED, round=row.round).update(
                state=EntryState.LAPSED, live_uscc=None, decided_at=now, changed_at=now
            ):
                await tell(row, "lapsed", "sealer", now, {"round": row.round})
