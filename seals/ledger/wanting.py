"""Which part of a ledger somebody wants, and which part of it is his to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tortoise.expressions import Q

from auth.authority import Act, Role, company_no_such, known, live_grant
from auth.china import CHINA
from auth.errors import Invalid
from auth.member_models import Grant, GrantRole
from seals.models import SigningState
from seals.scopes import DOCUMENT_KINDS

__all__ = ["NONE", "OUTCOMES", "View", "Wanted", "checked", "of_period", "of_uses", "view"]

NONE = "none"
"""The document kind of uses that state none."""

OUTCOMES: Mapping[str, tuple[SigningState, ...]] = {
    "signed": (SigningState.SIGNED,),
    "waiting": (SigningState.PENDING, SigningState.CONFIRMED, SigningState.KEYED),
    "refused": (SigningState.REJECTED,),
    "ended": (SigningState.EXPIRED, SigningState.CANCELLED),
    "failed": (SigningState.FAILED,),
}
"""What may have come of a use, and by which states that is known."""


@dataclass(frozen=True)
class Wanted:
    """Filters; empty: not filtered. seal, person: ids; begin, end: days of China, ISO, both included."""

    seal: str = ""
    person: str = ""
    begin: str = ""
    end: str = ""
    kind: str = ""
    outcome: str = ""

    def to_json(self) -> dict[str, Any]:
        """As the column of an export holds it."""
        return asdict(self)

    @property
    def since(self) -> datetime | None:
        """The first moment, UTC; None for any."""
        return _start(self.begin) if self.begin else None

    @property
    def until(self) -> datetime | None:
        """The moment after the last, UTC; None for any."""
        return _start(self.end) + timedelta(days=1) if self.end else None


@dataclass(frozen=True)
class View:
    """What of a company's ledger somebody sees. all: everything, as its office; names: of documents, too.

    kept: seals whose keeper he is; grants: by which he has or had seals.
    """

    person_id: str
    company_id: str
    all: bool
    names: bool
    kept: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()


def _start(day: str) -> datetime:
    # In UTC: SQLite compares times as text.
    return datetime.combine(date.fromisoformat(day), time.min, CHINA).astimezone(UTC)


def checked(wanted: Wanted) -> Wanted:
    """The same, if it can be looked for. Raises Invalid `ledger.period`, `ledger.filter`."""
    try:
        days = [date.fromisoformat(day) for day in (wanted.begin, wanted.end) if day]
    except ValueError:
        days = [date.max, date.min]
    if days != sorted(days) or any(not 2000 <= day.year < 2100 for day in days):
        raise Invalid(
            "ledger.period",
            "请填写正确的起止日期，起始日期不晚于截止日期。",
            "Enter a first and a last day, the first not after the last.",
            field="begin",
        )
    if wanted.kind not in {"", NONE, *DOCUMENT_KINDS} or wanted.outcome not in {"", *OUTCOMES}:
        raise Invalid(
            "ledger.filter",
            "没有这种筛选条件，请重新选择。",
            "There is no such filter; choose again.",
            field="kind" if wanted.outcome in {"", *OUTCOMES} else "outcome",
        )
    return wanted


async def view(company_id: str, person_id: str, now: datetime) -> View:
    """What of a company's ledger he sees: its representative and managers all of it, a keeper what was done
    with his seals, a user what he did himself.

    Raises NotFound `company.not_found`; Refused `access.denied`.
    """
    his = await known(person_id, company_id, now, company_no_such())
    his.require(Act.SEE_LEDGER)
    owner = Role.REPRESENTATIVE in his.roles
    if owner or Role.MANAGER in his.roles:
        return View(person_id, company_id, all=True, names=owner)
    grants = await Grant.filter(company_id=company_id, person_id=person_id)
    kept = Grant.filter(live_grant(now), company_id=company_id, person_id=person_id, role=GrantRole.KEEPER)
    return View(
        person_id,
        company_id,
        all=False,
        names=True,
        kept=tuple(sorted({row.seal for row in await kept})),
        grants=tuple(row.id for row in grants),
    )


def of_uses(his: View, wanted: Wanted) -> Q:
    """The condition of the signings that he sees and wants."""
    found = Q(company_id=his.company_id)
    if not his.all:
        found &= Q(confirmer=his.person_id) | Q(seal_id__in=list(his.kept))
    if wanted.seal:
        found &= Q(seal_id=wanted.seal)
    if wanted.person:
        found &= Q(confirmer=wanted.person)
    if wanted.kind:
        found &= Q(document_kind="" if wanted.kind == NONE else wanted.kind)
    if wanted.outcome:
        found &= Q(state__in=list(OUTCOMES[wanted.outcome]))
    return found & of_period("created_at", wanted)


def of_period(column: str, wanted: Wanted) -> Q:
    """The condition of a column of times."""
    ends: dict[str, Any] = {f"{column}__gte": wanted.since, f"{column}__lt": wanted.until}
    return Q(**{name: moment for name, moment in ends.items() if moment is not None})
