"""Without a maker's licence in force (R30) no seal is made, no number is spent; nothing else waits."""

from __future__ import annotations

import pytest

from auth import licences
from auth.errors import Conflict, Unavailable
from auth.models import Application, ApplicationState, Company, Deployment
from auth.succession_models import ChangeState, RepresentativeChange
from seals import numbers, remaking
from seals.adding import add_seal
from seals.filing import makers
from seals.models import Seal, SealNumber, SealState
from seals.policies import DEFAULT, POLICIES
from server.sealer_roles import WorkDesk
from tests.seals.adding_rows import form as seal_form
from tests.seals.adding_rows import founded
from tests.seals.test_renaming import NEW, OLD, named, rename
from tests.seals.test_succeeding import (
    Someone,
    World,
    company,
    now,
    one,
    representative,
    two,
    world,
)

__all__ = ["company", "one", "two", "world"]

pytestmark = pytest.mark.usefixtures("database")


async def in_production() -> None:
    await Deployment.create(id=1, profile="production")
    await makers.store("", "", "")


async def spent() -> list[int]:
    """The next serial of each district."""
    return [
        int(str(each)) for each in await SealNumber.all().order_by("district").values_list("next", flat=True)
    ]


def unlicensed(error: Unavailable) -> bool:
    return error.code == "maker.unlicensed"


async def test_a_founding_that_waits_for_a_licence_spends_no_number(world: World, one: Someone) -> None:
    await in_production()
    for name in (OLD, NEW):
        with pytest.raises(Unavailable, check=unlicensed):
            await world.found(one, name)
    assert await spent() == []


async def test_a_further_seal_and_one_made_anew_spend_none(world: World, company: Company) -> None:
    seal = await Seal.get(company_id=company.id, kind="finance")
    before, owner = await spent(), await representative(company)
    await in_production()
    with pytest.raises(Unavailable, check=unlicensed):
        await add_seal(company.id, owner, seal_form("hr"), now())
    with pytest.raises(Unavailable, check=unlicensed):
        await remaking.draw(seal, now())
    assert await spent() == before


async def test_another_representative_waits_for_no_licence_and_the_new_name_does(
    world: World, company: Company, two: Someone
) -> None:
    before, first = await spent(), await representative(company)
    await in_production()
    await rename(world, company, NEW)
    await world.change(company, two)
    assert await representative(company) != first
    said = (await licences.in_force(company.id)).data
    assert (said["company_name"], said["representative_name"]) == (OLD, two.name)
    assert await spent() == before
    assert not [name for name in await named(company, SealState.ISSUED) if NEW in name]

    await makers.store("某公司", "特-1", "")
    again = {"company_id": company.id, "created_at": now(), "lease_until": now()}
    await RepresentativeChange.create(state=ChangeState.REPORTED, **again)
    await world.work()
    assert (await Company.get(id=company.id)).name == NEW
    assert len([name for name in await named(company, SealState.ISSUED) if NEW in name]) == 4


async def test_one_bad_application_stops_nothing_else_of_its_pass(
    world: World, one: Someone, caplog: pytest.LogCaptureFixture
) -> None:
    desk = object.__new__(WorkDesk)  # of its parts, these are all that it takes
    desk.identity, desk.records, desk.registrar = world.identity, world.records, world.registrar
    desk.owner, desk.policy = "me", POLICIES[DEFAULT]
    await numbers.reserve("110105", 1)
    await SealNumber.all().update(next=numbers.LAST_SERIAL)
    with pytest.raises(Conflict, match=r"seal\.numbers_used_up"):
        await world.found(one, OLD)
    await desk.work()
    assert "application waits: seal.numbers_used_up" in caplog.text

    await SealNumber.all().update(next=numbers.FIRST_SERIAL)
    await founded(OLD, seals=False)  # the register does not know it, and has given its name again
    before = await spent()
    await Application.all().update(lease_until=None)
    await desk.work()
    assert "application waits: company.known" in caplog.text
    assert await spent() == before
    assert await Application.filter(state=ApplicationState.SENT).count() == 1
