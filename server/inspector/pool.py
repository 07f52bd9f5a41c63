"""A warm pool of workers that can be killed: one hangs, the others go on.

Every worker does one operation at a time. At its time limit it gets SIGKILL and a new one takes its place;
the asker learns `pdf.too_slow`. Requests wait in a bounded line for a free worker. Whoever asks gets all
workers but one at a time, so that one person's slow files never keep out everybody else.

What the platform's own key seals comes from a worker beside these, which is started with each paper and
killed behind it: a file that took over one of the others has no hand in it.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from auth.errors import Invalid, Unavailable
from server.inspector.asking import HOUSE, PAPERS
from server.inspector.protocol import ProtocolError
from server.inspector.subprocesses import START_S, WORKER, Worker

__all__ = ["LIMITS_S", "Pool", "busy"]

LIMITS_S: Mapping[str, float] = {
    "inspect": 10,
    "clean": 20,
    "prepare": 20,
    "prepare_archive": 20,
    "page_png": 15,
    "page_webp": 15,
    "find_phrases": 10,
    "beginning": 10,
    "verify": 20,
    "verify_ses": 20,
    "photo": 20,
    "set_paper": 20,
    "read_codes": 15,
    "look": 15,
    "photo_pdf": 15,
    "paper": 15,
}
"""Seconds on the clock one operation may take, from the moment it has a worker."""

MAX_WAITING = 64  # requests in line; each of them holds no document yet (see process.py)
MAX_EACH = 16  # of one asker's, in line and at work
WAIT_S = 30.0  # how long one stands in line before it is told to come back
RECYCLE_AFTER = 200  # operations; libraries in C leak, and a fresh worker is cheap
_RESTART_DELAYS_S = (0.0, 0.2, 1.0, 5.0)  # then every 5 s

FIRST, LAST = "set_paper", "verify"
"""A paper begins with a fresh worker, 0.7 s of processor time, and ends with the death of it."""

_log = logging.getLogger(__name__)


@dataclass
class _Share:
    """One asker's requests, and how many of them may be at work."""

    turn: asyncio.Semaphore
    requests: int = 0


class Pool:
    """`size` workers. `command`, `limits_s`: what a worker is and how long an operation may take."""

    def __init__(
        self,
        size: int,
        *,
        command: Sequence[str] = WORKER,
        limits_s: Mapping[str, float] = LIMITS_S,
        max_waiting: int = MAX_WAITING,
        wait_s: float = WAIT_S,
        recycle_after: int = RECYCLE_AFTER,
    ) -> None:
        self.limits_s = limits_s
        self._size, self._command = size, tuple(command)
        self._max_waiting, self._wait_s, self._recycle_after = max_waiting, wait_s, recycle_after
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._alive: set[Worker] = set()
        self._waiting = 0
        self._shares: dict[str, _Share] = {}
        self._paper: Worker | None = None
        self._paper_turn = asyncio.Lock()
        self._papers = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start all workers; returns when the first can work. Raises RuntimeError when none starts."""
        for _ in range(self._size):
            self._in_background(self._add())
        try:
            async with asyncio.timeout(START_S * 2):
                self._idle.put_nowait(await self._idle.get())
        except TimeoutError:
            await self.close()
            raise RuntimeError("no worker of the inspector starts; its errors are in the log") from None

    async def close(self) -> None:
        """Kill all workers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(worker.kill() for worker in self._alive))
        self._alive.clear()

    def state(self) -> dict[str, int]:
        """Counts for `ping` and metrics. papers: workers started for one, so far."""
        return {
            "workers": len(self._alive),
            "idle": self._idle.qsize(),
            "waiting": self._waiting,
            "papers": self._papers,
        }

    @asynccontextmanager
    async def borrow(self, operation: str, asker: str = HOUSE) -> AsyncIterator[Worker]:
        """A worker for one operation, which must be over in its time.

        Raises Unavailable `inspector.busy`; Invalid `pdf.too_slow`, `pdf.reader_died`.
        """
        if asker == PAPERS:
            async with self._apart(operation) as worker:
                yield worker
            return
        async with self._share(asker), self._borrow(operation) as worker:
            yield worker

    @asynccontextmanager
    async def _share(self, asker: str) -> AsyncIterator[None]:
        """This asker's turn among his own requests."""
        if asker == HOUSE:
            yield
            return
        share = self._shares.setdefault(asker, _Share(asyncio.Semaphore(max(1, self._size - 1))))
        if share.requests >= MAX_EACH:
            raise busy()
        share.requests += 1
        try:
            async with self._in_line():
                await share.turn.acquire()
            try:
                yield
            finally:
                share.turn.release()
        finally:
            share.requests -= 1
            if not share.requests:
                del self._shares[asker]

    @asynccontextmanager
    async def _borrow(self, operation: str) -> AsyncIterator[Worker]:
        worker = await self._next()
        try:
            async with self._at_work(operation, worker):
                yield worker
        finally:
            if worker.broken or worker.done >= self._recycle_after:
                self._in_background(self._replace(worker))
            else:
                self._idle.put_nowait(worker)

    @asynccontextmanager
    async def _apart(self, operation: str) -> AsyncIterator[Worker]:
        """The worker of the paper that is being made, or a fresh one; never one of those in line."""
        async with self._in_line():
            await self._paper_turn.acquire()
        try:
            worker = await self._of_paper(operation)
            async with self._at_work(operation, worker):
                yield worker
        finally:
            if self._paper is not None and (self._paper.broken or operation == LAST):
                self._retire(self._paper)
            self._paper_turn.release()

    async def _of_paper(self, operation: str) -> Worker:
        if self._paper is not None:
            if operation != FIRST and not self._paper.dead:
                return self._paper
            self._retire(self._paper)
        try:
            worker = await Worker.start(self._command)
        except (OSError, ProtocolError, TimeoutError, asyncio.IncompleteReadError) as error:
            _log.error("a worker for a paper did not start: %s", type(error).__name__)
            raise busy() from None
        self._alive.add(worker)
        self._paper, self._papers = worker, self._papers + 1
        return worker

    def _retire(self, worker: Worker) -> None:
        self._paper = None
        self._in_background(self._end(worker))

    @asynccontextmanager
    async def _at_work(self, operation: str, worker: Worker) -> AsyncIterator[None]:
        """One operation, which must be over in its time."""
        try:
            async with asyncio.timeout(self.limits_s[operation]):
                yield
            worker.done += 1
        except TimeoutError:
            worker.broken = True
            _log.warning("%s: over its time, the worker is killed", operation)
            raise _too_slow() from None
        except (ConnectionError, asyncio.IncompleteReadError, ProtocolError):
            worker.broken = True
            _log.warning("%s: the worker died of it", operation)
            raise _reader_died() from None
        except BaseException:
            worker.broken = True  # it may hold half a frame
            raise

    async def _next(self) -> Worker:
        async with self._in_line():
            while (worker := await self._idle.get()).dead:
                self._in_background(self._replace(worker))
            return worker

    @asynccontextmanager
    async def _in_line(self) -> AsyncIterator[None]:
        if self._waiting >= self._max_waiting:
            raise busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait_s):
                yield
        except TimeoutError:
            raise busy() from None
        finally:
            self._waiting -= 1

    async def _replace(self, worker: Worker) -> None:
        await self._end(worker)
        await self._add()

    async def _end(self, worker: Worker) -> None:
        await worker.kill()
        self._alive.discard(worker)

    async def _add(self) -> None:
        for attempt in itertools.count():
            await asyncio.sleep(_RESTART_DELAYS_S[min(attempt, len(_RESTART_DELAYS_S) - 1)])
            try:
                worker = await Worker.start(self._command)
            except (OSError, ProtocolError, TimeoutError, asyncio.IncompleteReadError) as error:
                _log.error("a worker of the inspector did not start: %s", type(error).__name__)
                continue
            self._alive.add(worker)
            self._idle.put_nowait(worker)
            return

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def busy() -> Unavailable:
    """The line is full, or did not move."""
    return Unavailable(
        "inspector.busy",
        "正在处理的文件较多，请稍后再试。",
        "Many documents are being processed. Try again shortly.",
        retry_after_s=10,
    )


def _too_slow() -> Invalid:
    return Invalid(
        "pdf.too_slow",
        "文件过于复杂，在限定时间内无法处理。请简化后重新导出。",
        "The file is too complex to be processed in time. Simplify it and export it again.",
    )


def _reader_died() -> Invalid:
    return Invalid(
        "pdf.reader_died",
        "文件使解析程序中止，可能已损坏。请重新导出后再试。",
        "The file makes the reader stop, it may be damaged. Export it again and retry.",
    )
