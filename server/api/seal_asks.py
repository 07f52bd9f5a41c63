"""What a member with a letter of authorisation asks of a seal's life (R44)."""

from __future__ import annotations

from dataclasses import dataclass

from sanic import Blueprint, Request

from seals.asks import asking
from seals.asks.asking import AskView
from server.api.operation import Body, it, operation, session
from server.context import now

__all__ = ["seal_asks"]

seal_asks = Blueprint("seal_asks", url_prefix="/api")


class AskWanted(Body):
    """change: `suspend`, `resume` or `cancel`; reason: at most 200 characters, told the representative."""

    change: str
    reason: str


class Declined(Body):
    """reason: at most 200 characters, told who asked."""

    reason: str


@dataclass(frozen=True)
class Asks:
    """Newest first."""

    asks: tuple[AskView, ...]


@operation(
    seal_asks,
    "POST",
    "/seals/<seal:str>/asks",
    "Ask the representative for a change of a seal, on one's letter of authorisation",
    answer=AskView,
    body=AskWanted,
    status=201,
)
async def ask_change(request: Request, seal: str, body: AskWanted) -> AskView:
    person, records = session(request).person_id, it(request).records
    return await asking.ask(seal, body.change, body.reason, person, now(), records)


@operation(
    seal_asks,
    "GET",
    "/companies/<company:str>/seal-asks",
    "What was asked of a company's seals: one's own, of the representative all",
    answer=Asks,
)
async def list_asks(request: Request, company: str) -> Asks:
    person, records = session(request).person_id, it(request).records
    return Asks(await asking.listed(company, person, now(), records))


@operation(
    seal_asks,
    "POST",
    "/seal-asks/<ask:str>/decline",
    "Decline what was asked of a seal, with a reason",
    answer=AskView,
    body=Declined,
)
async def decline_ask(request: Request, ask: str, body: Declined) -> AskView:
    person, records = session(request).person_id, it(request).records
    return await asking.decline(ask, body.reason, person, now(), records)
