"""The platform's desk of service: tickets, notices, the answers to guidance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime
from sanic import Blueprint, Request

from auth import staff
from auth.staff import Staff
from auth.staff_models import StaffRoleName
from seals.service import answering, guiding, notices
from seals.service.answering import StaffTicket
from seals.service.guiding import GuidanceView
from seals.service.notices import NoticeDraft, NoticeView, Training
from server.api.operation import Body, it, operation, session
from server.context import now

__all__ = ["service_desk_api"]

service_desk_api = Blueprint("service_desk", url_prefix="/api/desk")


def _in_utc(at: datetime) -> datetime:
    """As it is stored; raises ValueError on what is out of its calendar there."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("out of the calendar") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class DeskAnswer(Body):
    """What is answered."""

    text: str


class NewNotice(Body):
    """A notice in both languages; times ISO 8601 with their offset, none: from now, for always."""

    kind: str
    topic: str = ""
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    shown_from: Moment | None = None
    shown_until: Moment | None = None


@dataclass(frozen=True)
class TicketDesk:
    """waiting: how many are open, overdue: how many of them are late; the most urgent of them."""

    waiting: int
    overdue: int
    tickets: tuple[StaffTicket, ...]


@dataclass(frozen=True)
class NoticeDesk:
    """What is shown now, and all trainings with their numbers."""

    notices: tuple[NoticeView, ...]
    trainings: tuple[Training, ...]


@dataclass(frozen=True)
class GuidanceDesk:
    """waiting: how much is not answered."""

    waiting: int
    guidance: tuple[GuidanceView, ...]


async def _operator(request: Request, *, deciding: bool = False) -> Staff:
    return await staff.require(session(request), StaffRoleName.OPERATOR, now(), deciding=deciding)


@operation(
    service_desk_api,
    "GET",
    "/tickets",
    "Open tickets, the most urgent first",
    answer=TicketDesk,
    query={"overdue": "1: only what is late"},
)
async def desk_tickets(request: Request) -> TicketDesk:
    await _operator(request)
    at, records = now(), it(request).records
    listed = answering.overdue if request.args.get("overdue") == "1" else answering.waiting
    return TicketDesk(*await answering.open_counts(at), await listed(at, records))


@operation(
    service_desk_api, "POST", "/tickets/<ticket:str>/take", "Begin to work on a ticket", answer=StaffTicket
)
async def take_ticket(request: Request, ticket: str) -> StaffTicket:
    who = await _operator(request)
    return await answering.take(ticket, who, now(), it(request).records)


@operation(
    service_desk_api,
    "POST",
    "/tickets/<ticket:str>/answer",
    "Answer a ticket",
    answer=StaffTicket,
    body=DeskAnswer,
)
async def answer_ticket(request: Request, ticket: str, body: DeskAnswer) -> StaffTicket:
    who = await _operator(request, deciding=True)
    return await answering.answer(ticket, body.text, who, now(), it(request).records)


@operation(service_desk_api, "POST", "/tickets/<ticket:str>/close", "Close a ticket", answer=StaffTicket)
async def close_ticket(request: Request, ticket: str) -> StaffTicket:
    who = await _operator(request, deciding=True)
    return await answering.close(ticket, who, now(), it(request).records)


@operation(
    service_desk_api,
    "POST",
    "/tickets/<ticket:str>/ask-freeze",
    "Ask the company whose seal was reported to look and to suspend it",
    answer=StaffTicket,
)
async def ask_freeze(request: Request, ticket: str) -> StaffTicket:
    who = await _operator(request, deciding=True)
    return await answering.ask_freeze(ticket, who, now(), it(request).records)


@operation(service_desk_api, "GET", "/notices", "Notices and trainings", answer=NoticeDesk)
async def desk_notices(request: Request) -> NoticeDesk:
    await _operator(request)
    return NoticeDesk(await notices.shown(now()), await notices.trainings())


@operation(
    service_desk_api,
    "POST",
    "/notices",
    "Tell all users something",
    answer=NoticeView,
    body=NewNotice,
    status=201,
)
async def publish_notice(request: Request, body: NewNotice) -> NoticeView:
    who, at = await _operator(request, deciding=True), now()
    draft = NoticeDraft(
        body.kind,
        body.topic,
        body.title_zh,
        body.title_en,
        body.text_zh,
        body.text_en,
        body.shown_from or at,
        body.shown_until,
    )
    return await notices.publish(draft, who.actor, at)


@operation(
    service_desk_api,
    "POST",
    "/notices/<notice:str>/withdraw",
    "Show a notice no more",
    answer=NoticeView,
)
async def withdraw_notice(request: Request, notice: str) -> NoticeView:
    who = await _operator(request, deciding=True)
    return await notices.withdraw(notice, who.actor, now())


@operation(service_desk_api, "GET", "/guidance", "Guidance to maker and platform", answer=GuidanceDesk)
async def desk_guidance(request: Request) -> GuidanceDesk:
    await _operator(request)
    found = await guiding.listed(now())
    return GuidanceDesk(sum(each.answered_at is None for each in found), found)


@operation(
    service_desk_api,
    "POST",
    "/guidance/<guidance:str>/answer",
    "Answer a piece of guidance",
    answer=GuidanceView,
    body=DeskAnswer,
)
async def answer_guidance(request: Request, guidance: str, body: DeskAnswer) -> GuidanceView:
    who = await _operator(request, deciding=True)
    return await guiding.answer(guidance, body.text, who.actor, now())
