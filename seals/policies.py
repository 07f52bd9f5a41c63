"""Policy profiles: what differs by rule-book, as data (architecture §9). Pure.

`beijing-2019`: the source documents, Beijing's rules of 2019 and what explains them. `national-2025`:
《电子印章管理办法》国办发〔2025〕33号. Where a rule-book says nothing, no limit of another one is taken over;
but for filing, whose limits both have: they are the public-security authority's, whatever rule-book a seal is
made by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from seals.kinds import FIVE, SealKind

__all__ = ["DEFAULT", "FOUR", "POLICIES", "RENEW_BEFORE", "Named", "Policy"]

RENEW_BEFORE = timedelta(days=60)
"""So long before their end a seal's certificates may be renewed."""

FOUR: tuple[SealKind, ...] = tuple(kind for kind in FIVE if kind is not SealKind.INVOICE)
"""Without the invoice seal."""

Named = tuple[str, str]
"""An authority or a rule-book in words: Chinese, English."""

_FOUR_IN: Mapping[str, tuple[SealKind, ...]] = {"4403": FOUR, "4406": FOUR}
"""Shenzhen and Foshan give no invoice seal with the licence."""


@dataclass(frozen=True)
class Policy:
    """One profile. title: the rule-book. pin_max_age: after that long a PIN confirms nothing until it is
    changed (R55); pin_reminder: how long before its holder is told. uncollected_for: an issued seal that
    nobody collected for so long is cancelled (R40); None: never. filing_within: from a fact about a seal to
    its filing (R34), filing_warned: so long before that end it is told. filed_for: a company's filing is
    valid for so long (R125), filing_renewed: so long before its end it may be renewed (R135). resets: who
    approves that a forgotten PIN is reset (R56). archive_years: after the end of a company's last
    certificate its part of the archive is kept for so long (R38). sets: which seals come with the licence,
    by the first digits of the district, where it is not `FIVE` (R1, R2).
    """

    name: str
    title: Named
    pin_max_age: timedelta
    pin_reminder: timedelta
    uncollected_for: timedelta | None
    filing_within: timedelta
    filing_warned: timedelta
    filed_for: timedelta
    filing_renewed: timedelta
    resets: Named
    archive_years: int = 5
    sets: Mapping[str, tuple[SealKind, ...]] = field(default_factory=dict)

    def seal_set(self, district: str) -> tuple[SealKind, ...]:
        """The kinds that come with the licence in a district (six digits); the longest prefix decides."""
        fitting = [prefix for prefix in self.sets if district.startswith(prefix)]
        return self.sets[max(fitting, key=len)] if fitting else FIVE


DEFAULT = "beijing-2019"
POLICIES = {
    each.name: each
    for each in (
        Policy(
            DEFAULT,
            title=("北京市电子印章规则（2019）", "Beijing's rules on e-seals, 2019"),
            pin_max_age=timedelta(days=365),
            pin_reminder=timedelta(days=30),
            uncollected_for=timedelta(days=92),  # three months, whichever
            filing_within=timedelta(hours=24),
            filing_warned=timedelta(hours=6),
            filed_for=timedelta(days=3 * 365),
            filing_renewed=timedelta(days=60),
            resets=("公安机关", "the public-security authority"),
            sets=_FOUR_IN,
        ),
        Policy(
            "national-2025",
            title=("电子印章管理办法（国办发〔2025〕33号）", "Measures for e-seals, State Council, 2025"),
            pin_max_age=timedelta(days=365),
            pin_reminder=timedelta(days=30),
            uncollected_for=None,  # art. 18 has its own reasons to cancel, and this is none of them
            filing_within=timedelta(hours=24),
            filing_warned=timedelta(hours=6),
            filed_for=timedelta(days=3 * 365),
            filing_renewed=timedelta(days=60),
            resets=("电子印章制作管理单位", "the unit that manages the making of e-seals"),
            sets=_FOUR_IN,
        ),
    )
}
