"""The conversation over HTTP: pages, typing, and the event stream with its resumption."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sanic import Request, Sanic

from auth import sessions
from auth.browsers import Browser
from auth.login import person_by_mobile
from auth.privacy import RecordsKey
from server import errors
from server.api.thread import thread
from server.wakeups import Hub

PATIENCE_S = 10


async def read_event(lines: AsyncIterator[str]) -> dict[str, str]:
    """The next event of a stream; comments and hints are passed over."""
    event: dict[str, str] = {}
    async for line in lines:
        if line:
            name, _, value = line.partition(": ")
            event[name] = value
        elif "data" in event:
            return event
        else:
            event = {}
    raise AssertionError("the stream ended")


@pytest.fixture
async def client(database: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is logged in, at a server with nothing but the conversation."""
    records, now, hub = RecordsKey(secrets.token_bytes(32)), datetime.now(UTC), Hub()
    person = await person_by_mobile("13812345678", now, records)
    token = await sessions.open_session(person.id, Browser("", "127.0.0.1", "device"), now)
    session = await sessions.find(token, "device", now)
    app = Sanic(f"thread-{secrets.token_hex(4)}", configure_logging=False)
    app.config.AUTO_EXTEND = False
    app.config.TOUCHUP = False
    app.blueprint(thread)
    errors.install(app)
    app.ctx.it = SimpleNamespace(records=records, hub=hub)
    app.ctx.settings = SimpleNamespace(public_url="http://seal.example.cn")

    async def log_in(request: Request) -> None:
        request.ctx.session = session if request.headers.get("cookie") else None

    app.register_middleware(log_in, "request")
    listening = socket.create_server(("127.0.0.1", 0))
    server: Any = await app.create_server(sock=listening, return_asyncio_server=True)
    await server.startup()
    await server.before_start()
    hub.start()
    await server.start_serving()
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        async with httpx.AsyncClient(base_url=base, headers={"cookie": "in"}, timeout=PATIENCE_S) as http:
            yield http
    finally:
        server.close()
        await server.wait_closed()
        await hub.stop()
        await server.after_stop()


async def test_cards_and_typing(client: httpx.AsyncClient) -> None:
    empty = (await client.get("/api/thread", headers={"accept-language": "en"})).json()
    assert [card["id"] for card in empty["cards"]] == ["welcome"]
    assert empty["cards"][0]["actions"][0] == {"label": "Register a company", "href": "/m/register"}
    said = await client.post("/api/thread/messages", json={"text": "帮助"})
    assert said.status_code == 201
    thread = (await client.get("/api/thread")).json()
    assert thread["cards"][1:] == said.json()["cards"]
    assert thread["unread"] == 1
    older = (await client.get("/api/thread", params={"before": thread["cards"][1]["id"]})).json()
    assert [card["id"] for card in older["cards"]] == ["welcome"]
    read = await client.post("/api/thread/read", json={"cursor": thread["cursor"]})
    assert read.json() == {"unread": 0, "elsewhere": 0}


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "/api/thread?before=x", None, "thread.before"),
        ("GET", "/api/thread/events?after=x", None, "thread.cursor"),
        ("POST", "/api/thread/read", {"cursor": "x"}, "thread.cursor"),
        ("POST", "/api/thread/messages", {"text": "\u0007"}, "message.character"),
        ("POST", "/api/thread/messages", {"text": "\ud800"}, None),
    ],
)
async def test_bad_input_is_refused(
    client: httpx.AsyncClient, method: str, path: str, body: dict[str, str] | None, code: str | None
) -> None:
    answer = await client.request(method, path, content=json.dumps(body) if body else None)
    assert answer.status_code == 422
    assert code is None or answer.json()["error"]["code"] == code


@pytest.mark.parametrize("path", ["/api/thread", "/api/thread/events"])
async def test_nobody_reads_without_a_session(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path, headers={"cookie": ""})).status_code == 401


async def test_events_come_and_are_resumed_where_they_ended(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(PATIENCE_S):
        async with client.stream("GET", "/api/thread/events") as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            lines = response.aiter_lines()
            assert await read_event(lines) == {"event": "unread", "data": '{"unread":0,"elsewhere":0}'}
            said = (await client.post("/api/thread/messages", json={"text": "你好"})).json()["cards"]
            first = await read_event(lines)
            assert (first["event"], json.loads(first["data"])) == ("card", said[0])
        resumed = {"last-event-id": first["id"]}
        async with client.stream(
            "GET", f"/api/thread/events?after={first['id'][:-4]}AAAA", headers=resumed
        ) as response:
            lines = response.aiter_lines()
            assert json.loads((await read_event(lines))["data"]) == said[1]
            assert (await read_event(lines))["data"] == '{"unread":1,"elsewhere":0}'
            cursor = (await client.get("/api/thread")).json()["cursor"]
            await client.post("/api/thread/read", json={"cursor": cursor})
            assert (await read_event(lines))["data"] == '{"unread":0,"elsewhere":0}'
