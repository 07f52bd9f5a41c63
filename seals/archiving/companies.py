"""A company's part of the archive (R38): kept for years after its last certificate ended, then erased.

What goes: the application's form, the representatives in its licences, its members' names and numbers, the
names of its documents and what was read in them, photos of its seals, and every file of it in the store. What
stays names nobody: seals, certificates, hashes of versions, events. A code of it still says that a document
was sealed, and whether a file that somebody kept is that one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from auth import events
from auth.china import CHINA
from auth.engine import transaction
from auth.errors import Conflict, NotFound
from auth.member_models import Member
from auth.models import Application, Company, CompanyState, Licence, Session
from seals.archive_models import ArchivedFile
from seals.archiving.register import Gone, Line, enter, line_of
from seals.asks.models import SealAsk
from seals.models import Document, Seal, SealKey, SealPhoto, Signing, Version
from seals.paper_models import Paper
from seals.policies import Policy

__all__ = ["RULE", "Due", "due", "erase", "kept_until"]

RULE = "company"
EMPTY = b""
NO_NAME = "—"


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
    moments = _flat(
        [
            *await keys.values_list("not_after", "revoked_at"),
            *await seals.values_list("state_since", "created_at"),
            *await Signing.filter(company_id=company_id).values_list("ended_at"),
            *await Company.filter(id=company_id).values_list("created_at"),
        ]
    )
    last = max(each for each in moments if isinstance(each, datetime))
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
    left = await Application.filter(company_id=company_id).exclude(form_sealed=EMPTY).exists()
    left = left or await Licence.filter(company_id=company_id).exclude(representative_sealed=EMPTY).exists()
    left = left or await Member.filter(company_id=company_id).exclude(name_sealed=EMPTY).exists()
    return not (left or await Document.filter(company_id=company_id).exclude(name=NO_NAME).exists())


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
        await Application.filter(company_id=company_id).update(form_sealed=EMPTY)
        await Licence.filter(company_id=company_id).update(representative_sealed=EMPTY)
        await Member.filter(company_id=company_id).update(name_sealed=EMPTY, id_number_sealed=EMPTY)
        await SealAsk.filter(company_id=company_id).update(reason_sealed=EMPTY, answer_sealed=None)
        await Document.filter(company_id=company_id).update(name=NO_NAME, inspection={}, removed=[])
        askers = list(await Signing.filter(company_id=company_id).values_list("asker_id", flat=True))
        await Session.filter(id__in=askers).update(user_agent="", address="")  # type: ignore[call-overload]
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
    tables = (
        ("application", Application),
        ("licence", Licence),
        ("member", Member),
        ("document", Document),
    )
    rows = [
        f"{name}:{each}"
        for name, table in tables
        for each in await table.filter(company_id=company_id).order_by("id").values_list("id", flat=True)  # type: ignore[attr-defined]
    ]
    stream = events.company_stream(company_id)
    files = await _files(company_id) - await _of_others(company_id)
    return Gone(stream, tuple(rows), tuple(sorted(files)), tuple(await events.private_in(stream)))


def _flat(rows: Iterable[object]) -> set[Any]:
    return {each for row in rows if isinstance(row, tuple) for each in row if each}


async def _files(company_id: str) -> set[str]:
    """Everything in the store that this company brought or had made."""
    signings = Signing.filter(company_id=company_id)
    versions = Version.filter(signing__company_id=company_id)
    return _flat(
        [
            *await Document.filter(company_id=company_id).values_list("blob", "original"),
            *await signings.values_list("base_blob", "prepared_blob"),
            *await versions.values_list("sha256", "signed_sha256"),
            *await ArchivedFile.filter(version__signing__company_id=company_id).values_list("sha256"),
            *await SealPhoto.filter(company_id=company_id).values_list("blob"),
            *await Paper.filter(company_id=company_id).values_list("sha256"),
        ]
    )


async def _of_others(company_id: str) -> set[str]:
    """Of those, what other companies have as well: the same bytes, or a document that several sealed."""
    others = Document.filter(company_id__not=company_id)
    records = await Document.filter(company_id=company_id).distinct().values_list("record_id", flat=True)
    shared = await others.filter(record_id__in=list(records)).values_list("record_id", flat=True)  # type: ignore[call-overload]
    of_shared = Version.filter(record_id__in=list(shared))  # type: ignore[call-overload]
    mine = list(await _files(company_id))
    return _flat(
        [
            *await others.filter(blob__in=mine).values_list("blob"),
            *await others.filter(original__in=mine).values_list("original"),
            *await of_shared.values_list("sha256", "signed_sha256"),
            *await ArchivedFile.filter(version__record_id__in=list(shared)).values_list("sha256"),  # type: ignore[call-overload]
            *await SealPhoto.filter(company_id__not=company_id, blob__in=mine).values_list("blob"),
        ]
    )
