"""Order a paper, which a row remembers, and wait for it; the sealer's role `work` makes it (`making.py`)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tortoise.queryset import QuerySet

from auth.china import CHINA
from auth.engine import transaction
from auth.errors import Conflict, NotFound, Unavailable
from auth.tokens import new_code
from seals.paper_models import Paper, PaperKind, PaperNumber, PaperState
from seals.papers.kinds import PAPERS

__all__ = ["LATER", "made", "order", "place", "waited", "wanted"]

WAIT_S = 25.0
"""So long somebody who fetches a paper is kept waiting; it takes about three seconds."""
POLL_S = 0.1
LATER = timedelta(minutes=30)
"""What comes by itself is made after so long, or when somebody wants it: setting and sealing take seconds of
a processor, just when somebody begins to use the seals that he collected."""


async def order(
    kind: PaperKind, subject: str, *, about: str, company_id: str, asker_id: str, now: datetime
) -> None:
    """Have a paper made, unless today's is there or on its way; one that failed is tried again."""
    todays = Paper.filter(kind=kind, subject=subject, day=_day(now))
    if await todays.exists():
        await _again(todays)
        return
    async with transaction():
        await place(kind, subject, about=about, company_id=company_id, asker_id=asker_id, now=now)


async def place(
    kind: PaperKind,
    subject: str,
    *,
    company_id: str | None,
    asker_id: str,
    now: datetime,
    about: str = "",
    said: Mapping[str, Any] | None = None,
    valid_until: datetime | None = None,
    later: timedelta = timedelta(0),
) -> Paper | None:
    """The row of an order; None where there is one of today. Inside a transaction, behind all locks but the
    streams'.
    """
    day = _day(now)
    await PaperNumber.bulk_create([PaperNumber(kind=kind.value, next=1)], ignore_conflicts=True)
    serial = (await PaperNumber.select_for_update().get(kind=kind.value)).next
    if await Paper.filter(kind=kind, subject=subject, day=day).exists():
        return None
    await PaperNumber.filter(kind=kind.value).update(next=serial + 1)
    return await Paper.create(
        kind=kind,
        number=f"{PAPERS[kind.value].prefix}{day[:4]}-{serial:06d}",
        code=new_code(),
        company_id=company_id,
        asker_id=asker_id,
        subject=subject,
        about=about,
        day=day,
        said=dict(said or {}),
        valid_until=valid_until,
        state=PaperState.WAITING,
        created_at=now,
        lease_until=now + later if later else None,
    )


async def wanted(paper_id: str) -> None:
    """Somebody wants a paper now: what comes by itself is made at once, what failed is tried again."""
    rows = Paper.filter(id=paper_id)
    await rows.filter(state=PaperState.WAITING, attempts=0).update(lease_until=None)
    await _again(rows)


async def _again(rows: QuerySet[Paper]) -> None:
    await rows.filter(state=PaperState.FAILED).update(
        state=PaperState.WAITING, attempts=0, lease_until=None, reason=None
    )


def _day(now: datetime) -> str:
    return now.astimezone(CHINA).date().isoformat()


async def made(kind: PaperKind, subject: str) -> Paper:
    """The newest paper about something, once it is made; raises as `waited`."""
    return await waited(Paper.filter(kind=kind, subject=subject).order_by("-created_at"))


async def waited(rows: QuerySet[Paper]) -> Paper:
    """The first of these papers, once it is made.

    Raises Unavailable `paper.waits` where it takes longer than `WAIT_S`, and is on its way still; Conflict
    for the reason why it cannot be; NotFound `paper.not_found` where nobody ordered one.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + WAIT_S
    while True:
        row = await rows.first()
        if row is None:
            raise NotFound("paper.not_found", "没有这份文书。", "There is no such paper.")
        if row.state is PaperState.MADE:
            return row
        if row.state is PaperState.FAILED:
            raise Conflict(**(row.reason or {}))
        if loop.time() > end:
            raise Unavailable(
                "paper.waits",
                "文书正在出具，请稍后再下载。",
                "The paper is being made; download it in a moment.",
                retry_after_s=5,
            )
        await asyncio.sleep(POLL_S)
