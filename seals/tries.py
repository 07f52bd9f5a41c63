"""Counting PIN tries before the check, so that parallel guesses cannot exceed the limit.

From the third try on the holder must wait before the next, longer each time; the fifth wrong one locks. The
lock has no end: it is lifted by the holder's identity check (`seals/unlocking.py`). The wait is set when the
try is counted, so that guesses sent at once meet it too; a right PIN forgets both.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tortoise.expressions import F

from auth import events, refusals
from auth.china import second
from auth.engine import transaction
from auth.errors import Refused
from auth.models import Company
from seals.models import Holder, Offer, SealWrap

__all__ = ["DELAYS", "MAX_TRIES", "count_try", "forgive", "give_back", "locked", "right", "waits", "wrong"]

MAX_TRIES = 5
DELAYS = {3: timedelta(minutes=1), 4: timedelta(minutes=5)}
"""How long after the so-manieth try the next one is refused."""


def waits(row: Holder, now: datetime) -> bool:
    """Whether the next try would come too early."""
    return row.tries in DELAYS and row.wait_until is not None and row.wait_until > now


async def count_try(offer: Offer, now: datetime) -> None:
    """Count one try of this offer's holder, in a transaction of its own; an offer counts once.

    Raises Refused `pin.locked`; `pin.wait` (facts: `tries_left`, `until`).
    """
    async with transaction():
        if not await Offer.filter(id=offer.id, counted=False).update(counted=True):
            return
        row = await Holder.filter(person_id=offer.person_id).select_for_update().get()
        if row.locked_at is None and row.tries < MAX_TRIES and not waits(row, now):
            count = row.tries + 1
            await Holder.filter(person_id=row.person_id).update(
                tries=count, wait_until=now + DELAYS[count] if count in DELAYS else None
            )
            return
    if row.tries >= MAX_TRIES:
        await _lock(row.person_id, now)
        raise locked()
    if row.locked_at is not None:
        raise locked()
    raise _wait(row)


async def give_back(offer: Offer) -> None:
    """A try after which the PIN was not looked at counts for nothing: this offer's own, once."""
    async with transaction():
        if not await Offer.filter(id=offer.id, counted=True).update(counted=False):
            return
        counted = Holder.filter(person_id=offer.person_id, locked_at=None, tries__gt=0)
        # No wait stood when it was counted; one that it brought must not keep the holder from his own try.
        await counted.update(tries=F("tries") - 1, wait_until=None)


async def right(person_id: str) -> None:
    """The PIN was right: forget the wrong ones; what is refused from here on locks nobody out."""
    await Holder.filter(person_id=person_id).update(tries=0)


async def wrong(person_id: str, now: datetime) -> Refused:
    """The refusal of a wrong PIN, with the tries that are left; the last one locks. Both become events."""
    row = await Holder.get(person_id=person_id)
    left = max(0, MAX_TRIES - row.tries)
    if left == 0:
        await _lock(person_id, now)
        return locked()
    who = f"person:{person_id}"
    await refusals.record(events.person_stream(person_id), "pin.wrong", actor=who, subject=who, now=now)
    if not waits(row, now):
        return Refused(
            "pin.wrong",
            f"口令不正确，还可以试 {left} 次。",
            f"The PIN is wrong; {left} tries left.",
            field="pin",
            tries_left=left,
        )
    return Refused(
        "pin.wrong",
        f"口令不正确，还可以试 {left} 次，{_clock(row)} 后才能再试。",
        f"The PIN is wrong; {left} tries left, the next one after {_clock(row)}.",
        field="pin",
        tries_left=left,
        until=_until(row),
    )


async def forgive(person_id: str) -> bool:
    """Forget wrong tries, wait and lock; inside a transaction. False where there is no such holder."""
    rows = Holder.filter(person_id=person_id)
    return bool(await rows.update(tries=0, wait_until=None, locked_at=None))


async def _lock(person_id: str, now: datetime) -> None:
    """Lock, once. Companies whose seals he holds without representing them are told too."""
    who = f"person:{person_id}"
    async with transaction():
        if not await Holder.filter(person_id=person_id, locked_at=None).update(locked_at=now):
            return
        held = await SealWrap.filter(holder_id=person_id).values_list("seal__company_id", flat=True)
        others = Company.filter(id__in=[str(each) for each in held]).exclude(representative_id=person_id)
        companies = sorted(str(each) for each in await others.values_list("id", flat=True))
        await events.append(events.person_stream(person_id), "pin.locked", actor=who, subject=who, now=now)
        for company in companies:
            await events.append(
                events.company_stream(company),
                "holder.locked",
                actor=who,
                subject=who,
                now=now,
                on_behalf=company,
            )


def locked() -> Refused:
    """The PIN is locked, and how to go on."""
    return Refused(
        "pin.locked",
        f"口令连续输错 {MAX_TRIES} 次，已锁定。请在「用印口令」页面做一次身份核验解锁。",
        f"Wrong {MAX_TRIES} times: the PIN is locked. An identity check on the page of your PIN unlocks it.",
        field="pin",
        tries_left=0,
    )


def _wait(row: Holder) -> Refused:
    return Refused(
        "pin.wait",
        f"口令刚刚输错过，请在 {_clock(row)} 后再试；这次没有计数。",
        f"The PIN was wrong just now; try again after {_clock(row)}. This try was not counted.",
        field="pin",
        tries_left=MAX_TRIES - row.tries,
        until=_until(row),
    )


def _until(row: Holder) -> str:
    assert row.wait_until is not None
    return row.wait_until.isoformat()


def _clock(row: Holder) -> str:
    assert row.wait_until is not None
    return second(row.wait_until)
