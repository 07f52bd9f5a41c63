"""What proved a confirmation is used up with it, in the same transaction: who comes second is refused."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from auth.errors import Refused
from seals import confirm_codes, tries
from seals.device_models import CodeState, ConfirmCode, DeviceKey
from seals.models import Holder, OfferPurpose
from seals.proofs import Proven
from tests.seals.signing import rows
from tests.seals.signing.rows import NOW


async def device(**columns: object) -> DeviceKey:
    values = {"person_id": (await rows.person()).id, "public_key": "", "attestation": "", "label": ""}
    return await DeviceKey.create(**{**values, "created_at": NOW, **columns})


async def code(**columns: object) -> ConfirmCode:
    values = {
        "person_id": (await rows.person()).id,
        "purpose": OfferPurpose.CONFIRM,
        "subject": rows.some(),
        "state": CodeState.SENT,
        "created_at": NOW,
        "expires_at": NOW + confirm_codes.LIFE,
    }
    return await ConfirmCode.create(**{**values, **columns})


async def test_a_device_that_was_removed_meanwhile(database: str) -> None:
    row = await device()
    await Proven(row).use(NOW)
    assert (await DeviceKey.get(id=row.id)).last_used_at == NOW
    await DeviceKey.filter(id=row.id).update(revoked_at=NOW)
    with pytest.raises(Refused, match=r"device\.removed"):
        await Proven(row).use(NOW)


async def test_a_code_is_used_once_of_many_at_once(database: str) -> None:
    row = await code()
    answers = await asyncio.gather(*(Proven(row).use(NOW) for _ in range(5)), return_exceptions=True)
    assert sum(answer is None for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, Refused)} == {"code.expired"}


async def test_tries_at_once_are_not_more_than_a_code_has(database: str) -> None:
    row = await code(mac="0" * 64)
    guesses = (
        confirm_codes.require_code(
            row.purpose, row.subject, row.person_id, "123456", {}, b"x", NOW, again=False
        )
        for _ in range(12)
    )
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    codes = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert len(codes) == len(answers)
    assert codes.count("code.wrong") == confirm_codes.MAX_TRIES


async def test_a_code_to_be_sent_is_taken_by_one_sealer_and_again_after_its_lease(database: str) -> None:
    row = await code(state=CodeState.WAITING)
    taken = await asyncio.gather(*(confirm_codes.take(f"sealer {number}", NOW) for number in range(5)))
    assert [one.id for one in taken if one is not None] == [row.id]
    assert await confirm_codes.take("late", NOW + confirm_codes.LEASE) is None
    again = await confirm_codes.take("after", NOW + confirm_codes.LEASE + timedelta(seconds=1))
    assert again is not None
    (first,) = (one for one in taken if one is not None)
    await confirm_codes.sent(first)  # it has come too late
    assert (await ConfirmCode.get(id=row.id)).state is CodeState.WAITING
    await confirm_codes.sent(again)
    assert (await ConfirmCode.get(id=row.id)).state is CodeState.SENT


async def test_what_nobody_sent_in_time_is_not_sent_later(database: str) -> None:
    await code(state=CodeState.WAITING)
    assert await confirm_codes.take("sealer", NOW + confirm_codes.LIFE) is None


async def test_old_codes_are_forgotten(database: str) -> None:
    await code()
    await confirm_codes.forget_old(NOW + confirm_codes.KEPT)
    assert await ConfirmCode.all().count() == 1
    await confirm_codes.forget_old(NOW + confirm_codes.KEPT + timedelta(seconds=1))
    assert await ConfirmCode.all().count() == 0


async def test_a_try_that_is_given_back_is_never_more_than_was_counted(database: str) -> None:
    person = await rows.person()
    offer = await rows.offer(person.id)
    await tries.count_try(offer, NOW)
    await tries.count_try(await rows.offer(person.id), NOW)  # another's, which stays counted
    for _ in range(3):
        await tries.give_back(offer)
    assert (await Holder.get(person_id=person.id)).tries == 1


async def test_a_try_that_is_given_back_leaves_the_holder_no_wait(database: str) -> None:
    """Whoever lacks the phone must not keep its owner waiting either."""
    person = await rows.person()
    await Holder.filter(person_id=person.id).update(tries=3)
    offer = await rows.offer(person.id)
    await tries.count_try(offer, NOW)
    assert tries.waits(await Holder.get(person_id=person.id), NOW)
    await tries.give_back(offer)
    row = await Holder.get(person_id=person.id)
    assert (row.tries, tries.waits(row, NOW)) == (3, False)
