"""Cards of the PIN's life and of seals that lose their keys or come back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from auth import events
from auth.china import minute
from auth.engine import transaction
from auth.events import person_stream
from seals import living
from seals.life import Change
from seals.models import Holder, Seal, SealState
from seals.pins import remind
from seals.policies import DEFAULT, POLICIES
from seals.reset_models import PinReset, PinResetState

POLICY = POLICIES[DEFAULT]


async def told(world: Any, who: Any, kind: str, subject: str = "") -> None:
    """An event on the person's own stream."""
    person = f"person:{who.person_id}"
    async with transaction():
        await events.append(
            person_stream(who.person_id),
            kind,
            actor=person,
            subject=subject or person,
            now=world.tick(),
            facts={"way": "device"} if kind == "pin.changed" else None,
        )


async def test_a_wrong_pin_and_a_lock_lead_to_the_page_of_the_pin(world: Any) -> None:
    who, _, _ = await world.owner()
    for kind in ("pin.wrong", "pin.locked"):
        await told(world, who, kind)
        assert world.links(await world.only(who, kind)) == {"用印口令": "/m/pin"}
    for kind in ("pin.unlocked", "pin.changed"):
        await told(world, who, kind)
        assert world.links(await world.only(who, kind)) == {}
    assert (await world.only(who, "pin.changed", "en")).title == "Your PIN was changed"


async def test_a_company_reads_whose_pin_is_locked(world: Any) -> None:
    who, company, _ = await world.owner()
    keeper = await world.log_in("13987654321", "李四")
    await world.tell(company, "holder.locked", f"person:{keeper.person_id}", f"person:{keeper.person_id}")
    assert (await world.only(who, "holder.locked")).lines[0] == "操作人：李*"


async def test_a_pin_that_grows_old_is_told_once_and_again_after_a_change(world: Any) -> None:
    who, _, _ = await world.owner()
    set_at = world.now
    empty = dict.fromkeys(("public_key", "sealed_private", "salt", "identity_ref", "mobile_ref"), "")
    await Holder.create(person_id=who.person_id, pin_set_at=set_at, attestation="", **empty)
    day = timedelta(days=1)
    begins = set_at + POLICY.pin_max_age - POLICY.pin_reminder
    assert await remind(POLICY, begins - day) == 0
    assert await remind(POLICY, begins) == 1
    assert await remind(POLICY, begins + day) == 0
    card = await world.only(who, "pin.ageing")
    assert card.lines == ("请在 2027-11-21 18:05 +08:00 前更改，否则不能确认用印。",)
    assert world.links(card) == {"用印口令": "/m/pin"}
    changed = begins + 2 * day
    await Holder.filter(person_id=who.person_id).update(pin_set_at=changed)
    assert await remind(POLICY, changed + day) == 0
    assert await remind(POLICY, changed + POLICY.pin_max_age - day) == 1


async def test_a_reset_is_told_as_it_stands(world: Any) -> None:
    who, _, _ = await world.owner()
    row = await PinReset.create(
        person_id=who.person_id,
        open=who.person_id,
        companies=[],
        state=PinResetState.APPLIED,
        created_at=world.tick(),
    )
    await told(world, who, "pin.reset_applied", f"pin_reset:{row.id}")
    assert (await world.only(who, "pin.reset_applied")).lines == ("当前状态：等待主管部门审批",)
    await PinReset.filter(id=row.id).update(state=PinResetState.REJECTED, reason="材料不全", open=None)
    await told(world, who, "pin.reset_refused", f"pin_reset:{row.id}")
    assert (await world.only(who, "pin.reset_applied")).lines == ("当前状态：未获批准",)
    assert (await world.only(who, "pin.reset_refused")).lines == ("原因：材料不全",)
    await PinReset.filter(id=row.id).update(state=PinResetState.DONE, reason=None)
    await told(world, who, "pin.reset", f"pin_reset:{row.id}")
    assert (await world.only(who, "pin.reset_applied")).lines == ("当前状态：已批准",)
    assert (await world.only(who, "pin.reset")).title == "口令重置已获批准"


async def test_seals_that_lost_their_keys_are_one_card_and_count_once_as_unread(world: Any) -> None:
    who, company, seals = await world.owner()
    await Seal.filter(id=seals[0].id).update(state=SealState.FROZEN)
    before = (await world.thread(who)).unread
    async with transaction():
        done = await living.move(Change.FORGOTTEN, company.id, None, world.tick())
        await living.tell(done, "sealer", world.now)
    card = await world.only(who, "seal.rekeyed")
    assert card.title == "5 枚印章的密钥已作废"
    assert set(card.lines[:-2]) == {seal.name for seal in seals}
    assert card.lines[-1].startswith("其中已暂停的仍然暂停")
    assert world.links(card) == {"领取印章": f"/m/collect/{company.id}"}
    assert (await world.thread(who)).unread == before + 1
    assert {seal.state for seal in await Seal.exclude(id=seals[0].id)} == {SealState.ISSUED}
    assert (await Seal.get(id=seals[0].id)).state is SealState.FROZEN


async def test_a_frozen_seal_leads_to_its_page_until_it_is_unfrozen(world: Any) -> None:
    who, company, seals = await world.owner()
    await Seal.filter(id=seals[0].id).update(state=SealState.FROZEN)
    me = f"person:{who.person_id}"
    await world.tell(company, "seal.frozen", me, f"seal:{seals[0].id}")
    assert world.links(await world.only(who, "seal.frozen")) == {"我的印章": f"/m/seals/{company.id}"}
    await Seal.filter(id=seals[0].id).update(state=SealState.ISSUED)
    async with transaction():
        await events.append(
            events.company_stream(company.id),
            "seal.unfrozen",
            actor=me,
            subject=f"seal:{seals[0].id}",
            now=world.tick(),
            facts={"state": "issued"},
        )
    assert world.links(await world.only(who, "seal.frozen")) == {}
    card = await world.only(who, "seal.unfrozen")
    assert card.lines[-1] == "它的密钥在暂停期间已作废，请重新领取后使用。"
    assert world.links(card) == {"领取印章": f"/m/collect/{company.id}"}


async def test_what_ends_by_the_clock_is_told_with_the_day_and_what_to_do(world: Any) -> None:
    who, company, seals = await world.owner()
    await Seal.filter(id=seals[1].id).update(state=SealState.ISSUED)
    until = world.tick() + timedelta(days=30)
    for kind, seal in (("seal.expiring", seals[0]), ("seal.uncollected", seals[1])):
        async with transaction():
            await events.append(
                events.company_stream(company.id),
                kind,
                actor="sealer",
                subject=f"seal:{seal.id}",
                now=world.tick(),
                facts={"until": until.isoformat(), "days": 30},
            )
    expiring, waiting = await world.only(who, "seal.expiring"), await world.only(who, "seal.uncollected")
    assert expiring.title == f"{seals[0].name}的证书快到期了"
    assert minute(until) in expiring.lines[-1]
    assert world.links(expiring) == {"我的印章": f"/m/seals/{company.id}"}
    assert waiting.title == f"{seals[1].name}还没有领取"
    assert minute(until) in waiting.lines[-1]
    assert world.links(waiting) == {"领取印章": f"/m/collect/{company.id}"}
