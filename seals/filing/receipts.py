"""The receipt of a company's filing (备案回执, R125, R128): its data, from rows as they were approved."""

from __future__ import annotations

from datetime import datetime

from auth.errors import Conflict
from auth.models import Company, Licence, Person
from auth.people import masked_name
from auth.privacy import RecordsKey
from seals.filing.found import own_filing
from seals.filing.views import FilingReceipt
from seals.filing_models import CompanyFiling, CompanyFilingState, FilingKind, MakerFiling
from seals.models import Seal

__all__ = ["receipt", "receipt_of"]


async def receipt(filing_id: str, person_id: str, now: datetime, records: RecordsKey) -> FilingReceipt:
    """For whoever may file the company's seals.

    Raises NotFound `filing.not_found`, Refused `access.denied`, Conflict `filing.no_receipt`.
    """
    found = await receipt_of(await own_filing(filing_id, person_id, now), now, records)
    if found is None:
        raise Conflict(
            "filing.no_receipt",
            "该备案没有通过审核，没有回执。",
            "This filing was not approved, so there is no receipt.",
        )
    return found


async def receipt_of(row: CompanyFiling, now: datetime, records: RecordsKey) -> FilingReceipt | None:
    """The same without asking who; None where it was never approved."""
    if row.receipt_number is None or row.valid_from is None or row.valid_until is None:
        return None
    company = await Company.get(id=row.company_id)
    licence = await Licence.get(id=row.licence_id)
    seal = await Seal.get(id=row.seal_id)
    made = await MakerFiling.get_or_none(seal_id=seal.id, kind=FilingKind.MADE)
    return FilingReceipt(
        number=row.receipt_number,
        filing=row.number,
        company_name=str(licence.data.get("company_name") or company.name),
        uscc=company.uscc,
        seal_name=row.name,
        seal_number=seal.number,
        kind_of_seal=row.kind_of_seal,
        scope=row.scope,
        district=seal.number[:6],
        filed_by=masked_name(await Person.get(id=row.person_id), records),
        filed_at=row.created_at,
        approved_at=row.valid_from,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        maker_filing=made.number if made is not None else "",
        maker_reference=made.reference if made is not None else None,
        in_force=row.state is CompanyFilingState.APPROVED and now < row.valid_until,
    )
