"""Times as they are written: China's for people; UTC where a device signs them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

__all__ = ["CHINA", "minute", "second", "signed_moment", "signed_second"]

CHINA = ZoneInfo("Asia/Shanghai")
SIGNED = "%Y-%m-%dT%H:%M:%S"


def minute(moment: datetime) -> str:
    """China time with its offset, to the minute: 2026-11-21 18:05 +08:00."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M +08:00")


def second(moment: datetime) -> str:
    """China time with its offset, to the second: 2026-11-21 18:05:03 +08:00."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S +08:00")


def signed_second(moment: datetime) -> str:
    """As a device signs it, UTC, to the second, for scripts read no microseconds: 2026-11-21T10:05:03."""
    return moment.astimezone(UTC).strftime(SIGNED)


def signed_moment(text: str) -> datetime:
    """What `signed_second` wrote. Raises ValueError."""
    return datetime.strptime(text, SIGNED).replace(tzinfo=UTC)
