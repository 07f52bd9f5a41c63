"""Keeps a list of processes running: starts them, brings back what ends, stops all in order.

Each runs in a process group of its own, so that whatever it started goes with it. The list is a
parameter; `server/running.py` has the one of this system.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from auth.errors import Conflict
from server.child import Child, ProcessSpec, adopt_orphans

__all__ = ["Backoff", "ProcessSpec", "Supervisor", "sole_supervisor"]

READY_POLL_S = 0.1
READY_LIMIT_S = 120.0
MAX_EARLY_DEATHS = 5
"""How often one process may end before the system was ever ready; then starting is given up."""

LOST_WORKER_STOP_S = 4.0
REFUSED_TO_START = 2
"""Exit status of a process whose settings or secrets are wrong: starting it again cannot help."""

TAKE_OVER_S = 10.0
"""How long the processes of a killed supervisor may take to end (see `server/orphan_guard.py`)."""

_GUARD = Path(__file__).with_name("orphan_guard.py")


@dataclass(frozen=True)
class Backoff:
    """Pauses before a restart (s): `first`, doubled up to `limit`; anew after a life of `stable` s."""

    first: float = 0.2
    limit: float = 30.0
    stable: float = 10.0

    def pause(self, deaths: int) -> float:
        """The pause after so many deaths in a row (1 or more)."""
        return min(self.limit, self.first * 2 ** min(deaths - 1, 32))


@contextmanager
def sole_supervisor(run_folder: Path) -> Iterator[int]:
    """Hold the lock of this data folder; yields its descriptor. Raises Conflict `run.already_running`."""
    pid_file = run_folder / "supervisor.pid"
    lock = os.open(run_folder / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + TAKE_OVER_S
        while not _try_lock(lock):
            if _alive(pid_file) or time.monotonic() > end:
                raise Conflict(
                    "run.already_running",
                    f"这个数据目录已有一个 ezhang 在运行（{pid_file}）。请先停止它，"
                    "或用 EZHANG_DATA 指定另一个目录。",
                    f"An ezhang is already running on this data folder ({pid_file}). Stop it first, or name "
                    "another folder with EZHANG_DATA.",
                )
            time.sleep(READY_POLL_S)
        _write_pid(pid_file, os.getpid())
        try:
            yield lock
        finally:
            pid_file.unlink(missing_ok=True)
    finally:
        os.close(lock)


class Supervisor:
    """Runs `specs`, in this order; stops them in the opposite one. `out` gets every line, with its name."""

    def __init__(
        self,
        specs: Sequence[ProcessSpec],
        run_folder: Path,
        *,
        lock: int | None = None,
        backoff: Backoff | None = None,
        out: TextIO = sys.stdout,
    ) -> None:
        self._specs = specs
        self._run_folder = run_folder
        self._lock = lock
        self._backoff = backoff or Backoff()
        self._out = out
        self._width = max(len(spec.name) for spec in specs)
        self._children: dict[str, Child] = {}
        self._stop = asyncio.Event()
        self._turns = {spec.name: asyncio.Event() for spec in specs}
        self._hurry = asyncio.Event()
        self._ready = False
        self._status = 0
        self._guard: subprocess.Popen[bytes] | None = None

    async def run(self, ready: Callable[[], Awaitable[bool]], on_ready: Callable[[], None]) -> int:
        """Run until SIGTERM, SIGINT or SIGHUP; returns the exit status.

        `ready` is asked until it says True, then `on_ready` is called once.
        """
        adopt_orphans()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._signalled)
        keepers = {spec.name: asyncio.create_task(self._keep(spec)) for spec in self._specs}
        others = [
            asyncio.create_task(self._announce(ready, on_ready)),
            asyncio.create_task(self._stop.wait()),
        ]
        try:
            # None of them ends while all is well.
            await asyncio.wait({*keepers.values(), *others}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._stop.set()
            for spec in reversed(self._specs):
                self._turns[spec.name].set()
                await asyncio.wait({keepers[spec.name]})
            self._end_guard()
        await asyncio.gather(*keepers.values(), *others)
        return self._status

    def _signalled(self) -> None:
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    def _give_up(self, status: int, zh: str, en: str) -> None:
        if not self._stop.is_set():
            self._say(f"{zh} {en}")
            self._status = status
            self._stop.set()

    async def _announce(self, ready: Callable[[], Awaitable[bool]], on_ready: Callable[[], None]) -> None:
        try:
            async with asyncio.timeout(READY_LIMIT_S):
                while not self._stop.is_set() and not await ready():
                    await self._pause(READY_POLL_S)
        except TimeoutError:
            limit = int(READY_LIMIT_S)
            self._give_up(1, f"{limit} 秒内未能就绪，停止。", f"Not ready within {limit} s; stopping.")
            return
        if not self._stop.is_set():
            self._ready = True
            on_ready()
        await self._stop.wait()

    async def _keep(self, spec: ProcessSpec) -> None:
        deaths = 0
        while not self._stop.is_set():
            started = time.monotonic()
            child = self._start(spec)
            why = await self._ended_or_stop(child)
            if self._stop.is_set():
                await self._turns[spec.name].wait()
                await self._stop_one(child)
                self._forget(spec)
                return
            status = await child.stop(LOST_WORKER_STOP_S)
            self._forget(spec)
            deaths = 1 if time.monotonic() - started >= self._backoff.stable else deaths + 1
            if not self._ready and (status == REFUSED_TO_START or deaths >= MAX_EARLY_DEATHS):
                self._give_up(
                    REFUSED_TO_START if status == REFUSED_TO_START else 1,
                    f"{spec.name} 无法启动，停止。原因见上。",
                    f"{spec.name} does not start; stopping. The reason is above.",
                )
                return
            pause = self._backoff.pause(deaths)
            self._say(f"{spec.name} (pid {child.pid}): {why}, status {status}; again in {pause:.1f} s")
            await self._pause(pause)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()

    async def _ended_or_stop(self, child: Child) -> str:
        ended = asyncio.create_task(child.ended())
        stop = asyncio.create_task(self._stop.wait())
        await asyncio.wait({ended, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not ended.done():
            ended.cancel()
            return "asked to stop"
        return ended.result()

    def _start(self, spec: ProcessSpec) -> Child:
        child = Child(spec, lambda line: self._line(spec.name, line))
        self._children[spec.name] = child
        self._tell_guard(f"+{child.pid}\n")
        _write_pid(self._run_folder / f"{spec.name}.pid", child.pid)
        return child

    def _forget(self, spec: ProcessSpec) -> None:
        child = self._children.pop(spec.name)
        self._tell_guard(f"-{child.pid}\n")
        (self._run_folder / f"{spec.name}.pid").unlink(missing_ok=True)

    async def _stop_one(self, child: Child) -> None:
        if self._hurry.is_set():
            await child.stop(0.0)
            return
        stopping = asyncio.create_task(child.stop())
        hurry = asyncio.create_task(self._hurry.wait())
        await asyncio.wait({stopping, hurry}, return_when=asyncio.FIRST_COMPLETED)
        hurry.cancel()
        if not stopping.done():
            child.kill()
        await stopping

    def _tell_guard(self, line: str) -> None:
        try:
            if self._guard is None:
                raise BrokenPipeError
            _write_line(self._guard, line)
        except BrokenPipeError:
            # There is none yet, or somebody killed it: start one and tell it all that is running.
            self._end_guard()
            self._guard = _start_guard(self._lock)
            for child in self._children.values():
                _write_line(self._guard, f"+{child.pid}\n")

    def _end_guard(self) -> None:
        if self._guard is not None and self._guard.stdin is not None:
            with suppress(BrokenPipeError):
                self._guard.stdin.close()
            self._guard.wait()

    def _say(self, text: str) -> None:
        self._line("ezhang", text)

    def _line(self, name: str, text: str) -> None:
        # Whoever read our output may have gone; the processes run on.
        with suppress(OSError, ValueError):
            print(f"{name:<{self._width}} | {text}", file=self._out, flush=True)


def _start_guard(lock: int | None) -> subprocess.Popen[bytes]:
    # The guard shares the lock, so the next supervisor waits until the orphans are gone.
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(_GUARD)],
        env={},
        stdin=subprocess.PIPE,
        process_group=0,
        pass_fds=() if lock is None else (lock,),
    )


def _write_line(guard: subprocess.Popen[bytes], line: str) -> None:
    assert guard.stdin is not None
    guard.stdin.write(line.encode())
    guard.stdin.flush()


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _alive(pid_file: Path) -> bool:
    try:
        os.kill(int(pid_file.read_text()), 0)
    except (OSError, ValueError):
        return False
    return True


def _write_pid(path: Path, pid: int) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(f"{pid}\n")
    os.replace(fresh, path)
