"""The desk of a supervising authority: totals, overdue filings where they are its matter, guidance."""

from __future__ import annotations

from dataclasses import dataclass

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth import staff
from auth.errors import NotFound
from auth.staff import Staff
from auth.staff_models import StaffRoleName
from seals.filing.overdue import overdue
from seals.filing.views import MakerFilingView
from seals.service import exporting, guiding
from seals.service.guiding import GuidanceView
from seals.service.statistics import Statistics, statistics
from seals.service.supervision import VIEWS, Authority, View, authority_of
from server.api.operation import Body, attachment, it, operation, session
from server.context import now

__all__ = ["supervision_api"]

supervision_api = Blueprint("supervision", url_prefix="/api/desk/supervision")


class NewGuidance(Body):
    """addressee: maker or platform."""

    addressee: str
    text: str


@dataclass(frozen=True)
class OverdueFilings:
    """What the maker has not filed in time, or was refused, oldest first."""

    filings: tuple[MakerFilingView, ...]


@dataclass(frozen=True)
class SupervisionDesk:
    """Whose desk it is, what it shows, and the totals. waiting: guidance without an answer."""

    authority: str
    views: tuple[str, ...]
    waiting: int
    statistics: Statistics
    guidance: tuple[GuidanceView, ...]


async def _regulator(request: Request, *, deciding: bool = False) -> tuple[Staff, Authority]:
    who = await staff.require(session(request), StaffRoleName.REGULATOR, now(), deciding=deciding)
    return who, await authority_of(who.id)


@operation(supervision_api, "GET", "", "Totals and guidance, for supervision", answer=SupervisionDesk)
async def supervision(request: Request) -> SupervisionDesk:
    _, authority = await _regulator(request)
    at = now()
    given = await guiding.listed(at)
    return SupervisionDesk(
        authority.value,
        tuple(sorted(VIEWS[authority])),
        sum(each.answered_at is None for each in given),
        await statistics(it(request).policy, at),
        given,
    )


@operation(
    supervision_api,
    "GET",
    "/filings",
    "Overdue filings, for the authority that they go to",
    answer=OverdueFilings,
)
async def overdue_filings(request: Request) -> OverdueFilings:
    _, authority = await _regulator(request)
    if View.OVERDUE_FILINGS not in VIEWS[authority]:
        raise staff.no_desk()
    return OverdueFilings(await overdue(it(request).policy, now()))


@operation(
    supervision_api,
    "GET",
    "/totals/<form:str>",
    "The totals as a table, csv or xlsx",
    media="application/octet-stream",
)
async def export_totals(request: Request, form: str) -> HTTPResponse:
    await _regulator(request)
    found = await statistics(it(request).policy, now())
    if form not in exporting.FORMS:
        raise NotFound("totals.form", "只有 csv 和 xlsx 两种。", "There are csv and xlsx.")
    media, make = exporting.FORMS[form]
    return attachment(f"ezhang-totals-{found.at:%Y%m%d}.{form}", make(found), media)


@operation(
    supervision_api,
    "POST",
    "/guidance",
    "Give guidance to the maker or the platform",
    answer=GuidanceView,
    body=NewGuidance,
    status=201,
)
async def give_guidance(request: Request, body: NewGuidance) -> GuidanceView:
    who, authority = await _regulator(request, deciding=True)
    return await guiding.give(authority, body.addressee, body.text, who.actor, now())
