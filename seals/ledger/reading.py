"""Read the ledger of a company's seals: a page of uses or of acts of keeping, and counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from auth.errors import Invalid
from auth.member_models import Grant
from auth.models import Company
from auth.privacy import RecordsKey
from seals.ledger import counting
from seals.ledger.acts import ActView, acts
from seals.ledger.counting import Counted
from seals.ledger.people import names_of
from seals.ledger.uses import UseView, uses
from seals.ledger.wanting import View, Wanted, checked, view
from seals.models import Seal

__all__ = ["PAGE", "Choice", "LedgerView", "read"]

PAGE = 30
MAX_PEOPLE = 200
_CURSOR = re.compile(r"(\d{1,17})-([0-9a-f]{24})")
_SEQ = re.compile(r"\d{1,15}")


@dataclass(frozen=True)
class Choice:
    """A seal or a person to choose: his name masked."""

    id: str
    name: str


@dataclass(frozen=True)
class LedgerView:
    """A page of a ledger, newest first. uses or acts, as asked; next: of the page before it in time, None at
    the end. counted, seals, people: with the first page of uses only. whole: he sees all of it.
    """

    company: str
    whole: bool
    uses: tuple[UseView, ...]
    acts: tuple[ActView, ...]
    next: str | None
    counted: Counted | None
    seals: tuple[Choice, ...]
    people: tuple[Choice, ...]


async def read(
    company_id: str,
    part: str,
    wanted: Wanted,
    before: str | None,
    person_id: str,
    now: datetime,
    records: RecordsKey,
) -> LedgerView:
    """part: `uses` or `acts`; before: `next` of the page that was read last.

    Raises NotFound `company.not_found`; Refused `access.denied`; Invalid for a filter or cursor that is none.
    """
    his = await view(company_id, person_id, now)
    wanted = checked(wanted)
    name = (await Company.get(id=company_id)).name
    if part == "acts":
        told = await acts(his, wanted, _seq(before), PAGE + 1, records)
        more = str(told[PAGE - 1].seq) if len(told) > PAGE else None
        return LedgerView(name, his.all, (), told[:PAGE], more, None, (), ())
    found = await uses(his, wanted, _cursor(before), PAGE + 1, records)
    more = _mark(found[PAGE - 1]) if len(found) > PAGE else None
    first = before is None
    return LedgerView(
        name,
        his.all,
        found[:PAGE],
        (),
        more,
        await counting.count(his, wanted, now) if first else None,
        await _seals(his) if first else (),
        await _people(his, records) if first else (),
    )


def _mark(last: UseView) -> str:
    at = last.asked_at.astimezone(UTC)
    return f"{int(at.timestamp()) * 10**6 + at.microsecond}-{last.signing}"


def _cursor(before: str | None) -> tuple[datetime, str] | None:
    if before is None:
        return None
    found = _CURSOR.fullmatch(before)
    if found is None:
        raise _no_cursor()
    micros = int(found[1])
    return datetime.fromtimestamp(micros // 10**6, UTC).replace(microsecond=micros % 10**6), found[2]


def _seq(before: str | None) -> int | None:
    if before is None:
        return None
    if not _SEQ.fullmatch(before):
        raise _no_cursor()
    return int(before)


def _no_cursor() -> Invalid:
    return Invalid(
        "cursor.malformed",
        "页码不正确，请从头打开台账。",
        "There is no such page; open the ledger from its beginning.",
        field="before",
    )


async def _seals(his: View) -> tuple[Choice, ...]:
    rows = await Seal.filter(company_id=his.company_id).order_by("created_at", "id").only("id", "name")
    mine = None if his.all else {*his.kept, *await _granted(his)}
    return tuple(Choice(row.id, row.name) for row in rows if mine is None or row.id in mine)


async def _granted(his: View) -> set[str]:
    rows = Grant.filter(id__in=list(his.grants)).values_list("seal", flat=True)
    return {str(seal) for seal in await rows}


async def _people(his: View, records: RecordsKey) -> tuple[Choice, ...]:
    """Who may have used a seal: the representative, and whoever has or had a grant."""
    if not his.all and not his.kept:
        return ()
    found = Grant.filter(company_id=his.company_id)
    if not his.all:
        found = found.filter(seal__in=list(his.kept))
    granted = await found.order_by("-created_at").limit(MAX_PEOPLE).values_list("person_id", flat=True)
    owner = str((await Company.get(id=his.company_id)).representative_id)
    names = await names_of({owner, *map(str, granted)}, his.company_id, records)
    return tuple(Choice(person, name) for person, name in sorted(names.items(), key=lambda each: each[1]))
