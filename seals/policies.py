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
    for so long is cancelled (R40). filing_within: from a fact about a seal to its filing (R34),
    filing_warned: so long before that end it is told. filed_for: a company's filing is valid
    for so long (R125), filing_renewed: so long before its end it may be renewed (R135).
    """

    name: str
    pin_max_age: timedelta
    pin_reminder: timedelta
    uncollected_for: timedelta
    filing_within: timedelta
    filing_warned: timedelta
    filed_for: timedelta
    filing_renewed: timedelta


DEFAULT = "beijing-2019"
POLICIES = {
    each.name: each
    for each in (
        Policy(
            DEFAULT,
            pin_max_age=timedelta(days=365),
            pin_reminder=timedelta(days=30),
            uncollected_for=timedelta(days=92),  # three months, whichever
            filing_within=timedelta(hours=24),
            filing_warned=timedelta(hours=6),
            filed_for=timedelta(days=3 * 365),
            filing_renewed=timedelta(days=60),
        ),
    )
}
