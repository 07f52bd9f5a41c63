"""Pages about the service, for everybody and without scripts: help, terms, privacy, status, notices; the page
of feedback; and the desks of service and supervision.

The app gives `app.ctx.service_status()` and `app.ctx.notices()`; what the help page shows are settings.
"""

from __future__ import annotations

from sanic import Blueprint, Request
from sanic.exceptions import NotFound as NoSuchPage
from sanic.response import HTTPResponse

from auth import texts
from auth.china import minute
from auth.staff_models import StaffRoleName
from h5.desk_pages import desk_page
from h5.pages import pages
from h5.rendering import render
from h5.wording.helping import HELP
from seals.kinds import SealKind, spec
from seals.service_models import TicketKind, Topic

__all__ = ["pages", "service_desk_pages"]

service_desk_pages = Blueprint("service_desk_pages")


@pages.get("/help")
async def help_page(request: Request) -> HTTPResponse:
    return render(request, "help.html", sections=HELP, about=request.app.ctx.settings)


@pages.get("/terms", name="terms")
async def terms(request: Request) -> HTTPResponse:
    return _legal(request, "terms")


@pages.get("/privacy", name="privacy")
async def privacy(request: Request) -> HTTPResponse:
    return _legal(request, "privacy")


def _legal(request: Request, name: str) -> HTTPResponse:
    shown = texts.version_of(name, request.args.get("version"))
    if shown is None:
        raise NoSuchPage("no such version")
    every = [each for each in reversed(texts.VERSIONS) if each.name == name]
    return render(request, "legal.html", text=shown, versions=every, parts=texts.parts)


@pages.get("/status")
async def status(request: Request) -> HTTPResponse:
    return render(
        request,
        "status.html",
        found=await request.app.ctx.service_status(),
        about=request.app.ctx.settings,
    )


@pages.get("/notices")
async def notices(request: Request) -> HTTPResponse:
    return render(request, "notices.html", notices=await request.app.ctx.notices(), minute=minute)


@pages.get("/feedback")
async def feedback(request: Request) -> HTTPResponse:
    asked = request.args.get("kind")
    kind = asked if asked in set(TicketKind) else TicketKind.QUESTION.value
    code = (request.args.get("code") or "")[:24]
    return render(request, "feedback.html", kinds=[each.value for each in TicketKind], kind=kind, code=code)


@service_desk_pages.get("/desk/service", name="service")
async def service_desk(request: Request) -> HTTPResponse:
    topics = [each.value for each in Topic]
    return await desk_page(request, "desk/service.html", StaffRoleName.OPERATOR, topics=topics)


@service_desk_pages.get("/desk/supervision", name="supervision")
async def supervision_desk(request: Request) -> HTTPResponse:
    kinds = {each.value: {"zh": spec(each).zh, "en": spec(each).en} for each in SealKind}
    return await desk_page(request, "desk/supervision.html", StaffRoleName.REGULATOR, kinds=kinds)
