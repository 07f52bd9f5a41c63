"""One worker of the inspector as its pool sees it: a subprocess that takes a frame and gives one."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from seals.glyphs import FONTS_VARIABLE
from server.inspector.protocol import LENGTH, MAX_HEADER_BYTES, ProtocolError, parse_header

__all__ = ["START_S", "WORKER", "Worker", "read_frame"]

_ROOT = str(Path(__file__).resolve().parents[2])
WORKER: tuple[str, ...] = (sys.executable, "-m", "server.inspector.worker")
START_S = 30.0  # for a worker to import its libraries: 1 s on a free machine
_CHUNK = 256 * 1024


class Worker:
    """One subprocess."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._stdin, self._stdout = process, process.stdin, process.stdout
        self.done = 0
        self.broken = False

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def dead(self) -> bool:
        """Whether the process has ended by itself: killed by the kernel for memory, for one."""
        return self._process.returncode is not None

    @classmethod
    async def start(cls, command: Sequence[str]) -> Worker:
        """Start one and wait until it is ready. Raises OSError, ProtocolError, TimeoutError."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd="/",
            # Nothing of our own environment: settings and secrets of a careless deployment stay outside.
            env={
                "PATH": os.defpath,
                "LANG": "C.UTF-8",
                "PYTHONPATH": _ROOT,
                "PYTHONDONTWRITEBYTECODE": "1",
                "OPENBLAS_NUM_THREADS": "1",  # a worker may start no threads
                **({FONTS_VARIABLE: os.environ[FONTS_VARIABLE]} if FONTS_VARIABLE in os.environ else {}),
            },
        )
        worker = cls(process)
        try:
            async with asyncio.timeout(START_S):
                await read_frame(worker._stdout)
        except BaseException:
            await worker.kill()
            raise
        return worker

    async def send(self, piece: bytes) -> None:
        """Hand over a piece of a frame. Raises ConnectionError when the worker has died."""
        self._stdin.write(piece)
        await self._stdin.drain()

    async def receive(self) -> tuple[dict[str, Any], list[bytes]]:
        """The answer. Raises asyncio.IncompleteReadError when the worker has died."""
        return await read_frame(self._stdout)

    async def kill(self) -> None:
        """End it, whatever it is doing, and collect it."""
        self.broken = True
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        await self._process.wait()


async def read_frame(source: asyncio.StreamReader) -> tuple[dict[str, Any], list[bytes]]:
    """One whole frame. Raises asyncio.IncompleteReadError, ProtocolError."""
    (length,) = LENGTH.unpack(await source.readexactly(LENGTH.size))
    if length > MAX_HEADER_BYTES:
        raise ProtocolError("header too long")
    header, lengths = parse_header(await source.readexactly(length))
    return header, [await _read_part(source, length) for length in lengths]


async def _read_part(source: asyncio.StreamReader, length: int) -> bytes:
    """So many bytes, held once; `readexactly` has them twice before it gives them."""
    part = BytesIO()
    while part.tell() < length:
        piece = await source.read(min(_CHUNK, length - part.tell()))
        if not piece:
            raise asyncio.IncompleteReadError(b"", length - part.tell())
        part.write(piece)
    return part.getvalue()
