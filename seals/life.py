"""The life of a seal as one table: from which state to which, by whom, and what it ends (R19, R42–R46).

What a change does to certificates, keys, grants and signings stands here and nowhere else; `seals/living.py`
carries it out, for whoever asks. Suspended = FROZEN in rows and events. `docs/guide/life.md` draws it, and a
test holds the drawing to the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from auth.authority import Act
from seals.models import GIVEN_UP, RevokedFor, Seal, SealState

__all__ = ["BY_PIN", "STEPS", "By", "Change", "Step", "columns", "possible", "remade", "steps_of", "the_step"]


class Change(StrEnum):
    """What happens to a seal, and why: the reason of the end is the change itself."""

    APPROVE = "approve"
    DECLINE = "decline"
    COLLECT = "collect"
    SUSPEND = "suspend"
    RESUME = "resume"
    RENEW = "renew"
    CANCEL = "cancel"
    LOSS = "loss"
    DAMAGE = "damage"
    FORGOTTEN = "forgotten"
    SUCCEED = "succeed"
    REPLACE = "replace"
    RENAME = "rename"
    RETYPE = "retype"
    DISSOLVE = "dissolve"
    LAPSE = "lapse"


class By(StrEnum):
    """Whose word it needs, and what stands for the papers (R44).

    TAP: a login, no PIN. PIN: with the device's signature or a code by text message. CHECK: of identity.
    """

    TAP = "tap"
    PIN = "pin"
    PIN_OR_CHECK = "pin_or_check"
    CHECK_AND_PIN = "check_and_pin"
    OPERATOR = "operator"
    REGISTRAR = "registrar"
    AUTHORITY = "authority"
    CLOCK = "clock"


@dataclass(frozen=True)
class Step:
    """One way from a state to another. act: what a person must be allowed to do, None where no person asks.

    revoked: why the certificates are revoked; private keys and wraps are erased and grants void then, and
    only then. ends: signings that wait or are confirmed fail. remade: another seal takes its place, with
    another number. keyed: only with (or without) living keys; None for both.
    """

    change: Change
    frm: SealState
    to: SealState
    by: By
    act: Act | None = None
    revoked: RevokedFor | None = None
    ends: bool = False
    remade: bool = False
    keyed: bool | None = None


_HELD, _DECLINED, _ISSUED, _COLLECTED, _FROZEN, _CANCELLED = SealState
_SUPERSEDED, _AFFILIATION, _CESSATION = (
    RevokedFor.SUPERSEDED,
    RevokedFor.AFFILIATION_CHANGED,
    RevokedFor.CESSATION_OF_OPERATION,
)


def _cancelled(
    change: Change, frm: tuple[SealState, ...], by: By, act: Act | None, why: RevokedFor, *, remade: bool
) -> tuple[Step, ...]:
    return tuple(Step(change, each, _CANCELLED, by, act, why, ends=True, remade=remade) for each in frm)


def _rekeyed(change: Change, by: By, why: RevokedFor) -> tuple[Step, ...]:
    """New keys are to be collected. What is suspended loses its keys as well, and stays suspended."""
    pairs = ((_COLLECTED, _ISSUED), (_FROZEN, _FROZEN))
    return tuple(Step(change, frm, to, by, revoked=why, ends=True) for frm, to in pairs)


def _registered_otherwise(change: Change) -> tuple[Step, ...]:
    """What waits for a person's look shows what was registered before: it is to be asked for anew."""
    return (
        *_cancelled(change, (_HELD,), By.REGISTRAR, None, _AFFILIATION, remade=False),
        *_cancelled(change, (_ISSUED, _COLLECTED, _FROZEN), By.REGISTRAR, None, _AFFILIATION, remade=True),
    )


STEPS: tuple[Step, ...] = (
    Step(Change.APPROVE, _HELD, _ISSUED, By.OPERATOR),
    Step(Change.DECLINE, _HELD, _DECLINED, By.OPERATOR),
    Step(Change.COLLECT, _ISSUED, _COLLECTED, By.CHECK_AND_PIN, Act.COLLECT),
    Step(Change.SUSPEND, _COLLECTED, _FROZEN, By.TAP, Act.FREEZE_SEAL, ends=True),
    Step(Change.RESUME, _FROZEN, _COLLECTED, By.PIN_OR_CHECK, Act.UNFREEZE_SEAL, keyed=True),
    Step(Change.RESUME, _FROZEN, _ISSUED, By.PIN_OR_CHECK, Act.UNFREEZE_SEAL, keyed=False),
    Step(Change.RENEW, _COLLECTED, _ISSUED, By.PIN, Act.RENEW_SEAL, _SUPERSEDED, ends=True),
    *_cancelled(
        Change.CANCEL, (_ISSUED, _COLLECTED, _FROZEN), By.PIN, Act.CANCEL_SEAL, _CESSATION, remade=False
    ),
    *_cancelled(Change.LOSS, (_COLLECTED, _FROZEN), By.PIN, Act.CANCEL_SEAL, _SUPERSEDED, remade=True),
    *_cancelled(Change.DAMAGE, (_COLLECTED, _FROZEN), By.PIN, Act.CANCEL_SEAL, _SUPERSEDED, remade=True),
    *_rekeyed(Change.FORGOTTEN, By.AUTHORITY, _SUPERSEDED),
    *_rekeyed(Change.SUCCEED, By.REGISTRAR, _AFFILIATION),
    *_cancelled(
        Change.REPLACE,
        (_HELD, _ISSUED, _COLLECTED, _FROZEN),
        By.REGISTRAR,
        None,
        _SUPERSEDED,
        remade=True,
    ),
    *_registered_otherwise(Change.RENAME),
    *_registered_otherwise(Change.RETYPE),
    *_cancelled(
        Change.DISSOLVE, (_HELD, _ISSUED, _COLLECTED, _FROZEN), By.REGISTRAR, None, _CESSATION, remade=False
    ),
    Step(Change.LAPSE, _ISSUED, _CANCELLED, By.CLOCK),
)
"""Every way that a seal's state moves. None leads out of DECLINED and CANCELLED."""

BY_PIN = tuple(dict.fromkeys(each.change for each in STEPS if each.by in {By.PIN, By.PIN_OR_CHECK}))
"""What the representative confirms with his PIN, as a drafted change (`seals/life_asking.py`)."""


def steps_of(change: Change) -> tuple[Step, ...]:
    """The ways of one change."""
    return tuple(each for each in STEPS if each.change is change)


def possible(change: Change, state: SealState) -> bool:
    """Whether a seal in this state can have this happen to it."""
    return any(each.frm is state for each in steps_of(change))


def remade(change: Change, seal: Seal) -> bool:
    """Whether another is made of a seal that ends so, or ended so.

    One from a photo shows the old number and needs another photo; a changed name seal is drawn. How a changed
    company calls itself in another script, only the company knows.
    """
    ended = seal.state is _CANCELLED
    again = any(each.remade for each in steps_of(change) if ended or each.frm is seal.state)
    if change is Change.RENAME and seal.design.get("foreign_text"):
        return False
    return again and (change is Change.REPLACE or seal.photo_id is None)


def the_step(change: Change) -> Step:
    """The only way of a change that has one."""
    (step,) = steps_of(change)
    return step


def columns(step: Step, now: datetime) -> Mapping[str, Any]:
    """What a step writes into a seal's row, besides its ordinal; what goes free with a seal given up as well.

    The moment of a state is of its beginning: a step that leads back to where it began leaves it.
    """
    written: dict[str, Any] = {"state": step.to}
    if step.to is not step.frm:
        written["state_since"] = now
    if _ISSUED in {step.frm, step.to}:  # only there does a term begin, of which the company is told once
        written |= {"warned": None, "warned_at": None}
    if step.to in {_ISSUED, _DECLINED, _CANCELLED}:
        written["collected_at"] = None
    if step.to is _CANCELLED:
        written["ended_for"] = step.change.value
    if step.to in GIVEN_UP:
        written["sole"] = None
    return written
