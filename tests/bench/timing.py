"""Processor time of small pieces of work."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from statistics import median

__all__ = ["each", "each_async", "percentile"]

WARM_UP = 3


def each(work: Callable[[], object], times: int) -> float:
    """Median processor time of one call, ms."""
    for _ in range(WARM_UP):
        work()
    took = []
    for _ in range(times):
        begun = time.process_time()
        work()
        took.append(time.process_time() - begun)
    return median(took) * 1000


async def each_async(work: Callable[[], Awaitable[object]], times: int) -> float:
    """Median processor time of one call, ms, that of the process's threads included."""
    for _ in range(WARM_UP):
        await work()
    took = []
    for _ in range(times):
        begun = time.process_time()
        await work()
        took.append(time.process_time() - begun)
    return median(took) * 1000


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of them lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
