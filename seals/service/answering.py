"""The staff's side of tickets: what waits, what is late, answer, close, ask a company to look.

That somebody is at the desk is the caller's to check; that a ticket is not his own, nor about a company of
his, is checked here. Each step leaves a line in a log. The platform cannot suspend a seal: to ask is an event
in the company's own thread, and what happens then is the company's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tortoise.queryset import QuerySet

from auth import events
from auth import staff as staff_rows
from auth.engine import transaction
from auth.errors import Conflict, NotFound
from auth.privacy import RecordsKey
from auth.staff import Staff
from seals.models import Document, Seal, Signing, SigningState
from seals.paper_models import Paper
from seals.service.tickets import MAX_TEXT, TicketView, checked, place, view
from seals.service_models import Ticket, TicketAnswer, TicketKind, TicketState

__all__ = ["StaffTicket", "answer", "ask_freeze", "close", "open_counts", "overdue", "take", "waiting"]

OPEN = (TicketState.RECEIVED, TicketState.WORKING)
LISTED_MOST = 100


@dataclass(frozen=True)
class StaffTicket:
    """A ticket on the desk. contact: as the sender left it, or empty; overdue: the promised time is over."""

    id: str
    contact: str
    overdue: bool
    asked_freeze_at: datetime | None
    ticket: TicketView


async def waiting(now: datetime, records: RecordsKey) -> tuple[StaffTicket, ...]:
    """What is not answered, the most urgent first."""
    return await _desk(await _open().order_by("due_at", "id").limit(LISTED_MOST), now, records)


async def overdue(now: datetime, records: RecordsKey) -> tuple[StaffTicket, ...]:
    """What should have been answered by now."""
    late = _open().filter(due_at__lt=now)
    return await _desk(await late.order_by("due_at", "id").limit(LISTED_MOST), now, records)


async def open_counts(now: datetime) -> tuple[int, int]:
    """How many are open, and how many of them late."""
    return await _open().count(), await _open().filter(due_at__lt=now).count()


async def take(ticket_id: str, who: Staff, now: datetime, records: RecordsKey) -> StaffTicket:
    """Begin to work on it; its sender sees that."""
    async with transaction():
        received = Ticket.filter(id=ticket_id, state=TicketState.RECEIVED)
        if await received.update(state=TicketState.WORKING):
            await _tell("ticket.taken", ticket_id, who, now)
    return await _one(ticket_id, now, records)


async def answer(ticket_id: str, text: str, who: Staff, now: datetime, records: RecordsKey) -> StaffTicket:
    """Answer; a further answer to an answered one is told likewise.

    Raises Conflict `ticket.closed`; Refused `staff.own_matter`.
    """
    said = checked(text, "text", MAX_TEXT)
    await _apart(await _exists(ticket_id), who, now)
    async with transaction():
        live = Ticket.filter(id=ticket_id, state__not=TicketState.CLOSED)
        if not await live.update(state=TicketState.ANSWERED, answered_at=now):
            raise _closed()
        row = await Ticket.get(id=ticket_id)
        sealed = records.seal(said, place(ticket_id, "answer"))
        await TicketAnswer.create(ticket_id=ticket_id, text_sealed=sealed, staff=who.id, at=now)
        if row.person_id is not None:
            await events.append(
                events.person_stream(row.person_id),
                "ticket.answered",
                actor=who.actor,
                subject=f"ticket:{row.id}",
                now=now,
                facts={"number": row.number},
            )
    return await _one(ticket_id, now, records)


async def close(ticket_id: str, who: Staff, now: datetime, records: RecordsKey) -> StaffTicket:
    """Done with. Raises Conflict `ticket.closed`; Refused `staff.own_matter`."""
    await _apart(await _exists(ticket_id), who, now)
    async with transaction():
        live = Ticket.filter(id=ticket_id, state__not=TicketState.CLOSED)
        if not await live.update(state=TicketState.CLOSED):
            raise _closed()
        await _tell("ticket.closed", ticket_id, who, now)
    return await _one(ticket_id, now, records)


async def ask_freeze(ticket_id: str, who: Staff, now: datetime, records: RecordsKey) -> StaffTicket:
    """Ask the companies whose seals are on a reported document to look, and to suspend what is misused; once.

    Raises Conflict `ticket.no_seal`, `ticket.asked`; Refused `staff.own_matter`.
    """
    row = await _exists(ticket_id)
    await _apart(row, who, now)
    seals = await _seals(row.code) if row.kind is TicketKind.ABUSE and row.code else []
    if not seals:
        raise Conflict(
            "ticket.no_seal",
            "这条举报没有指明已盖章的文件。",
            "This report names no sealed document.",
        )
    async with transaction():
        if not await Ticket.filter(id=ticket_id, asked_freeze_at=None).update(asked_freeze_at=now):
            raise Conflict("ticket.asked", "已经请企业核实过了。", "The company has been asked already.")
        for seal in seals:
            await events.append(
                events.company_stream(seal.company_id),
                "seal.reported",
                actor=who.actor,
                subject=f"seal:{seal.id}",
                now=now,
                facts={"number": row.number, "code": row.code},
                on_behalf=seal.company_id,
            )
    return await _one(ticket_id, now, records)


async def _seals(code: str) -> list[Seal]:
    on_it = Signing.filter(document__record__code=code, state=SigningState.SIGNED)
    ids = {str(each) for each in await on_it.values_list("seal_id", flat=True)}
    return await Seal.filter(id__in=ids).order_by("company_id", "id")


async def _apart(row: Ticket, who: Staff, now: datetime) -> None:
    """Not what he sent, nor what is about a document or paper of a company of his."""
    people = {row.person_id} if row.person_id is not None else set()
    await staff_rows.require_apart(who, None, people, now)
    for company in await _companies(row.code) if row.code else ():
        await staff_rows.require_apart(who, company, people, now)


async def _companies(code: str) -> list[str]:
    papers = await Paper.filter(code=code)
    codes = [code, *(row.about for row in papers if row.about)]
    brought = await Document.filter(record_id__in=codes).values_list("company_id", flat=True)
    return sorted({str(each) for each in brought} | {row.company_id for row in papers if row.company_id})


async def _tell(kind: str, ticket_id: str, who: Staff, now: datetime) -> None:
    await events.append(events.PLATFORM, kind, actor=who.actor, subject=f"ticket:{ticket_id}", now=now)


def _open() -> QuerySet[Ticket]:
    return Ticket.filter(state__in=OPEN)


async def _exists(ticket_id: str) -> Ticket:
    row = await Ticket.get_or_none(id=ticket_id)
    if row is None:
        raise NotFound("ticket.not_found", "没有这条反馈。", "There is no such ticket.")
    return row


def _closed() -> Conflict:
    return Conflict("ticket.closed", "这条反馈已经办结。", "This ticket is closed.")


async def _one(ticket_id: str, now: datetime, records: RecordsKey) -> StaffTicket:
    return (await _desk([await _exists(ticket_id)], now, records))[0]


async def _desk(rows: list[Ticket], now: datetime, records: RecordsKey) -> tuple[StaffTicket, ...]:
    def contact(row: Ticket) -> str:
        sealed = row.contact_sealed
        return records.open(bytes(sealed), place(row.id, "contact")) if sealed else ""

    views = await view(rows, records)
    return tuple(
        StaffTicket(row.id, contact(row), row.state in OPEN and row.due_at < now, row.asked_freeze_at, seen)
        for row, seen in zip(rows, views, strict=True)
    )
