"""A company files a seal itself (备案管理, R119-R121, R127): one form, materials that are here already.

It is handed in by the sealer's role `work`; licence, representative and the identity check go with it
without being asked for again (R120).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tortoise.exceptions import IntegrityError

from auth import events, licences, throttling
from auth.authority import Act, require, require_active
from auth.engine import transaction
from auth.errors import Conflict, Invalid, NotFound
from auth.models import Company
from auth.throttling import Limit
from auth.tokens import new_id
from seals.filing_models import CompanyFiling, CompanyFilingKind, CompanyFilingState
from seals.models import Seal, SealState
from seals.policies import Policy

__all__ = ["MAX_NAME", "MAX_NOTE", "MAX_SCOPE", "FilingForm", "may_renew", "submit"]

MAX_NAME, MAX_SCOPE, MAX_NOTE, MIN_TEXT = 80, 200, 300, 2
PER_COMPANY = Limit("filing.company", 50, 86_400)
FILED_STATES = (SealState.ISSUED, SealState.COLLECTED, SealState.FROZEN)


@dataclass(frozen=True)
class FilingForm:
    """As typed. kind: of `CompanyFilingKind`; note: what a correction is about; declared: that it is true."""

    request_id: str
    seal: str
    kind: str
    name: str
    scope: str
    note: str
    declared: bool


@dataclass(frozen=True)
class _Checked:
    kind: CompanyFilingKind
    name: str
    scope: str
    note: str


async def submit(
    company_id: str, form: FilingForm, person_id: str, now: datetime, policy: Policy
) -> CompanyFiling:
    """Hand in a filing; the same request again is the same filing.

    Raises NotFound `company.not_found`, `seal.not_found`; Refused `access.denied`; Invalid on the field;
    Conflict `company.closed`, `filing.seal_state`, `filing.open`, `filing.filed`, `filing.none`,
    `filing.not_due`; TooMany.
    """
    company = await require(person_id, Act.FILE_SEAL, company_id, now)
    known = await CompanyFiling.get_or_none(company_id=company_id, request_id=form.request_id)
    if known is not None:
        return known
    require_active(company)
    wanted = _checked(form)
    await throttling.count(PER_COMPANY, company_id, now)
    try:
        async with transaction():
            await Company.filter(id=company_id).select_for_update().get()
            await require(person_id, Act.FILE_SEAL, company_id, now)
            return await _submit(company_id, form, wanted, person_id, now, policy)
    except IntegrityError:
        again = await CompanyFiling.get_or_none(company_id=company_id, request_id=form.request_id)
        if again is None:
            raise _open() from None
        return again


async def _submit(
    company_id: str, form: FilingForm, wanted: _Checked, person_id: str, now: datetime, policy: Policy
) -> CompanyFiling:
    seal = await Seal.filter(id=form.seal, company_id=company_id).select_for_update().first()
    if seal is None or seal.state in {SealState.HELD, SealState.DECLINED}:
        raise NotFound("seal.not_found", "没有找到该印章。", "There is no such seal.")
    if seal.state not in FILED_STATES:
        raise Conflict(
            "filing.seal_state", "该印章已注销，不能备案。", "The seal is cancelled and cannot be filed."
        )
    if await CompanyFiling.exists(open=seal.id):
        raise _open()
    before = await CompanyFiling.get_or_none(current=seal.id)
    _require_fits(wanted.kind, before, now, policy)
    licence = await licences.in_force(company_id)
    serial = await CompanyFiling.filter(seal_id=seal.id).count() + 1
    row = await CompanyFiling.create(
        id=new_id(),
        number=f"{seal.number}-B{serial:03d}",
        request_id=form.request_id,
        company_id=company_id,
        seal_id=seal.id,
        person_id=person_id,
        licence_id=licence.id,
        instead_of=before.id if before is not None else None,
        open=seal.id,
        kind=wanted.kind,
        state=CompanyFilingState.WAITING,
        name=wanted.name,
        kind_of_seal=seal.kind,
        scope=wanted.scope,
        note=wanted.note,
        generation=seal.generation,
        declared_at=now,
        created_at=now,
        lease_until=now,
    )
    await events.append(
        events.company_stream(company_id),
        "filing.submitted",
        actor=f"person:{person_id}",
        subject=f"filing:{row.id}",
        now=now,
        on_behalf=company_id,
        facts={"seal": seal.id, "number": row.number, "kind": row.kind.value},
    )
    return row


def may_renew(row: CompanyFiling, now: datetime, policy: Policy) -> bool:
    """Whether a filing that stands may be renewed: it is over, or will be soon (R135)."""
    return row.valid_until is not None and row.valid_until - policy.filing_renewed <= now


def _require_fits(
    kind: CompanyFilingKind, before: CompanyFiling | None, now: datetime, policy: Policy
) -> None:
    if kind is CompanyFilingKind.FIRST and before is not None:
        raise Conflict(
            "filing.filed",
            "该印章已备案。信息有变化请办理变更，快到期请办理续期。",
            "This seal is filed already. Update its filing, or renew it before its end.",
        )
    if kind is not CompanyFilingKind.FIRST and before is None:
        raise Conflict("filing.none", "该印章还没有备案，请先提交备案。", "This seal is not filed yet.")
    if kind is CompanyFilingKind.RENEWAL and before is not None and not may_renew(before, now, policy):
        days = policy.filing_renewed.days
        raise Conflict(
            "filing.not_due",
            f"备案到期前 {days} 天内才能续期。",
            f"A filing is renewed within {days} days of its end.",
        )


def _checked(form: FilingForm) -> _Checked:
    try:
        kind = CompanyFilingKind(form.kind)
    except ValueError:
        raise Invalid(
            "filing.kind", "请选择备案类型。", "Choose what kind of filing this is.", field="kind"
        ) from None
    if not form.declared:
        raise Invalid(
            "filing.declared",
            "请阅读并勾选声明后再提交。",
            "Read the declaration and tick it.",
            field="declared",
        )
    least = MIN_TEXT if kind is CompanyFilingKind.CORRECTION else 0
    return _Checked(
        kind,
        _text(form.name, "name", MIN_TEXT, MAX_NAME),
        _text(form.scope, "scope", MIN_TEXT, MAX_SCOPE),
        _text(form.note, "note", least, MAX_NOTE),
    )


_NAMED = {
    "name": ("印章名称", "seal's name"),
    "scope": ("使用范围", "range of use"),
    "note": ("说明", "note"),
}


def _text(typed: str, field: str, least: int, most: int) -> str:
    text = " ".join(typed.split())
    if least <= len(text) <= most and text.isprintable():
        return text
    zh, en = _NAMED[field]
    raise Invalid(
        f"filing.{field}",
        f"请填写{zh}，{least} 到 {most} 个字，不含特殊控制字符。",
        f"Give the {en}: {least} to {most} characters.",
        field=field,
    )


def _open() -> Conflict:
    return Conflict(
        "filing.open",
        "该印章有一份备案正在审核，请等待结果。",
        "A filing of this seal is being reviewed; wait for its outcome.",
    )
