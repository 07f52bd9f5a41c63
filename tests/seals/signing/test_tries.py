"""Counting PIN tries: before the check, once per offer, with growing waits, never more than five."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from auth.errors import Refused
from auth.events import company_stream, person_stream
from auth.models import Event
from seals import tries
from seals.models import Holder, Offer, SealWrap, Signing, SigningState
from tests.seals.signing.rows import NOW, offer, person, signing

pytestmark = pytest.mark.usefixtures("database")

LATER = timedelta(hours=1)


async def code_of(waiting: Offer, now: datetime = NOW) -> str | None:
    try:
        await tries.count_try(waiting, now)
    except Refused as refused:
        return refused.code
    return None


async def guess(owner: str, now: datetime) -> Refused:
    """One wrong PIN."""
    try:
        await tries.count_try(await offer(owner), now)
    except Refused as refused:
        return refused
    return await tries.wrong(owner, now)


async def kinds(stream: str) -> list[str]:
    return [event.kind for event in await Event.filter(stream=stream).order_by("seq")]


async def test_of_twenty_at_once_three_are_let_through_and_the_others_wait() -> None:
    owner = await person()
    waiting = [await offer(owner.id) for _ in range(20)]
    codes = await asyncio.gather(*(code_of(each) for each in waiting))
    assert sorted(codes, key=str) == [None] * 3 + ["pin.wait"] * 17
    holder = await Holder.get(person_id=owner.id)
    assert (holder.tries, holder.wait_until) == (3, NOW + tries.DELAYS[3])


async def test_an_offer_counts_once_however_often_it_is_taken_up() -> None:
    owner = await person()
    waiting = await offer(owner.id)
    await asyncio.gather(*(code_of(waiting) for _ in range(10)))
    assert (await Holder.get(person_id=owner.id)).tries == 1


async def test_waits_grow_and_a_try_within_one_is_refused_uncounted() -> None:
    owner = await person()
    now = NOW
    for _ in range(2):
        assert "until" not in (await guess(owner.id, now)).facts
    for count, delay in tries.DELAYS.items():
        refusal = await guess(owner.id, now)
        assert (refusal.code, refusal.facts["tries_left"]) == ("pin.wrong", tries.MAX_TRIES - count)
        assert refusal.facts["until"] == (now + delay).isoformat()
        early = await guess(owner.id, now + delay - timedelta(seconds=1))
        assert (early.code, early.facts["until"]) == ("pin.wait", (now + delay).isoformat())
        assert (await Holder.get(person_id=owner.id)).tries == count
        now += delay
    assert (await guess(owner.id, now)).code == "pin.locked"


async def test_a_right_pin_forgets_the_wait() -> None:
    owner = await person()
    for _ in range(3):
        await guess(owner.id, NOW)
    await Holder.filter(person_id=owner.id).update(tries=0)  # as a confirmation does
    assert await code_of(await offer(owner.id)) is None


async def test_the_fifth_wrong_pin_locks_for_good_until_it_is_lifted() -> None:
    owner = await person()
    for count in range(tries.MAX_TRIES):
        refusal = await guess(owner.id, NOW + count * LATER)
    assert (refusal.code, refusal.facts) == ("pin.locked", {"tries_left": 0})
    years_later = NOW + timedelta(days=3650)
    assert await code_of(await offer(owner.id), years_later) == "pin.locked"
    await tries.forgive(owner.id)
    assert await code_of(await offer(owner.id), years_later) is None
    holder = await Holder.get(person_id=owner.id)
    assert (holder.tries, holder.locked_at) == (1, None)


async def test_a_sealer_that_died_at_the_fifth_try_has_not_given_a_sixth() -> None:
    owner = await person()
    await Holder.filter(person_id=owner.id).update(tries=tries.MAX_TRIES)
    assert await code_of(await offer(owner.id)) == "pin.locked"
    assert (await Holder.get(person_id=owner.id)).locked_at == NOW
    assert await kinds(person_stream(owner.id)) == ["pin.locked"]


async def test_wrong_pins_are_one_event_a_minute_and_the_lock_is_one() -> None:
    owner = await person()
    for _ in range(3):
        await guess(owner.id, NOW)
    assert await kinds(person_stream(owner.id)) == ["pin.wrong"]
    for count in range(1, 4):
        await guess(owner.id, NOW + count * LATER)
    assert await kinds(person_stream(owner.id)) == ["pin.wrong", "pin.wrong", "pin.locked"]


async def test_a_lock_is_told_to_companies_whose_seals_he_holds_without_representing_them() -> None:
    row: Signing = await signing(SigningState.PENDING)
    keeper = await person()
    await SealWrap.create(seal_id=row.seal_id, generation=1, holder_id=keeper.id, wrapped="")
    for count in range(tries.MAX_TRIES):
        await guess(keeper.id, NOW + count * LATER)
    assert await kinds(company_stream(row.company_id)) == ["holder.locked"]


async def test_one_holders_tries_are_not_anothers() -> None:
    owner, other = await person(), await person()
    for _ in range(6):
        await code_of(await offer(owner.id))
    assert await code_of(await offer(other.id)) is None
    assert (await Holder.get(person_id=other.id)).tries == 1
