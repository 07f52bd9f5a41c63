"""Policy profiles: the limits that differ by rule-book, as data (architecture §9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

__all__ = ["DEFAULT", "POLICIES", "RENEW_BEFORE", "Policy"]

RENEW_BEFORE = timedelta(days=60)
"""So long before their end a seal's certificates may be renewed."""


@dataclass(frozen=True)
class Policy:
    """One profile. pin_max_age: after that long a PIN confirms nothing until it is changed (R55);
    pin_reminder: how long before its holder is told. uncollected_for: an issued seal that nobody collected
    for so long is cancelled (R40). archive_years: after the end of a company's last certificate its part of
    the archive is kept for so long (R38).
    """

    name: str
    pin_max_age: timedelta
    pin_reminder: timedelta
    uncollected_for: timedelta
    archive_years: int = 5


DEFAULT = "beijing-2019"
POLICIES = {
    each.name: each
    for each in (
        Policy(
            DEFAULT,
            pin_max_age=timedelta(days=365),
            pin_reminder=timedelta(days=30),
            uncollected_for=timedelta(days=92),  # three months, whichever
        ),
    )
}
