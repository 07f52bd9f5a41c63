"""Forms to print and to sign, filled in with what the platform knows (R93, R102, R103, R105, R116): of a
company, of an application of one that exists already, and of what a member may do.

Their values are those of the licence that the sealer signed, of the applicant's own form, and of grants under
the sealer's signature; numbers of ID cards and mobiles are masked, to be written by hand where they matter.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth import licences, throttling
from auth.authority import Act, Matter, require
from auth.china import minute
from auth.company_types import COMPANY_TYPES
from auth.engine import transaction
from auth.errors import Invalid, NotFound, Refused
from auth.identifiers import mask_id, mask_mobile
from auth.member_models import Grant, GrantRole, GrantState, Member, MemberRole, MemberState
from auth.members import member_identity
from auth.models import Person
from auth.people import identity
from auth.privacy import RecordsKey
from auth.throttling import Limit
from auth.tokens import new_id
from seals import mandates
from seals.entry import seeing
from seals.entry.models import EntryApplication
from seals.entry.views import SealWish
from seals.kinds import FIVE, SealKind, spec
from seals.licensing import is_genuine
from seals.models import Seal
from seals.paper_models import Paper, PaperKind
from seals.papers import ordering
from seals.papers.heading import heading, unfit
from seals.scopes import DOCUMENT_KINDS, Scope
from seals.signing.workshop import Workshop

__all__ = ["FORMS", "forms_data", "of_company", "of_entry"]

Json = dict[str, Any]

FORMS = (
    PaperKind.APPLICATION,
    PaperKind.MANDATE,
    PaperKind.CONFIRMATION,
    PaperKind.CONTRACT,
    PaperKind.NEEDS,
)
FORMS_PER_PERSON = Limit("paper_form.person", 30, 600)

_CHOICES = (
    "办理电子签章系统的申请、变更和注销手续，提交和签收有关材料",
    "出示、打印电子营业执照",
    "申请用印",
    "保管下列印章并用印：________________________",
)
_MATTERS = {
    Matter.PRESENT: "出示、打印电子营业执照",
    Matter.ASK: "代表本单位申请用印",
    Matter.LIFE: "代表本单位申请印章的暂停、恢复和停止使用（注销）",
}
_ROLES = {MemberRole.MANAGER: "证照管理员", MemberRole.AGENT: "办事人"}
_SEAL_ROLES = {GrantRole.KEEPER: "保管并使用", GrantRole.USER: "使用"}


async def of_company(
    company_id: str, form: str, member_id: str | None, person_id: str, now: datetime
) -> Paper:
    """Order a form of a company; member_id: whose powers an authorisation states.

    Raises NotFound `company.not_found`, `paper.no_form`, `member.not_found`; Invalid `paper.member`;
    Refused `access.denied`; TooMany.
    """
    await require(person_id, Act.SEE_PAPERS, company_id, now)
    kind = _form(form)
    if member_id is not None:
        if kind is not PaperKind.MANDATE:
            raise Invalid(
                "paper.member",
                "只有授权委托书可以写明人员。",
                "Only an authorisation names a member.",
                field="member",
            )
        live = Member.filter(id=member_id, company_id=company_id, state=MemberState.ACTIVE)
        if not await live.exists():
            raise NotFound("member.not_found", "没有找到该人员。", "There is no such member.")
    return await _ordered(kind, company_id, person_id, {"member": member_id}, now)


async def of_entry(application_id: str, form: str, person_id: str, now: datetime) -> Paper:
    """Order a form of one's own application, filled in from it, which it says; it is no paper of the company.

    Raises NotFound `entry.not_found`, `paper.no_form`; Refused `paper.contract`; TooMany.
    """
    row, kind = await seeing.own(application_id, person_id), _form(form)
    if kind is PaperKind.CONTRACT:
        raise Refused(
            "paper.contract",
            "服务合同在申请通过后，由法定代表人在企业的「文书」页面出具。",
            "The contract is made once the application is approved, by the representative, on the company's "
            "page of papers.",
        )
    return await _ordered(kind, None, person_id, {"entry": row.id}, now)


def _form(name: str) -> PaperKind:
    for kind in FORMS:
        if kind.value == name:
            return kind
    raise NotFound("paper.no_form", "没有这种表格。", "There is no such form.")


async def _ordered(
    kind: PaperKind, company_id: str | None, person_id: str, said: Json, now: datetime
) -> Paper:
    await throttling.count(FORMS_PER_PERSON, person_id, now)
    async with transaction():
        row = await ordering.place(
            kind, new_id(), company_id=company_id, asker_id=person_id, now=now, said=said
        )
    assert row is not None, "its subject is its own"
    return row


async def forms_data(paper: Paper, now: datetime, workshop: Workshop, identity_key: Ed25519PublicKey) -> str:
    """The JSON for `set_paper`. Raises Conflict `paper.unfit`; Refused `entry.damaged`."""
    said = {
        "paper": heading(paper, now, workshop),
        "of_entry": "entry" in paper.said,
        "by_agent": False,
        "agent": {"name": "", "id_number": "", "mobile": "", "role_zh": ""},
        "powers": [],
        "choices": list(_CHOICES),
        "from": minute(now),
        "until": "",
    }
    if said["of_entry"]:
        said |= await _of_entry(paper.said["entry"], paper.kind, workshop.records)
    else:
        said |= await _of_company(paper, workshop.records, identity_key)
    return json.dumps(said, ensure_ascii=False)


async def _of_entry(application_id: str, kind: PaperKind, records: RecordsKey) -> Json:
    form = seeing.opened(await EntryApplication.get(id=application_id), records)
    wishes = [each for each in form.seals if kind is not PaperKind.CONFIRMATION or each.style == "digitised"]
    told: Json = {
        "unit": {
            "name": form.company_name,
            "uscc": form.uscc,
            "type": COMPANY_TYPES.get(form.company_type, form.company_type),
            "representative": form.representative_name,
            "representative_id": mask_id(form.representative_id_number),
            "representative_mobile": mask_mobile(form.representative_mobile),
            "address": "",
            "licence_number": "",
        },
        "seals": [_wish(each) for each in wishes],
    }
    if form.applicant == "agent":
        told |= {
            "by_agent": True,
            "agent": {
                "name": form.agent_name,
                "id_number": mask_id(form.agent_id_number),
                "mobile": mask_mobile(form.agent_mobile),
                "role_zh": "经办人",
            },
        }
    return told


def _wish(wish: SealWish) -> Json:
    named = "，".join(each for each in (wish.unit, wish.person_name, wish.foreign_text) if each)
    return {
        "kind_zh": spec(SealKind(wish.kind)).zh,
        "digitised": wish.style == "digitised",
        "note": named,
    }


async def _of_company(paper: Paper, records: RecordsKey, identity_key: Ed25519PublicKey) -> Json:
    assert paper.company_id is not None, "a form of a company"
    licence = await licences.in_force(paper.company_id)
    if not is_genuine(licence, identity_key):
        raise unfit()
    data, named = licence.data, licences.representative(licence, records)
    told: Json = {
        "unit": {
            "name": data["company_name"],
            "uscc": data["uscc"],
            "type": data["company_type"],
            "representative": data["representative_name"],
            "representative_id": mask_id(named.id_number),
            "representative_mobile": mask_mobile(named.mobile),
            "address": data["address"],
            "licence_number": data["licence_number"],
        },
        "seals": _usual(paper.kind),
    }
    if paper.said.get("member"):
        told |= await _member(paper.said["member"], paper.company_id, records, identity_key)
    return told


def _usual(kind: PaperKind) -> list[Json]:
    """The five that every company has; which physical seals it has is written in by hand."""
    if kind is PaperKind.CONFIRMATION:
        return []
    return [{"kind_zh": spec(each).zh, "digitised": False, "note": ""} for each in FIVE]


async def _member(
    member_id: str, company_id: str, records: RecordsKey, identity_key: Ed25519PublicKey
) -> Json:
    row = await Member.get(id=member_id, company_id=company_id)
    if row.state is not MemberState.ACTIVE:
        raise unfit()
    who, person = member_identity(row, records), await Person.get(id=row.person_id)
    matters = [_MATTERS[each] for each in Matter if row.matters is None or each.value in row.matters]
    powers = [*(["管理本单位的执照、办事人和文书"] if row.role is MemberRole.MANAGER else []), *matters]
    for grant in await Grant.filter(member_id=row.id, state=GrantState.ACTIVE).order_by("created_at"):
        powers.append(await _power(grant, identity_key))
    return {
        "agent": {
            "name": who.name,
            "id_number": mask_id(who.id_number or ""),
            "mobile": mask_mobile(identity(person, records).mobile),
            "role_zh": _ROLES[row.role],
        },
        "powers": powers,
        "from": minute(row.answered_at or row.created_at),
        "until": minute(row.ends_at) if row.ends_at else "撤销",
    }


async def _power(grant: Grant, identity_key: Ed25519PublicKey) -> str:
    """A grant in words, as the sealer signed it."""
    try:
        scope = mandates.verified(grant, identity_key)
    except Refused:
        raise unfit() from None
    seal = await Seal.get(id=grant.seal, company_id=grant.company_id)
    granted = f"{_SEAL_ROLES[grant.role]}「{seal.name}」（编码 {seal.number}），至 {minute(grant.ends_at)}"
    return "；".join([granted, *(said for one in _LIMITS if (said := one(scope)))])


_LIMITS: tuple[Callable[[Scope], str], ...] = (
    lambda scope: "限于" + "、".join(DOCUMENT_KINDS[each][0] for each in scope.kinds) if scope.kinds else "",
    lambda scope: f"单份金额不超过 {scope.amount:,} 元" if scope.amount is not None else "",
    lambda scope: "相对方限于" + "、".join(scope.counterparties) if scope.counterparties else "",
    lambda scope: f"至多 {scope.uses} 次" if scope.uses is not None else "",
)
