"""A company's filing, for whoever may file its seals."""

from __future__ import annotations

from datetime import datetime

from auth.authority import Act, known
from auth.errors import NotFound
from seals.filing_models import CompanyFiling

__all__ = ["own_filing"]


async def own_filing(filing_id: str, person_id: str, now: datetime) -> CompanyFiling:
    """Raises NotFound `filing.not_found`, also for another company's; Refused `access.denied`."""
    missing = NotFound("filing.not_found", "没有找到该备案。", "There is no such filing.")
    row = await CompanyFiling.get_or_none(id=filing_id)
    if row is None:
        raise missing
    (await known(person_id, row.company_id, now, missing)).require(Act.FILE_SEAL)
    return row
