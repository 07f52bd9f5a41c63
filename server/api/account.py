"""Log in by SMS code, log out, who am I, where am I logged in."""

from __future__ import annotations

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth import login, people, sessions
from auth.errors import Unauthenticated
from auth.login import CodeSent
from auth.people import Me
from auth.second_factor import Entered
from auth.sessions import LoggedIn
from server.api.cookies import browser_of, drop_cookie, keep_pending, keep_session
from server.api.operation import Body, address, answer_json, it, operation, session
from server.context import now
from server.errors import respond

__all__ = ["account", "factor_needed", "welcome"]

account = Blueprint("account", url_prefix="/api")


class Mobile(Body):
    """A mainland mobile number."""

    mobile: str


class Login(Body):
    """Mobile and the six-digit code sent to it."""

    mobile: str
    code: str


@operation(
    account, "POST", "/login/sms", "Send a login code", answer=CodeSent, body=Mobile, public=True, status=202
)
async def send_code(request: Request, body: Mobile) -> CodeSent:
    ctx = it(request)
    return await login.request_code(body.mobile, address(request), now(), ctx.records, ctx.sms)


@operation(account, "POST", "/login", "Log in", answer=Me, body=Login, public=True)
async def log_in(request: Request, body: Login) -> HTTPResponse:
    browser = browser_of(request)
    entered = await login.log_in(body.mobile, body.code, browser, now(), it(request).records)
    return await welcome(request, entered, browser.device)


def factor_needed(request: Request, pending: str, device: str) -> HTTPResponse:
    """The answer where a passkey is asked too: 401, and the cookie of the login that waits for it."""
    error = Unauthenticated(
        "login.factor_needed",
        "请再用您的通行密钥确认登录（5 分钟内有效）。",
        "Please confirm the login with one of your passkeys, within 5 minutes.",
    )
    response = respond(request, error)
    keep_pending(request, response, pending, device)
    return response


async def welcome(request: Request, entered: Entered, device: str) -> HTTPResponse:
    """The answer to a login: who it is, and the cookies of the new session; or `factor_needed`."""
    if entered.pending is not None:
        return factor_needed(request, entered.pending, device)
    token = entered.session or ""
    found = await sessions.find(token, device, now())
    assert found is not None
    response = answer_json(Me, await people.me(found.person_id, now(), it(request).records))
    keep_session(request, response, token, device)
    return response


@operation(account, "POST", "/logout", "Log out", status=204)
async def log_out(request: Request) -> HTTPResponse:
    await sessions.end(session(request), now())
    return _goodbye(request)


def _goodbye(request: Request) -> HTTPResponse:
    response = HTTPResponse(status=204)
    drop_cookie(request, response, "session")
    return response


@operation(account, "GET", "/me", "The person who is logged in", answer=Me)
async def me(request: Request) -> Me:
    return await people.me(session(request).person_id, now(), it(request).records)


@operation(
    account,
    "GET",
    "/sessions",
    "Where I am logged in: this session first, then the last used",
    answer=tuple[LoggedIn, ...],
)
async def my_sessions(request: Request) -> tuple[LoggedIn, ...]:
    return await sessions.listed(session(request), now())


@operation(account, "DELETE", "/sessions", "Log out everywhere, here too", status=204)
async def end_sessions(request: Request) -> HTTPResponse:
    await sessions.end_all(session(request), now())
    return _goodbye(request)


@operation(account, "DELETE", "/sessions/<login:str>", "End one of my sessions", status=204)
async def end_session(request: Request, login: str) -> HTTPResponse:
    asking = session(request)
    await sessions.end_one(login, asking, now())
    return _goodbye(request) if login == asking.id else HTTPResponse(status=204)
