"""A running inspector for tests, a file that keeps it busy, and looks at its processes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import pikepdf

from server.inspector.client import InspectorClient
from server.inspector.pool import Pool
from server.inspector.process import Inspector
from server.inspector.subprocesses import WORKER
from tests.seals.pdf.samples import save

_AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
_READING_ALL = (  # the one right that stays: to read a Python that lies in root's home
    *("--bounding-set=-all,+dac_read_search", "--inh-caps=-all,+dac_read_search"),
    "--ambient-caps=+dac_read_search",
)


@cache
def unprivileged() -> tuple[str, ...]:
    """A worker's command as in production, where none is root's: root is under no limit of threads and
    processes, so what may not start would start. Root's all the same where the machine allows nothing else.
    """
    if os.geteuid():
        return WORKER
    root = str(Path(__file__).resolve().parents[2])
    for rights in (_READING_ALL, ()):
        as_nobody = (*_AS_NOBODY, *rights, "--")
        probe = (*as_nobody, sys.executable, "-c", "import server.inspector.protocol")
        done = subprocess.run(probe, cwd="/", env={"PYTHONPATH": root}, capture_output=True, check=False)
        if done.returncode == 0:
            return (*as_nobody, *WORKER)
    return WORKER


@asynccontextmanager
async def running(workers: int = 1, **options: object) -> AsyncIterator[tuple[InspectorClient, Pool, Path]]:
    options.setdefault("command", unprivileged())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inspector.sock"
        pool = Pool(workers, **options)  # type: ignore[arg-type]
        inspector = Inspector(path, pool)
        await inspector.start()
        try:
            yield InspectorClient(path), pool, path
        finally:
            await inspector.stop()


def endless(steps: int = 50_000) -> bytes:
    """A page whose colour is computed by a long program at every point: many minutes, and no memory."""
    pdf = pikepdf.new()
    program = pdf.make_stream(
        b"{ " + b"dup mul sqrt " * steps + b"pop }", FunctionType=4, Domain=[0, 1, 0, 1], Range=[0, 1]
    )
    shading = pikepdf.Dictionary(
        ShadingType=1,
        ColorSpace=pikepdf.Name.DeviceGray,
        Domain=[0, 1, 0, 1],
        Matrix=[595, 0, 0, 842, 0, 0],
        Function=program,
    )
    page = pdf.add_blank_page(page_size=(595, 842))
    page.obj.Resources = pikepdf.Dictionary(Shading=pikepdf.Dictionary(S=shading))
    page.obj.Contents = pdf.make_stream(b"/S sh")
    return save(pdf)


async def until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.02)


def of_process(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text()


def children_of(pid: int) -> list[int]:
    return [int(word) for word in of_process(pid, f"task/{pid}/children").split()]


def gone(pid: int) -> bool:
    try:
        return ") Z " in of_process(pid, "stat")
    except OSError:
        return True
