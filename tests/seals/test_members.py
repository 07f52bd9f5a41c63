"""Members where only the database and the clock decide: at most five managers, ends; on both engines."""

from __future__ import annotations

import asyncio
import contextvars
import secrets
from datetime import UTC, date, datetime, timedelta

import pytest
from stdnum.cn import ric

from auth import authority, members
from auth.applying import FormErrors
from auth.authority import Act, Role
from auth.engine import transaction
from auth.errors import Conflict, NotFound, Refused
from auth.events import company_stream, person_stream
from auth.login import person_by_mobile
from auth.member_models import Grant, GrantRole, GrantState, Member, MemberState
from auth.members import Invitation, MemberView
from auth.models import Company, CompanyState, Event
from auth.privacy import RecordsKey
from auth.tokens import new_id
from seals import grant_endings
from seals.models import Seal, SealState

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
RECORDS = RecordsKey(secrets.token_bytes(32))
OWNER = "13900000000"

pytestmark = pytest.mark.usefixtures("database")


async def person(mobile: str) -> str:
    return (await person_by_mobile(mobile, NOW, RECORDS)).id


async def company(name: str = "北京云杉科技有限公司", mobile: str = OWNER) -> Company:
    return await Company.create(
        id=new_id(),
        name=name,
        uscc=secrets.token_hex(9),
        region="110105",
        state=CompanyState.ACTIVE,
        representative_id=await person(mobile),
        created_at=NOW,
    )


def invitation(number: int, role: str = "manager", **scope: object) -> Invitation:
    body = f"11010519900101{number:03d}"
    number_of_id = body + ric.calc_check_digit(f"{body}0")
    return Invitation(role, "李泽宇", number_of_id, f"1380000{number:04d}", **scope)  # type: ignore[arg-type]


async def invite(of: Company, form: Invitation, by: str | None = None) -> MemberView:
    return await members.invite(of.id, form, by or of.representative_id, NOW, RECORDS)


async def joined(of: Company, form: Invitation) -> str:
    """Somebody who has accepted; his person."""
    made = await invite(of, form)
    who = await person(form.mobile)
    await members.accept(made.id, who, NOW, RECORDS)
    return who


async def test_of_twelve_managers_invited_at_once_five_are() -> None:
    of = await company()
    forms = [invitation(number) for number in range(12)]
    results = await asyncio.gather(*(invite(of, form) for form in forms), return_exceptions=True)
    refusals = [result for result in results if isinstance(result, BaseException)]
    assert len(refusals) == 12 - members.MAX_MANAGERS
    assert {str(refusal).partition(":")[0] for refusal in refusals} == {"member.too_many"}
    assert await Member.filter(company_id=of.id).count() == members.MAX_MANAGERS
    await grant_endings.remove_member((await Member.first()).id, of.representative_id, NOW)  # type: ignore[union-attr]
    await invite(of, invitation(99))  # one gone, one may come


async def test_a_grant_made_while_a_member_is_removed_ends_with_him() -> None:
    """Whoever grants holds the company's lock; the removal waits for it, and then finds the grant."""
    of = await company()
    form = invitation(7, "agent")
    who = await joined(of, form)
    member = await Member.get(company_id=of.id, person_id=who)
    outside = contextvars.copy_context()  # or it would be within the same transaction
    async with transaction():
        await Company.filter(id=of.id).select_for_update().get()
        remove = grant_endings.remove_member(member.id, of.representative_id, NOW)
        removing = asyncio.create_task(remove, context=outside)
        await asyncio.wait({removing}, timeout=0.3)  # it may come as far as it can
        seal = await Seal.create(
            **dict.fromkeys(("kind", "bearer", "name", "number", "imprint"), "x"),
            company_id=of.id,
            ordinal=1,
            width_mm=40,
            height_mm=40,
            design={},
            state=SealState.COLLECTED,
            created_at=NOW,
        )
        grant = await Grant.create(
            company_id=of.id,
            seal=seal.id,
            generation=1,
            member_id=member.id,
            person_id=who,
            grantor_id=of.representative_id,
            owner=of.representative_id,
            identity="x",
            role=GrantRole.USER,
            scope={},
            state=GrantState.ACTIVE,
            live=f"{seal.id}:{who}",
            created_at=NOW,
            ends_at=NOW + timedelta(days=30),
        )
    await removing
    assert (await Grant.get(id=grant.id)).state is GrantState.ENDED


async def test_the_same_person_is_invited_once_also_at_once() -> None:
    of = await company()
    form = invitation(1)
    results = await asyncio.gather(*(invite(of, form) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(result, MemberView) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 3


async def test_the_representative_is_no_member() -> None:
    of = await company()
    form = invitation(1)
    itself = Invitation(form.role, form.name, form.id_number, OWNER)
    with pytest.raises(Conflict, match=r"member\.already"):
        await invite(of, itself)


async def test_an_invitation_counts_for_nothing_until_it_is_accepted_and_then_until_it_ends() -> None:
    of = await company()
    form = invitation(1, "agent", days=10)
    made = await invite(of, form)
    who = await person(form.mobile)
    with pytest.raises(NotFound):
        await authority.require(who, Act.SEE_COMPANY, of.id, NOW)
    await members.accept(made.id, who, NOW + timedelta(days=2), RECORDS)
    last, end = NOW + timedelta(days=10, seconds=-1), NOW + timedelta(days=10)
    assert (await authority.require(who, Act.SEE_COMPANY, of.id, last)).id == of.id
    with pytest.raises(NotFound):
        await authority.require(who, Act.SEE_COMPANY, of.id, end)
    await grant_endings.expire(last)
    assert (await Member.get(id=made.id)).state is MemberState.ACTIVE
    await grant_endings.expire(end)
    row = await Member.get(id=made.id)
    assert (row.state, row.live) == (MemberState.ENDED, None)
    for stream in (company_stream(of.id), person_stream(who)):
        kinds = await Event.filter(stream=stream).order_by("seq").values_list("kind", flat=True)
        assert list(kinds) == ["member.invited", "member.accepted", "member.expired"]


async def test_an_invitation_not_answered_in_time_is_no_more() -> None:
    of = await company()
    form = invitation(1)
    made = await invite(of, form)
    with pytest.raises(Conflict, match=r"member\.state"):
        await members.accept(made.id, await person(form.mobile), NOW + members.INVITATION_LIFE, RECORDS)


async def test_accepting_and_removing_at_once_leave_one_outcome() -> None:
    of = await company()
    form = invitation(1)
    made = await invite(of, form)
    who = await person(form.mobile)
    await asyncio.gather(
        members.accept(made.id, who, NOW, RECORDS),
        grant_endings.remove_member(made.id, of.representative_id, NOW),
        return_exceptions=True,
    )
    assert (await Member.get(id=made.id)).state is MemberState.ENDED  # removed before or after


async def test_a_member_removed_is_nobody_at_once_and_can_be_invited_again() -> None:
    of = await company()
    form = invitation(1)
    who = await joined(of, form)
    row = await Member.get(company_id=of.id)
    await grant_endings.remove_member(row.id, of.representative_id, NOW)
    assert await authority.standing(who, of.id, NOW) == authority.NOBODY
    assert (await invite(of, form)).state == "invited"


async def test_managers_manage_agents_and_nobody_else() -> None:
    of = await company()
    manager, agent = await joined(of, invitation(1)), await joined(of, invitation(2, "agent"))
    await invite(of, invitation(3, "agent"), manager)
    with pytest.raises(Refused, match=r"access\.denied"):
        await invite(of, invitation(4), manager)
    with pytest.raises(Refused, match=r"access\.denied"):
        await invite(of, invitation(4, "agent"), agent)
    managing = await Member.get(person_id=manager)
    with pytest.raises(Refused, match=r"access\.denied"):
        await grant_endings.remove_member(managing.id, agent, NOW)
    await grant_endings.remove_member((await Member.get(person_id=agent)).id, manager, NOW)
    await grant_endings.remove_member(managing.id, manager, NOW)  # everybody may leave


async def test_another_companys_people_find_nothing() -> None:
    of, other = await company(), await company("上海启明贸易有限公司", "13900000001")
    made = await invite(of, invitation(1))
    for act in (
        members.listed(of.id, other.representative_id, NOW, RECORDS),
        members.invite(of.id, invitation(2), other.representative_id, NOW, RECORDS),
        grant_endings.remove_member(made.id, other.representative_id, NOW),
        members.accept(made.id, other.representative_id, NOW, RECORDS),
        members.decline(made.id, other.representative_id, NOW),
    ):
        with pytest.raises(NotFound):
            await act


async def test_an_agent_sent_for_some_matters_may_no_others() -> None:
    of = await company()
    who = await joined(of, invitation(1, "agent", matters=("present",)))
    his = await authority.standing(who, of.id, NOW)
    assert his.roles == {Role.AGENT}
    assert (his.may(Act.PRESENT_LICENCE), his.may(Act.ASK_SIGNING)) == (True, False)


@pytest.mark.parametrize(
    ("scope", "wrong"),
    [({"days": 0}, "days"), ({"days": 366}, "days"), ({"matters": ("all",)}, "matters")],
)
async def test_a_scope_has_limits(scope: dict[str, object], wrong: str) -> None:
    of = await company()
    with pytest.raises(FormErrors) as caught:
        await invite(of, invitation(1, "agent", **scope))
    assert [error.field for error in caught.value.errors] == [wrong]


async def test_names_and_numbers_are_sealed_and_listed_masked() -> None:
    of = await company()
    form = invitation(1)
    await invite(of, form)
    row = await Member.get(company_id=of.id)
    stored = repr([bytes(row.name_sealed), bytes(row.id_number_sealed)])
    assert form.name not in stored
    assert form.id_number not in stored
    (view,) = (await members.listed(of.id, of.representative_id, NOW, RECORDS)).members
    assert view.name_masked == "李*"
    assert view.mobile_masked == f"{form.mobile[:3]}****{form.mobile[-4:]}"
    assert date(2026, 11, 28) == (view.ends_at or NOW).date()
