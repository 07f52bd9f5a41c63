"""Ask for a change in a seal's life as a member with a letter of authorisation, in web (R44).

It changes nothing: the representative carries it out as he does any change (`seals/life_asking.py`), or
declines it. The letter is the one that the office had made of this very membership.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError

from auth import events, throttling
from auth.authority import Act, company_no_such, known, live_member, require_active
from auth.engine import transaction
from auth.errors import Conflict, Invalid, NotFound
from auth.member_models import Member
from auth.members import member_name
from auth.models import Company
from auth.privacy import RecordsKey
from auth.throttling import Limit
from auth.tokens import new_id
from seals.asks import deciding
from seals.asks.models import AskState, SealAsk
from seals.freezing import own_seal
from seals.life import Change, possible
from seals.living import not_possible
from seals.models import Seal
from seals.paper_models import Paper, PaperKind, PaperState

__all__ = ["ASKABLE", "AskView", "ask", "decline", "listed", "opened"]

ASKABLE = (Change.SUSPEND, Change.RESUME, Change.CANCEL)
"""暂停、恢复、停止使用: what a letter of authorisation is enough for."""
WAITS = timedelta(days=7)
"""So long the representative may decide."""
ASKS_PER_PERSON = Limit("seal_ask.person", 20, 3600)
MAX_REASON = 200
SHOWN = 50


@dataclass(frozen=True)
class AskView:
    """What somebody asks of a seal. who: masked; mine: the reader's own; state: `seals.asks.models.AskState`,
    `lapsed` also where nobody wrote it down yet; paper: the letter's id.
    """

    id: str
    seal_id: str
    seal_name: str
    change: str
    state: str
    who: str
    mine: bool
    reason: str
    paper: str
    letter_number: str
    letter_sha256: str
    created_at: datetime
    ends_at: datetime
    decided_at: datetime | None
    answer: str


def opened(row: SealAsk, column: str, records: RecordsKey) -> str:
    """The `reason` or the `answer`, empty where there is none."""
    kept = row.reason_sealed if column == "reason" else row.answer_sealed
    return "" if kept is None else records.open(bytes(kept), place(row.id, column))


def place(ask_id: str, column: str) -> str:
    """Where a sealed text belongs."""
    return f"seal_ask.{column}:{ask_id}"


async def ask(
    seal_id: str, change: str, reason: str, person_id: str, now: datetime, records: RecordsKey
) -> AskView:
    """Ask; one of each change waits for a seal.

    Raises NotFound `seal.not_found`; Refused `access.denied`; Invalid `ask.change`, `ask.reason`; Conflict
    `ask.no_letter`, `ask.waiting`, `seal.state`, `company.closed`; TooMany.
    """
    seal = await own_seal(seal_id, person_id, Act.ASK_CHANGE, now)
    wanted, said = _change(change), _text(reason)
    require_active(await Company.get(id=seal.company_id))
    if not possible(wanted, seal.state):
        raise not_possible(wanted)
    letter, member = await _letter(seal.company_id, person_id, now)
    await throttling.count(ASKS_PER_PERSON, person_id, now)
    row_id = new_id()
    row = SealAsk(
        id=row_id,
        company_id=seal.company_id,
        seal_id=seal.id,
        member_id=member.id,
        person_id=person_id,
        change=wanted.value,
        reason_sealed=records.seal(said, place(row_id, "reason")),
        paper_id=letter.id,
        letter_number=letter.number,
        letter_sha256=letter.sha256,
        state=AskState.WAITING,
        open=f"{seal.id}:{wanted.value}",
        created_at=now,
        ends_at=now + WAITS,
    )
    try:
        await _place(row, now)
    except IntegrityError:
        raise _waits() from None
    return await _view(row, seal, person_id, now, records)


async def _place(row: SealAsk, now: datetime) -> None:
    async with transaction():
        await Company.filter(id=row.company_id).select_for_update().get()
        before = await SealAsk.get_or_none(open=row.open)
        if before is not None:
            if await deciding.stands(before, now):
                raise _waits()
            await deciding.end(before, AskState.LAPSED, "sealer", now)
        await row.save(force_create=True)
        await events.append(
            events.company_stream(row.company_id),
            "ask.made",
            actor=f"person:{row.person_id}",
            subject=f"ask:{row.id}",
            now=now,
            on_behalf=row.company_id,
            facts=deciding.facts_of(row),
        )


def _waits() -> Conflict:
    return Conflict(
        "ask.waiting",
        "这枚印章已有同样的申请在等法定代表人处理，不必再提。",
        "The same is asked for this seal already, and waits for the representative.",
    )


def _change(name: str) -> Change:
    if name not in ASKABLE:
        raise Invalid(
            "ask.change",
            "请选择要申请的业务：暂停、恢复或注销。",
            f"Choose what to ask for: {', '.join(ASKABLE)}.",
            field="change",
        )
    return Change(name)


def _text(text: str) -> str:
    said = text.strip()
    if not 1 <= len(said) <= MAX_REASON or any(unicodedata.category(c)[0] == "C" for c in said):
        raise Invalid(
            "ask.reason",
            f"请写明理由，1 至 {MAX_REASON} 个字，不要换行。",
            f"Say why, in 1 to {MAX_REASON} characters on one line.",
            field="reason",
            limit=MAX_REASON,
        )
    return said


async def _letter(company_id: str, person_id: str, now: datetime) -> tuple[Paper, Member]:
    """The newest letter of authorisation of his membership. Raises Conflict `ask.no_letter`."""
    member = await Member.get_or_none(live_member(now), company_id=company_id, person_id=person_id)
    made = Paper.filter(company_id=company_id, kind=PaperKind.MANDATE, state=PaperState.MADE)
    for paper in await made.order_by("-made_at", "-id"):
        if member is not None and paper.said.get("member") == member.id:
            return paper, member
    raise Conflict(
        "ask.no_letter",
        "还没有您的授权委托书。请法定代表人或证照管理员在「人员」页为您出具后再申请。",
        "There is no letter of authorisation for you yet. Ask the representative or a manager to have one "
        "made among the company's people, then ask again.",
    )


async def listed(company_id: str, person_id: str, now: datetime, records: RecordsKey) -> tuple[AskView, ...]:
    """What was asked in a company, newest first: all for whom decides, else one's own.

    Raises NotFound `company.not_found`.
    """
    his = await known(person_id, company_id, now, company_no_such())
    rows = SealAsk.filter(company_id=company_id)
    if not his.may(Act.DECIDE_CHANGE):
        rows = rows.filter(person_id=person_id)
    newest = await rows.order_by("-created_at", "-id").limit(SHOWN)
    seals = {each.id: each for each in await Seal.filter(id__in=[row.seal_id for row in newest])}
    return tuple([await _view(row, seals[row.seal_id], person_id, now, records) for row in newest])


async def decline(ask_id: str, reason: str, person_id: str, now: datetime, records: RecordsKey) -> AskView:
    """WAITING → DECLINED, with the reason that who asked is told.

    Raises NotFound `ask.not_found`; Refused `access.denied`; Invalid `ask.reason`; Conflict `ask.over`.
    """
    missing = NotFound("ask.not_found", "没有这项申请。", "There is no such request.")
    row = await SealAsk.get_or_none(id=ask_id)
    if row is None:
        raise missing
    (await known(person_id, row.company_id, now, missing)).require(Act.DECIDE_CHANGE)
    sealed = records.seal(_text(reason), place(row.id, "answer"))
    async with transaction():
        await Company.filter(id=row.company_id).select_for_update().get()
        if not await deciding.end(row, AskState.DECLINED, f"person:{person_id}", now, answer=sealed):
            raise deciding.over()
    row = await SealAsk.get(id=row.id)
    return await _view(row, await Seal.get(id=row.seal_id), person_id, now, records)


async def _view(row: SealAsk, seal: Seal, reader: str, now: datetime, records: RecordsKey) -> AskView:
    waits = row.state is AskState.WAITING
    state = AskState.LAPSED if waits and not await deciding.stands(row, now) else row.state
    return AskView(
        row.id,
        seal.id,
        seal.name,
        row.change,
        state.value,
        member_name(await Member.get(id=row.member_id), records),
        row.person_id == reader,
        opened(row, "reason", records),
        row.paper_id,
        row.letter_number,
        row.letter_sha256,
        row.created_at,
        row.ends_at,
        row.decided_at,
        opened(row, "answer", records),
    )
