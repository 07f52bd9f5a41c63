"""Keeping of seals as a ledger tells it (保管登记): made, collected, granted, suspended…."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from auth.events import company_stream
from auth.member_models import Grant
from auth.models import Event
from auth.privacy import RecordsKey
from seals.approval_models import ApprovalRule
from seals.ledger.people import names_of
from seals.ledger.wanting import View, Wanted, of_period
from seals.models import Seal

__all__ = ["ACT_WORDS", "ActView", "acts"]

MOST = 500
"""Of a seal's grants and rules the newest so many are looked for."""

ACT_WORDS: Mapping[str, tuple[str, str]] = {
    "seal.issued": ("制发", "Issued"),
    "seal.held": ("待审核", "Held for review"),
    "seal.declined": ("审核未通过", "Declined"),
    "seal.collected": ("领取", "Collected"),
    "seal.frozen": ("暂停", "Suspended"),
    "seal.unfrozen": ("恢复", "Resumed"),
    "seal.rekeyed": ("更换密钥，待重新领取", "Re-keyed, to be collected anew"),
    "seal.cancelled": ("注销", "Cancelled"),
    "seal.exported": ("下载印章数据", "Structure downloaded"),
    "grant.made": ("授权他人使用", "Granted"),
    "grant.collected": ("被授权人领取", "Grant collected"),
    "grant.revoked": ("撤销授权", "Grant revoked"),
    "grant.expired": ("授权到期", "Grant expired"),
    "grant.left": ("授权随人员移除而结束", "Grant ended with the membership"),
    "grant.voided": ("授权作废", "Grant void"),
    "rule.set": ("设定审批规则", "Approval rule set"),
}


@dataclass(frozen=True)
class ActView:
    """One act of keeping. of_masked: who a grant is for, None where it is none; by_masked: who acted, None
    for the platform.
    """

    seq: int
    at: datetime
    kind: str
    zh: str
    en: str
    seal: str
    seal_name: str
    by_masked: str | None
    of_masked: str | None


async def acts(
    his: View, wanted: Wanted, before: int | None, limit: int, records: RecordsKey
) -> tuple[ActView, ...]:
    """The newest acts that he sees and wants, or those before one. person: who acted or whose grant it is."""
    found = Event.filter(
        await _seen(his, wanted),
        of_period("at", wanted),
        stream=company_stream(his.company_id),
        kind__in=list(ACT_WORDS),
    )
    if before is not None:
        found = found.filter(seq__lt=before)
    page = await found.order_by("-seq").limit(limit)
    of_grants = [_row(event) for event in page if event.subject.startswith("grant:")]
    grants = {row.id: row for row in await Grant.filter(id__in=of_grants)}
    seals = {row.id: row for row in await Seal.filter(company_id=his.company_id).only("id", "name")}
    people = {actor for event in page if (actor := _actor(event))}
    people |= {row.person_id for row in grants.values()}
    names = await names_of(people, his.company_id, records)
    return tuple(_view(event, grants, seals, names) for event in page)


async def _seen(his: View, wanted: Wanted) -> Q:
    found = Q()
    if not his.all:
        found &= Q(subject__in=[*await _subjects(his.kept, his), *(f"grant:{row}" for row in his.grants)])
    if wanted.seal:
        found &= Q(subject__in=await _subjects([wanted.seal], his))
    if wanted.person:
        his_own = await _newest(Grant.filter(company_id=his.company_id, person_id=wanted.person))
        found &= Q(actor=f"person:{wanted.person}") | Q(subject__in=[f"grant:{row}" for row in his_own])
    return found


async def _subjects(seals: Sequence[str], his: View) -> list[str]:
    """The subjects of events about seals: themselves, their grants, their rules."""
    grants = await _newest(Grant.filter(company_id=his.company_id, seal__in=list(seals)))
    rules = await _newest(ApprovalRule.filter(company_id=his.company_id, seal__in=list(seals)))
    return [
        *(f"seal:{seal}" for seal in seals),
        *(f"grant:{row}" for row in grants),
        *(f"rule:{row}" for row in rules),
    ]


async def _newest(rows: QuerySet[Any]) -> list[str]:
    return [str(row) for row in await rows.order_by("-created_at").limit(MOST).values_list("id", flat=True)]


def _actor(event: Event) -> str:
    kind, _, row = event.actor.partition(":")
    return row if kind == "person" else ""


def _row(event: Event) -> str:
    return event.subject.partition(":")[2]


def _view(
    event: Event, grants: Mapping[str, Grant], seals: Mapping[str, Seal], names: Mapping[str, str]
) -> ActView:
    grant = grants.get(_row(event))
    seal = grant.seal if grant is not None else str(event.facts.get("seal", _row(event)))
    return ActView(
        event.seq,
        event.at,
        event.kind,
        *ACT_WORDS[event.kind],
        seal,
        seals[seal].name if seal in seals else "",
        names.get(_actor(event)),
        None if grant is None else names.get(grant.person_id),
    )
