"""Guidance (督导意见): what a supervising authority asks of maker or platform, and the answer (R57)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth import events
from auth.engine import transaction
from auth.errors import Conflict, Invalid, NotFound
from seals.service.supervision import Authority
from seals.service.tickets import MAX_TEXT, checked
from seals.service_models import Addressee, Guidance

__all__ = ["GuidanceView", "answer", "give", "listed"]

ANSWERED_WITHIN = timedelta(days=10)
LISTED_MOST = 100


@dataclass(frozen=True)
class GuidanceView:
    """A piece of guidance. overdue: not answered by due_at."""

    id: str
    authority: str
    addressee: str
    text: str
    at: datetime
    due_at: datetime
    answer: str | None
    answered_at: datetime | None
    overdue: bool


async def give(authority: Authority, addressee: str, text: str, actor: str, now: datetime) -> GuidanceView:
    """Ask something to be put right. Raises Invalid `guidance.addressee`, `ticket.text`."""
    if addressee not in set(Addressee):
        raise Invalid(
            "guidance.addressee",
            "请选择发给制作单位还是平台。",
            "Choose the maker or the platform.",
            field="addressee",
        )
    said = checked(text, "text", MAX_TEXT)
    async with transaction():
        row = await Guidance.create(
            authority=authority.value,
            addressee=Addressee(addressee),
            text=said,
            by=actor.partition(":")[2],
            at=now,
            due_at=now + ANSWERED_WITHIN,
        )
        await _event("guidance.given", row.id, actor, now)
    return _view(row, now)


async def answer(guidance_id: str, text: str, actor: str, now: datetime) -> GuidanceView:
    """Answer it, once. Raises NotFound, Conflict `guidance.answered`."""
    said = checked(text, "text", MAX_TEXT)
    async with transaction():
        mine = Guidance.filter(id=guidance_id, answered_at=None)
        if not await mine.update(answer=said, answered_by=actor.partition(":")[2], answered_at=now):
            if not await Guidance.exists(id=guidance_id):
                raise NotFound("guidance.not_found", "没有这条督导意见。", "There is no such guidance.")
            raise Conflict("guidance.answered", "已经答复过了。", "It has been answered already.")
        await _event("guidance.answered", guidance_id, actor, now)
    return _view(await Guidance.get(id=guidance_id), now)


async def listed(now: datetime) -> tuple[GuidanceView, ...]:
    """All of it, newest first."""
    return tuple(_view(row, now) for row in await Guidance.all().order_by("-at", "id").limit(LISTED_MOST))


def _view(row: Guidance, now: datetime) -> GuidanceView:
    return GuidanceView(
        row.id,
        row.authority,
        row.addressee.value,
        row.text,
        row.at,
        row.due_at,
        row.answer,
        row.answered_at,
        row.answered_at is None and row.due_at < now,
    )


async def _event(kind: str, guidance_id: str, actor: str, now: datetime) -> None:
    await events.append(events.PLATFORM, kind, actor=actor, subject=f"guidance:{guidance_id}", now=now)
