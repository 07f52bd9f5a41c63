"""The processes of `ezhang run` without its supervisor: a test starts, kills and replaces the sealer."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import httpx
from tortoise.backends.base.executor import EXECUTOR_CACHE

from auth.succession_models import RepresentativeChange
from seals.models import Offer, Signing
from server.demo import free_port
from server.firststart import prepare
from server.migrating import mark, migrate
from server.running import processes
from server.settings import Settings
from server.tls import trusted
from tests.databases import Database
from tests.main_job import crashing_sealer
from tests.main_job.members import Server

__all__ = ["Stage", "staged", "until"]

LIMIT_S = 60.0
POLL_S = 0.02
LONG_AGO = timedelta(minutes=5)


def until(what: Callable[[], object], limit_s: float = LIMIT_S) -> None:
    """Ask again until it is so; fails the test when the time is over."""
    end = time.monotonic() + limit_s
    while not what():
        assert time.monotonic() < end, "it did not come to be in time"
        time.sleep(POLL_S)


@dataclass
class Stage:
    """Web, inspector and sandbox run; at most one sealer does."""

    server: Server
    forks: ForkServerContext
    log: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    _sealer: ForkServerProcess | None = field(default=None, repr=False)

    def start_sealer(
        self,
        step: str | None = None,
        freeze: tuple[str, str] | None = None,
        changed: tuple[Path, str] | None = None,
        *,
        overtaken: bool = False,
        **environ: str,
    ) -> None:
        """Start a sealer, a normal one without `step`; the one before must have ended."""
        assert self._sealer is None, "there is a sealer"
        own = {"PATH": os.environ["PATH"], **self.environ}
        settings = {**self.server.settings.environment(), **own, **environ}
        self._sealer = self.forks.Process(
            target=crashing_sealer.run,
            args=(settings, self.log, step, freeze, None, changed),
            kwargs={"overtaken": overtaken},
            daemon=True,
        )
        self._sealer.start()

    def stop_sealer(self) -> None:
        """SIGTERM; does nothing where there is none."""
        if self._sealer is not None:
            self._sealer.terminate()
            self._sealer.join(LIMIT_S)
            # It dies of the signal where it has come no further than its imports.
            assert self._sealer.exitcode in {0, -signal.SIGTERM}, self.log.read_text()
            self._sealer = None

    def wait_for_crash(self) -> None:
        """Wait until the sealer has killed itself at its step."""
        assert self._sealer is not None
        self._sealer.join(LIMIT_S)
        assert self._sealer.exitcode == -signal.SIGKILL, self.log.read_text()
        self._sealer = None

    def end_leases(self) -> None:
        """As if the leases of a dead sealer had run out."""
        past = datetime.now(UTC) - LONG_AGO

        async def move() -> None:
            await Offer.filter(lease_until__isnull=False).update(lease_until=past)
            await Signing.filter(lease_until__isnull=False).update(lease_until=past)
            await RepresentativeChange.filter(lease_until__isnull=False).update(lease_until=past)

        self.server.database.run(move)


@contextmanager
def staged(
    folder: Path, database: str, forks: ForkServerContext, more: Mapping[str, str] | None = None
) -> Iterator[Stage]:
    """A stage on an empty database, with a normal sealer; all processes end with it.

    more: further variables, the sealer's among them.
    """
    port = free_port()
    environ = {
        "EZHANG_PROFILE": "development",
        "EZHANG_DATA": str(folder / "data"),
        "EZHANG_DATABASE": database,
        "EZHANG_WEB_WORKERS": "1",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        **(more or {}),
    }
    settings = prepare(Settings.from_env(environ), datetime.now(UTC))
    asyncio.run(migrate(settings.database))
    EXECUTOR_CACHE.clear()
    asyncio.run(mark(settings))
    EXECUTOR_CACHE.clear()
    log = folder / "stage.log"
    with ExitStack() as stack, log.open("ab") as out:
        for spec in processes(settings, os.environ):
            if spec.name != "sealer":
                stack.enter_context(_running(spec.argv, dict(spec.env), out.fileno()))
        stage = Stage(Server(settings.public_url, Database(database), settings), forks, log, more or {})
        stack.callback(stage.stop_sealer)
        stage.start_sealer()
        until(lambda: _ready(settings.public_url))
        yield stage


@contextmanager
def _running(command: tuple[str, ...], environ: dict[str, str], out: int) -> Iterator[None]:
    child = subprocess.Popen(command, env=environ, stdout=out, stderr=out, process_group=0)
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", verify=trusted(), trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
