"""Log a PC in by the phone: show a code, follow it, take the session; on the phone claim, confirm, cancel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth import scan_login
from auth.people import Me
from auth.scan_login import WAIT_LIFE, ScanLoginView, ScanStanding
from auth.second_factor import Entered
from h5.qr import qr_svg
from server.api.account import welcome
from server.api.cookies import browser_of, cookie, drop_cookie, set_cookie
from server.api.operation import Body, address, answer_json, it, operation, session
from server.context import now

__all__ = ["scanning"]

scanning = Blueprint("scanning", url_prefix="/api")


class ScannedToken(Body):
    """The token of a scanned QR code."""

    token: str


class ConfirmLogin(Body):
    """The two digits on the PC, and the intent of what the phone showed."""

    digits: str
    intent: str


@dataclass(frozen=True)
class LoginCode:
    """A fresh QR code to log in by: its URL (token in the fragment) and picture, the two digits beside it."""

    url: str
    qr_svg: str
    digits: str
    expires_at: datetime


def _host(request: Request) -> str:
    return urlsplit(it(request).settings.public_url).netloc


@operation(
    scanning,
    "POST",
    "/login/scan",
    "A fresh QR code to log this browser in",
    answer=LoginCode,
    public=True,
    status=201,
)
async def ask_login_code(request: Request) -> HTTPResponse:
    made = await scan_login.ask(cookie(request, "scan"), browser_of(request), _host(request), now())
    url = f"{it(request).settings.public_url}/q#{made.token}"
    response = answer_json(LoginCode, LoginCode(url, qr_svg(url), made.digits, made.expires_at), 201)
    set_cookie(request, response, "scan", made.browser, int(WAIT_LIFE.total_seconds()))
    return response


@operation(
    scanning, "GET", "/login/scan", "How this browser's login stands", answer=ScanStanding, public=True
)
async def login_standing(request: Request) -> ScanStanding:
    return await scan_login.stands(cookie(request, "scan"), now(), it(request).records)


@operation(
    scanning, "POST", "/login/scan/enter", "Take the session that was confirmed", answer=Me, public=True
)
async def enter_scanned(request: Request) -> HTTPResponse:
    browser = browser_of(request)
    token = await scan_login.enter(cookie(request, "scan"), browser, now())
    response = await welcome(request, Entered(session=token), browser.device)
    drop_cookie(request, response, "scan")
    return response


@operation(
    scanning, "POST", "/logins/claim", "Claim a scanned login", answer=ScanLoginView, body=ScannedToken
)
async def claim_login(request: Request, body: ScannedToken) -> ScanLoginView:
    return await scan_login.claim(
        body.token, session(request), address(request), _host(request), now(), it(request).records
    )


@operation(scanning, "GET", "/logins/<scan:str>", "A login this phone holds", answer=ScanLoginView)
async def scanned_login(request: Request, scan: str) -> ScanLoginView:
    return await scan_login.show(scan, session(request), address(request), _host(request), now())


@operation(scanning, "POST", "/logins/<scan:str>/confirm", "Let the PC in", body=ConfirmLogin, status=204)
async def confirm_login(request: Request, scan: str, body: ConfirmLogin) -> HTTPResponse:
    await scan_login.confirm(scan, body.digits, body.intent, session(request), _host(request), now())
    return HTTPResponse(status=204)


@operation(scanning, "POST", "/logins/<scan:str>/cancel", "Refuse the login", status=204)
async def cancel_login(request: Request, scan: str) -> HTTPResponse:
    await scan_login.cancel(scan, session(request), now())
    return HTTPResponse(status=204)
