"""How long a filing waits until the authority is asked again: longer each time, never for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from tortoise.expressions import Q

__all__ = ["LEASE", "REASON_LENGTH", "again_in", "free"]

LEASE = timedelta(seconds=60)
"""A worker that does not come back has its filing taken by another after that long."""
AGAIN_FIRST = timedelta(seconds=1)
AGAIN_LAST = timedelta(seconds=60)
REASON_LENGTH = 500


def again_in(tries: int) -> timedelta:
    """The pause after so many tries without a decision."""
    doubled = AGAIN_FIRST * (1 << min(tries, 16))
    return min(doubled, AGAIN_LAST)


def free(now: datetime) -> Q:
    """The condition of what nobody works on. A lease from the future is none: the clock was set back."""
    return Q(lease_until__lte=now) | Q(lease_until__gt=now + max(LEASE, AGAIN_LAST))
