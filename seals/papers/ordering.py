"""Order a paper, which a row remembers, and wait for it; the sealer's role `work` makes it (`making.py`)."""

from __future__ import annotations

import asyncio
from datetime import datetime

from auth.china import CHINA
from auth.engine import transaction
from auth.errors import Conflict, NotFound, Unavailable
from auth.tokens import new_code
from seals.paper_models import Paper, PaperKind, PaperNumber, PaperState
from seals.papers.kinds import PAPERS

__all__ = ["made", "order"]

WAIT_S = 25.0
"""So long somebody who fetches a paper is kept waiting; it takes about three seconds."""
POLL_S = 0.1


async def order(
    kind: PaperKind, subject: str, *, about: str, company_id: str, asker_id: str, now: datetime
) -> None:
    """Have a paper made, unless today's is there or on its way; one that failed is tried again."""
    day = now.astimezone(CHINA).date().isoformat()
    todays = Paper.filter(kind=kind, subject=subject, day=day)
    if await todays.exists():
        await todays.filter(state=PaperState.FAILED).update(
            state=PaperState.WAITING, attempts=0, lease_until=None, reason=None
        )
        return
    async with transaction():
        await PaperNumber.bulk_create([PaperNumber(kind=kind.value, next=1)], ignore_conflicts=True)
        serial = (await PaperNumber.select_for_update().get(kind=kind.value)).next
        if await todays.exists():
            return
        await PaperNumber.filter(kind=kind.value).update(next=serial + 1)
        await Paper.create(
            kind=kind,
            number=f"{PAPERS[kind.value].prefix}{day[:4]}-{serial:06d}",
            code=new_code(),
            company_id=company_id,
            asker_id=asker_id,
            subject=subject,
            about=about,
            day=day,
            state=PaperState.WAITING,
            created_at=now,
        )


async def made(kind: PaperKind, subject: str) -> Paper:
    """The newest paper about something, once it is made.

    Raises Unavailable `paper.waits` where it takes longer than `WAIT_S`, and is on its way still; Conflict
    for the reason why it cannot be; NotFound `paper.unknown` where nobody ordered one.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + WAIT_S
    while True:
        row = await Paper.filter(kind=kind, subject=subject).order_by("-created_at").first()
        if row is None:
            raise NotFound("paper.unknown", "没有这份文书。", "There is no such paper.")
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
