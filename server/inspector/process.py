"""The inspector's process: a Unix socket in front of the pool.

One request per connection. The header says how long the document is; the document itself is read from
the socket only when a worker is free, so a long line costs no memory here.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from contextlib import suppress
from pathlib import Path

from auth.errors import DomainError, Invalid
from server.inspector.asking import HOUSE
from server.inspector.pool import Pool
from server.inspector.protocol import (
    LENGTH,
    MAX_HEADER_BYTES,
    ProtocolError,
    error_frame,
    frame,
    frame_head,
    parse_header,
)
from server.inspector.subprocesses import Worker

__all__ = ["Inspector", "main"]

HEADER_S = 10.0  # for a client to say what it wants
DISCARD_S = 10.0
_CHUNK = 256 * 1024
_CLIENT_FAILURES = (ConnectionError, asyncio.IncompleteReadError, ProtocolError, TimeoutError)

_log = logging.getLogger(__name__)


class Inspector:
    """Serves `pool` on a Unix socket that only its owner may open."""

    def __init__(self, socket_path: Path, pool: Pool) -> None:
        self._path, self._pool = socket_path, pool
        self._server: asyncio.Server | None = None
        self._served: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start the workers, then listen."""
        await self._pool.start()
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)  # the socket must never exist with wider rights
        try:
            self._server = await asyncio.start_unix_server(self._accept, self._path)
        finally:
            os.umask(before)

    async def stop(self) -> None:
        """Stop listening, let go of who waits, and kill the workers."""
        if self._server is not None:
            self._server.close()
        for task in self._served:
            task.cancel()
        await asyncio.gather(*self._served, return_exceptions=True)
        await self._pool.close()
        self._path.unlink(missing_ok=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._served.add(task)
        task.add_done_callback(self._served.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.writelines(await self._answer(reader))
            await writer.drain()
        except (*_CLIENT_FAILURES, _ClientGone) as error:
            _log.info("a client of the inspector went away: %s", type(error).__name__)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader) -> list[bytes]:
        async with asyncio.timeout(HEADER_S):
            (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
            if length > MAX_HEADER_BYTES:
                raise ProtocolError("header too long")
            header, lengths = parse_header(await reader.readexactly(length))
        operation = str(header.get("op"))
        if operation == "ping":
            return frame({"result": self._pool.state()}, [])
        body = _Body(reader, sum(lengths))
        try:
            if operation not in self._pool.limits_s:
                raise Invalid("inspector.operation", "不支持此操作。", "There is no such operation.")
            async with self._pool.borrow(operation, str(header.get("asker", HOUSE))) as worker:
                await worker.send(frame_head(header, lengths))
                await body.pour(worker)
                answer, parts = await worker.receive()
                worker.broken = bool(answer.pop("spent", False))
            return frame(answer, parts)
        except DomainError as error:
            # What the client is still sending must be taken off it, or it never gets to read the refusal.
            async with asyncio.timeout(DISCARD_S):
                await body.discard()
            return error_frame(error)


class _ClientGone(Exception):
    """The client went away before it had sent all of its request."""


class _Body:
    """The parts of a request that are still in the socket."""

    def __init__(self, reader: asyncio.StreamReader, left: int) -> None:
        self._reader, self._left = reader, left

    async def pour(self, worker: Worker) -> None:
        while self._left:
            await worker.send(await self._piece())

    async def discard(self) -> None:
        while self._left:
            await self._piece()

    async def _piece(self) -> bytes:
        piece = await self._reader.read(min(_CHUNK, self._left))
        if not piece:
            raise _ClientGone
        self._left -= len(piece)
        return piece


async def main(socket_path: str | Path, workers: int = 2) -> None:
    """Run the inspector until SIGTERM or SIGINT. `socket_path`: where its Unix socket is made."""
    inspector = Inspector(Path(socket_path), Pool(workers))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await inspector.start()
    try:
        await stop.wait()
    finally:
        await inspector.stop()
