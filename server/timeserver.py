"""The built-in time-stamping service over HTTP (RFC 3161 §3.4).

It runs inside an event loop that is already there: the sealer with the role `time` starts it beside its
other work. It keeps no state: serial numbers are random.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import cast

from cryptography import x509
from sanic import HTTPResponse, Request, Sanic
from sanic.response import raw, text
from sanic.server.async_server import AsyncioServer

from seals.pki import Authority
from seals.timestamps import MAX_REQUEST_BYTES, QUERY_TYPE, REPLY_TYPE, answer

__all__ = ["TimeServer", "serve"]

REQUEST_TIMEOUT_S = 10
"""How long a client may take to send its hundred bytes."""

KEEP_ALIVE_S = 75
"""Longer than the pause after which the sealer's HTTP client gives up an idle connection (5 s), so the
end that closes is the client: a request never meets a connection that is closing on it."""

CLOSING_S = 5.0
"""How long a client may take to read the end of an answer while the service closes."""

log = logging.getLogger(__name__)


class TimeServer:
    """A running service. `url`: where it takes requests; `port`: the one it really got."""

    def __init__(self, url: str, port: int, app: Sanic, server: AsyncioServer) -> None:
        self.url = url
        self.port = port
        self._app = app
        self._server = server
        self._closed = False

    async def close(self) -> None:
        """Stop listening and end the connections. Safe to call twice.

        No answer is cut short: one is made and written within a single turn of the loop, so a connection
        that is not idle here is one whose request has not arrived yet.
        """
        if self._closed:
            return
        self._closed = True
        listener = cast(asyncio.Server, self._server.server)
        listener.close()
        for connection in list(self._server.connections):
            if not connection.close_if_idle():
                connection.abort()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_S):
                while self._server.connections:  # noqa: ASYNC110 (Sanic tells of an ended connection only here)
                    await asyncio.sleep(0.005)
        await listener.wait_closed()
        Sanic.unregister_app(self._app)


async def serve(
    host: str, port: int, authority: Authority, chain: Sequence[x509.Certificate] = ()
) -> TimeServer:
    """Start the service in the running loop and return at once. `port` 0 takes any free one.

    authority: the time-stamping unit; chain: certificates between it and the root.
    Raises OSError where the address cannot be had.
    """
    listener = _listen(host, port)
    app = _app(authority, tuple(chain))
    try:
        server = await app.create_server(sock=listener, access_log=False)
        assert server is not None
        await server.startup()
    except BaseException:
        listener.close()
        Sanic.unregister_app(app)
        raise
    port = listener.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    log.info("time-stamping service on %s port %d", host, port)
    return TimeServer(f"http://{shown}:{port}/", port, app, server)


def _app(authority: Authority, chain: tuple[x509.Certificate, ...]) -> Sanic:
    # Sanic keeps a register of its apps by name; two services in one process must not meet there.
    app = Sanic(f"timeserver-{secrets.token_hex(4)}", configure_logging=False)
    app.config.update(
        AUTO_EXTEND=False,
        FALLBACK_ERROR_FORMAT="text",
        MOTD=False,
        # Sanic's touch-up rewrites the methods of its own classes for one app; a second app in the same
        # process then fails to start.
        TOUCHUP=False,
        REQUEST_MAX_SIZE=MAX_REQUEST_BYTES,
        REQUEST_TIMEOUT=REQUEST_TIMEOUT_S,
        KEEP_ALIVE_TIMEOUT=KEEP_ALIVE_S,
    )

    @app.post("/")
    async def stamp(request: Request) -> HTTPResponse:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != QUERY_TYPE:
            return text(f"Send {QUERY_TYPE}.", status=415)
        # RFC 3161 §2.4.2 wants serials unique even after a crash: 159 random bits need no stored counter.
        serial = x509.random_serial_number()
        der = answer(request.body, authority, chain, datetime.now(UTC), serial)
        return raw(der, content_type=REPLY_TYPE)

    return app


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
