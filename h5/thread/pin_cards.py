"""Cards of a person's PIN: wrong ones, locks, changes, and the way to a new one."""

from __future__ import annotations

from datetime import datetime

from auth.china import minute
from h5.thread import looks
from h5.thread.cards import Content, Link, Telling
from seals.reset_models import PinResetState

__all__ = [
    "holder_locked",
    "pin_ageing",
    "pin_changed",
    "pin_locked",
    "pin_reset",
    "pin_reset_applied",
    "pin_reset_refused",
    "pin_unlocked",
    "pin_wrong",
]


def _to_pin(t: Telling) -> tuple[Link, ...]:
    return (t.link("card.do_pin", "/m/pin"),)


def pin_wrong(t: Telling) -> Content:
    """Whoever typed it saw it; if it was not the owner, he learns of it here."""
    return Content(t.w("card.pin_wrong"), (t.w("card.pin_wrong_text"),), _to_pin(t))


def pin_locked(t: Telling) -> Content:
    return Content(t.w("card.pin_locked"), (t.w("card.pin_locked_text"),), _to_pin(t))


def holder_locked(t: Telling) -> Content:
    """To a company, of somebody who holds one of its seals."""
    return Content(t.w("card.holder_locked"), (t.w("card.who", who=t.who()), t.w("card.holder_locked_text")))


def pin_unlocked(t: Telling) -> Content:
    return Content(t.w("card.pin_unlocked"), (t.w("card.pin_unlocked_text"), *t.identity()))


def pin_changed(t: Telling) -> Content:
    return Content(
        t.w("card.pin_changed"),
        (t.w(f"card.pin_changed_{t.told.event.facts['way']}"), t.w("card.pin_changed_text")),
    )


def pin_ageing(t: Telling) -> Content:
    end = minute(datetime.fromisoformat(t.told.event.facts["change_by"]))
    return Content(t.w("card.pin_ageing"), (t.w("card.pin_ageing_text", time=end),), _to_pin(t))


def pin_reset_applied(t: Telling) -> Content:
    state = t.rows.pin_resets[t.row_id].state
    waits = state in {PinResetState.APPLIED, PinResetState.SENT}
    told = "waits" if waits else state.value
    stands = looks.state(t, "pin_reset", told)
    return Content(t.w("card.pin_reset_applied"), (stands.line, *t.identity()), state=stands)


def pin_reset_refused(t: Telling) -> Content:
    reason = t.rows.pin_resets[t.row_id].reason or ""
    return Content(t.w("card.pin_reset_refused"), (t.w("card.reason", reason=reason),), _to_pin(t))


def pin_reset(t: Telling) -> Content:
    return Content(t.w("card.pin_reset"), (t.w("card.pin_reset_text"),))
