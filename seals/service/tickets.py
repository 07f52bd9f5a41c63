"""Questions, complaints and reports: anybody sends one, and follows it by its number.

Whoever is not logged in looks it up by a code that he got once, of which only the hash is kept. A report
names a sealed document by its verification code; what the platform answers is no verdict on it, and it can
ask the company to suspend the seal, not do it.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from auth import throttling
from auth.errors import Invalid, NotFound
from auth.privacy import RecordsKey
from auth.throttling import Limit
from auth.tokens import check_code, hash_token, new_id, same
from seals.models import Record
from seals.paper_models import Paper, PaperState
from seals.service_models import Ticket, TicketAnswer, TicketKind, TicketState

__all__ = ["MAX_TEXT", "AnswerView", "Receipt", "TicketView", "look_up", "own", "send", "view"]

MAX_TEXT = 2000
MAX_CONTACT = 100
OWN_MOST = 50
SENT_PER_ADDRESS = Limit("ticket.address", 20, 3600)  # an office shares one
SENT_PER_PERSON = Limit("ticket.person", 10, 3600)
LOOKS_PER_ADDRESS = Limit("ticket.look", 60, 600)
NUMBER_DIGITS = 10
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # read aloud without doubt
LETTERS_MANY = 12  # 58 bits, asked only on line and rate-limited
PURPOSE = "ticket"
KEPT = frozenset({"\n", "\t", "\u200d"})


@dataclass(frozen=True)
class Receipt:
    """What the sender keeps. secret: looks it up without a login, shown this once."""

    number: str
    secret: str
    due_at: datetime


@dataclass(frozen=True)
class AnswerView:
    """One answer of the platform."""

    text: str
    at: datetime


@dataclass(frozen=True)
class TicketView:
    """A ticket as its sender sees it. code: of the document that is reported, or empty."""

    number: str
    kind: str
    state: str
    code: str
    text: str
    created_at: datetime
    due_at: datetime
    answers: tuple[AnswerView, ...]


def checked(text: str, field: str, longest: int) -> str:
    """A text as it is kept; raises Invalid `ticket.text` for none, a long one or control characters."""
    said = text.strip()
    odd = any(c not in KEPT and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"} for c in said)
    if not 1 <= len(said) <= longest or odd:
        raise Invalid(
            "ticket.text",
            f"请填写 1 至 {longest} 个字，不要含控制字符。",
            f"Please write 1 to {longest} characters, no control characters.",
            field=field,
            limit=longest,
        )
    return said


def place(ticket_id: str, column: str) -> str:
    """Where a sealed text belongs."""
    return f"ticket.{column}:{ticket_id}"


async def send(
    kind: str,
    text: str,
    contact: str,
    code: str,
    person_id: str | None,
    address: str,
    now: datetime,
    records: RecordsKey,
    hours: Mapping[str, int],
) -> Receipt:
    """Take a ticket in. code: of the document or paper it is about, or empty; hours: for an answer, by kind.

    Raises Invalid `ticket.kind`, `ticket.text`, `code.malformed`; NotFound `code.unknown`; TooMany.
    """
    if kind not in set(TicketKind):
        raise Invalid("ticket.kind", "请选择反馈的种类。", "Please choose what it is.", field="kind")
    said = checked(text, "text", MAX_TEXT)
    reach = checked(contact, "contact", MAX_CONTACT) if contact.strip() else ""
    await throttling.count(SENT_PER_ADDRESS, address, now)
    if person_id is not None:
        await throttling.count(SENT_PER_PERSON, person_id, now)
    about = await _about(code)
    row_id, secret = new_id(), "".join(secrets.choice(LETTERS) for _ in range(LETTERS_MANY))
    row = await Ticket.create(
        id=row_id,
        number="".join(secrets.choice("0123456789") for _ in range(NUMBER_DIGITS)),
        secret_hash=hash_token(secret, PURPOSE),
        kind=TicketKind(kind),
        state=TicketState.RECEIVED,
        code=about,
        person_id=person_id,
        text_sealed=records.seal(said, place(row_id, "text")),
        contact_sealed=records.seal(reach, place(row_id, "contact")) if reach else None,
        created_at=now,
        due_at=now + timedelta(hours=hours[kind]),
    )
    return Receipt(row.number, secret, row.due_at)


async def _about(code: str) -> str:
    if not code.strip():
        return ""
    about = check_code(code)
    paper = Paper.filter(code=about, state=PaperState.MADE)
    if not await Record.exists(code=about) and not await paper.exists():
        raise NotFound(
            "code.unknown",
            "没有这个验真码。请对照文件重新输入，或留空并在内容里说明。",
            "There is no such verification code. Compare it with the document, or leave it empty.",
        )
    return about


async def look_up(number: str, secret: str, address: str, now: datetime, records: RecordsKey) -> TicketView:
    """The ticket of a number and its code; raises NotFound `ticket.not_found` for any other pair alike."""
    await throttling.count(LOOKS_PER_ADDRESS, address, now)
    row = await Ticket.get_or_none(number="".join(c for c in number if c.isdigit()))
    given = hash_token(secret.strip().upper(), PURPOSE)
    if row is None or not row.text_sealed or not same(row.secret_hash, given):
        raise NotFound(
            "ticket.not_found",
            "没有找到。请核对编号和查询码。",
            "Nothing was found. Check the number and the code.",
        )
    return (await view([row], records))[0]


async def own(person_id: str, records: RecordsKey) -> tuple[TicketView, ...]:
    """What a person sent while he was logged in, newest first."""
    return await view(
        await Ticket.filter(person_id=person_id).order_by("-created_at").limit(OWN_MOST), records
    )


async def view(rows: Sequence[Ticket], records: RecordsKey) -> tuple[TicketView, ...]:
    """The views of rows, in their order; without words where they were erased (`seals/archiving/`)."""
    answers = await TicketAnswer.filter(ticket_id__in=[row.id for row in rows]).order_by("at") if rows else []
    told: dict[str, list[AnswerView]] = {}
    for each in answers:
        text = _said(each.text_sealed, place(each.ticket_id, "answer"), records)
        told.setdefault(each.ticket_id, []).append(AnswerView(text, each.at))
    return tuple(
        TicketView(
            row.number,
            row.kind.value,
            row.state.value,
            row.code,
            _said(row.text_sealed, place(row.id, "text"), records),
            row.created_at,
            row.due_at,
            tuple(told.get(row.id, ())),
        )
        for row in rows
    )


def _said(sealed: bytes, where: str, records: RecordsKey) -> str:
    return records.open(bytes(sealed), where) if sealed else ""
