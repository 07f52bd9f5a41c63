"""What a registrar makes up for a new company: code, licence number, authority, term. Pure."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from auth.identifiers import region_name, uscc_check

__all__ = ["authority_name", "last_day", "new_licence_number", "new_uscc"]

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
RANDOM_PLACES = 6
SOLE_TRADER = "个体工商户"


def new_uscc(region: str, company_type: str = "") -> str:
    """A valid code (GB 32100): 9 market regulation; 1 enterprise, 2 sole trader; region, MA……, checks."""
    kind = "2" if company_type == SOLE_TRADER else "1"
    organisation = "MA" + "".join(secrets.choice(USCC_ALPHABET) for _ in range(RANDOM_PLACES))
    return uscc_check(f"9{kind}{region}", organisation)


def new_licence_number(region: str, day: date) -> str:
    """A licence number (证照编号) in the usual form: authority 8, day 8, serial 4 digits."""
    return f"{region}00{day:%Y%m%d}{secrets.randbelow(10_000):04d}"


def authority_name(region: str, day: date) -> str:
    """The registering authority's name (登记机关), marked as a stand-in."""
    return f"{region_name(region, day)}市场监督管理局（沙箱）"


def last_day(first: date, years: int | None) -> date | None:
    """The last day of a term that begins on `first`; None for long-term."""
    if years is None:
        return None
    try:
        return first.replace(year=first.year + years) - timedelta(days=1)
    except ValueError:  # 29 February, and no such day in the last year
        return first.replace(year=first.year + years, day=28)
