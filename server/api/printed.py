"""Check a printed document: the access code on it opens pictures of its pages, for one browser, a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from seals import printed
from seals.printed import PrintedState
from server.api.cookies import cookie, set_cookie
from server.api.documents import PICTURE_QUERY, SCREEN_WIDTH_PX, number
from server.api.operation import Body, address, answer_json, it, operation, session
from server.context import now

__all__ = ["printed_documents"]

printed_documents = Blueprint("printed", url_prefix="/api")


class Access(Body):
    """access: the eight characters below the QR code, with or without the dash."""

    access: str


class Switch(Body):
    """on: the pages may be seen by who holds the paper."""

    on: bool


@dataclass(frozen=True)
class Opened:
    """The pages stand open to this browser until then."""

    pages: int
    expires_at: datetime


@operation(
    printed_documents,
    "POST",
    "/codes/<code:str>/printed",
    "Open the pages of a printed document by its access code",
    answer=Opened,
    body=Access,
    public=True,
)
async def open_printed(request: Request, code: str, body: Access) -> HTTPResponse:
    made = await printed.look(code, body.access, address(request), now(), it(request).records)
    response = answer_json(Opened, Opened(made.pages, made.expires_at))
    set_cookie(request, response, "printed", made.token, int(printed.LOOK_LIFE.total_seconds()))
    return response


@operation(
    printed_documents,
    "GET",
    "/codes/<code:str>/printed/pages/<page:str>",
    "A page of the sealed version, marked as a copy for checking",
    media="image/png",
    query=PICTURE_QUERY,
    public=True,
)
async def printed_page(request: Request, code: str, page: str) -> HTTPResponse:
    picture = await printed.page(
        code,
        number(page.removesuffix(".png")),
        number(request.args.get("w", str(SCREEN_WIDTH_PX))),
        cookie(request, "printed"),
        now(),
        it(request).workshop,
    )
    return HTTPResponse(picture, content_type="image/png", headers={"cache-control": "no-store"})


@operation(
    printed_documents,
    "POST",
    "/documents/<document:str>/printed",
    "Close a sealed document's pages to who holds the paper, or open them again",
    answer=PrintedState,
    body=Switch,
)
async def switch_printed(request: Request, document: str, body: Switch) -> PrintedState:
    return await printed.switch(document, body.on, session(request), now())
