"""Another type of a company in the register (R43), and what becomes of filings with it and with another name
(R134), on both engines; the registrar is the sandbox's."""

from __future__ import annotations

import pytest

from auth import licences
from auth.company_types import COMPANY_TYPES
from auth.models import Company
from seals import registered
from seals.filing_models import CompanyFiling, CompanyFilingKind, CompanyFilingState
from seals.models import Seal, SealState
from tests.seals.test_renaming import NEW, named, rename, told
from tests.seals.test_succeeding import Someone, World, company, now, one, two, world

__all__ = ["company", "one", "two", "world"]

pytestmark = pytest.mark.usefixtures("database")


async def retype(world: World, company: Company, kind: str) -> None:
    form = {"uscc": company.uscc, "since": now().date().isoformat(), "company_type": COMPANY_TYPES[kind]}
    answer = await world.post("/representatives/types", data=form)
    assert answer.status_code == 303, answer.text
    await world.work()


async def filed(company: Company, number: str) -> CompanyFiling:
    """The contract seal's filing, as the authority approved it."""
    seal = await Seal.filter(company_id=company.id, kind="contract").exclude(state=SealState.CANCELLED).get()
    licence = await licences.in_force(company.id)
    return await CompanyFiling.create(
        number=number,
        request_id=number,
        company_id=company.id,
        seal_id=seal.id,
        person_id=(await Company.get(id=company.id)).representative_id,
        licence_id=licence.id,
        current=seal.id,
        kind=CompanyFilingKind.FIRST,
        state=CompanyFilingState.APPROVED,
        name=seal.name,
        kind_of_seal=seal.kind,
        scope="合同",
        generation=seal.generation,
        receipt_number=number,
        declared_at=now(),
        created_at=now(),
        lease_until=now(),
    )


async def test_a_type_of_the_same_form_replaces_the_licence_and_filings_are_to_be_updated(
    world: World, company: Company
) -> None:
    before = await named(company, SealState.ISSUED)
    filing = await filed(company, "R-1")
    await retype(world, company, "sole_owner")
    licence = await licences.in_force(company.id)
    assert (licence.version, licence.data["company_type"]) == (2, COMPANY_TYPES["sole_owner"])
    assert await named(company, SealState.ISSUED) == before
    assert (await told(company, "licence.replaced"))[-1]
    assert not await told(company, "company.retyped")
    assert [facts["why"] for facts in await told(company, "filing.update_due")] == ["licence"]
    stands = await CompanyFiling.get(id=filing.id)
    assert (stands.state, stands.update_due) == (CompanyFilingState.APPROVED, ["licence"])


async def test_a_type_of_another_form_has_all_seals_made_anew_and_their_filings_end(
    world: World, company: Company
) -> None:
    before = await named(company, SealState.ISSUED)
    filing = await filed(company, "R-2")
    await retype(world, company, "joint_stock")
    fresh = await named(company, SealState.ISSUED)
    assert set(fresh) == set(before)
    assert not set(fresh.values()) & set(before.values())
    round_one = await Seal.get(company_id=company.id, kind="legal_name", state=SealState.ISSUED)
    assert (round_one.width_mm, round_one.design["form"]) == (42, "joint_stock")
    assert {seal.ended_for for seal in await Seal.filter(state=SealState.CANCELLED)} == {"retype"}
    licence = await licences.in_force(company.id)
    assert licence.data["company_type"] == COMPANY_TYPES["joint_stock"]
    assert await registered.approved(licence, world.records, world.registrar), "so seals can be collected"
    (news,) = await told(company, "company.retyped")
    assert (news["before"], news["after"], news["filings"]) == (
        COMPANY_TYPES["limited"],
        COMPANY_TYPES["joint_stock"],
        1,
    )
    # R134: nothing is left to be updated. The filing ended with its seal, which the card says.
    assert (await CompanyFiling.get(id=filing.id)).state is CompanyFilingState.ENDED
    assert not await told(company, "filing.update_due")
    # So it is with another name.
    again = await filed(company, "R-3")
    await rename(world, company, NEW)
    await world.work()
    assert (await CompanyFiling.get(id=again.id)).state is CompanyFilingState.ENDED
    assert [facts["filings"] for facts in await told(company, "company.renamed")] == [1]
    assert not await told(company, "filing.update_due")


async def test_a_sole_trader_has_an_operators_name_seal_whoever_it_becomes_at_once(
    world: World, company: Company, two: Someone
) -> None:
    form = {"uscc": company.uscc, "since": now().date().isoformat()}
    kind = {**form, "company_type": COMPANY_TYPES["sole_trader"]}
    assert (await world.post("/representatives/types", data=kind)).status_code == 303
    await world.change(company, two)
    live = await Seal.filter(company_id=company.id, state=SealState.ISSUED)
    assert sorted(seal.kind for seal in live) == ["contract", "finance", "invoice", "legal_name", "operator"]
    assert [seal.name for seal in live if seal.kind == "operator"] == [f"{two.name}经营者名章"]
    await retype(world, company, "limited")
    live = await Seal.filter(company_id=company.id, state=SealState.ISSUED)
    assert [seal.name for seal in live if seal.kind == "representative"] == [f"{two.name}法定代表人名章"]
    assert len(live) == 5
