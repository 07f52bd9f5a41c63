"""The sealer's roles as processes of their own, each with a data folder that holds its own keys only."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from multiprocessing.context import ForkServerContext
from pathlib import Path

from server.settings import Settings
from tests.main_job import crashing_sealer
from tests.main_job.stage import Stage

__all__ = ["LIMIT_S", "OWN", "Roles"]

LIMIT_S = 60.0
TRUST = ("trust", "run", "blobs")
OWN = {
    "sign": ("records.json", "sealer.json", "identity.json", "kek/1.json"),
    "issue": (
        "records.json",
        "ca/root.key.pem",
        "ca/issuing.key.pem",
        "ca/sm2-root.key.pem",
        "ca/sm2-issuing.key.pem",
        "ca/seal-maker.key.pem",
    ),
    "time": ("ca/tsa.key.pem",),
    "work": ("records.json", "identity.json", "push.json", "ca/papers.key.pem"),
}
"""All that a role may read of the secrets."""


def folder_of(settings: Settings, role: str, folder: Path) -> Path:
    """A data folder for one role."""
    own = folder / role
    for name in OWN[role]:
        (own / "secrets" / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy(settings.data / "secrets" / name, own / "secrets" / name)
    for name in TRUST:
        (own / name).symlink_to(settings.data / name)
    return own


class Roles:
    """The sealer's roles, each in a process; one can be stopped and started."""

    def __init__(self, stage: Stage, forks: ForkServerContext, folder: Path, stack: ExitStack) -> None:
        self._stage = stage
        self._forks = forks
        self._stack = stack
        self._folders = {role: folder_of(stage.server.settings, role, folder) for role in OWN}
        self._stops: dict[str, ExitStack] = {}

    def environ(self, role: str) -> dict[str, str]:
        """The variables of a role's process."""
        settings = replace(self._stage.server.settings, data=self._folders[role])
        return {**settings.environment(), "PATH": os.environ["PATH"]}

    def start(self, role: str) -> None:
        self._stops[role] = self._stack.enter_context(ExitStack())
        self._stops[role].enter_context(self._running(role))

    def stop(self, role: str) -> None:
        self._stops.pop(role).close()

    @contextmanager
    def without(self, role: str) -> Iterator[None]:
        """While a role is not there."""
        self.stop(role)
        try:
            yield
        finally:
            self.start(role)

    @contextmanager
    def _running(self, role: str) -> Iterator[None]:
        arguments = (self.environ(role), self._stage.log)
        child = self._forks.Process(
            target=crashing_sealer.run, args=arguments, kwargs={"roles": role}, daemon=True
        )
        child.start()
        try:
            yield
        finally:
            assert child.is_alive(), self._stage.log.read_text()
            child.terminate()
            child.join(LIMIT_S)
            assert child.exitcode in {0, -signal.SIGTERM}
