"""Who supervises, and what each is shown: data, to be read and changed in one place (R58)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

__all__ = ["VIEWS", "Authority", "View"]


class Authority(StrEnum):
    """Who supervises (R58); the coordination group leads."""

    COORDINATION = "coordination"
    REFORM = "reform"
    MARKET = "market"
    FINANCE = "finance"
    TAX = "tax"
    INDUSTRY = "industry"
    LOCAL_FINANCE = "local_finance"
    CRYPTOGRAPHY = "cryptography"
    PUBLIC_SECURITY = "public_security"


class View(StrEnum):
    """What a desk of supervision shows."""

    STATISTICS = "statistics"
    OVERDUE_FILINGS = "overdue_filings"


_ALL_READ = frozenset({View.STATISTICS})
VIEWS: Mapping[Authority, frozenset[View]] = {
    **dict.fromkeys(Authority, _ALL_READ),
    Authority.PUBLIC_SECURITY: _ALL_READ | {View.OVERDUE_FILINGS},
}
