"""A holder's PIN as he sees it, its maximum age (R55), and the reminder before that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import F, Q

from auth import events
from auth.engine import transaction
from auth.errors import Refused
from seals import tries
from seals.models import Holder
from seals.policies import Policy
from seals.reset_models import PinReset

__all__ = ["PinView", "ResetView", "pin", "remind", "require_young"]

REMIND_AT_ONCE = 50
SIGN_WITHIN = timedelta(minutes=9)  # less than `repinning.PROOF_LIFE`


@dataclass(frozen=True)
class ResetView:
    """The newest application to reset a forgotten PIN. state: applied, sent, done, rejected."""

    state: str
    reason: str | None
    applied_at: datetime


@dataclass(frozen=True)
class PinView:
    """state: `none` (no PIN yet), `good`, `ageing` (to be changed soon), `too_old`, `wait`, `locked`.

    set_at, change_by: when it was set, and from when it confirms nothing unless it is changed.
    tries_left: before it locks; wait_until: no try before then. sign_until: what a device signs as `expires`
    to change it, if it does so now.
    """

    state: str
    set_at: datetime | None
    change_by: datetime | None
    tries_left: int
    wait_until: datetime | None
    reset: ResetView | None
    sign_until: datetime


async def pin(person_id: str, policy: Policy, now: datetime) -> PinView:
    """How one's own PIN stands."""
    row = await Holder.get_or_none(person_id=person_id)
    newest = await PinReset.filter(person_id=person_id).order_by("-created_at").first()
    reset = ResetView(newest.state.value, newest.reason, newest.created_at) if newest is not None else None
    until = now + SIGN_WITHIN
    if row is None:
        return PinView("none", None, None, tries.MAX_TRIES, None, reset, until)
    waits = tries.waits(row, now)
    return PinView(
        _state(row, policy, now),
        row.pin_set_at,
        row.pin_set_at + policy.pin_max_age,
        0 if row.locked_at is not None else max(0, tries.MAX_TRIES - row.tries),
        row.wait_until if waits else None,
        reset,
        until,
    )


def _state(row: Holder, policy: Policy, now: datetime) -> str:
    end = row.pin_set_at + policy.pin_max_age
    if row.locked_at is not None:
        return "locked"
    if tries.waits(row, now):
        return "wait"
    if end <= now:
        return "too_old"
    return "ageing" if end - policy.pin_reminder <= now else "good"


async def require_young(person_id: str, policy: Policy, now: datetime) -> None:
    """Raises Refused `pin.too_old` (R55) for a PIN older than the policy allows."""
    if await Holder.exists(person_id=person_id, pin_set_at__lte=now - policy.pin_max_age):
        raise Refused(
            "pin.too_old",
            f"用印口令已超过 {policy.pin_max_age.days} 天未更改，请先在「用印口令」页面更改。",
            f"The PIN was not changed for {policy.pin_max_age.days} days. Change it on the page of your PIN"
            " first.",
            field="pin",
        )


async def remind(policy: Policy, now: datetime) -> int:
    """Tell holders whose PIN has to be changed soon, once for each PIN; returns how many were told."""
    told = Q(reminded_at__gte=F("pin_set_at"))
    due = Holder.filter(pin_set_at__lte=now - policy.pin_max_age + policy.pin_reminder)
    rows = await due.filter(Q(reminded_at=None) | ~told).limit(REMIND_AT_ONCE)
    for row in rows:
        who = f"person:{row.person_id}"
        async with transaction():
            same = Holder.filter(person_id=row.person_id, pin_set_at=row.pin_set_at)
            if await same.filter(Q(reminded_at=None) | ~told).update(reminded_at=now):
                await events.append(
                    events.person_stream(row.person_id),
                    "pin.ageing",
                    actor="sealer",
                    subject=who,
                    now=now,
                    facts={"change_by": (row.pin_set_at + policy.pin_max_age).isoformat()},
                )
    return len(rows)
