"""Members of a company: 证照管理员 and 办事人, invited by name, ID number and mobile (domain.md §1).

INVITED → ACTIVE → ENDED. The invited person accepts in his own conversation. What ends acts at once: every
use case asks `auth/authority.py`, which reads these rows and the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError

from auth import events, identifiers, names, throttling
from auth.applying import FormErrors
from auth.authority import Act, Matter, known, require, require_active
from auth.china import CHINA
from auth.engine import transaction
from auth.errors import Conflict, DomainError, Invalid, NotFound
from auth.identifiers import mask_mobile
from auth.login import person_by_mobile
from auth.member_models import LIVE, Member, MemberEnd, MemberRole, MemberState
from auth.models import Company, Person
from auth.names import mask_name
from auth.people import Identity, identity
from auth.privacy import RecordsKey
from auth.throttling import Limit
from auth.tokens import new_id

__all__ = [
    "DEFAULT_DAYS",
    "INVITATION_LIFE",
    "MAX_DAYS",
    "MAX_MANAGERS",
    "Invitation",
    "MemberView",
    "People",
    "accept",
    "decline",
    "end",
    "invite",
    "listed",
    "managed",
    "member_identity",
    "member_name",
]

MAX_MANAGERS = 5  # 至多 5 名证照管理员
MAX_AGENTS = 200
DEFAULT_DAYS, MAX_DAYS = 30, 365
INVITATION_LIFE = timedelta(days=7)
INVITATIONS_PER_PERSON = Limit("invitation.person", 60, 3600)


@dataclass(frozen=True)
class Invitation:
    """Who is invited as what. matters: of an agent, empty for everything; days: how long an agent's
    membership lasts from the invitation on; a manager's has no end.
    """

    role: str
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    mobile: str = field(repr=False)
    matters: Sequence[str] = ()
    days: int = DEFAULT_DAYS


@dataclass(frozen=True)
class MemberView:
    """A member as the company's office sees him; two of one surname differ by their mobiles.

    matters: None for everything that the role can do.
    """

    id: str
    role: str
    state: str
    name_masked: str
    mobile_masked: str
    matters: tuple[str, ...] | None
    invited_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True)
class People:
    """A company's members and who is invited, managers first, oldest first; how many managers may come."""

    members: tuple[MemberView, ...]
    managers_left: int


def place(member_id: str, column: str) -> str:
    """Where a sealed value belongs."""
    return f"member.{column}:{member_id}"


def member_name(row: Member, records: RecordsKey) -> str:
    """Whom the company named, masked: 张*."""
    return mask_name(records.open(bytes(row.name_sealed), place(row.id, "name")))


def member_identity(row: Member, records: RecordsKey) -> Identity:
    """Whom the company named, without the mobile; never in a view, a log or an event."""
    return Identity(
        records.open(bytes(row.name_sealed), place(row.id, "name")),
        records.open(bytes(row.id_number_sealed), place(row.id, "id_number")),
        "",
    )


async def _views(rows: Sequence[Member], records: RecordsKey) -> tuple[MemberView, ...]:
    people = {person.id: person for person in await Person.filter(id__in=[row.person_id for row in rows])}
    return tuple(
        MemberView(
            row.id,
            row.role.value,
            row.state.value,
            member_name(row, records),
            mask_mobile(identity(people[row.person_id], records).mobile),
            None if row.matters is None else tuple(row.matters),
            row.created_at,
            row.ends_at,
        )
        for row in rows
    )


def _checked(form: Invitation, now: datetime) -> tuple[MemberRole, Invitation]:
    """The form in its normal forms. Raises FormErrors with every wrong field."""
    errors: list[DomainError] = []
    today = now.astimezone(CHINA).date()
    normal: dict[str, str] = {}
    for name, check in (
        ("name", lambda: names.person_name(form.name)),
        ("id_number", lambda: identifiers.resident_id(form.id_number, today)),
        ("mobile", lambda: identifiers.mobile(form.mobile)),
    ):
        try:
            normal[name] = check()
        except DomainError as error:
            errors.append(error)
    if form.role not in set(MemberRole):
        errors.append(Invalid("member.role", "请选择人员类型。", "Choose a role.", field="role"))
    if not set(form.matters) <= set(Matter):
        errors.append(Invalid("member.matters", "请选择授权事项。", "Choose the matters.", field="matters"))
    if not 1 <= form.days <= MAX_DAYS:
        errors.append(
            Invalid(
                "member.days",
                f"授权期限为 1 至 {MAX_DAYS} 天。",
                f"The period is 1 to {MAX_DAYS} days.",
                field="days",
                limit=MAX_DAYS,
            )
        )
    if errors:
        raise FormErrors(errors)
    return MemberRole(form.role), Invitation(**normal, role=form.role, matters=form.matters, days=form.days)


async def invite(
    company_id: str, form: Invitation, person_id: str, now: datetime, records: RecordsKey
) -> MemberView:
    """Invite somebody: INVITED, told in both conversations.

    Managers are invited by the legal representative only, agents by managers too. Raises NotFound
    `company.not_found`; Refused `access.denied`; FormErrors; Conflict `member.already`, `member.too_many`
    (also when several are invited at once), `company.closed`; TooMany.
    """
    act = Act.MANAGE_MANAGERS if form.role == MemberRole.MANAGER else Act.MANAGE_AGENTS
    company = await require(person_id, act, company_id, now)
    require_active(company)
    role, checked = _checked(form, now)
    await throttling.count(INVITATIONS_PER_PERSON, person_id, now)
    try:
        async with transaction():
            row = await _invite(act, company_id, role, checked, person_id, now, records)
    except IntegrityError:
        raise _already() from None
    return (await _views([row], records))[0]


async def _invite(
    act: Act,
    company_id: str,
    role: MemberRole,
    form: Invitation,
    person_id: str,
    now: datetime,
    records: RecordsKey,
) -> Member:
    # The lock makes the count hold: two who are invited at once are counted one after the other. Whoever
    # lost his right meanwhile, with a change of the representative, invites nobody any more.
    company = await Company.filter(id=company_id).select_for_update().get()
    require_active(company)
    await require(person_id, act, company_id, now)
    invited = await person_by_mobile(form.mobile, now, records)
    if invited.id == company.representative_id:
        raise _already()
    most = MAX_MANAGERS if role is MemberRole.MANAGER else MAX_AGENTS
    if await Member.filter(company_id=company_id, role=role, state__in=LIVE).count() >= most:
        raise Conflict(
            "member.too_many",
            f"该类人员最多 {most} 名，请先移除一名再添加。",
            f"There are at most {most} of these; remove one first.",
            limit=most,
        )
    member_id = new_id()
    agent = role is MemberRole.AGENT
    row = await Member.create(
        id=member_id,
        company_id=company_id,
        person_id=invited.id,
        role=role,
        matters=sorted(set(form.matters)) if agent and form.matters else None,
        name_sealed=records.seal(form.name, place(member_id, "name")),
        id_number_sealed=records.seal(form.id_number, place(member_id, "id_number")),
        state=MemberState.INVITED,
        live=f"{company_id}:{invited.id}",
        days=form.days if agent else None,
        created_at=now,
        ends_at=now + INVITATION_LIFE,
    )
    await _tell(row, "member.invited", f"person:{person_id}", now)
    return row


def _already() -> Conflict:
    return Conflict(
        "member.already",
        "该手机号的本人已是本企业的法定代表人、管理员或办事人，或正在受邀中。",
        "The person of this mobile has a role in this company already, or is invited.",
        field="mobile",
    )


async def listed(company_id: str, person_id: str, now: datetime, records: RecordsKey) -> People:
    """The people of a company. Raises NotFound `company.not_found`; Refused `access.denied`."""
    await require(person_id, Act.MANAGE_AGENTS, company_id, now)
    rows = await Member.filter(company_id=company_id, state__in=LIVE).order_by("created_at", "id")
    rows.sort(key=lambda row: row.role is not MemberRole.MANAGER)
    managers = sum(row.role is MemberRole.MANAGER for row in rows)
    return People(await _views(rows, records), MAX_MANAGERS - managers)


async def accept(member_id: str, person_id: str, now: datetime, records: RecordsKey) -> MemberView:
    """The invited person agrees: ACTIVE. Raises NotFound `member.not_found`; Conflict `member.state`."""
    row = await _invited(member_id, person_id)
    ends_at = None if row.days is None else row.created_at + timedelta(days=row.days)
    async with transaction():
        company = await Company.filter(id=row.company_id).select_for_update().get()
        require_active(company)
        moved = await Member.filter(id=row.id, state=MemberState.INVITED, ends_at__gt=now).update(
            state=MemberState.ACTIVE, answered_at=now, ends_at=ends_at
        )
        if not moved:
            raise _moved_on()
        await _tell(row, "member.accepted", f"person:{person_id}", now)
    return (await _views([await Member.get(id=row.id)], records))[0]


async def decline(member_id: str, person_id: str, now: datetime) -> None:
    """The invited person does not agree. Raises NotFound `member.not_found`; Conflict `member.state`."""
    row = await _invited(member_id, person_id)
    async with transaction():
        await end(row, MemberEnd.DECLINED, f"person:{person_id}", now, before=(MemberState.INVITED,))


async def _invited(member_id: str, person_id: str) -> Member:
    row = await Member.get_or_none(id=member_id, person_id=person_id)
    if row is None:
        raise _no_such()
    return row


async def managed(member_id: str, person_id: str, now: datetime) -> Member:
    """A member whom this person may remove, himself among them; of another company none is found.

    Raises NotFound `member.not_found`; Refused `access.denied`.
    """
    row = await Member.get_or_none(id=member_id)
    if row is None:
        raise _no_such()
    his = await known(person_id, row.company_id, now, _no_such())
    if row.person_id != person_id:  # everybody may leave
        his.require(Act.MANAGE_MANAGERS if row.role is MemberRole.MANAGER else Act.MANAGE_AGENTS)
    return row


async def end(
    row: Member,
    how: MemberEnd,
    actor: str,
    now: datetime,
    *,
    before: Sequence[MemberState] = LIVE,
) -> None:
    """End a membership; inside a transaction. Raises Conflict `member.state` when it has ended already."""
    moved = await Member.filter(id=row.id, state__in=list(before)).update(
        state=MemberState.ENDED, ended_by=how, ended_at=now, live=None
    )
    if not moved:
        raise _moved_on()
    await _tell(row, f"member.{how.value}", actor, now)


def _no_such() -> NotFound:
    return NotFound("member.not_found", "没有找到该人员。", "There is no such member.")


def _moved_on() -> Conflict:
    return Conflict(
        "member.state",
        "该邀请或授权已结束，请刷新。",
        "This invitation or membership has ended; reload.",
    )


async def _tell(row: Member, kind: str, actor: str, now: datetime) -> None:
    """In both conversations: whoever is not, or no longer, a member does not read the company's."""
    for stream in (events.company_stream(row.company_id), events.person_stream(row.person_id)):
        await events.append(
            stream,
            kind,
            actor=actor,
            subject=f"member:{row.id}",
            now=now,
            on_behalf=row.company_id,
            facts={"role": row.role.value},
        )
