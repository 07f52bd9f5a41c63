"""The one place where an error of the domain becomes HTTP.

Body: {"error": {"code", "zh", "en", "field", "facts", "errors"?}}; `errors` lists one per wrong field.
A browser that was led to an address of ours (a code scanned, a link) gets the same words as a page.
An error nobody foresaw is a plain 500 without its text, and goes to the log.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sanic import Request, Sanic
from sanic.exceptions import NotFound as SanicNotFound
from sanic.exceptions import PayloadTooLarge, SanicException
from sanic.response import HTTPResponse, json

from auth.applying import FormErrors
from auth.browsers import masked_address
from auth.errors import (
    Conflict,
    DomainError,
    Gone,
    Invalid,
    NotFound,
    Refused,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from h5.rendering import language_of, render
from server.api.operation import address

__all__ = ["NOT_FOUND", "STATUS", "install", "respond", "status_of"]

_log = logging.getLogger(__name__)

# The most special class first: TooLarge is an Invalid.
STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (TooLarge, 413),
    (Invalid, 422),
    (Unauthenticated, 401),
    (Refused, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Gone, 410),
    (TooMany, 429),
    (Unavailable, 503),
)

NOTED = (Refused, NotFound, Gone, TooMany)
"""What whoever tries what is not his is told: each is a line of the log. 401 is every page before a login."""

NOT_FOUND = NotFound("page.not_found", "没有这个页面。", "There is no such page.")
TOO_LARGE = TooLarge("request.too_large", "上传的内容过大（上限 50 MB）。", "The upload is over 50 MB.")
UNEXPECTED = Unavailable(
    "server.unexpected",
    "服务出现意外错误，已记录。请稍后重试。",
    "Something unexpected went wrong and was recorded. Please try again.",
)


def status_of(error: DomainError) -> int:
    """The HTTP status of an error's class."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def _told(error: DomainError) -> dict[str, Any]:
    told: dict[str, Any] = {
        "code": error.code,
        "zh": error.zh,
        "en": error.en,
        "field": error.field,
        "facts": error.facts,
    }
    if isinstance(error, FormErrors):
        told["errors"] = [_told(each) for each in error.errors]
    return told


def respond(
    request: Request,
    error: DomainError,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> HTTPResponse:
    """The answer to an error."""
    told = dict(headers or {})
    if isinstance(error, TooMany):
        told["retry-after"] = str(error.facts.get("retry_after_s", 1))
    status = status or status_of(error)
    if _is_visit(request):
        message = error.zh if language_of(request) == "zh" else error.en
        page = render(request, "error.html", status, message=message)
        page.headers.update(told)
        return page
    return json({"error": _told(error)}, status=status, headers=told)


def _is_visit(request: Request) -> bool:
    """A person went to an address, as opposed to a script or program that asks for data."""
    wants_page = "text/html" in request.headers.get("accept", "")
    return request.method == "GET" and wants_page and not request.path.startswith("/api/")


async def _domain(request: Request, error: DomainError) -> HTTPResponse:
    if isinstance(error, NOTED) or error.code == "login.code_wrong":
        _note(request, error)
    return respond(request, error)


def _note(request: Request, error: DomainError) -> None:
    """Who was refused what, by the route and not by the address, which may hold a token."""
    session = getattr(request.ctx, "session", None)
    who = f"person:{session.person_id}" if session else f"network:{masked_address(address(request))}"
    path = request.route and request.route.path
    _log.warning("refused %s: %s in %s %s", who, error.code, request.method, path)


async def _sanic(request: Request, error: SanicException) -> HTTPResponse:
    if isinstance(error, PayloadTooLarge):
        return respond(request, TOO_LARGE)
    if isinstance(error, SanicNotFound):
        return respond(request, NOT_FOUND)
    status = error.status_code or 500
    sort = Invalid(
        f"http.{status}",
        "请求不正确，请刷新页面后重试。",
        "The request is not right; reload the page and try again.",
    )
    return respond(request, sort, status, error.headers)  # RFC 9110 §15.5.6: a 405 names what is allowed


async def _unexpected(request: Request, error: Exception) -> HTTPResponse:
    _log.error(
        "unexpected error in %s %s", request.method, request.route and request.route.path, exc_info=error
    )
    return respond(request, UNEXPECTED, 500)


def install(app: Sanic) -> None:
    """Register the handlers."""
    app.error_handler.add(Exception, _unexpected)
    app.error_handler.add(SanicException, _sanic)
    app.error_handler.add(DomainError, _domain)
