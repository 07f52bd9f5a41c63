"""Feedback, complaints and reports, for anybody; notices, for whoever is logged in."""

from __future__ import annotations

from dataclasses import dataclass

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from seals.service import notices, tickets
from seals.service.notices import NoticeView
from seals.service.tickets import Receipt, TicketView
from server.api.operation import Body, address, it, operation, session
from server.context import now

__all__ = ["service_api"]

service_api = Blueprint("service_api", url_prefix="/api")


class Feedback(Body):
    """kind: question, complaint, feedback, privacy or abuse; code: of the document that it is about."""

    kind: str
    text: str
    contact: str = ""
    code: str = ""


class LookUp(Body):
    """Number and code, as the sender got them."""

    number: str
    secret: str


@dataclass(frozen=True)
class Tickets:
    """What one has sent, newest first."""

    tickets: tuple[TicketView, ...]


@dataclass(frozen=True)
class Notices:
    """Notices that one has not read yet, oldest first."""

    notices: tuple[NoticeView, ...]


@operation(
    service_api,
    "POST",
    "/tickets",
    "Ask, complain, or report a document",
    answer=Receipt,
    body=Feedback,
    public=True,
    status=201,
)
async def send_ticket(request: Request, body: Feedback) -> Receipt:
    ctx, asking = it(request), request.ctx.session
    return await tickets.send(
        body.kind,
        body.text,
        body.contact,
        body.code,
        asking.person_id if asking is not None else None,
        address(request),
        now(),
        ctx.records,
        ctx.settings.ticket_hours,
    )


@operation(
    service_api,
    "POST",
    "/tickets/look-up",
    "What became of it, by number and code",
    answer=TicketView,
    body=LookUp,
    public=True,
)
async def look_up_ticket(request: Request, body: LookUp) -> TicketView:
    return await tickets.look_up(body.number, body.secret, address(request), now(), it(request).records)


@operation(service_api, "GET", "/tickets", "What I have sent", answer=Tickets)
async def my_tickets(request: Request) -> Tickets:
    return Tickets(await tickets.own(session(request).person_id, it(request).records))


@operation(service_api, "GET", "/notices", "Notices that I have not read", answer=Notices)
async def unread_notices(request: Request) -> Notices:
    return Notices(await notices.unread(session(request).person_id, now()))


@operation(service_api, "POST", "/notices/<notice:str>/read", "I have read a notice", status=204)
async def read_notice(request: Request, notice: str) -> HTTPResponse:
    await notices.read(notice, session(request).person_id, now())
    return HTTPResponse(status=204)
