"""The one place where errors become HTTP: each class its status, each answer its words, no text leaks."""

from __future__ import annotations

import inspect
import logging
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from sanic import Request, Sanic
from sanic.exceptions import NotFound as SanicNotFound
from sanic.exceptions import PayloadTooLarge, SanicException
from sanic.response import HTTPResponse, text

from auth import errors as domain
from auth.applying import FormErrors
from server import errors

EXPECTED = {
    "Invalid": 422,
    "TooLarge": 413,
    "Unauthenticated": 401,
    "Refused": 403,
    "NotFound": 404,
    "Conflict": 409,
    "Gone": 410,
    "TooMany": 429,
    "Unavailable": 503,
}
KINDS = {
    name: kind
    for name, kind in inspect.getmembers(domain, inspect.isclass)
    if issubclass(kind, domain.DomainError) and kind is not domain.DomainError
}
SECRET = "PIN 730519 of 13800138000"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A real server whose handlers raise what the path says."""
    app = Sanic("test-errors", configure_logging=False)
    app.config.AUTO_EXTEND = False
    app.config.TOUCHUP = False
    app.config.REQUEST_MAX_SIZE = 1000
    errors.install(app)
    app.add_route(_raise, "/<kind:str>")
    app.add_route(_taken, "/taken", methods=["POST"])
    listening = socket.create_server(("127.0.0.1", 0))
    server = await app.create_server(sock=listening, return_asyncio_server=True)
    assert server is not None
    await server.startup()
    await server.start_serving()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
        yield client
    server.close()
    await server.wait_closed()
    Sanic.unregister_app(app)


async def _taken(request: Request) -> HTTPResponse:
    return text(str(len(request.body)))


async def _raise(request: Request, kind: str) -> HTTPResponse:
    if kind in KINDS:
        raise KINDS[kind]("thing.code", "请重试。", "Try again.", field="thing", retry_after_s=7, limit=5)
    if kind == "form":
        parts = [domain.Invalid(f"{name}.x", "改。", "Change it.", field=name) for name in ("name", "mobile")]
        raise FormErrors(list(parts))
    raise {
        "crash": RuntimeError(SECRET),
        "key": KeyError(SECRET),
        "large": PayloadTooLarge(SECRET),
        "gone": SanicNotFound(SECRET),
        "odd": SanicException(SECRET, status_code=418),
        "worse": SanicException(SECRET, status_code=500),
    }[kind]


def test_every_class_has_its_status() -> None:
    assert set(KINDS) == set(EXPECTED)
    for name, kind in KINDS.items():
        assert errors.status_of(kind("x", "请。", "Do.")) == EXPECTED[name]
    assert errors.status_of(FormErrors([])) == 422
    assert errors.status_of(domain.DomainError("x", "请。", "Do.")) == 500


@pytest.mark.parametrize("name", sorted(EXPECTED))
async def test_a_domain_error_is_told_whole(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get(f"/{name}")
    assert answer.status_code == EXPECTED[name]
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "error": {
            "code": "thing.code",
            "zh": "请重试。",
            "en": "Try again.",
            "field": "thing",
            "facts": {"retry_after_s": 7, "limit": 5},
        }
    }
    assert answer.headers.get("retry-after") == ("7" if name == "TooMany" else None)


async def test_a_form_tells_each_field(client: httpx.AsyncClient) -> None:
    answer = await client.get("/form")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (422, "form.invalid", None)
    assert [(each["field"], each["code"]) for each in error["errors"]] == [
        ("name", "name.x"),
        ("mobile", "mobile.x"),
    ]


@pytest.mark.parametrize("kind", ["crash", "key"])
async def test_what_nobody_foresaw_is_logged_and_not_told(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await client.get(f"/{kind}", params={"pin": "730519"})
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "server.unexpected"
    assert SECRET not in answer.text
    ours = [record for record in caplog.records if record.name == "server.errors"]
    assert [record.getMessage() for record in ours] == ["unexpected error in GET <kind:str>"], (
        "the route only"
    )
    assert ours[0].exc_info is not None


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("large", 413, "request.too_large"),
        ("gone", 404, "page.not_found"),
        ("odd", 418, "http.418"),
        ("worse", 500, "http.500"),
    ],
)
async def test_the_framework_s_own_errors_speak_our_language(
    client: httpx.AsyncClient, kind: str, status: int, code: str
) -> None:
    answer = await client.get(f"/{kind}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert SECRET not in answer.text
    assert answer.json()["error"]["zh"].endswith("。")


async def test_what_never_reached_a_handler(client: httpx.AsyncClient) -> None:
    assert (await client.get("/no/such/page")).json()["error"]["code"] == "page.not_found"
    wrong = await client.delete("/taken")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert wrong.json()["error"]["code"] == "http.405"
    assert (await client.post("/taken", content=b"x" * 900)).text == "900"
    big = await client.post("/taken", content=b"x" * 1500)
    assert (big.status_code, big.json()["error"]["code"]) == (413, "request.too_large")
