"""The supervisor on real processes: it runs in a process of its own here, with small children."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from auth.errors import Conflict
from server.supervisor import Backoff, sole_supervisor

PATIENCE_S = 20.0
SETTLE_S = 1.0
"""Sanic hangs when told to stop before it has counted its workers, and the supervisor looks for them twice
a second."""
ROOT = Path(__file__).resolve().parents[2]

DRIVER = """
import asyncio, json, sys
from pathlib import Path
from server.supervisor import Backoff, ProcessSpec, Supervisor, sole_supervisor

folder, specs, backoff = Path(sys.argv[1]), json.loads(sys.argv[2]), json.loads(sys.argv[3])

async def ready():
    return (folder / "ready").exists()

async def main(lock):
    processes = [ProcessSpec(**{**spec, "argv": tuple(spec["argv"])}) for spec in specs]
    supervisor = Supervisor(processes, folder, lock=lock, backoff=Backoff(**backoff))
    return await supervisor.run(ready, lambda: print("READY", flush=True))

with sole_supervisor(folder) as lock:
    sys.exit(asyncio.run(main(lock)))
"""

SLEEPER = "import os, time; print('hello from', os.getpid(), flush=True); time.sleep(600)"
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("stubborn now", flush=True)
time.sleep(600)
"""
WITH_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("child", child.pid, flush=True)
time.sleep(600)
"""
SANIC = """
import os, sys
from sanic import Sanic, text

app = Sanic("supervised")

@app.get("/pid")
async def pid(request):
    return text(str(os.getpid()))

if __name__ == "__main__":
    app.run("127.0.0.1", int(sys.argv[1]), workers=2, motd=False, access_log=False)
"""


def sleeper(name: str, code: str = SLEEPER, **more: object) -> dict[str, object]:
    argv = [sys.executable, "-c", code]
    return {"name": name, "argv": argv, "env": {"PATH": os.environ["PATH"]}, **more}


@dataclass
class Running:
    """A supervisor's process, what it has written, and the folder with its pid files."""

    process: subprocess.Popen[str]
    folder: Path
    log: Path
    seen: set[int] = field(default_factory=set)

    @property
    def text(self) -> str:
        return self.log.read_text()

    def pid(self, name: str, other_than: int = 0) -> int:
        """The process's pid, once it has one that is not `other_than`."""

        def current() -> int | None:
            with suppress(OSError, ValueError):
                found = int((self.folder / f"{name}.pid").read_text())
                return found if found != other_than else None
            return None

        pid = wait_for(current)
        assert isinstance(pid, int)
        self.seen.add(pid)
        return pid

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)


def wait_for(what: Callable[[], object]) -> object:
    end = time.monotonic() + PATIENCE_S
    while not (found := what()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return found


def gone(pid: int) -> bool:
    """Whether there is no such process; a zombie that init has not reaped yet is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    runs: list[Running] = []

    def begin(*specs: dict[str, object], folder: Path = tmp_path, **backoff: float) -> Running:
        log = tmp_path / f"log-{len(runs)}"
        arguments = [str(folder), json.dumps(specs), json.dumps({"first": 0.05, **backoff})]
        with log.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "-c", DRIVER, *arguments], cwd=ROOT, stdout=out, text=True
            )
        runs.append(Running(process, folder, log))
        return runs[-1]

    yield begin
    for run in runs:
        if run.process.poll() is None:
            run.stop()


def test_a_killed_process_comes_back_and_the_others_stay(start: Start) -> None:
    run = start(sleeper("one"), sleeper("two"))
    one, two = run.pid("one"), run.pid("two")
    os.kill(one, signal.SIGKILL)
    again = run.pid("one", other_than=one)
    assert not gone(again)
    assert run.pid("two") == two
    assert not gone(two)


def test_what_a_killed_process_started_goes_with_it(start: Start) -> None:
    run = start(sleeper("parent", WITH_CHILD))
    wait_for(lambda: "child" in run.text)
    child = int(run.text.split("child")[1].split()[0])
    os.kill(run.pid("parent"), signal.SIGKILL)
    wait_for(lambda: gone(child))


def test_pauses_grow_while_a_process_keeps_failing_and_stop_growing_at_the_limit(start: Start) -> None:
    backoff = Backoff(first=0.1, limit=2.0)
    assert [backoff.pause(deaths) for deaths in (1, 2, 3, 6, 7, 10_000)] == [0.1, 0.2, 0.4, 2.0, 2.0, 2.0]
    run = start(sleeper("broken", "raise SystemExit(3)"), first=0.1, limit=0.4)
    (run.folder / "ready").touch()
    wait_for(lambda: run.text.count("status 3") >= 4)
    pauses = [line.rsplit("again in ")[1] for line in run.text.splitlines() if "again in" in line]
    assert pauses[:4] == ["0.1 s", "0.2 s", "0.4 s", "0.4 s"]


def test_a_process_that_was_stable_is_brought_back_at_once(start: Start) -> None:
    run = start(sleeper("one"), first=0.1, stable=0.0)
    (run.folder / "ready").touch()
    pid = run.pid("one")
    for _ in range(3):
        os.kill(pid, signal.SIGKILL)
        pid = run.pid("one", other_than=pid)
    assert run.text.count("again in 0.1 s") == 3


def test_sigterm_stops_all_in_the_opposite_order_and_leaves_nothing(start: Start) -> None:
    said = "import signal, sys, time\nsignal.signal(15, lambda *_: (print('bye', flush=True), sys.exit()))"
    wait = "\nprint('up', flush=True)\ntime.sleep(600)"
    run = start(*(sleeper(name, said + wait) for name in ("first", "second", "third")))
    pids = [run.pid(name) for name in ("first", "second", "third")]
    wait_for(lambda: run.text.count("up") == 3)
    assert run.stop() == 0
    assert [line.split()[0] for line in run.text.splitlines() if "bye" in line] == [
        "third",
        "second",
        "first",
    ]
    assert all(gone(pid) for pid in pids)
    assert not list(run.folder.glob("*.pid"))


def test_a_process_that_will_not_stop_is_killed_at_its_limit(start: Start) -> None:
    run = start(sleeper("stubborn", STUBBORN, stop_limit_s=0.3), sleeper("good"))
    pid = run.pid("stubborn")
    wait_for(lambda: "stubborn now" in run.text)
    assert run.stop() == 0
    assert gone(pid)


def test_when_the_supervisor_is_killed_its_processes_go_too(start: Start) -> None:
    run = start(sleeper("one"), sleeper("stubborn", STUBBORN))
    pids = [run.pid("one"), run.pid("stubborn")]
    wait_for(lambda: "stubborn now" in run.text)
    run.process.kill()
    run.process.wait()
    # A new supervisor on the same folder waits for the orphans to end; so it meets no taken port.
    again = start(sleeper("one"))
    again.pid("one", other_than=pids[0])
    assert all(gone(pid) for pid in pids)


def test_one_data_folder_has_one_supervisor(start: Start, tmp_path: Path) -> None:
    start(sleeper("one")).pid("one")
    with pytest.raises(Conflict) as refusal, sole_supervisor(tmp_path):
        pass
    assert refusal.value.code == "run.already_running"


def test_before_it_was_ever_ready_a_hopeless_process_ends_the_start(start: Start) -> None:
    run = start(sleeper("one"), sleeper("broken", "raise SystemExit(3)"))
    one = run.pid("one")
    assert run.process.wait(PATIENCE_S) == 1
    assert "broken does not start" in run.text
    assert gone(one)


def test_a_process_that_refuses_its_settings_is_not_tried_again(start: Start) -> None:
    run = start(sleeper("refusing", "print('no profile'); raise SystemExit(2)"))
    assert run.process.wait(PATIENCE_S) == 2
    assert run.text.count("no profile") == 1


def test_ready_is_announced_once_and_lines_carry_the_name(start: Start) -> None:
    run = start(sleeper("one"))
    wait_for(lambda: "hello" in run.text)
    assert "READY" not in run.text
    (run.folder / "ready").touch()
    wait_for(lambda: "READY" in run.text)
    assert f"one | hello from {run.pid('one')}" in run.text


def test_a_web_worker_that_dies_makes_it_restart_web(start: Start, tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    script.write_text(SANIC)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    web = {**sleeper("web"), "argv": [sys.executable, str(script), str(port)], "watch_workers": True}
    run = start(web)

    def worker() -> int | None:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/pid", timeout=5) as answer:
            return int(answer.read())
        return None

    first = run.pid("web")
    wait_for(lambda: run.text.count("Worker ready") == 2)
    killed = wait_for(worker)
    assert isinstance(killed, int)
    time.sleep(SETTLE_S)
    os.kill(killed, signal.SIGKILL)
    second = run.pid("web", other_than=first)
    assert f"its worker process {killed} is gone" in run.text
    wait_for(lambda: run.text.count("Worker ready") == 4)
    assert wait_for(worker) != killed
    time.sleep(SETTLE_S)
    assert run.stop() == 0
    assert gone(second)
    socket.create_server(("127.0.0.1", port)).close()
