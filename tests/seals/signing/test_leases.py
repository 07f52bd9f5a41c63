"""The row is the queue: one taker at a time, an ended lease is taken up, a late one writes nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from auth.errors import Conflict, Refused, Unavailable
from auth.models import Event
from seals import offers
from seals.models import Offer, OfferState, Signing, SigningState
from seals.signing import confirming, finishing
from tests.seals.signing.rows import NOW, challenge, offer, person, signing

pytestmark = pytest.mark.usefixtures("database")

TAKERS = 8
WORKING = [SigningState.CONFIRMED, SigningState.KEYED]
WRONG = Refused("pin.wrong", "口令不正确。", "The PIN is wrong.", field="pin", tries_left=4)
FROZEN = Conflict("seal.frozen", "该印章已冻结，不能用印。", "This seal is frozen and cannot sign.")


@pytest.mark.parametrize("state", WORKING)
async def test_one_of_many_sealers_takes_a_signing(state: SigningState) -> None:
    row = await signing(state)
    taken = await asyncio.gather(*(finishing.take(f"sealer {number}", NOW) for number in range(TAKERS)))
    (got,) = [each for each in taken if each is not None]
    assert (got.id, got.fence, got.lease_until) == (row.id, 1, NOW + confirming.LEASE)
    assert await finishing.take("late", NOW + confirming.LEASE) is None


async def test_a_signing_whose_lease_ended_is_taken_up_with_the_next_fence() -> None:
    row = await signing(SigningState.KEYED)
    await finishing.take("first", NOW)
    later = NOW + confirming.LEASE + timedelta(seconds=1)
    again = await finishing.take("second", later)
    assert again is not None
    assert (again.id, again.lease_owner, again.fence) == (row.id, "second", 2)


@pytest.mark.parametrize("state", [state for state in SigningState if state not in WORKING])
async def test_what_waits_or_has_ended_is_not_taken(state: SigningState) -> None:
    await signing(state)
    assert await finishing.take("sealer", NOW) is None


async def test_who_lost_the_lease_ends_nothing() -> None:
    await signing(SigningState.KEYED)
    slow = await finishing.take("slow", NOW)
    later = NOW + confirming.LEASE + timedelta(seconds=1)
    quick = await finishing.take("quick", later)
    assert slow is not None
    assert quick is not None
    await confirming.fail(slow, FROZEN, later)
    assert (await Signing.get(id=slow.id)).state is SigningState.KEYED
    await confirming.fail(quick, FROZEN, later)
    assert (await Signing.get(id=slow.id)).state is SigningState.FAILED


@pytest.mark.parametrize("state", WORKING)
async def test_a_failed_signing_keeps_neither_value_nor_offer(state: SigningState) -> None:
    row = await signing(state)
    owner = await person()
    await offer(owner.id, row.id, state=OfferState.DONE)
    await confirming.fail(row, FROZEN, NOW)
    ended = await Signing.get(id=row.id)
    assert (ended.state, ended.ended_at) == (SigningState.FAILED, NOW)
    assert (ended.signature_value, ended.signed_attributes) == (None, None)
    assert "冻结" in (ended.reason or "")
    assert (await Offer.get(subject=row.id)).sealed is None
    told = await Event.get(subject=f"signing:{row.id}")
    assert (told.kind, told.facts) == ("signing.failed", {"code": "seal.frozen"})


class Away:
    """Blobs that cannot be read now."""

    async def get(self, digest: str) -> bytes:
        raise Unavailable("blobs.unavailable", "存储暂不可用。", "The store does not answer now.")


@pytest.mark.parametrize("late", [False, True])
async def test_a_part_that_does_not_answer_fails_no_signing_until_it_is_too_late(late: bool) -> None:
    row = await signing(SigningState.CONFIRMED, lease_owner="sealer", lease_until=NOW)
    owner = await person()
    asked = await challenge(row)
    await offer(owner.id, row.id, state=OfferState.DONE, challenge_id=asked.id, counted=True)
    now = NOW + confirming.KEY_WITHIN - timedelta(seconds=0 if late else 1)
    work = confirming.key(row.id, None, Away(), "sealer", now)  # type: ignore[arg-type]
    if not late:
        with pytest.raises(Unavailable):
            await work
        assert (await Signing.get(id=row.id)).state is SigningState.CONFIRMED
        assert (await Offer.get(subject=row.id)).sealed is not None
        assert await finishing.take("another", NOW + confirming.LEASE) is not None, "nobody takes it up again"
    else:
        await work
        assert (await Signing.get(id=row.id)).state is SigningState.FAILED
        assert (await Offer.get(subject=row.id)).sealed is None


@pytest.mark.parametrize("state", [state for state in SigningState if state not in WORKING])
async def test_only_a_confirmed_signing_can_fail(state: SigningState) -> None:
    row = await signing(state)
    await confirming.fail(row, FROZEN, NOW)
    assert (await Signing.get(id=row.id)).state is state
    assert not await Event.filter(subject=f"signing:{row.id}").exists()


async def test_one_of_many_sealers_takes_an_offer() -> None:
    owner = await person()
    waiting = await offer(owner.id)
    taken = await asyncio.gather(*(offers.take(f"sealer {number}", NOW) for number in range(TAKERS)))
    (got,) = [each for each in taken if each is not None]
    assert (got.id, got.fence, got.lease_until) == (waiting.id, 1, NOW + offers.LEASE)
    assert await offers.take("late", NOW + offers.LEASE) is None
    again = await offers.take("after", NOW + offers.LEASE + timedelta(seconds=1))
    assert again is not None
    assert again.fence == 2


async def test_offers_are_taken_in_their_order() -> None:
    owner = await person()
    for age in (3, 5, 4):
        await offer(owner.id, f"{age} s ago", created_at=NOW - timedelta(seconds=age))
    taken = [await offers.take("sealer", NOW) for _ in range(4)]
    assert [each and each.subject for each in taken] == ["5 s ago", "4 s ago", "3 s ago", None]


@pytest.mark.parametrize("state", [OfferState.DONE, OfferState.REFUSED])
async def test_an_offer_that_was_decided_is_not_taken(state: OfferState) -> None:
    owner = await person()
    await offer(owner.id, state=state)
    assert await offers.take("sealer", NOW) is None


async def test_a_refusal_erases_the_offer_and_reaches_who_waits() -> None:
    owner = await person()
    await offer(owner.id)
    taken = await offers.take("sealer", NOW)
    assert taken is not None
    await offers.refuse(taken, WRONG)
    row = await Offer.get(id=taken.id)
    assert (row.state, row.sealed) == (OfferState.REFUSED, None)
    with pytest.raises(Refused) as refused:
        await offers.outcome(taken.id)
    told = refused.value
    assert (told.code, told.zh, told.field, told.facts) == ("pin.wrong", WRONG.zh, "pin", {"tries_left": 4})


async def test_who_lost_the_lease_refuses_nothing() -> None:
    owner = await person()
    await offer(owner.id)
    slow = await offers.take("slow", NOW)
    quick = await offers.take("quick", NOW + offers.LEASE + timedelta(seconds=1))
    assert slow is not None
    assert quick is not None
    await offers.refuse(slow, WRONG)
    assert (await Offer.get(id=slow.id)).state is OfferState.OFFERED
    await offers.refuse(quick, WRONG)
    assert (await Offer.get(id=slow.id)).state is OfferState.REFUSED


async def test_offers_that_nobody_took_are_erased_in_the_end() -> None:
    owner = await person()
    row = await offer(owner.id)
    await offers.abandon(row.expires_at)
    assert (await Offer.get(id=row.id)).state is OfferState.OFFERED
    await offers.abandon(row.expires_at + offers.LEASE + timedelta(seconds=1))
    late = await Offer.get(id=row.id)
    assert (late.state, late.sealed) == (OfferState.REFUSED, None)
    assert (late.outcome or {})["code"] == "offer.expired"
