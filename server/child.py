"""One supervised process: its group, its output, the workers it has started itself.

Linux only: process file descriptors (pidfd) tell at once that a process has ended, also one that is not
our own child, and cannot be fooled by a process id that is used again.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Child", "ProcessSpec", "adopt_orphans"]

MAX_LINE_BYTES = 64 * 1024
SCAN_S = 1.0
"""How often a watched process is looked at for new workers."""

GROUP_GONE_TRIES = 100
GROUP_GONE_PAUSE_S = 0.01
PRIVATE_UMASK = 0o077
_PR_SET_CHILD_SUBREAPER = 36  # prctl(2)


@dataclass(frozen=True)
class ProcessSpec:
    """What to run. `watch_workers`: a worker process of it that ends counts as the end of the whole."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    watch_workers: bool = False
    stop_limit_s: float = 10.0


def adopt_orphans() -> None:
    """Make this process the parent of what its children leave behind, so that `Child` can reap it."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


class Child:
    """A started process. Create it inside a running loop; `on_line` gets each line of its output."""

    def __init__(self, spec: ProcessSpec, on_line: Callable[[str], None]) -> None:
        self.spec = spec
        self._on_line = on_line
        self._loop = asyncio.get_running_loop()
        self._rest = b""
        self._process = subprocess.Popen(
            spec.argv,
            env=dict(spec.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            umask=PRIVATE_UMASK,
        )
        self.pid = self._process.pid
        assert self._process.stdout is not None
        self._output = self._process.stdout.fileno()
        os.set_blocking(self._output, False)
        self._loop.add_reader(self._output, self._read)
        self._handles: dict[int, int] = {}  # pid -> pidfd, of the process and its workers
        self._exited = asyncio.Event()
        self._over = asyncio.Event()
        self._why = "exited"
        self._watch(self.pid, self._exit)

    async def ended(self) -> str:
        """Wait until the process has exited, or a watched worker of it is gone; says which, in words."""
        scan = asyncio.create_task(self._scan()) if self.spec.watch_workers else None
        try:
            await self._over.wait()
        finally:
            if scan is not None:
                scan.cancel()
        return self._why

    async def stop(self, limit_s: float | None = None) -> int:
        """SIGTERM, time to finish, then SIGKILL to what is left of the group. Returns the exit status."""
        if not self._exited.is_set():
            os.kill(self.pid, signal.SIGTERM)
            with suppress(TimeoutError):
                async with asyncio.timeout(self.spec.stop_limit_s if limit_s is None else limit_s):
                    await self._exited.wait()
        self.kill()
        await self._exited.wait()
        status = self._process.wait()
        await self._reap_group()
        self._close()
        return status

    def kill(self) -> None:
        """SIGKILL to the whole group. `stop` must be under way or follow, for it reaps."""
        # The leader is not reaped yet, so its number cannot have been given to somebody else's group.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    async def _reap_group(self) -> None:
        for _ in range(GROUP_GONE_TRIES):
            try:
                if os.waitpid(-self.pid, os.WNOHANG) == (0, 0):  # noqa: ASYNC222 (does not wait)
                    await asyncio.sleep(GROUP_GONE_PAUSE_S)
            except ChildProcessError:
                return

    def _close(self) -> None:
        for handle in self._handles.values():
            self._loop.remove_reader(handle)
            os.close(handle)
        self._handles.clear()
        if self._loop.remove_reader(self._output):
            self._read()
        if self._rest:
            self._on_line(_text(self._rest))
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _watch(self, pid: int, then: Callable[[], None]) -> None:
        with suppress(ProcessLookupError):
            handle = os.pidfd_open(pid)
            self._handles[pid] = handle

            def seen() -> None:
                self._loop.remove_reader(handle)
                then()

            self._loop.add_reader(handle, seen)

    async def _scan(self) -> None:
        while True:
            for pid in _workers(self.pid):
                if pid not in self._handles:
                    self._watch(pid, lambda pid=pid: self._lost(pid))  # type: ignore[misc]
            await asyncio.sleep(SCAN_S)

    def _exit(self) -> None:
        self._exited.set()
        self._over.set()

    def _lost(self, pid: int) -> None:
        if not self._over.is_set():
            self._why = f"its worker process {pid} is gone"
            self._over.set()

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self._output, MAX_LINE_BYTES)
            except BlockingIOError:
                return
            if not piece:
                self._loop.remove_reader(self._output)
                return
            *lines, self._rest = (self._rest + piece).split(b"\n")
            for line in lines:
                self._on_line(_text(line))
            if len(self._rest) > MAX_LINE_BYTES:
                self._on_line(_text(self._rest))
                self._rest = b""


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r")


def _workers(parent: int) -> list[int]:
    """The live children of a process that run the same program as it does."""
    try:
        program = os.readlink(f"/proc/{parent}/exe")
    except OSError:
        return []
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            # Any of these may end between two looks at it; then it is no live child.
            with suppress(OSError, ValueError, IndexError):
                state, ppid = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                if int(ppid) == parent and state != "Z" and os.readlink(entry / "exe") == program:
                    found.append(int(entry.name))
    return found
