"""Thousands of waiting pages on one web worker: what they cost, and how soon they hear."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psutil

from server.wakeups import Hub
from tests.bench.site import Owner, Site, owner, running_site
from tests.bench.table import Row
from tests.bench.timing import percentile

__all__ = ["waiters", "waiting_pages"]

PART = "waiting pages, one web worker"
TARGET_KB = 12.0
WARM_UP_PAGES = 100
SETTLE_S = 1.0
FILES_SPARE = 500
Waiter = Callable[[], Awaitable[object]]


def _possible(count: int) -> int:
    """So many connections, or as many as this machine lets a process have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return count if hard == resource.RLIM_INFINITY else min(count, hard - FILES_SPARE)


def waiting_pages(count: int, woken: int, seconds: float) -> Iterator[Row]:
    """Real pages over HTTP that follow a signing; the last `woken` of them hear of its end."""
    count = _possible(count)
    with running_site(web_workers=1) as site, owner(site) as person:
        signing, worker = person.ask(), site.web_worker()
        with _open(site, person, signing, WARM_UP_PAGES):
            pass
        before, cpu = worker.memory_info().rss, _cpu(worker)
        with _open(site, person, signing, count):
            time.sleep(SETTLE_S)
            each = (worker.memory_info().rss - before) / count / 1024
            yield Row(PART, f"memory a page, {count} pages", each, "KB", TARGET_KB)
            yield Row(PART, "CPU to open a page", (_cpu(worker) - cpu) / count * 1000, "ms")
            cpu, begun = _cpu(worker), time.monotonic()
            time.sleep(seconds)
            share = (_cpu(worker) - cpu) / (time.monotonic() - begun)
            yield Row(PART, f"CPU while {count} pages wait", share * 100, "% of a core")
        with _open(site, person, signing, woken) as pages:
            told = time.monotonic()
            person.demo.phone.cancel(signing)
            heard = [at - told for at in json.loads(_line(pages))["woken"]]
        yield Row(
            PART, f"{woken} pages of one signing hear of its end, p50", percentile(heard, 0.5) * 1e3, "ms"
        )
        yield Row(
            PART, f"{woken} pages of one signing hear of its end, p99", percentile(heard, 0.99) * 1e3, "ms"
        )


@contextmanager
def _open(site: Site, person: Owner, signing: str, count: int) -> Iterator[subprocess.Popen[str]]:
    cookie = "; ".join(f"{name}={value}" for name, value in person.demo.phone.http.cookies.items())
    path = f"/api/signings/{signing}/events"
    command = [sys.executable, "-m", "tests.bench.pages", site.url, cookie, path, str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as pages:
        assert json.loads(_line(pages))["opened"] == count
        yield pages
        assert pages.stdin is not None
        pages.stdin.close()


def _line(pages: subprocess.Popen[str]) -> str:
    assert pages.stdout is not None
    line = pages.stdout.readline()
    if not line:
        raise RuntimeError("the process with the pages has ended")
    return line


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def waiters(count: int) -> list[Row]:
    """One who waits at the hub, as every page does, against one with a queue of its own; memory only."""
    future, queue = asyncio.run(_bytes_each(_at_hub(), count)), asyncio.run(_bytes_each(_at_queue(), count))
    return [
        Row(PART, "who waits, with a Future of the hub", future / 1024, "KB"),
        Row(PART, "who waits, with an asyncio.Queue", queue / 1024, "KB"),
        Row(PART, "ratio, Future to Queue", future / queue, "x"),
    ]


def _at_hub() -> Waiter:
    hub = Hub()

    async def wait() -> None:
        with hub.place(["signing:1"]) as place:
            await place.wait(3600)

    return wait


def _at_queue() -> Waiter:
    queues: set[asyncio.Queue[Any]] = set()

    async def wait() -> None:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        queues.add(queue)
        async with asyncio.timeout(3600):
            await queue.get()

    return wait


async def _bytes_each(wait: Waiter, count: int) -> float:
    """Memory of a task that waits, bytes."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tasks = [asyncio.ensure_future(wait()) for _ in range(count)]
        await asyncio.sleep(0.1)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return (after - before) / count
