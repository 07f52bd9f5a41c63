"""How what was asked of a seal ends: carried out, overtaken by what happened to the seal, or too late (R44).

The change itself goes by the way of every change (`seals/living.py`), which calls `settle` in its
transaction: whatever ends it, ends it with the seal's own step.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from auth import events
from auth.authority import live_member
from auth.engine import transaction
from auth.errors import Conflict
from auth.member_models import Member
from auth.models import Company
from seals.asks.models import AskState, SealAsk
from seals.life import Change, possible
from seals.models import Seal, SealState

__all__ = ["end", "lapse", "over", "require_waiting", "settle", "stands"]

AT_ONCE = 50
_KINDS = {
    AskState.DONE: "ask.done",
    AskState.DECLINED: "ask.declined",
    AskState.LAPSED: "ask.lapsed",
    AskState.MOOT: "ask.moot",
}


def over() -> Conflict:
    """It waits for nobody any more."""
    return Conflict(
        "ask.over",
        "这项申请已办结、已失效，或授权委托已终止，没有办理。请刷新。",
        "This request was decided, is too old, or its letter of authorisation has ended. Reload.",
    )


async def stands(row: SealAsk, now: datetime) -> bool:
    """Whether it waits to be decided, and who asked is still authorised."""
    waits = row.state is AskState.WAITING and now < row.ends_at
    return waits and await Member.exists(live_member(now), id=row.member_id)


async def require_waiting(ask_id: str, seal_id: str, change: Change, now: datetime) -> SealAsk:
    """The request that a change carries out. Raises Conflict `ask.over`."""
    row = await SealAsk.get_or_none(id=ask_id, seal_id=seal_id, change=change.value)
    if row is None or not await stands(row, now):
        raise over()
    return row


async def settle(change: Change, moved: Iterable[tuple[Seal, SealState]], actor: str, now: datetime) -> None:
    """End what was asked of seals that moved, each with the state that it is in now; among the events."""
    for seal, state in moved:
        for row in await SealAsk.filter(seal_id=seal.id, state=AskState.WAITING).order_by("id"):
            if row.change == change.value:
                await end(row, AskState.DONE if await stands(row, now) else AskState.LAPSED, actor, now)
            elif not possible(Change(row.change), state):
                await end(row, AskState.MOOT, actor, now)


async def lapse(now: datetime) -> None:
    """End what nobody decided in time; some at a time."""
    late = SealAsk.filter(state=AskState.WAITING, ends_at__lte=now)
    for row in await late.order_by("ends_at").limit(AT_ONCE):
        async with transaction():
            await Company.filter(id=row.company_id).select_for_update().get()
            await end(row, AskState.LAPSED, "sealer", now)


async def end(
    row: SealAsk, state: AskState, actor: str, now: datetime, *, answer: bytes | None = None
) -> bool:
    """Inside a transaction that holds the company's lock; False where it had ended already."""
    waiting = SealAsk.filter(id=row.id, state=AskState.WAITING)
    if not await waiting.update(state=state, open=None, decided_at=now, answer_sealed=answer):
        return False
    await events.append(
        events.company_stream(row.company_id),
        _KINDS[state],
        actor=actor,
        subject=f"ask:{row.id}",
        now=now,
        on_behalf=row.company_id,
        facts=facts_of(row),
    )
    return True


def facts_of(row: SealAsk) -> dict[str, str]:
    """What its events say: which seal and change, and on which letter."""
    return {
        "seal": row.seal_id,
        "change": row.change,
        "letter": row.letter_number,
        "letter_sha256": row.letter_sha256,
    }
