"""Rate limits, counted in the database so that all workers share them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tortoise.expressions import F

from auth.errors import TooMany
from auth.models import Throttle

__all__ = ["Limit", "allowed", "count", "forget_old"]


@dataclass(frozen=True)
class Limit:
    """At most `most` times in a window of `window_s` seconds; `name` keeps limits apart."""

    name: str
    most: int
    window_s: int


async def count(limit: Limit, key: str, now: datetime) -> None:
    """Count one attempt of `key`; raises TooMany `rate.limited` (facts: `retry_after_s`) over the limit.

    key: an index or an address, never a secret. Windows are fixed, aligned to the epoch.
    """
    if await allowed(limit, key, now):
        return
    wait = max(1, int((_end_of(limit, now) - now).total_seconds()) + 1)
    raise TooMany(
        "rate.limited",
        f"操作太频繁，请在 {wait} 秒后再试。",
        f"Too many attempts; please try again in {wait} seconds.",
        retry_after_s=wait,
    )


async def allowed(limit: Limit, key: str, now: datetime) -> bool:
    """Count one attempt of `key`; False over the limit."""
    row = f"{limit.name}/{_window(limit, now)}/{key}"[:160]
    counter = Throttle(id=row, count=0, ends_at=_end_of(limit, now))
    await Throttle.bulk_create([counter], ignore_conflicts=True)
    return bool(await Throttle.filter(id=row, count__lt=limit.most).update(count=F("count") + 1))


def _window(limit: Limit, now: datetime) -> int:
    return int(now.timestamp()) // limit.window_s


def _end_of(limit: Limit, now: datetime) -> datetime:
    return datetime.fromtimestamp((_window(limit, now) + 1) * limit.window_s, UTC)


async def forget_old(now: datetime) -> None:
    """Delete windows that ended an hour ago."""
    await Throttle.filter(ends_at__lt=now - timedelta(hours=1)).delete()
