"""How what a paper states stands now: who has its code is told, for the paper itself cannot change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from auth.authority import live_member
from auth.china import minute, second
from auth.member_models import Member
from auth.models import Company, Licence, LicenceState
from seals.filing_models import CompanyFiling, CompanyFilingState
from seals.models import Seal, SealState
from seals.paper_models import Paper, PaperKind

__all__ = ["Fact", "Stands", "standing"]


@dataclass(frozen=True)
class Fact:
    """A line about what a paper states."""

    zh: str
    en: str
    value_zh: str
    value_en: str


@dataclass(frozen=True)
class Stands:
    """Whether what a paper states still holds, in words, and whose it is."""

    good: bool
    zh: str
    en: str
    facts: tuple[Fact, ...]


async def standing(row: Paper, now: datetime) -> Stands | None:
    """None for papers that state what was, and say all that there is to say of it."""
    if "entry" in row.said:
        return _SELF_FILLED
    judge = _JUDGES.get(row.kind)
    return None if judge is None else await judge(row, now)


_SELF_FILLED = Stands(
    False,
    "表中内容由申请人自行填写，平台未核实，不能用来证明任何单位的身份或意愿。",
    "An applicant filled it in himself; the platform has not verified it, and it proves nothing of any unit.",
    (),
)


async def _making(row: Paper, now: datetime) -> Stands:
    seals = {each.id: each for each in await Seal.filter(company_id=row.company_id)}
    listed = [(seals[seal], int(generation)) for seal, generation in row.said["seals"]]
    told = [_seal_now(seal, generation) for seal, generation in listed]
    over = [each for each, (_, _, good) in zip(listed, told, strict=True) if not good]
    facts = [
        Fact("印章", "Seal", f"{seal.name}（{seal.number}）：{zh}", f"{seal.name} ({seal.number}): {en}")
        for (seal, _), (zh, en, _) in zip(listed, told, strict=True)
    ]
    if not over:
        zh, en = "所列印章均可使用。", "All seals it lists are in use."
    else:
        zh = f"所列 {len(listed)} 枚印章中有 {len(over)} 枚已不是证书所载的状态，见下。"
        en = f"{len(over)} of the {len(listed)} seals it lists are not as it says any more; see below."
    return Stands(not over, zh, en, (*await _unit(row), *facts))


_STATES = {
    SealState.FROZEN: ("已暂停使用", "suspended"),
    SealState.CANCELLED: ("已注销", "cancelled"),
}


def _seal_now(seal: Seal, generation: int) -> tuple[str, str, bool]:
    since = "" if seal.state_since is None else second(seal.state_since)
    if seal.state in _STATES:
        zh, en = _STATES[seal.state]
        return f"于 {since} {zh}", f"{en} at {since}", False
    if seal.generation != generation or seal.state is not SealState.COLLECTED:
        return "所载数字证书已更换", "its certificates were replaced", False
    return "有效", "valid", True


async def _cancelling(row: Paper, now: datetime) -> Stands:
    seals = await Seal.filter(id__in=[seal for seal, _ in row.said["seals"]], company_id=row.company_id)
    facts = [Fact("印章", "Seal", *[f"{seal.name}（{seal.number}）"] * 2) for seal in seals]
    return Stands(
        all(seal.state is SealState.CANCELLED for seal in seals),
        "所列印章已注销，不能恢复。",
        "The seals it lists are cancelled for good.",
        (*await _unit(row), *facts),
    )


async def _licence(row: Paper, now: datetime) -> Stands:
    licence = await Licence.get(id=row.said["licence"])
    assert row.valid_until is not None, "it was ordered for a time"
    until = minute(row.valid_until)
    facts = (
        *await _unit(row),
        Fact("用途", "Purpose", *[str(row.said["purpose"])] * 2),
        Fact("有效期至", "Good until", until, until),
    )
    over = _OVER.get(licence.state)
    if over is not None:
        return Stands(False, *over, facts)
    if row.valid_until <= now:
        zh, en = "这份打印件已过有效期，请对方重新打印。", "This print has expired; ask for another one."
        return Stands(False, zh, en, facts)
    return Stands(
        True,
        "打印件在有效期内，企业执照有效。仅用于所载用途。",
        "The print is within its time and the licence valid. For the stated purpose only.",
        facts,
    )


_OVER = {
    LicenceState.REVOKED: (
        "企业已注销，这份打印件不能再使用。",
        "The company was dissolved; this print is void.",
    ),
    LicenceState.REPLACED: (
        "执照已换发，这份打印件不能再使用，请对方重新打印。",
        "The licence was replaced, so this print is void; ask for another one.",
    ),
}


async def _filing(row: Paper, now: datetime) -> Stands:
    filing = await CompanyFiling.get(id=row.subject)
    seal = await Seal.get(id=filing.seal_id)
    assert filing.valid_until is not None, "it was approved"
    until = second(filing.valid_until)
    facts = (
        *await _unit(row),
        Fact("印章", "Seal", *[f"{filing.name}（{seal.number}）"] * 2),
        Fact("回执编号", "Receipt", *[str(filing.receipt_number)] * 2),
        Fact("有效期至", "Valid until", until, until),
    )
    if filing.state in _FILING_OVER:
        return Stands(False, *_FILING_OVER[filing.state], facts)
    if filing.valid_until <= now:
        return Stands(False, "备案已过有效期。", "The filing has expired.", facts)
    return Stands(True, "备案在有效期内。", "The filing is in force.", facts)


_FILING_OVER = {
    CompanyFilingState.REPLACED: ("已由新的备案取代。", "Another filing took its place."),
    CompanyFilingState.ENDED: (
        "印章已注销，备案随之终止。",
        "The seal was cancelled, and the filing with it.",
    ),
}


async def _mandate(row: Paper, now: datetime) -> Stands | None:
    """Of one that states what a member may do: whether he still is one. Names nobody."""
    if not row.said.get("member"):
        return None
    member = await Member.get(id=row.said["member"])
    live = await Member.exists(live_member(now), id=member.id)
    zh, en = (
        "受托人现在仍是该单位的人员，授权以其现有权限为限。",
        "The person named still acts for the unit.",
    )
    if not live:
        zh, en = ("所载授权已终止。", "The authorisation has ended.")
    return Stands(live, zh, en, await _unit(row))


async def _unit(row: Paper) -> tuple[Fact, ...]:
    assert row.company_id is not None, "of a company"
    company = await Company.get(id=row.company_id)
    return (
        Fact("单位", "Unit", *[company.name] * 2),
        Fact("统一社会信用代码", "USCC", *[company.uscc] * 2),
    )


_JUDGES: Mapping[PaperKind, Callable[[Paper, datetime], Awaitable[Stands | None]]] = {
    PaperKind.MAKING: _making,
    PaperKind.CANCELLING: _cancelling,
    PaperKind.LICENCE: _licence,
    PaperKind.FILING: _filing,
    PaperKind.MANDATE: _mandate,
}
