"""One way to declare a JSON operation: route, body, answer, who may call; the OpenAPI document reads it.

    @operation(api, "POST", "/login", "Log in", answer=Me, body=Login, public=True)
    async def log_in(request: Request, body: Login) -> Me: ...

A handler gets the request and, if declared, the checked body; what it returns becomes JSON.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError
from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth import consents
from auth.applying import FormErrors
from auth.errors import DomainError, Invalid, TooLarge, Unauthenticated
from auth.ports import IdentityWay
from auth.sessions import SessionView
from server.context import Context

__all__ = [
    "DER",
    "OPERATIONS",
    "Body",
    "Id",
    "Operation",
    "RequestId",
    "WayWanted",
    "address",
    "answer_json",
    "attachment",
    "it",
    "operation",
    "row_id",
    "session",
]

MAX_JSON_BYTES = 64 * 1024
NOT_IDS = frozenset(
    {"code", "form", "number", "page", "slot", "template", "token"}
)  # parts of paths that name no row by its id
NO_ID = "-"
DER = "application/octet-stream"
"""Of structures that no media type is registered for (.esl, .ses)."""


def row_id(text: str) -> str:
    """The text if it can be a row's id (`auth.tokens.new_id`), else one that no row has.

    The databases refuse to look for what is too long or holds a NUL; the answer must be that there is none.
    """
    return text if re.fullmatch("[0-9a-f]{24}", text) else NO_ID


Id = Annotated[str, AfterValidator(row_id)]
RequestId = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9._-]{1,64}$")]


class Body(BaseModel):
    """A request's JSON body; unknown fields are refused, so that a mistyped one is noticed.

    NaN and infinity are no JSON, though parsers take them, and PostgreSQL keeps none in a JSON column.
    """

    model_config = ConfigDict(extra="forbid", str_max_length=4000, allow_inf_nan=False)


class WayWanted(Body):
    """way: of the identity check, `face`, `bank` or `counter`, as the person chose and agreed to it."""

    way: IdentityWay = IdentityWay.FACE


@dataclass(frozen=True)
class Operation:
    """A declared operation, for the OpenAPI document and the test that walks all routes."""

    method: str
    path: str
    summary: str
    name: str
    body: type[Body] | None
    answer: Any
    public: bool
    status: int
    upload: bool
    media: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    upload_media: str
    files: Mapping[str, str]
    agreed: bool


OPERATIONS: list[Operation] = []


def it(request: Request) -> Context:
    """The process's context."""
    context: Context = request.app.ctx.it
    return context


def session(request: Request) -> SessionView:
    """Who is asking; raises Unauthenticated `session.none`."""
    found: SessionView | None = request.ctx.session
    if found is None:
        raise Unauthenticated("session.none", "请先登录。", "Please log in first.")
    return found


def address(request: Request) -> str:
    """The client's network address; behind a proxy as Sanic's forwarding settings say."""
    return str(request.remote_addr or request.ip)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def answer_json(kind: Any, value: Any, status: int = 200) -> HTTPResponse:
    """A view as a JSON answer; times are ISO 8601, UTC."""
    return HTTPResponse(_adapter(kind).dump_json(value), status=status, content_type="application/json")


def attachment(name: str, data: bytes, media: str) -> HTTPResponse:
    """A file of the asker's own, to be saved under this name."""
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "cache-control": "no-store",
    }
    return HTTPResponse(data, content_type=media, headers=headers)


def _field_error(location: tuple[int | str, ...], kind: str) -> DomainError:
    name = ".".join(str(part) for part in location) or "body"
    if kind == "extra_forbidden":
        return Invalid("field.unknown", f"没有 {name} 这一栏。", f"There is no field {name}.", field=name)
    if kind == "missing":
        return Invalid("field.missing", "请填写此栏。", "Please fill this in.", field=name)
    return Invalid("field.type", "此栏的格式不正确。", "This field has a wrong form.", field=name, kind=kind)


def _parse(model: type[Body], request: Request) -> Body:
    if len(request.body) > MAX_JSON_BYTES:
        raise TooLarge(
            "request.too_large", "提交的内容过长。", "The request is too long.", limit=MAX_JSON_BYTES
        )
    try:
        return model.model_validate_json(request.body or b"{}")
    except ValidationError as wrong:
        errors = wrong.errors(include_input=False, include_url=False)
        if not all(e["loc"] for e in errors):  # it is about no field, but about the whole
            raise Invalid(
                "request.json", "请求不是有效的 JSON。", "The request is no valid JSON object."
            ) from None
        raise FormErrors([_field_error(e["loc"], e["type"]) for e in errors]) from None


def operation(
    blueprint: Blueprint,
    method: str,
    path: str,
    summary: str,
    *,
    answer: Any = None,
    body: type[Body] | None = None,
    public: bool = False,
    status: int = 200,
    upload: bool = False,
    media: str = "application/json",
    query: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    upload_media: str = "application/pdf",
    files: Mapping[str, str] | None = None,
    agreed: bool = False,
) -> Callable[[Callable[..., Awaitable[Any]]], Callable[..., Awaitable[HTTPResponse]]]:
    """Declare a handler. public: no session needed; upload: multipart with a part `file`, of `upload_media`.

    query, form, files: what else it reads, of the address or of the parts beside `file`; names with their
    meaning.
    agreed: only for who has accepted the terms and the privacy policy (`auth.consents`).
    A handler whose `media` is not JSON makes its own response.
    """

    def declare(handler: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[HTTPResponse]]:
        name = getattr(handler, "__name__", "operation")
        OPERATIONS.append(
            Operation(
                method,
                f"{blueprint.url_prefix or ''}{path}",
                summary,
                name,
                body,
                answer,
                public,
                status,
                upload,
                media,
                query or {},
                form or {},
                upload_media,
                files or {},
                agreed,
            )
        )

        @wraps(handler)
        async def handle(request: Request, **parts: Any) -> HTTPResponse:
            if not public:
                session(request)
            if agreed:
                await consents.require(session(request).person_id)
            parts = {name: part if name in NOT_IDS else row_id(part) for name, part in parts.items()}
            if body is not None:
                parts["body"] = _parse(body, request)
            result = await handler(request, **parts)
            if isinstance(result, HTTPResponse) or media != "application/json":
                return result  # type: ignore[no-any-return]
            return answer_json(answer, result, status)

        blueprint.add_route(handle, path, methods=[method], name=name, unquote=True)
        return handle

    return declare
