"""The register of seals that nobody collected in time (登记造册, R40): cancelled by the clock, and filed."""

from __future__ import annotations

from seals.filing.views import LapsedSeal
from seals.filing_models import MakerFiling
from seals.life import Change

__all__ = ["lapsed"]

SHOWN_MOST = 1000


async def lapsed(company_id: str | None = None) -> tuple[LapsedSeal, ...]:
    """Newest first; of one company where it is named. Each entry is the cancellation's own filing."""
    rows = MakerFiling.filter(change=Change.LAPSE.value)
    rows = rows if company_id is None else rows.filter(company_id=company_id)
    found = (
        await rows.order_by("-occurred_at", "number").limit(SHOWN_MOST).prefetch_related("seal", "company")
    )
    return tuple(
        LapsedSeal(
            seal_number=row.seal.number,
            seal_name=row.seal.name,
            kind=row.seal.kind,
            company_id=row.company_id,
            company_name=row.company.name,
            uscc=row.company.uscc,
            issued_at=row.seal.created_at,
            cancelled_at=row.occurred_at,
            filing=row.number,
            filing_state=row.state,
        )
        for row in found
    )
