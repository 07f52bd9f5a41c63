"""Another name of a company in the register (R42, R43), on both engines; the registrar is the sandbox's."""

from __future__ import annotations

from typing import Any

import pytest

from auth import licences
from auth.errors import Conflict
from auth.models import Company, Event, Licence
from auth.succession_models import ChangeState, RepresentativeChange
from seals import registered, succeeding
from seals.adding import add_seal
from seals.models import RevokedFor, Seal, SealKey, SealState
from tests.seals.adding_rows import form as seal_form
from tests.seals.test_imprint_faces import undrawn
from tests.seals.test_succeeding import Someone, World, company, now, one, representative, two, world

__all__ = ["company", "one", "two", "world"]

pytestmark = pytest.mark.usefixtures("database")

OLD, NEW = "北京景行软件有限公司", "北京致远智能科技有限公司"


async def rename(world: World, company: Company, name: str) -> None:
    form = {"uscc": company.uscc, "since": now().date().isoformat(), "company_name": name}
    answer = await world.post("/representatives/names", data=form)
    assert answer.status_code == 303, answer.text


async def told(company: Company, kind: str) -> list[dict[str, Any]]:
    rows = await Event.filter(stream=f"company:{company.id}", kind=kind).order_by("seq")
    return [row.facts for row in rows]


async def named(company: Company, state: SealState) -> dict[str, str]:
    """The names of the company's seals in a state, with their numbers."""
    return {seal.name: seal.number for seal in await Seal.filter(company_id=company.id, state=state)}


async def test_every_seal_is_cancelled_and_made_anew_with_the_new_name(
    world: World, company: Company
) -> None:
    held = await add_seal(company.id, await representative(company), seal_form("hr"), now())
    await Seal.filter(id=held.id).update(state=SealState.HELD)
    await (
        Seal.filter(company_id=company.id).exclude(id=held.id).update(state=SealState.COLLECTED, generation=1)
    )
    frozen = await Seal.get(company_id=company.id, kind="finance")
    await Seal.filter(id=frozen.id).update(state=SealState.FROZEN)
    key = await SealKey.create(
        seal_id=frozen.id,
        generation=1,
        algorithm="P-256",
        sealed_private="AAAA",
        kek_version=1,
        certificate="AAAA",
        serial="1f",
        not_before=now(),
        not_after=now(),
    )
    before = await licences.in_force(company.id)
    old = {seal.name: seal for seal in await Seal.filter(company_id=company.id)}
    await rename(world, company, NEW)
    await world.work()

    assert (await Company.get(id=company.id)).name == NEW
    after = await licences.in_force(company.id)
    assert after.data == {**before.data, "company_name": NEW, "licence_number": after.number}
    assert await registered.approved(after, world.records, world.registrar), "so seals can be collected"
    fresh = await named(company, SealState.ISSUED)
    assert set(fresh) == {name.replace(OLD, NEW) for name in old if "人事" not in name}
    assert not set(fresh.values()) & {seal.number for seal in old.values()}
    for seal in await Seal.filter(company_id=company.id, state=SealState.ISSUED):
        assert seal.design["company_name"] == NEW
    gone = await Seal.filter(company_id=company.id, state=SealState.CANCELLED)
    assert {seal.ended_for for seal in gone} == {"rename"}
    assert {seal.id for seal in gone} == {seal.id for seal in old.values()}
    row = await SealKey.get(id=key.id)
    assert (row.revoked_for, row.sealed_private) == (RevokedFor.AFFILIATION_CHANGED, "")

    (news,) = await told(company, "company.renamed")
    assert (news["before"], news["after"]) == (OLD, NEW)
    assert {facts["change"] for facts in await told(company, "seal.cancelled")} == {"rename"}
    issued = [facts for facts in await told(company, "seal.issued") if "instead_of" in facts]
    assert {facts["instead_of"] for facts in issued} == {s.number for s in old.values() if s.id != held.id}


async def test_heard_twice_and_out_of_order_it_is_applied_once(world: World, company: Company) -> None:
    await rename(world, company, "北京中间名称有限公司")
    await rename(world, company, NEW)
    await world.work()
    again = {"company_id": company.id, "created_at": now(), "lease_until": now()}
    await RepresentativeChange.create(state=ChangeState.REPORTED, **again)
    await world.work()
    assert [facts["after"] for facts in await told(company, "company.renamed")] == [NEW]
    assert await Licence.filter(company_id=company.id).count() == 2
    assert len(await named(company, SealState.ISSUED)) == 5


async def test_with_another_representative_at_once_he_has_the_seals_of_the_new_name(
    world: World, company: Company, two: Someone
) -> None:
    before = await representative(company)
    await rename(world, company, NEW)
    await world.change(company, two)
    assert await representative(company) != before
    fresh = await named(company, SealState.ISSUED)
    assert len(fresh) == 5
    assert "苏明哲法定代表人名章" in fresh
    assert not [name for name in fresh if OLD in name or "周景行" in name]
    after = await licences.in_force(company.id)
    assert (after.version, after.data["company_name"], after.data["representative_name"]) == (
        2,
        NEW,
        two.name,
    )
    assert await Event.filter(on_behalf=company.id, kind="representative.registered").count() == 1


async def test_a_name_that_cannot_be_drawn_is_held_and_nothing_is_half_done(
    world: World, company: Company, two: Someone, caplog: pytest.LogCaptureFixture
) -> None:
    name = f"北京{undrawn()}科技有限公司"
    before = await named(company, SealState.ISSUED)
    await rename(world, company, name)
    await world.work()
    states = [str(each.state.value) for each in await RepresentativeChange.filter(company_id=company.id)]
    assert sorted(states) == ["held", "unchanged"]
    assert company.id in caplog.text
    assert (await Company.get(id=company.id)).name == OLD
    assert await named(company, SealState.ISSUED) == before
    licence = await licences.in_force(company.id)
    assert licence.version == 1
    assert not await registered.approved(licence, world.records, world.registrar), "no certificate meanwhile"
    # What else is registered does not wait for it.
    await world.change(company, two)
    licence = await licences.in_force(company.id)
    assert (licence.data["company_name"], licence.data["representative_name"]) == (OLD, two.name)
    await rename(world, company, NEW)
    await world.work()
    assert (await Company.get(id=company.id)).name == NEW
    assert len(await named(company, SealState.ISSUED)) == 5


async def test_a_name_that_another_company_still_has_here_waits_for_it(
    world: World, company: Company, two: Someone
) -> None:
    other = await world.found(two, NEW)
    await world.work()
    await rename(world, other, "上海别名贸易有限公司")
    await rename(world, company, NEW)
    # The other's change is missed for now: the list is read, and its row is taken away.
    await succeeding.hear(world.registrar, now())
    await RepresentativeChange.filter(company_id=other.id).update(state=ChangeState.UNCHANGED)
    row = await RepresentativeChange.get(company_id=company.id, state=ChangeState.REPORTED)
    with pytest.raises(Conflict, match=r"company\.name_taken"):
        await world.advance(row)
    assert (await Company.get(id=company.id)).name == OLD
    assert len(await named(company, SealState.CANCELLED)) == 0
    await RepresentativeChange.filter(company_id=other.id).update(state=ChangeState.REPORTED)
    (late,) = await RepresentativeChange.filter(company_id=other.id, number__isnull=False)
    await world.advance(late)
    await world.advance(row)
    assert (await Company.get(id=company.id)).name == NEW
