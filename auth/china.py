"""China's time: the day that a form, a licence or an identity number means, and the hour people read."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

__all__ = ["CHINA", "minute", "second"]

CHINA = ZoneInfo("Asia/Shanghai")


def minute(moment: datetime) -> str:
    """China time with its offset, to the minute: 2026-11-21 18:05 +08:00."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M +08:00")


def second(moment: datetime) -> str:
    """China time with its offset, to the second: 2026-11-21 18:05:03 +08:00."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S +08:00")
