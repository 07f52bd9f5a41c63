"""A change of the legal representative in the database, on both engines; the registrar is the sandbox's, over
real HTTP.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from stdnum.cn import ric
from tortoise import Tortoise

from auth import applying, licences, members
from auth.applying import ApplicationForm
from auth.engine import transaction
from auth.errors import Conflict, DomainError, NotFound, Refused, Unavailable
from auth.events import person_stream
from auth.identifiers import uscc_check
from auth.login import person_by_mobile
from auth.member_models import Member
from auth.models import Application, Company, Event, Licence, LicenceState, Person
from auth.ports import (
    RegisteredChange,
    RegisteredRepresentative,
    Registrar,
    RegistrarApplication,
    RegistrarDecision,
)
from auth.privacy import RecordsKey
from auth.succession_models import ChangeState, RegisterCursor, RepresentativeChange
from auth.tokens import new_id
from seals import founding, holders, licensing, registered, rules, succeeding
from seals.adding import add_seal
from seals.approval_models import ApprovalRule, RuleState
from seals.licensing import is_genuine
from seals.models import Holder, Seal, SealKey, SealState
from seals.policies import DEFAULT, POLICIES
from server.adapters.registrar import HttpRegistrar
from server.sealer_roles import WorkDesk
from tests.seals.adding_rows import form as seal_form
from tests.seals.test_imprint_faces import undrawn
from tests.server.conftest import serving_sandbox

pytestmark = pytest.mark.usefixtures("database")

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Someone:
    """A natural person, as the registrar knows him."""

    name: str
    id_number: str
    mobile: str


def someone(name: str) -> Someone:
    number = next(_numbers)
    body = f"11010519880101{number:03d}"
    return Someone(name, body + ric.calc_check_digit(f"{body}0"), f"137{number:08d}")


class World:
    """A database, a sandbox, the sealer's identity key, and one worker's steps."""

    def __init__(self, sandbox: str, registrar: Registrar) -> None:
        self.sandbox = sandbox
        self.registrar = registrar
        self.records = RecordsKey(secrets.token_bytes(32))
        self.identity = Ed25519PrivateKey.generate()

    async def post(self, path: str, **given: Any) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.sandbox, trust_env=False) as desk:
            return await desk.post(path, **given)

    async def switch(self, fault: str) -> None:
        (await self.post("/_control", json={"faults": {"registrar": fault}})).raise_for_status()

    async def found(self, who: Someone, name: str, company_type: str = "limited") -> Company:
        """A company whose licence is signed."""
        person = await person_by_mobile(who.mobile, now(), self.records)
        made = await applying.apply(
            ApplicationForm(
                request_id=new_id(),
                company_name=name,
                company_type=company_type,
                region="110105",
                address="建国路 88 号 3 层",
                capital_wan="100",
                business_scope="软件开发；技术服务",
                representative_name=who.name,
                representative_id_number=who.id_number,
                representative_mobile=who.mobile,
                term_years=None,
                declaration=True,
            ),
            person.id,
            now(),
            self.records,
        )
        for _ in range(2):
            row = await Application.get(id=made.id)
            await founding.advance_application(row, now(), self.records, self.registrar, POLICIES[DEFAULT])
        await self.sign()
        return await Company.get(name=name)

    async def sign(self) -> None:
        async def approved(licence: Licence) -> bool:
            return await registered.approved(licence, self.records, self.registrar)

        await licensing.sign_issued_licences(self.identity, now(), approved)

    async def register(self, company: Company, who: Someone) -> None:
        """The clerk registers who represents a company."""
        form = {"uscc": company.uscc, "since": now().date().isoformat(), **who.__dict__}
        assert (await self.post("/representatives", data=form)).status_code == 303

    async def advance(self, row: RepresentativeChange, registrar: Registrar | None = None) -> bool:
        asked = registrar or self.registrar
        return await succeeding.advance(row, now, self.identity, self.records, asked)

    async def work(self) -> None:
        """All that there is to do."""
        while await succeeding.hear(self.registrar, now()):
            pass
        while (row := await succeeding.take("me", now())) is not None:
            await self.advance(row)

    async def change(self, company: Company, who: Someone) -> None:
        await self.register(company, who)
        await self.work()


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with serving_sandbox(tmp_path / "sandbox", 0) as url:
        registrar = HttpRegistrar(url, allow_stand_in=True, timeout_s=5.0)
        yield World(url, registrar)
        await registrar.aclose()


@pytest.fixture
def one() -> Someone:
    return someone("周景行")


@pytest.fixture
def two() -> Someone:
    return someone("苏明哲")


@pytest.fixture
async def company(world: World, one: Someone) -> Company:
    made = await world.found(one, "北京景行软件有限公司")
    await world.work()
    return made


async def representative(company: Company) -> str:
    return str((await Company.get(id=company.id)).representative_id)


async def person(who: Someone, world: World) -> Person:
    return await Person.get(mobile_index=world.records.index(who.mobile, "mobile"))


async def applied(company: Company) -> list[str]:
    """The events of changes, once each."""
    told = Event.filter(on_behalf=company.id, kind__startswith="representative.").order_by("id")
    return [str(kind) for kind in await told.values_list("kind", flat=True)]


async def test_a_founding_is_looked_at_once_and_changes_nothing(company: Company) -> None:
    (row,) = await RepresentativeChange.all()
    assert (row.company_id, row.number, row.state) == (company.id, None, ChangeState.UNCHANGED)
    assert await Licence.all().count() == 1


async def test_it_passes_to_whom_the_register_names(world: World, company: Company, two: Someone) -> None:
    before = await licences.in_force(company.id)
    await world.change(company, two)
    new = await person(two, world)
    assert await representative(company) == new.id
    after = await licences.in_force(company.id)
    assert (after.version, after.state) == (2, LicenceState.VALID)
    assert is_genuine(after, world.identity.public_key())
    assert after.data == {
        **before.data,
        "representative_name": "苏明哲",
        "licence_number": after.number,
    }
    assert after.number != before.number
    named = licences.representative(after, world.records)
    assert (named.name, named.id_number, named.mobile) == (two.name, two.id_number, two.mobile)
    await before.refresh_from_db()
    assert (before.state, before.current) == (LicenceState.REPLACED, None)
    assert [await licensing.is_current(each) for each in (before, after)] == [False, True]
    assert await registered.approved(after, world.records, world.registrar)
    assert not await registered.approved(before, world.records, world.registrar)
    assert sorted(await applied(company)) == ["representative.ended", "representative.registered"]


async def test_changes_of_other_companies_are_no_concern_of_ours(
    world: World, company: Company, two: Someone
) -> None:
    elsewhere = RegistrarApplication(
        "elsewhere",
        "上海别处贸易有限公司",
        "有限责任公司",
        "310115",
        "浦东新区世纪大道1号",
        Decimal("100"),
        "贸易",
        "王五",
        "11010519491231002X",
        "13812345678",
        None,
    )
    decision = await world.registrar.result(await world.registrar.submit(elsewhere))
    assert decision.company is not None
    form = {"uscc": decision.company.uscc, "since": now().date().isoformat(), **two.__dict__}
    assert (await world.post("/representatives", data=form)).status_code == 303
    rows = await RepresentativeChange.all().count()
    assert await succeeding.hear(world.registrar, now())
    assert await RepresentativeChange.all().count() == rows
    assert not await succeeding.hear(world.registrar, now()), "it is read on from there"
    assert await representative(company) == (await Company.get(id=company.id)).representative_id


async def test_two_workers_hear_it_once(world: World, company: Company, two: Someone) -> None:
    await world.register(company, two)
    await asyncio.gather(*(succeeding.hear(world.registrar, now()) for _ in range(4)))
    assert await RepresentativeChange.filter(company_id=company.id, number__isnull=False).count() == 1


async def test_two_workers_apply_it_once(world: World, company: Company, two: Someone) -> None:
    """The same change twice in the table, and each taken by two: a lease that ran out."""
    await world.register(company, two)
    await succeeding.hear(world.registrar, now())
    await RepresentativeChange.create(
        company_id=company.id, state=ChangeState.REPORTED, created_at=now(), lease_until=now()
    )
    rows = await RepresentativeChange.filter(state=ChangeState.REPORTED)
    results = await asyncio.gather(*(world.advance(row) for row in (*rows, *rows)), return_exceptions=True)
    assert results.count(True) == 1, results
    assert all(each is True or each is False or isinstance(each, Conflict) for each in results), results
    await world.work()
    assert await Licence.filter(company_id=company.id).count() == 2
    assert len(await applied(company)) == 2
    assert await Seal.filter(company_id=company.id, kind="representative").count() == 2
    assert not await RepresentativeChange.exists(state=ChangeState.REPORTED)


async def test_a_worker_that_died_with_it_leaves_it_to_another(
    world: World, company: Company, two: Someone
) -> None:
    await world.register(company, two)
    await succeeding.hear(world.registrar, now())
    assert await succeeding.take("dead", now()) is not None
    assert await succeeding.take("alive", now()) is None
    later = now() + succeeding.LEASE + timedelta(seconds=1)
    row = await succeeding.take("alive", later)
    assert row is not None
    assert await world.advance(row)


@pytest.mark.parametrize(
    ("fault", "kind"), [("down", Unavailable), ("nonsense", Unavailable), ("refuse", Refused)]
)
async def test_a_registrar_that_does_not_say_is_asked_again(
    world: World, company: Company, two: Someone, fault: str, kind: type[DomainError]
) -> None:
    await world.register(company, two)
    await world.switch(fault)
    with pytest.raises(kind):
        await succeeding.hear(world.registrar, now())
    assert not await RegisterCursor.exists(after__gt=0)
    await world.switch("none")
    await succeeding.hear(world.registrar, now())
    row = await succeeding.take("me", now())
    assert row is not None
    await world.switch(fault)
    with pytest.raises(kind):
        await world.advance(row)
    await succeeding.give_back(row, now())
    assert await applied(company) == []
    await world.switch("none")
    later = now() + succeeding.ASK_AGAIN + timedelta(seconds=1)
    again = await succeeding.take("me", later)
    assert again is not None
    assert await world.advance(again)


async def test_a_row_that_somebody_made_up_changes_nothing(
    world: World, company: Company, two: Someone
) -> None:
    stranger = await person_by_mobile(two.mobile, now(), world.records)
    await RepresentativeChange.create(
        company_id=company.id, number=77, state=ChangeState.REPORTED, created_at=now(), lease_until=now()
    )
    own = await representative(company)
    await world.work()
    assert await representative(company) == own != stranger.id
    assert await applied(company) == []
    assert (await RepresentativeChange.get(number=77)).state is ChangeState.UNCHANGED


async def test_a_change_struck_out_of_the_database_is_found_within_a_day(
    world: World, company: Company, two: Someone
) -> None:
    await world.register(company, two)
    await succeeding.hear(world.registrar, now())
    await RepresentativeChange.filter(company_id=company.id, number__isnull=False).delete()
    await succeeding.look_around(now())
    await world.work()
    assert await applied(company) == [], "looked at after the founding just now"
    later = now() + succeeding.LOOK_EVERY + timedelta(seconds=1)
    await succeeding.look_around(later)
    await succeeding.look_around(later)
    row = await RepresentativeChange.get(company_id=company.id, state=ChangeState.REPORTED)
    assert await world.advance(row)
    assert await representative(company) == (await person(two, world)).id
    await succeeding.forget_old(later + timedelta(days=2))
    assert [row.state for row in await RepresentativeChange.all()] == [ChangeState.APPLIED]


async def somebody_waits() -> None:
    """Until somebody waits for a lock of this database (PostgreSQL)."""
    async with asyncio.timeout(20):
        while True:
            _, rows = await Tortoise.get_connection("default").execute_query(
                "SELECT 1 FROM pg_locks WHERE NOT granted"
            )
            if rows:
                return
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("engine", ["postgres"], indirect=True, scope="session")
@pytest.mark.parametrize("what", ["invite", "add"])
async def test_what_the_one_before_began_is_judged_again_behind_the_lock(
    world: World, company: Company, two: Someone, what: str
) -> None:
    old = company.representative_id
    new = await person_by_mobile(two.mobile, now(), world.records)
    begin = asyncio.Event()

    async def act() -> None:
        await begin.wait()
        if what == "invite":
            who = someone("李泽宇")
            form = members.Invitation("manager", who.name, who.id_number, who.mobile)
            await members.invite(company.id, form, old, now(), world.records)
        else:
            await add_seal(company.id, old, seal_form("hr"), now())

    acting = asyncio.create_task(act())
    async with transaction():
        await Company.filter(id=company.id).select_for_update().get()
        await Company.filter(id=company.id).update(representative_id=new.id)
        begin.set()
        await somebody_waits()
    with pytest.raises(NotFound, match=r"company\.not_found"):
        await acting
    assert not await Member.exists()
    assert not await Seal.exists(kind="hr")


@dataclass
class Meanwhile:
    """The registrar, and what happens elsewhere while its answer is on its way."""

    registrar: Registrar
    act: Callable[[], Awaitable[object]]

    async def submit(self, application: RegistrarApplication) -> str:
        return await self.registrar.submit(application)

    async def result(self, reference: str) -> RegistrarDecision:
        return await self.registrar.result(reference)

    async def changes(self, after: int) -> tuple[RegisteredChange, ...]:
        return await self.registrar.changes(after)

    async def representative(self, uscc: str) -> RegisteredRepresentative:
        said = await self.registrar.representative(uscc)
        await self.act()
        return said


async def test_an_answer_of_before_replaces_no_later_licence(
    world: World, company: Company, two: Someone
) -> None:
    three = someone("秦若曦")
    await world.register(company, two)
    await succeeding.hear(world.registrar, now())
    row = await succeeding.take("slow", now())
    assert row is not None
    with pytest.raises(Conflict, match=r"representative\.changed"):
        await world.advance(row, Meanwhile(world.registrar, lambda: world.change(company, three)))
    assert await representative(company) == (await person(three, world)).id
    assert (await licences.in_force(company.id)).data["representative_name"] == "秦若曦"
    assert not await world.advance(row), "asked again, it is nothing new"


async def test_keys_end_when_the_change_is_applied_not_when_the_registrar_was_asked(
    world: World, company: Company, two: Someone
) -> None:
    seal = await Seal.filter(company_id=company.id, kind="legal_name").get()
    await Seal.filter(id=seal.id).update(state=SealState.COLLECTED, generation=1)
    await SealKey.create(
        seal_id=seal.id,
        generation=1,
        algorithm="P-256",
        sealed_private="",
        kek_version=1,
        certificate="",
        serial="1f",
        not_before=now(),
        not_after=now() + timedelta(days=365),
    )
    await world.register(company, two)
    await succeeding.hear(world.registrar, now())
    row = await succeeding.take("me", now())
    assert row is not None
    answered: list[datetime] = []

    async def sealed_meanwhile() -> None:
        answered.append(now())

    assert await world.advance(row, Meanwhile(world.registrar, sealed_meanwhile))
    revoked = (await SealKey.get(serial="1f")).revoked_at
    assert revoked is not None
    assert revoked > answered[-1]


async def test_what_was_heard_goes_before_looks(world: World, company: Company, two: Someone) -> None:
    await world.register(company, two)
    await succeeding.hear(world.registrar, now())
    long_ago = now() - timedelta(hours=1)
    for _ in range(succeeding.LOOKS_AT_ONCE - 1):
        await RepresentativeChange.create(
            company_id=company.id, state=ChangeState.REPORTED, created_at=long_ago, lease_until=long_ago
        )
    row = await succeeding.take("me", now())
    assert row is not None
    assert row.number is not None
    look = await succeeding.take("me", now())
    assert look is not None
    assert look.number is None


async def test_looks_do_not_heap_up_while_the_registrar_is_down(
    world: World, company: Company, two: Someone
) -> None:
    other = await world.found(two, "北京明哲软件有限公司")
    await RepresentativeChange.all().delete()
    await RepresentativeChange.bulk_create(
        RepresentativeChange(company_id=company.id, state=ChangeState.REPORTED, created_at=now())
        for _ in range(succeeding.LOOKS_AT_ONCE)
    )
    await succeeding.look_around(now())
    assert await RepresentativeChange.all().count() == succeeding.LOOKS_AT_ONCE
    await RepresentativeChange.filter(id=(await RepresentativeChange.all().first()).id).delete()  # type: ignore[union-attr]
    await succeeding.look_around(now())
    assert await RepresentativeChange.filter(company_id=other.id).count() == 1


async def test_companies_that_the_registrar_refuses_for_good_stop_no_look_at_another(
    world: World, company: Company, two: Someone
) -> None:
    other = await world.found(two, "北京明哲软件有限公司")
    await RepresentativeChange.all().delete()
    earlier = now() - succeeding.LOOK_EVERY - timedelta(seconds=1)
    await RepresentativeChange.bulk_create(
        RepresentativeChange(company_id=company.id, state=ChangeState.REPORTED, created_at=earlier)
        for _ in range(succeeding.LOOKS_AT_ONCE)
    )
    await succeeding.look_around(now())
    (look,) = await RepresentativeChange.filter(created_at__gt=earlier)
    assert look.company_id == other.id, "and none twice at the one that waits"


@pytest.mark.parametrize(("fault", "goes_on"), [("down", False), ("refuse", True), ("none", True)])
async def test_a_desk_pauses_while_the_registrar_is_down(
    world: World, company: Company, two: Someone, fault: str, goes_on: bool
) -> None:
    await world.register(company, two)
    await succeeding.hear(world.registrar, now())
    await world.switch(fault)
    desk = object.__new__(WorkDesk)  # of its parts, these are all that it takes
    desk.identity, desk.records, desk.registrar, desk.owner = (
        world.identity,
        world.records,
        world.registrar,
        "me",
    )
    assert await desk.apply_changes() is goes_on


async def test_a_change_before_there_was_a_company_here_is_not_missed(
    world: World, one: Someone, two: Someone
) -> None:
    """Registered, and read in the list, between the approval and the founding."""
    person_id = (await person_by_mobile(one.mobile, now(), world.records)).id
    form = ApplicationForm(
        request_id=new_id(),
        company_name="北京先变文化有限公司",
        company_type="limited",
        region="110105",
        address="建国路 88 号 3 层",
        capital_wan="100",
        business_scope="软件开发；技术服务",
        representative_name=one.name,
        representative_id_number=one.id_number,
        representative_mobile=one.mobile,
        term_years=None,
        declaration=True,
    )
    made = await applying.apply(form, person_id, now(), world.records)
    row = await Application.get(id=made.id)
    await founding.advance_application(row, now(), world.records, world.registrar, POLICIES[DEFAULT])
    row = await Application.get(id=made.id)
    assert row.registrar_reference is not None
    decided = (await world.registrar.result(row.registrar_reference)).company
    assert decided is not None
    change = {"uscc": decided.uscc, "since": now().date().isoformat(), **two.__dict__}
    await world.post("/representatives", data=change)
    await succeeding.hear(world.registrar, now())
    await founding.advance_application(row, now(), world.records, world.registrar, POLICIES[DEFAULT])
    await world.sign()
    company = await Company.get(uscc=decided.uscc)
    assert (await licences.in_force(company.id)).state is LicenceState.ISSUED, "the first is not signed"
    await world.work()
    assert await representative(company) == (await person(two, world)).id
    assert (await licences.in_force(company.id)).state is LicenceState.VALID


async def test_somebody_who_comes_back_has_a_name_seal_again(
    world: World, company: Company, one: Someone, two: Someone
) -> None:
    for who in (two, one, two):
        await world.change(company, who)
    named = await Seal.filter(company_id=company.id, kind="representative").order_by("created_at")
    assert [seal.state for seal in named] == [SealState.CANCELLED] * 3 + [SealState.ISSUED]
    assert len({seal.number for seal in named}) == 4
    assert named[-1].name == "苏明哲法定代表人名章"
    others = await Seal.filter(company_id=company.id).exclude(kind="representative")
    assert {seal.state for seal in others} == {SealState.ISSUED}
    assert len(others) == 4


async def test_a_name_that_no_font_has_keeps_nobody_in_office(world: World, company: Company) -> None:
    await world.change(company, someone(f"苏{undrawn()}"))
    named = await Seal.filter(company_id=company.id, kind="representative")
    assert [seal.state for seal in named] == [SealState.CANCELLED]
    assert (await licences.in_force(company.id)).version == 2


async def test_a_sole_traders_operator_is_followed_by_another(
    world: World, one: Someone, two: Someone
) -> None:
    shop = await world.found(one, "北京景行小吃店", "sole_trader")
    await add_seal(shop.id, shop.representative_id, seal_form("operator", person_name=one.name), now())
    await world.change(shop, two)
    named = await Seal.filter(company_id=shop.id, kind="operator").order_by("created_at")
    assert [seal.state for seal in named] == [SealState.CANCELLED, SealState.CANCELLED, SealState.ISSUED]
    told = await Event.get(kind="representative.ended", on_behalf=shop.id)
    assert told.facts["form"] == "sole_trader"


async def keys_of(who: Person, id_number: str, world: World) -> None:
    """Somebody who has collected seals before."""
    await Holder.create(
        person_id=who.id,
        public_key="",
        sealed_private="",
        salt="",
        identity_ref=holders.identity_ref(id_number, world.records),
        mobile_ref="",
        attestation="",
        pin_set_at=now(),
    )


async def test_a_mobile_that_has_changed_hands_is_not_the_new_ones(
    world: World, company: Company, two: Someone
) -> None:
    stranger = await person_by_mobile(two.mobile, now(), world.records)
    await keys_of(stranger, "11010519491231002X", world)
    himself = await person_by_mobile("13700099999", now(), world.records)
    await keys_of(himself, two.id_number, world)
    await world.change(company, two)
    assert await representative(company) == himself.id
    assert await Event.exists(stream=person_stream(himself.id), kind="representative.registered")


async def test_the_same_one_with_another_licence_number_stays_with_all_he_has(
    world: World, company: Company, one: Someone
) -> None:
    own, before = await representative(company), await licences.in_force(company.id)
    await Seal.filter(company_id=company.id).update(state=SealState.COLLECTED)
    await world.change(company, Someone(one.name, one.id_number, "13700088888"))
    assert await representative(company) == own
    assert await applied(company) == []
    assert {seal.state for seal in await Seal.filter(company_id=company.id)} == {SealState.COLLECTED}
    after = await licences.in_force(company.id)
    assert (after.version, after.representative_ref) == (2, before.representative_ref)
    assert licences.representative(after, world.records).mobile == "13700088888"
    assert await registered.approved(after, world.records, world.registrar), "or no seal could be collected"
    told = await Event.filter(on_behalf=company.id).order_by("-id").first()
    assert told is not None
    assert told.kind == "licence.replaced"


async def test_the_same_one_with_another_name_has_another_name_seal(
    world: World, company: Company, one: Someone
) -> None:
    own = await representative(company)
    await Seal.filter(company_id=company.id).update(state=SealState.COLLECTED)
    await world.change(company, Someone("周行之", one.id_number, one.mobile))
    assert await representative(company) == own
    assert await applied(company) == []
    named = await Seal.filter(company_id=company.id, kind="representative").order_by("created_at")
    assert [(seal.name, seal.state) for seal in named] == [
        ("周景行法定代表人名章", SealState.CANCELLED),
        ("周行之法定代表人名章", SealState.ISSUED),
    ]
    others = Seal.filter(company_id=company.id).exclude(kind="representative")
    assert {seal.state for seal in await others} == {SealState.COLLECTED}
    assert await Event.filter(kind="seal.rekeyed").count() == 1


async def a_rule(seal: Seal, setter: str, approvers: Sequence[str], version: int = 1) -> None:
    await ApprovalRule.create(
        company_id=seal.company_id,
        seal=seal.id,
        version=version,
        kinds=[],
        approvers=[{"person": setter, "member": "", "identity": each} for each in approvers],
        four_eyes=False,
        setter_id=setter,
        state=RuleState.IN_FORCE,
        live=seal.id,
        created_at=now(),
    )


async def test_the_rules_of_the_one_before_end_and_their_numbers_do_not_come_back(
    world: World, company: Company, two: Someone
) -> None:
    seal = await Seal.get(company_id=company.id, kind="contract")
    await a_rule(seal, await representative(company), ["he"], version=4)
    assert (await rules.of(seal.id)).version == 4
    await world.change(company, two)
    assert await rules.of(seal.id) == rules.NONE
    assert {row.state for row in await ApprovalRule.filter(seal=seal.id)} == {RuleState.REPLACED}
    assert await rules.next_version(seal.id) == 5, "a row of before, put back, fits no wrap"


@pytest.mark.parametrize(("approvers", "told"), [(None, None), ([], None), (["he"], "ended")])
async def test_the_news_of_another_name_seal_say_whether_a_rule_ended_with_the_one_before(
    world: World, company: Company, one: Someone, approvers: list[str] | None, told: str | None
) -> None:
    own = await representative(company)
    named = await Seal.get(company_id=company.id, kind="representative")
    if approvers is not None:
        await a_rule(named, own, approvers)
    await Seal.filter(company_id=company.id).update(state=SealState.COLLECTED)
    await world.change(company, Someone("周行之", one.id_number, one.mobile))
    fresh = await Seal.get(company_id=company.id, kind="representative", state=SealState.ISSUED)
    issued = await Event.get(kind="seal.issued", subject=f"seal:{fresh.id}")
    assert issued.facts.get("rule") == told


async def test_an_unknown_code_is_nobody(world: World) -> None:
    with pytest.raises(DomainError, match=r"registrar\.not_found"):
        await world.registrar.representative(uscc_check("91110105", "MA01ABCD"))


async def test_a_company_that_is_struck_off_ends_once_and_again_where_somebody_undid_it(
    world: World, company: Company, one: Someone
) -> None:
    await Seal.filter(company_id=company.id).update(state=SealState.COLLECTED)
    await dissolved(world, company)
    await world.work()
    await ended(company)
    assert await Event.filter(kind="licence.revoked").count() == 1
    assert await Event.filter(kind="seal.cancelled").count() == 5
    await looked(world, company)
    assert await Event.filter(kind="licence.revoked").count() == 1, "once is enough"
    licence = await Licence.get(current=company.id)
    assert not await registered.approved(licence, world.records, world.registrar)
    await Company.filter(id=company.id).update(state="active")
    await Licence.filter(id=licence.id).update(state=LicenceState.VALID)
    await looked(world, company)
    await ended(company)


async def test_of_a_company_that_is_struck_off_nobody_is_registered_any_more(
    world: World, company: Company
) -> None:
    await dissolved(world, company)
    form = {"uscc": company.uscc, "since": now().date().isoformat(), **someone("苏明哲").__dict__}
    assert (await world.post("/representatives", data=form)).status_code == 400
    again = {"uscc": company.uscc, "since": now().date().isoformat()}
    assert (await world.post("/representatives/dissolutions", data=again)).status_code == 400


async def dissolved(world: World, company: Company) -> None:
    """The clerk strikes the company off."""
    form = {"uscc": company.uscc, "since": now().date().isoformat()}
    assert (await world.post("/representatives/dissolutions", data=form)).status_code == 303


async def looked(world: World, company: Company) -> None:
    """As every day."""
    await RepresentativeChange.create(
        company_id=company.id, state=ChangeState.REPORTED, created_at=now(), lease_until=now()
    )
    await world.work()


async def ended(company: Company) -> None:
    """Nothing of it is left."""
    assert (await Company.get(id=company.id)).state.value == "closed"
    assert (await Licence.get(current=company.id)).state is LicenceState.REVOKED
    assert {seal.state for seal in await Seal.filter(company_id=company.id)} == {SealState.CANCELLED}
