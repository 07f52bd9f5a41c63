"""What becomes of a company's filing when something of it changes, ends, or grows old (R134, R135)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tortoise.expressions import Q

from auth import events
from auth.engine import transaction
from seals.filing_models import CompanyFiling, CompanyFilingState
from seals.policies import Policy

__all__ = ["UPDATE_DUE", "due", "end", "remind"]

UPDATE_DUE = ("licence", "representative", "certificates")
"""Why a filing is to be updated. With another name of the company it ends: its seal does (`renaming.py`)."""
WARNED_DAYS = (0, 7, 30)
"""So many days before its end a company is told, and when it may be renewed, each once."""
AT_ONCE = 50


async def due(company_id: str, why: str, now: datetime, seals: Iterable[str] | None = None) -> None:
    """The filings that stand are to be updated; with the events, at the end of a transaction.

    why: of `UPDATE_DUE`; seals: only of these.
    """
    rows = CompanyFiling.filter(company_id=company_id, state=CompanyFilingState.APPROVED)
    rows = rows if seals is None else rows.filter(seal_id__in=list(seals))
    for row in await rows.order_by("id"):
        before = row.update_due or []
        if why in before:
            continue
        await CompanyFiling.filter(id=row.id, state=CompanyFilingState.APPROVED).update(
            update_due=[*before, why]
        )
        await _tell(row, "filing.update_due", now, {"why": why})


async def end(seal_id: str, now: datetime) -> None:
    """The seal is cancelled: what stands or is under way of it ends; inside that transaction."""
    live = CompanyFiling.filter(Q(open=seal_id) | Q(current=seal_id))
    await live.filter(decided_at=None).update(decided_at=now)
    await live.update(state=CompanyFilingState.ENDED, open=None, current=None)


async def remind(policy: Policy, now: datetime) -> None:
    """Tell of filings whose validity ends soon or has ended; some at a time."""
    for days in (*WARNED_DAYS, policy.filing_renewed.days):
        untold = Q(warned=None) | Q(warned__gt=days)
        ending = CompanyFiling.filter(
            untold, state=CompanyFilingState.APPROVED, valid_until__lte=now + timedelta(days=days)
        )
        for row in await ending.order_by("valid_until").limit(AT_ONCE):
            await _remind(row, days, now)


async def _remind(row: CompanyFiling, days: int, now: datetime) -> None:
    async with transaction():
        same = CompanyFiling.filter(id=row.id, state=CompanyFilingState.APPROVED, warned=row.warned)
        if await same.update(warned=days) and row.valid_until is not None:
            await _tell(row, "filing.ending", now, {"until": row.valid_until.isoformat(), "days": days})


async def _tell(row: CompanyFiling, kind: str, now: datetime, facts: dict[str, str | int]) -> None:
    await events.append(
        events.company_stream(row.company_id),
        kind,
        actor="sealer",
        subject=f"filing:{row.id}",
        now=now,
        on_behalf=row.company_id,
        facts={"seal": row.seal_id, "number": row.number, **facts},
    )
