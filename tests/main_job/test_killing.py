"""SIGKILL of any process under the real supervisor: it comes back, and the main job works again."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from server.client import ApiError
from server.tls import trusted
from tests.main_job.members import Server
from tests.main_job.stage import until

# What restarts them knows nothing of the database.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

UNAVAILABLE = 503
PROCESSES = ["inspector", "sealer", "sandbox", "web", "a web worker"]


def pid_of(server: Server, name: str) -> int | None:
    with suppress(FileNotFoundError):
        return int((server.settings.run_folder / f"{name}.pid").read_text())
    return None


def children(pid: int) -> set[int]:
    """The process's own children (proc(5))."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError):
            found |= set(map(int, (task / "children").read_text().split()))
    return found


def web_workers(pid: int) -> list[int]:
    """Those of web's children that listen: Sanic's workers, not the process that shares its state."""
    listening = []
    for child in children(pid):
        with suppress(FileNotFoundError):
            names = [os.readlink(each) for each in Path(f"/proc/{child}/fd").iterdir()]
            if any(name.startswith("socket:") for name in names):
                listening.append(child)
    return listening


def is_ready(server: Server) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(f"{server.url}/health/ready", verify=trusted(), trust_env=False).status_code == 200
    return False


def works(act: Callable[[], object]) -> bool:
    """Whether it can be done now; while something is away it is refused for the moment."""
    try:
        act()
    except httpx.HTTPError:
        return False
    except ApiError as refusal:
        if refusal.status != UNAVAILABLE:
            raise
        return False
    return True


@pytest.mark.parametrize("name", PROCESSES)
def test_a_killed_process_comes_back_and_the_main_job_works(server: Server, name: str) -> None:
    until(lambda: is_ready(server))
    supervised = "web" if name == "a web worker" else name
    before = pid_of(server, supervised)
    assert before is not None
    victim = before if supervised == name else web_workers(before)[-1]
    os.kill(victim, signal.SIGKILL)
    until(lambda: pid_of(server, supervised) not in {None, before})
    until(lambda: is_ready(server))

    def whole_job() -> None:
        server.forget_limits()
        with server.owner() as owner:
            done, signed = owner.sealed()
            assert owner.phone.verify("合同.pdf", signed)["verdict"] == "valid"
            assert owner.phone.record(done["document"]["code"])["state"] == "found"

    until(lambda: works(whole_job))
