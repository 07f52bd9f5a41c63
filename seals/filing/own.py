"""A company's filings as its people see them (R126): the newest of each seal, and all there were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from auth.authority import Act, require
from auth.errors import Conflict
from auth.privacy import RecordsKey
from seals.filing.found import own_filing
from seals.filing.receipts import receipt_of
from seals.filing.submitting import FILED_STATES, may_renew
from seals.filing.views import FilingView
from seals.filing_models import CompanyFiling, CompanyFilingState
from seals.models import Seal
from seals.policies import Policy

__all__ = ["FilingsOfCompany", "SealToFile", "check", "listed", "one"]

SHOWN_MOST = 200


@dataclass(frozen=True)
class SealToFile:
    """A seal that may be filed now: nothing of it stands, nothing is under way."""

    id: str
    name: str
    number: str
    kind: str


@dataclass(frozen=True)
class FilingsOfCompany:
    """filings: newest first, at most `SHOWN_MOST`."""

    company_name: str
    filings: tuple[FilingView, ...]
    to_file: tuple[SealToFile, ...]


async def listed(
    company_id: str, person_id: str, now: datetime, policy: Policy, records: RecordsKey
) -> FilingsOfCompany:
    """All of a company's. Raises NotFound `company.not_found`; Refused `access.denied`."""
    company = await require(person_id, Act.FILE_SEAL, company_id, now)
    rows = await CompanyFiling.filter(company_id=company_id).order_by("-created_at", "-number")
    seals = {seal.id: seal for seal in await Seal.filter(company_id=company_id).order_by("number")}
    busy = {row.open or row.current for row in rows}
    to_file = tuple(
        SealToFile(seal.id, seal.name, seal.number, seal.kind)
        for seal in seals.values()
        if seal.state in FILED_STATES and seal.id not in busy
    )
    shown = [await _view(row, seals[row.seal_id], now, policy, records) for row in rows[:SHOWN_MOST]]
    return FilingsOfCompany(company.name, tuple(shown), to_file)


async def one(
    filing_id: str, person_id: str, now: datetime, policy: Policy, records: RecordsKey
) -> FilingView:
    """One of them. Raises as `found.own_filing`."""
    row = await own_filing(filing_id, person_id, now)
    return await _view(row, await Seal.get(id=row.seal_id), now, policy, records)


async def check(
    filing_id: str, person_id: str, now: datetime, policy: Policy, records: RecordsKey
) -> FilingView:
    """Somebody compared the receipt and found it right (R130); what is wrong is handed in as a correction.

    Raises as `one`, and Conflict `filing.no_receipt`.
    """
    row = await own_filing(filing_id, person_id, now)
    approved = CompanyFiling.filter(id=row.id, receipt_number__isnull=False)
    if not await approved.exists():
        raise Conflict("filing.no_receipt", "该备案还没有回执。", "This filing has no receipt yet.")
    await approved.filter(checked_at=None).update(checked_at=now)
    return await one(filing_id, person_id, now, policy, records)


async def _view(
    row: CompanyFiling, seal: Seal, now: datetime, policy: Policy, records: RecordsKey
) -> FilingView:
    stands = row.state is CompanyFilingState.APPROVED
    free = stands and not await CompanyFiling.exists(open=row.seal_id)
    return FilingView(
        id=row.id,
        company=row.company_id,
        number=row.number,
        seal=row.seal_id,
        seal_name=seal.name,
        seal_number=seal.number,
        kind=row.kind,
        state=row.state,
        name=row.name,
        kind_of_seal=row.kind_of_seal,
        scope=row.scope,
        note=row.note,
        created_at=row.created_at,
        decided_at=row.decided_at,
        reason=row.reason,
        receipt=await receipt_of(row, now, records),
        update_due=tuple(row.update_due or ()) if stands else (),
        checked_at=row.checked_at,
        over=row.valid_until is not None and row.valid_until <= now,
        may_renew=free and may_renew(row, now, policy),
        may_update=free,
    )
