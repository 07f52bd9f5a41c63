"""Real servers on loopback for the tests of this folder."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from server.sandbox.app import create_app
from server.sandbox.settings import SandboxSettings

RETURN_ORIGIN = "http://127.0.0.1:9"


@asynccontextmanager
async def serving_sandbox(data: Path, port: int) -> AsyncIterator[str]:
    listening = socket.create_server(("127.0.0.1", port))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    app = create_app(SandboxSettings(data, url, (RETURN_ORIGIN,)))
    server = await app.create_server(sock=listening, return_asyncio_server=True)
    await server.startup()
    await server.before_start()
    await server.start_serving()
    try:
        yield url
    finally:
        server.close()
        await server.wait_closed()
        await server.after_stop()


@pytest.fixture
async def start_sandbox(
    tmp_path: Path,
) -> AsyncIterator[Callable[..., Awaitable[tuple[str, AsyncExitStack]]]]:
    """Starts a sandbox on this test's one folder: gives its URL and the stack that stops it."""
    async with AsyncExitStack() as all_of_them:

        async def start(port: int = 0) -> tuple[str, AsyncExitStack]:
            stack = await all_of_them.enter_async_context(AsyncExitStack())
            return await stack.enter_async_context(serving_sandbox(tmp_path / "sandbox", port)), stack

        yield start


@pytest.fixture
async def sandbox(start_sandbox: Callable[..., Awaitable[tuple[str, AsyncExitStack]]]) -> str:
    """The URL of a running sandbox; identity checks may lead back to http://127.0.0.1:9."""
    url, _ = await start_sandbox()
    return url


@pytest.fixture
async def open_adapter():
    """Opens adapters that this test closes: open_adapter(HttpSms, url, …)."""
    async with AsyncExitStack() as stack:

        def opened(kind, url, **given):
            adapter = kind(url, **{"allow_stand_in": True, "timeout_s": 5.0, **given})
            stack.push_async_callback(adapter.aclose)
            return adapter

        yield opened


class ScriptedServer:
    """Speaks raw HTTP/1.1 as told: one list entry per request; None hangs up without an answer."""

    def __init__(self) -> None:
        self.answers: list[bytes | None] = []
        self.requests: list[bytes] = []
        self.url = ""

    def add(self, status: int, body: str = "{}", headers: str = "") -> None:
        """Queue one answer."""
        content = body.encode()
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\nConnection: close\r\n{headers}\r\n"
        self.answers.append(head.encode() + content)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(x[15:]) for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:")), 0
        )
        self.requests.append(head + await reader.readexactly(length))
        answer = self.answers.pop(0)
        if answer is not None:
            writer.write(answer)
            await writer.drain()
        writer.close()


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedServer]:
    """A server that answers exactly what the test queued."""
    script = ScriptedServer()
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    script.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield script
