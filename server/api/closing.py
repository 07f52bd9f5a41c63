"""Close one's account: what stands against it, a code to one's own mobile, and the end of it."""

from __future__ import annotations

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth.login import CodeSent
from seals.archiving import persons
from seals.archiving.persons import Closing
from server.api.cookies import browser_of, drop_cookie
from server.api.operation import Body, address, it, operation, session
from server.context import now

__all__ = ["closing"]

closing = Blueprint("closing", url_prefix="/api/account")


class Code(Body):
    """The six-digit code that was sent to one's own mobile."""

    code: str


@operation(closing, "GET", "/closing", "What stands against closing my account", answer=Closing)
async def account_closing(request: Request) -> Closing:
    return await persons.closing(session(request).person_id)


@operation(closing, "POST", "/closing/code", "Send the code that closing takes", answer=CodeSent, status=202)
async def send_closing_code(request: Request) -> CodeSent:
    ctx = it(request)
    return await persons.send_code(session(request), address(request), now(), ctx.records, ctx.sms)


@operation(closing, "POST", "/closing", "Close my account, for good", body=Code, status=204)
async def close_account(request: Request, body: Code) -> HTTPResponse:
    asking, ctx = session(request), it(request)
    await persons.close(asking, body.code, browser_of(request), now(), ctx.records, ctx.workshop.blobs)
    response = HTTPResponse(status=204)
    drop_cookie(request, response, "session")
    return response
