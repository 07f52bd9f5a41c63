"""A company's part of the archive (R38): kept for years after its last certificate ended, then erased.

What goes: forms and materials of its application, the representatives in its licences, its members' names
and numbers, what was filed, counterparties, the names of its documents and what was read in them, photos of
its seals, and every file of it in the store (`company_rows`, `stored`). What stays names nobody: seals,
certificates, hashes of versions, events. A code of it still says that a document was sealed, and whether a
file that somebody kept is that one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from auth import events
from auth.china import CHINA
from auth.engine import transaction
from auth.errors import Conflict, NotFound
from auth.models import Company, CompanyState
from seals.archiving import company_rows, stored
from seals.archiving.register import Gone, Line, enter, line_of
from seals.erasure_models import Erasure
from seals.models import Seal, SealKey, Signing
from seals.policies import Policy

__all__ = ["RULE", "Due", "due", "erase", "kept_until"]

RULE = "company"


@dataclass(frozen=True)
class Due:
    """A company that has ended, and the day in China until which its part is kept. over: it may go."""

    id: str
    name: str
    uscc: str
    kept_until: date
    over: bool


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return date(day.year + years, 3, 1)


async def kept_until(company_id: str, policy: Policy) -> date:
    """The last day on which the archive of a company that has ended is kept."""
    seals = Seal.filter(company_id=company_id)
    keys = SealKey.filter(seal__company_id=company_id)
    rows = [
        *await keys.values_list("not_after", "revoked_at"),
        *await seals.values_list("state_since", "created_at"),
        *await Signing.filter(company_id=company_id).values_list("ended_at"),
        *await Company.filter(id=company_id).values_list("created_at"),
    ]
    moments = [each for row in rows if isinstance(row, tuple) for each in row if isinstance(each, datetime)]
    last = max(moments)
    return _years_later(last.astimezone(CHINA).date(), policy.archive_years)


async def due(policy: Policy, now: datetime) -> list[Due]:
    """Companies that have ended and are not erased yet, who may go first."""
    found = []
    for row in await Company.filter(state=CompanyState.CLOSED).order_by("id"):
        if await _is_erased(row.id):
            continue
        until = await kept_until(row.id, policy)
        found.append(Due(row.id, row.name, row.uscc, until, now.astimezone(CHINA).date() > until))
    return sorted(found, key=lambda each: each.kept_until)


async def _is_erased(company_id: str) -> bool:
    return await Erasure.exists(subject=events.company_stream(company_id))


async def erase(company_id: str, policy: Policy, actor: str, now: datetime) -> Line:
    """Erase what is over, in one transaction; its files are to be deleted then (`seals/archiving/files.py`).

    Raises NotFound `company.not_found`; Conflict `archive.company_lives`, `archive.kept` with the day until
    which it is kept, `archive.erased`.
    """
    async with transaction():
        company = await Company.filter(id=company_id).select_for_update().get_or_none()
        if company is None:
            raise NotFound("company.not_found", "没有找到该企业。", "There is no such company.")
        until = await _over(company, policy, now)
        gone = await _gone(company_id)
        await company_rows.empty(company_id)
        row = await enter(gone, RULE, until, actor, now)
    return line_of(row)


async def _over(company: Company, policy: Policy, now: datetime) -> date:
    if company.state is not CompanyState.CLOSED:
        raise Conflict(
            "archive.company_lives",
            "企业仍在存续，其制作信息和档案须继续保存。",
            "The company exists; what was made for it is kept.",
        )
    until = await kept_until(company.id, policy)
    if now.astimezone(CHINA).date() <= until:
        raise Conflict(
            "archive.kept",
            f"档案须保存至 {until.isoformat()}"
            f"（最后一张证书到期后 {policy.archive_years} 年），此前不得删除。",
            f"The archive is kept until {until.isoformat()}, {policy.archive_years} years after the last "
            "certificate ended; it is not erased before.",
        )
    if await _is_erased(company.id):
        raise Conflict(
            "archive.erased", "该企业的档案已经删除。", "The company's archive was erased already."
        )
    return until


async def _gone(company_id: str) -> Gone:
    rows = [row for part in company_rows.of_company(company_id) for row in await part.ids()]
    stream = events.company_stream(company_id)
    files = await stored.of_company(company_id)
    files -= await stored.needed(files, stream)
    return Gone(stream, tuple(rows), tuple(sorted(files)), tuple(await events.private_in(stream)))
