"""Who may do what for a company: one table, which every use case asks (domain.md §1).

A person who has nothing to do with a company is answered as if it were not there (404); a member whose
role does not reach is refused (403 `access.denied`). Rights that end by time end by comparison with the
clock, whether or not anybody has written it down yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tortoise.expressions import Q

from auth.errors import Conflict, Invalid, NotFound, Refused
from auth.member_models import Grant, GrantRole, GrantState, Member, MemberRole, MemberState
from auth.models import Company, CompanyState

__all__ = [
    "GRANTED",
    "MATTER_OF",
    "MAY",
    "NOBODY",
    "OF_A_SEAL",
    "Act",
    "Matter",
    "Role",
    "Standing",
    "companies_of",
    "company_no_such",
    "denied",
    "known",
    "live_grant",
    "live_member",
    "of_seals",
    "only_company",
    "require",
    "require_active",
    "standing",
    "standings",
]


class Act(StrEnum):
    """What somebody may do for a company; those of a seal are asked with the seal."""

    SEE_COMPANY = "see_company"
    PRESENT_LICENCE = "present_licence"
    SEE_PAPERS = "see_papers"
    MANAGE_MANAGERS = "manage_managers"
    MANAGE_AGENTS = "manage_agents"
    ASK_SIGNING = "ask_signing"
    SEE_DOCUMENTS = "see_documents"
    CONFIRM_SIGNING = "confirm_signing"
    COLLECT = "collect"
    ADD_SEAL = "add_seal"
    FREEZE_SEAL = "freeze_seal"
    UNFREEZE_SEAL = "unfreeze_seal"
    RENEW_SEAL = "renew_seal"
    CANCEL_SEAL = "cancel_seal"
    ASK_CHANGE = "ask_change"
    DECIDE_CHANGE = "decide_change"
    TAKE_STRUCTURE = "take_structure"
    SEE_SIGNINGS = "see_signings"
    GRANT_SEAL = "grant_seal"
    SET_APPROVAL = "set_approval"
    FILE_SEAL = "file_seal"
    APPROVE_SIGNING = "approve_signing"
    SEE_LEDGER = "see_ledger"


class Role(StrEnum):
    """法定代表人, 证照管理员 and 办事人 of a company, 保管人 and 用印人 of a seal."""

    REPRESENTATIVE = "representative"
    MANAGER = "manager"
    AGENT = "agent"
    KEEPER = "keeper"
    USER = "user"


class Matter(StrEnum):
    """What an agent is sent for (精准授权): 出示执照, 申请用印, 申请印章暂停、恢复、注销."""

    PRESENT = "present"
    ASK = "ask"
    LIFE = "life"


GRANTED = frozenset({Role.KEEPER, Role.USER})
"""Roles of one seal."""

_OWNER = frozenset({Role.REPRESENTATIVE})
_OFFICE = _OWNER | {Role.MANAGER}
_ALL = frozenset(Role)
_OFFICERS = frozenset({Role.REPRESENTATIVE, Role.MANAGER, Role.AGENT})
_CUSTODY = frozenset({Role.REPRESENTATIVE, Role.KEEPER})

MAY: Mapping[Act, frozenset[Role]] = {
    Act.SEE_COMPANY: _ALL,
    Act.PRESENT_LICENCE: _OFFICERS,
    Act.SEE_PAPERS: _OFFICE,
    Act.MANAGE_MANAGERS: _OWNER,
    Act.MANAGE_AGENTS: _OFFICE,
    Act.ASK_SIGNING: _ALL,
    Act.SEE_DOCUMENTS: _OWNER,
    Act.CONFIRM_SIGNING: _CUSTODY | {Role.USER},
    Act.COLLECT: _OWNER,
    Act.ADD_SEAL: _OWNER,
    Act.FREEZE_SEAL: _OFFICE | {Role.KEEPER},
    Act.UNFREEZE_SEAL: _OWNER,
    Act.RENEW_SEAL: _OWNER,
    Act.CANCEL_SEAL: _OWNER,
    # With a letter of authorisation: it changes nothing before the representative has confirmed (R44).
    Act.ASK_CHANGE: _OFFICERS - _OWNER,
    Act.DECIDE_CHANGE: _OWNER,
    Act.TAKE_STRUCTURE: _CUSTODY,
    Act.SEE_SIGNINGS: _CUSTODY,
    Act.GRANT_SEAL: _CUSTODY,
    Act.SET_APPROVAL: _OWNER,
    Act.FILE_SEAL: _OFFICE,
    # Whoever the seal's approval rule names, and who holds keys in this company: of any seal.
    Act.APPROVE_SIGNING: _CUSTODY | {Role.USER},
    # The office all of it, a keeper of his seals, a user what he did himself: `seals/ledger/wanting.py`.
    Act.SEE_LEDGER: _OFFICE | GRANTED,
}

OF_A_SEAL = (
    Act.CONFIRM_SIGNING,
    Act.FREEZE_SEAL,
    Act.UNFREEZE_SEAL,
    Act.RENEW_SEAL,
    Act.CANCEL_SEAL,
    Act.TAKE_STRUCTURE,
    Act.SEE_SIGNINGS,
    Act.GRANT_SEAL,
    Act.SET_APPROVAL,
)
"""What a keeper or user may do with his seal only: asked without naming one, his grants do not count."""

_GRANTED = {GrantRole.KEEPER: Role.KEEPER, GrantRole.USER: Role.USER}

MATTER_OF: Mapping[Act, Matter] = {
    Act.PRESENT_LICENCE: Matter.PRESENT,
    Act.ASK_SIGNING: Matter.ASK,
    Act.ASK_CHANGE: Matter.LIFE,
}
"""Of an agent with listed matters only these acts are asked for; what is not here he may as an agent."""


@dataclass(frozen=True)
class Standing:
    """What a person is in a company. matters: of an agent, None for all; of_seal: asked for one seal."""

    roles: frozenset[Role]
    matters: frozenset[Matter] | None = None
    of_seal: bool = False

    def may(self, act: Act) -> bool:
        """What the table says."""
        roles = self.roles & MAY[act]
        if act in OF_A_SEAL and not self.of_seal:
            roles -= GRANTED
        return any(role is not Role.AGENT or self._sent_for(act) for role in roles)

    def require(self, act: Act) -> None:
        """Raises Refused `access.denied` unless the table says that he may."""
        if not self.may(act):
            raise denied()

    def _sent_for(self, act: Act) -> bool:
        return self.matters is None or act not in MATTER_OF or MATTER_OF[act] in self.matters


NOBODY = Standing(frozenset())
_REPRESENTATIVE = Standing(_OWNER)


def company_no_such() -> NotFound:
    """The answer to whoever has nothing to do with a company."""
    return NotFound("company.not_found", "没有找到该企业。", "There is no such company.")


def denied() -> Refused:
    """The answer to a member whose role does not reach."""
    return Refused(
        "access.denied",
        "您在该企业的权限不包括此操作，请联系法定代表人或证照管理员。",
        "Your role in this company does not allow this. Please ask its representative or a manager.",
    )


def live_member(now: datetime) -> Q:
    """The condition of memberships that count at this moment."""
    return Q(state=MemberState.ACTIVE) & (Q(ends_at=None) | Q(ends_at__gt=now))


def live_grant(now: datetime) -> Q:
    """The condition of grants that count at this moment."""
    return Q(state=GrantState.ACTIVE, ends_at__gt=now)


async def standings(person_id: str, now: datetime) -> dict[str, Standing]:
    """What a person is, by company: every company that he has anything to do with."""
    own = await Company.filter(representative_id=person_id).values_list("id", flat=True)
    return {**await _memberships(person_id, now), **{str(row): _REPRESENTATIVE for row in own}}


async def _memberships(person_id: str, now: datetime) -> dict[str, Standing]:
    members = await Member.filter(live_member(now), person_id=person_id)
    if not members:
        return {}
    grants = await Grant.filter(live_grant(now), person_id=person_id)
    return {
        row.company_id: _of(row, [grant for grant in grants if grant.company_id == row.company_id])
        for row in members
    }


def _of(row: Member, grants: Iterable[Grant], seal_id: str | None = None) -> Standing:
    matters = None if row.matters is None else frozenset(map(Matter, row.matters))
    own = Role.MANAGER if row.role is MemberRole.MANAGER else Role.AGENT
    of_seals = {_GRANTED[grant.role] for grant in grants if seal_id in {None, grant.seal}}
    return Standing(frozenset({own, *of_seals}), matters, seal_id is not None)


async def standing(person_id: str, company_id: str, now: datetime, seal_id: str | None = None) -> Standing:
    """What a person is in a company, and towards a seal if one is named; NOBODY where it is none of his."""
    if await Company.exists(id=company_id, representative_id=person_id):
        return _REPRESENTATIVE
    row = await Member.get_or_none(live_member(now), company_id=company_id, person_id=person_id)
    if row is None:
        return NOBODY
    return _of(row, await Grant.filter(live_grant(now), company_id=company_id, person_id=person_id), seal_id)


async def of_seals(
    person_id: str, company_id: str, seals: Iterable[str], now: datetime
) -> dict[str, Standing]:
    """What a person is towards each of a company's seals."""
    if await Company.exists(id=company_id, representative_id=person_id):
        return dict.fromkeys(seals, _REPRESENTATIVE)
    row = await Member.get_or_none(live_member(now), company_id=company_id, person_id=person_id)
    grants = await Grant.filter(live_grant(now), company_id=company_id, person_id=person_id)
    return {seal: NOBODY if row is None else _of(row, grants, seal) for seal in seals}


async def known(
    person_id: str, company_id: str, now: datetime, missing: NotFound, seal_id: str | None = None
) -> Standing:
    """What a person is in the company that something belongs to; raises `missing` where that is nothing."""
    his = await standing(person_id, company_id, now, seal_id)
    if not his.roles:
        raise missing
    return his


async def require(person_id: str, act: Act, company_id: str, now: datetime) -> Company:
    """The company, if this person may. Raises NotFound `company.not_found`; Refused `access.denied`."""
    (await known(person_id, company_id, now, company_no_such())).require(act)
    return await Company.get(id=company_id)


def require_active(company: Company) -> None:
    """Raises Conflict `company.closed` unless the company is in the register's good standing."""
    if company.state is not CompanyState.ACTIVE:
        raise Conflict("company.closed", "企业已注销，不能用印。", "The company is closed and cannot seal.")


async def companies_of(person_id: str, now: datetime) -> list[tuple[Company, Standing]]:
    """The companies that a person has to do with, oldest first, and what he is there."""
    found = [(row, _REPRESENTATIVE) for row in await Company.filter(representative_id=person_id)]
    his = await _memberships(person_id, now)
    if his:
        others = await Company.filter(id__in=list(his)).exclude(representative_id=person_id)
        found += [(row, his[row.id]) for row in others]
    return sorted(found, key=lambda each: (each[0].created_at, each[0].id))


async def only_company(person_id: str, now: datetime) -> str:
    """The id of the company that a person may ask seals for, where it is just one.

    Raises NotFound `company.none`; Invalid `company.choose` where there are several.
    """
    his = await standings(person_id, now)
    ids = [company for company, stands in his.items() if stands.may(Act.ASK_SIGNING)]
    if not ids:
        raise NotFound(
            "company.none",
            "您名下还没有企业，请先办理企业设立登记。",
            "You have no company yet; register one first.",
        )
    if len(ids) > 1:  # one that was dissolved seals nothing, and need not be told apart
        living = await Company.filter(id__in=ids, state=CompanyState.ACTIVE).values_list("id", flat=True)
        ids = [str(each) for each in living] or ids
    if len(ids) > 1:
        raise Invalid(
            "company.choose", "请选择用印的企业。", "Choose the company that seals.", field="company_id"
        )
    return ids[0]
