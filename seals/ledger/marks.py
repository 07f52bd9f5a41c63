"""What a ledger points out: written rules, each a constant and a sentence. Pure.

A mark says "look at this", never "this was wrong": nothing is stopped by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from auth.china import CHINA

__all__ = [
    "BURST_USES",
    "BURST_WITHIN",
    "GRANT_END_WITHIN",
    "MARK_WORDS",
    "NEW_DEVICE_WITHIN",
    "TRIES_FROM",
    "USUAL_FROM",
    "USUAL_OF",
    "Mark",
    "Use",
    "marks_of",
]

NIGHT_FROM, NIGHT_TO = 22, 6
"""Hours of China's day: from ten in the evening to six in the morning."""
NEW_DEVICE_WITHIN = timedelta(hours=24)
"""So long after it was enrolled the first use by a device is the first by a new one."""
BURST_USES, BURST_WITHIN = 10, timedelta(minutes=10)
"""So many uses by one person within so long."""
GRANT_END_WITHIN = timedelta(hours=24)
"""So near the end of a grant that lasts `GRANT_LASTS` at least."""
GRANT_LASTS = timedelta(days=7)
USUAL_OF, USUAL_FROM = 50, 10
"""Of the seal's last so many uses, if there are so many at least, none was for a document of this kind."""
TRIES_FROM = 2
"""So many attempts to confirm were refused before."""


class Mark(StrEnum):
    """What is pointed out of one use."""

    NIGHT = "night"
    NEW_DEVICE = "new_device"
    BURST = "burst"
    GRANT_END = "grant_end"
    UNUSUAL_KIND = "unusual_kind"
    TRIES = "tries"


_BURST_MINUTES = BURST_WITHIN // timedelta(minutes=1)
_DEVICE_HOURS = NEW_DEVICE_WITHIN // timedelta(hours=1)
_GRANT_HOURS = GRANT_END_WITHIN // timedelta(hours=1)

MARK_WORDS: Mapping[Mark, tuple[str, str]] = {
    Mark.NIGHT: (
        f"夜间用印：在北京时间 {NIGHT_FROM} 点至次日 {NIGHT_TO} 点之间确认",
        f"At night: confirmed between {NIGHT_FROM}:00 and {NIGHT_TO}:00 China time",
    ),
    Mark.NEW_DEVICE: (
        f"新设备首次用印：确认人另有旧设备，这台设备登记不到 {_DEVICE_HOURS} 小时",
        f"First use from a new device: enrolled under {_DEVICE_HOURS} hours before, beside an older one",
    ),
    Mark.BURST: (
        f"短时间多次用印：同一人 {_BURST_MINUTES} 分钟内用印 {BURST_USES} 次",
        f"Many at once: {BURST_USES} uses by one person within {_BURST_MINUTES} minutes",
    ),
    Mark.GRANT_END: (
        f"授权即将到期时用印：离授权到期不到 {_GRANT_HOURS} 小时",
        f"Near the end of a grant: less than {_GRANT_HOURS} hours before it ends",
    ),
    Mark.UNUSUAL_KIND: (
        f"不常见的文件种类：这枚印章最近 {USUAL_OF} 次用印中没有这一种",
        f"An unusual kind of document: none among the last {USUAL_OF} uses of this seal",
    ),
    Mark.TRIES: (
        f"确认前多次被拒：此前至少 {TRIES_FROM} 次口令或验证未通过",
        f"Refused before: at least {TRIES_FROM} attempts to confirm failed",
    ),
}


@dataclass(frozen=True)
class Use:
    """What the rules look at. at: of the confirmation.

    enrolled, older_device, used_before: of the device that confirmed, when, whether its owner has one
    enrolled before it, and whether it had confirmed already; enrolled None: a code by text message. within:
    uses by this person in the time before, this one among them. grant: from when until when, None for the
    owner. kinds: of documents that the seal was used for last. tries: refused before.
    """

    at: datetime
    enrolled: datetime | None
    older_device: bool
    used_before: bool
    within: int
    grant: tuple[datetime, datetime] | None
    kind: str
    kinds: Sequence[str]
    tries: int


def marks_of(use: Use) -> tuple[Mark, ...]:
    """What is pointed out, in the order of `Mark`. A burst is when it is reached, and again at its double."""
    found = {
        Mark.NIGHT: _at_night(use.at),
        Mark.NEW_DEVICE: _by_new_device(use),
        Mark.BURST: use.within >= BURST_USES and use.within % BURST_USES == 0,
        Mark.GRANT_END: _near_end(use),
        Mark.UNUSUAL_KIND: _unusual(use),
        Mark.TRIES: use.tries >= TRIES_FROM,
    }
    return tuple(mark for mark in Mark if found[mark])


def _at_night(at: datetime) -> bool:
    hour = at.astimezone(CHINA).hour
    return hour >= NIGHT_FROM or hour < NIGHT_TO


def _by_new_device(use: Use) -> bool:
    if use.enrolled is None or not use.older_device or use.used_before:
        return False
    return use.at - use.enrolled < NEW_DEVICE_WITHIN


def _near_end(use: Use) -> bool:
    if use.grant is None:
        return False
    begin, end = use.grant
    return end - begin >= GRANT_LASTS and end - use.at < GRANT_END_WITHIN


def _unusual(use: Use) -> bool:
    stated = Counter(kind for kind in use.kinds if kind)
    return bool(use.kind) and stated.total() >= USUAL_FROM and use.kind not in stated
