"""Uses of seals as a ledger tells them: a page of signings with all that is known of each.

So many queries, however many rows: one for each table.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q

from auth.browsers import browser_name
from auth.events import company_stream
from auth.member_models import Grant, GrantRole
from auth.models import Event, Session
from auth.privacy import RecordsKey
from seals.approval_models import Approval
from seals.device_models import DeviceKey
from seals.ledger.marks import MARK_WORDS, Mark
from seals.ledger.people import names_of
from seals.ledger.wanting import View, Wanted, of_uses
from seals.models import Document, Offer, OfferPurpose, OfferState, Seal, SealState, Signing
from seals.scopes import DOCUMENT_KINDS, amount_words
from seals.signing.views import reason_words

__all__ = ["MarkView", "UseView", "uses"]

COLUMNS = (
    *("id", "company_id", "seal_id", "document_id", "asker_id", "state", "reason", "request", "grant"),
    *("approval", "confirmer", "document_kind", "created_at", "ended_at"),
)
LONGEST = timedelta(hours=25)
"""From the request to the last event of it: a day to confirm, and what signing may take."""
_TOLD = ("signing.confirmed", "ledger.noticed", "ledger.marked")
_BY_ZH = {GrantRole.KEEPER: "保管人（授权）", GrantRole.USER: "用印人（授权）"}
_BY_EN = {GrantRole.KEEPER: "keeper, by grant", GrantRole.USER: "user, by grant"}


@dataclass(frozen=True)
class MarkView:
    """What is pointed out of a use, by which rule (`seals.ledger.marks.Mark`)."""

    rule: str
    zh: str
    en: str


@dataclass(frozen=True)
class UseView:
    """One use of a seal. Names of people are masked; document: the file's name, shortened for who may not
    read documents; code: its verification code.

    confirmed_at, by_masked, authority, device: None until somebody confirmed; authority: by which right, own
    or by a grant; approved_by_masked: who approved it, None for none; channel: where it was confirmed,
    `same_device` or `scan`; tries: attempts to confirm that were refused. seal_state: of the seal now.
    """

    signing: str
    asked_at: datetime
    ended_at: datetime | None
    seal: str
    seal_name: str
    seal_state: str
    document: str
    code: str
    kind: str
    kind_zh: str
    kind_en: str
    amount: str
    counterparty: str
    asker_masked: str
    asker_browser: str
    confirmed_at: datetime | None
    by_masked: str | None
    authority_zh: str
    authority_en: str
    approved_by_masked: str | None
    channel: str
    device: str
    state: str
    reason_zh: str | None
    reason_en: str | None
    tries: int
    marks: tuple[MarkView, ...]


@dataclass(frozen=True)
class _Rows:
    seals: Mapping[str, Seal]
    documents: Mapping[str, Document]
    sessions: Mapping[str, Session]
    grants: Mapping[str, Grant]
    approvals: Mapping[str, Approval]
    devices: Mapping[str, DeviceKey]
    confirmed: Mapping[str, Event]
    marks: Mapping[str, Sequence[str]]
    tries: Mapping[str, int]
    people: Mapping[str, str]


async def uses(
    his: View, wanted: Wanted, before: tuple[datetime, str] | None, limit: int, records: RecordsKey
) -> tuple[UseView, ...]:
    """The newest uses that he sees and wants, or those before one (time of asking, id)."""
    found = Signing.filter(of_uses(his, wanted))
    if before is not None:
        at, last = before
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last))
    page = await found.order_by("-created_at", "-id").limit(limit).only(*COLUMNS)
    if not page:
        return ()
    rows = await _gather(page, his.company_id, records)
    return tuple(_view(row, rows, his) for row in page)


async def _gather(page: Sequence[Signing], company_id: str, records: RecordsKey) -> _Rows:
    ids = [row.id for row in page]
    confirmed, marks = await _events(page, company_id)
    sessions = {row.id: row for row in await Session.filter(id__in=[each.asker_id for each in page])}
    approvals = {
        row.id: row for row in await Approval.filter(id__in=[each.approval for each in page if each.approval])
    }
    devices = [str(event.facts["device"]) for event in confirmed.values() if "device" in event.facts]
    refused = Offer.filter(subject__in=ids, purpose=OfferPurpose.CONFIRM, state=OfferState.REFUSED)
    people = {row.person_id for row in sessions.values()} | {row.person_id for row in approvals.values()}
    people |= {row.confirmer for row in page if row.confirmer}
    return _Rows(
        seals={row.id: row for row in await Seal.filter(id__in=list({each.seal_id for each in page}))},
        documents=await _documents({each.document_id for each in page}),
        sessions=sessions,
        grants=await _grants({each.grant for each in page if each.grant}),
        approvals=approvals,
        devices={row.id: row for row in await DeviceKey.filter(id__in=devices)},
        confirmed=confirmed,
        marks=marks,
        tries=Counter(str(row) for row in await refused.values_list("subject", flat=True)),
        people=await names_of(people, company_id, records),
    )


async def _grants(ids: Collection[str]) -> dict[str, Grant]:
    return {row.id: row for row in await Grant.filter(id__in=list(ids))} if ids else {}


async def _documents(ids: Collection[str]) -> dict[str, Document]:
    rows = Document.filter(id__in=list(ids)).only("id", "name", "record_id")
    return {row.id: row for row in await rows}


async def _events(
    page: Sequence[Signing], company_id: str
) -> tuple[dict[str, Event], dict[str, Sequence[str]]]:
    """Confirmations and marks by signing: what lies between the page's first and last time."""
    confirmed: dict[str, Event] = {}
    marks: dict[str, list[str]] = defaultdict(list)
    rows = Event.filter(
        stream=company_stream(company_id),
        at__gte=page[-1].created_at,
        at__lt=page[0].created_at + LONGEST,
        kind__in=_TOLD,
        subject__in=[f"signing:{row.id}" for row in page],
    )
    for event in await rows:
        signing = event.subject.partition(":")[2]
        if event.kind == _TOLD[0]:
            confirmed[signing] = event
        else:
            marks[signing] += event.facts["marks"]
    return confirmed, dict(marks)


def shortened(name: str) -> str:
    """The name of a file for who may not read documents: its first character and its ending."""
    stem, dot, ending = name.rpartition(".")
    return f"{(stem or ending)[:1]}…{dot}{ending}" if dot else f"{name[:1]}…"


def _view(row: Signing, rows: _Rows, his: View) -> UseView:
    seal, document = rows.seals[row.seal_id], rows.documents[row.document_id]
    asker = rows.sessions[row.asker_id]
    event, approval = rows.confirmed.get(row.id), rows.approvals.get(row.approval)
    device = rows.devices.get(str(event.facts.get("device", ""))) if event is not None else None
    kind = DOCUMENT_KINDS.get(row.document_kind, ("", ""))
    amount = row.request.get("amount")
    authority = _authority(row, rows) if event is not None else ("", "")
    zh, en = reason_words(row.reason)
    return UseView(
        signing=row.id,
        asked_at=row.created_at,
        ended_at=row.ended_at,
        seal=row.seal_id,
        seal_name=seal.name,
        seal_state=SealState(seal.state).value,
        document=document.name if his.names else shortened(document.name),
        code=document.record_id,
        kind=row.document_kind,
        kind_zh=kind[0],
        kind_en=kind[1],
        amount="" if amount is None else amount_words(amount),
        counterparty=row.request.get("counterparty", ""),
        asker_masked=rows.people[asker.person_id],
        asker_browser=browser_name(asker.user_agent),
        confirmed_at=None if event is None else event.at,
        by_masked=rows.people.get(row.confirmer),
        authority_zh=authority[0],
        authority_en=authority[1],
        approved_by_masked=None if approval is None else rows.people[approval.person_id],
        channel="" if event is None else "same_device" if event.facts.get("same_device") else "scan",
        device="" if device is None else device.label,
        state=row.state.value,
        reason_zh=zh,
        reason_en=en,
        tries=rows.tries.get(row.id, 0),
        marks=tuple(MarkView(mark, *MARK_WORDS[Mark(mark)]) for mark in rows.marks.get(row.id, ())),
    )


def _authority(row: Signing, rows: _Rows) -> tuple[str, str]:
    grant = rows.grants.get(row.grant)
    if grant is None:
        return "法定代表人本人", "the representative himself"
    return _BY_ZH[grant.role], _BY_EN[grant.role]
