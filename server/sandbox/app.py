"""The sandbox's application factory: six services, their pages, one way of answering errors."""

from __future__ import annotations

import logging
import secrets
from urllib.parse import urlsplit

from pydantic import ValidationError
from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import json

from auth.errors import DomainError
from server.sandbox import (
    bank,
    control,
    counter,
    existing,
    filings,
    public_security,
    push,
    realname,
    registrar,
    sms,
    succession,
    wechat,
)
from server.sandbox.pages import STAND_IN_HEADER, render
from server.sandbox.settings import SandboxSettings
from server.sandbox.store import open_store

__all__ = ["create_app"]

BODY_MAX_BYTES = 64 * 1024
log = logging.getLogger("ezhang.sandbox")


def create_app(settings: SandboxSettings) -> Sanic:
    """A sandbox on its own folder; several may live in one process (tests)."""
    app: Sanic = Sanic(f"ezhang-sandbox-{secrets.token_hex(4)}", configure_logging=False)
    app.config.AUTO_EXTEND = False
    app.config.TOUCHUP = False  # it rewrites Sanic's methods, which works once per process
    app.config.REQUEST_MAX_SIZE = BODY_MAX_BYTES
    app.ctx.settings = settings
    for part in (
        *(sms, realname, registrar, existing, succession, public_security, filings),
        *(wechat, bank, push),
    ):
        app.blueprint(part.api)
        app.blueprint(part.pages)
    app.blueprint(wechat.account)
    app.blueprint(counter.pages)
    app.blueprint(control.blueprint)
    app.before_server_start(_open)
    app.after_server_stop(_close)
    app.on_request(_refuse_foreign_pages)
    app.on_response(_mark)
    app.exception(Exception)(_answer)
    return app


async def _open(app: Sanic) -> None:
    app.ctx.db = open_store(app.ctx.settings.data)


async def _close(app: Sanic) -> None:
    app.ctx.db.close()


async def _refuse_foreign_pages(request: Request) -> HTTPResponse | None:
    """A page of another site must not press our buttons in a developer's browser."""
    origin = request.headers.get("origin")
    if request.method == "GET" or origin is None or urlsplit(origin).netloc == request.host:
        return None
    return json({"error": {"code": "sandbox.origin", "reason": "只接受沙箱自己页面的操作"}}, 403)


async def _mark(_request: Request, response: HTTPResponse) -> None:
    name, value = STAND_IN_HEADER
    response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"


async def _answer(request: Request, error: Exception) -> HTTPResponse:
    """Every error as JSON for programs and as a page for people; what is unknown is logged, not shown."""
    status, code, reason = _told(error)
    if status >= 500:
        log.error("unexpected error at %s", request.path, exc_info=error)
    if request.path.startswith(("/api/", "/cgi-bin/", "/sns/", "/_control")):
        return json({"error": {"code": code, "reason": reason}}, status)
    return render(request, "error.html", status, reason=reason)


def _told(error: Exception) -> tuple[int, str, str]:
    if isinstance(error, DomainError):
        return 422, error.code, error.zh
    if isinstance(error, ValidationError):
        places = "、".join(".".join(map(str, each["loc"])) or "正文" for each in error.errors())
        return 422, "sandbox.invalid", f"请求内容有误：{places}"
    if isinstance(error, SanicException):
        status = error.status_code or 500
        if status == 404:
            return 404, "sandbox.404", "没有这个页面或记录"
        return status, f"sandbox.{status}", str(error) if status < 500 else "沙箱内部错误"
    return 500, "sandbox.500", "沙箱内部错误"
