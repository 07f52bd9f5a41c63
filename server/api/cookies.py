"""The cookies of the application: names, and how they are set. No script reads any of them.

Under https every name begins with `__Host-` (RFC 6265bis §4.1.3.2): Secure, for the whole of this very
host and no other, so that neither a neighbouring host nor plain http can plant one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from sanic import Request
from sanic.response import HTTPResponse

from auth.browsers import Browser
from auth.second_factor import PENDING_LIFE
from auth.sessions import ABSOLUTE_LIFE
from auth.tokens import new_token
from server.settings import Settings

__all__ = [
    "browser_of",
    "cookie",
    "cookie_name",
    "drop_cookie",
    "keep_pending",
    "keep_session",
    "set_cookie",
]

Purpose = Literal["session", "device", "scan", "wechat", "factor", "printed"]
DEVICE_LIFE_S = 400 * 24 * 3600  # the longest that browsers keep a cookie


def cookie_name(settings: Settings, purpose: Purpose) -> str:
    """The name of a cookie in this deployment."""
    return f"{'__Host-' if _https(settings) else ''}ezhang_{purpose}"


def _https(settings: Settings) -> bool:
    return settings.public_url.startswith("https:")


def cookie(request: Request, purpose: Purpose) -> str:
    """What the browser sent, or an empty text."""
    settings: Settings = request.app.ctx.settings
    return request.cookies.get(cookie_name(settings, purpose)) or ""


def set_cookie(request: Request, response: HTTPResponse, purpose: Purpose, value: str, life_s: int) -> None:
    """Give the browser a cookie for so many seconds."""
    settings: Settings = request.app.ctx.settings
    response.add_cookie(
        cookie_name(settings, purpose),
        value,
        path="/",
        httponly=True,
        secure=_https(settings),
        samesite="Lax",
        max_age=life_s,
    )


def drop_cookie(request: Request, response: HTTPResponse, purpose: Purpose) -> None:
    """Take a cookie away."""
    settings: Settings = request.app.ctx.settings
    response.cookies.delete_cookie(cookie_name(settings, purpose), path="/", secure=_https(settings))


def browser_of(request: Request) -> Browser:
    """The browser that logs in: with the device token it has, or a new one."""
    return Browser(
        request.headers.get("user-agent", ""),
        str(request.remote_addr or request.ip),
        cookie(request, "device") or new_token(),
        request.ctx.session.id if request.ctx.session is not None else None,
    )


def keep_session(request: Request, response: HTTPResponse, token: str, device: str) -> None:
    """Give the browser its session, and the device token that the session is good with."""
    set_cookie(request, response, "session", token, int(ABSOLUTE_LIFE.total_seconds()))
    set_cookie(request, response, "device", device, DEVICE_LIFE_S)


def keep_pending(
    request: Request, response: HTTPResponse, token: str, device: str, life: timedelta = PENDING_LIFE
) -> None:
    """Give the browser its login that waits for a passkey, and the device token that it is good with."""
    set_cookie(request, response, "factor", token, int(life.total_seconds()))
    set_cookie(request, response, "device", device, DEVICE_LIFE_S)
