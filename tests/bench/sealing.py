"""The whole sealing through the real processes against bare pyHanko, at rest, and many at once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx

from seals import custody
from tests.bench import bare
from tests.bench.site import OURS, Owner, Site, owner
from tests.bench.table import Row
from tests.bench.timing import each, percentile

__all__ = ["at_once", "at_rest", "whole_sealing"]

PART = "whole sealing"
TARGET_RATIO = 1.3
TARGET_IDLE_PERCENT = 3.0


def at_rest(site: Site, seconds: float) -> tuple[list[Row], dict[str, float]]:
    """What the system takes while nobody uses it; also as shares of one core, by process."""
    shares = site.idle(seconds)
    rows = [Row("at rest", f"CPU, {name}", share * 100, "% of a core") for name, share in shares.items()]
    total = sum(shares.values()) * 100
    return [*rows, Row("at rest", "CPU, all processes", total, "% of a core", TARGET_IDLE_PERCENT)], shares


def whole_sealing(site: Site, shares: dict[str, float], times: int, warm_up: int) -> list[Row]:
    """One after the other, and bare pyHanko with the same time-stamping service right after."""
    with owner(site) as person:
        for _ in range(warm_up):
            person.seal_once()
        before, took = site.cpu(), []
        for _ in range(times):
            begun = time.monotonic()
            person.seal_once()
            took.append(time.monotonic() - begun)
        spent = {name: used / times * 1000 for name, used in site.cpu_since(before).items()}
    ours = sum(spent.values())
    stretch = each(lambda: custody.stretch_pin("730519", bytes(16), bytes(32)), 5)
    theirs, theirs_wall, stamp = _bare(site, shares["sealer"], times)
    return [
        *(Row(PART, f"CPU a sealing, {name}", spent[name], "ms") for name in OURS),
        Row(PART, "CPU a sealing, all processes", ours, "ms"),
        Row(PART, "  of it Argon2id for the PIN", stretch, "ms"),
        Row(PART, "CPU, bare pyHanko B-LTA, its timestamps included", theirs, "ms"),
        Row(PART, "  of it in the time-stamping service", stamp, "ms"),
        Row(PART, "ratio in CPU, ours to bare pyHanko", ours / theirs, "x", TARGET_RATIO),
        Row(PART, "ratio in CPU without Argon2id", (ours - stretch) / theirs, "x"),
        Row(PART, "wall time a sealing, median", percentile(took, 0.5) * 1000, "ms"),
        Row(PART, "wall time, bare pyHanko, mean", theirs_wall, "ms"),
    ]


def _bare(site: Site, idle_share: float, times: int) -> tuple[float, float, float]:
    """CPU and wall time of one bare signature, ms, and what the service (in the sealer) took of it.

    On both sides the service's work is counted. The sealer's own share while at rest is taken off here.
    """
    crl = site.data / "bench.crl"
    crl.write_bytes(httpx.get(f"{site.url}/crl/root.crl", trust_env=False).content)
    before, begun = site.cpu(("sealer",)), time.monotonic()
    trusted = [str(site.data / "trust" / "root.pem"), str(crl)]
    command = [sys.executable, "-m", "tests.bench.bare", site.tsa_url, str(times), *trusted]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    idle = idle_share * (time.monotonic() - begun)
    stamp = max(0.0, site.cpu_since(before)["sealer"] - idle) / (times + bare.WARM_UP) * 1000
    return told["cpu_ms"] + stamp, told["wall_ms"], stamp


def at_once(site: Site, clients: int, sealings: int, companies: int) -> Iterator[Row]:
    """Several people at the same time, each one thing after the other. Counts are for each of them."""
    part = f"{clients} clients at once, on the same machine"
    with ExitStack() as stack:
        people = [stack.enter_context(owner(site)) for _ in range(clients)]
        took: list[float] = []

        def seal(person: Owner) -> None:
            begun = time.monotonic()
            person.seal_once()
            took.append(time.monotonic() - begun)

        yield Row(part, "sealings", _rate(people, seal, sealings), "a second")
        yield Row(part, "  wall time, median", percentile(took, 0.5) * 1000, "ms")
        yield Row(part, "  wall time, p95", percentile(took, 0.95) * 1000, "ms")
        founded = _rate(people, Owner.found, companies)
        yield Row(part, "companies founded and their five seals collected", founded, "a second")


def _rate(people: list[Owner], work: Callable[[Owner], object], times: int) -> float:
    def several(person: Owner) -> None:
        for _ in range(times):
            work(person)

    begun = time.monotonic()
    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(several, people))
    return len(people) * times / (time.monotonic() - begun)
