"""What of its stream a company's people are told: the representative everything, a member what he may see.

Of documents, signings and grants a member is told his own and those of seals he keeps; his own invitation,
and what is granted to him, stands in his own stream already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tortoise.expressions import Q

from auth.authority import Act, Role, Standing, companies_of, company_no_such, live_grant
from auth.events import EventView, company_stream, person_stream
from auth.member_models import Grant, GrantRole, Member
from h5.thread.cursor import MAX_STREAMS
from h5.thread.shown import SHOWN
from seals.asks.models import SealAsk
from seals.models import Document, Signing
from seals.paper_models import Paper

__all__ = ["MAX_CONCERNED", "Sight", "companies_in", "narrowed", "sights"]

# What a member must be allowed to be told of a group of kinds; one that is not here is told to none.
ACT_OF: Mapping[str, Act] = {
    "application": Act.SEE_COMPANY,
    "entry": Act.SEE_COMPANY,
    "licence": Act.SEE_COMPANY,
    "company": Act.SEE_COMPANY,
    "seal": Act.SEE_COMPANY,
    "member": Act.MANAGE_AGENTS,
    "rule": Act.SET_APPROVAL,
    "paper": Act.SEE_PAPERS,
    "filing": Act.FILE_SEAL,
    "ledger": Act.MANAGE_AGENTS,
    "ask": Act.DECIDE_CHANGE,
}
MAX_CONCERNED = 300
"""Of his own documents and signings a member is told the newest so many."""


def _group(kind: str) -> str:
    return kind.partition(".")[0]


@dataclass(frozen=True)
class Sight:
    """kinds: told of anybody's; concerning: subjects of which all is told; apart: subjects told elsewhere.

    others: companies whose matters are told in their own threads.
    """

    kinds: frozenset[str]
    concerning: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def q(self) -> Q:
        """The condition of what is told."""
        told = Q(kind__in=self.kinds)
        if self.concerning:
            told |= Q(kind__in=SHOWN, subject__in=self.concerning)
        if self.apart:
            told &= ~Q(subject__in=self.apart)
        if self.others:  # NOT IN alone is never true of null
            told &= Q(on_behalf__isnull=True) | ~Q(on_behalf__in=self.others)
        return told

    def shows(self, event: EventView) -> bool:
        """Whether an event is told, by its kind, subject and company."""
        concerns = event.kind in SHOWN and event.subject in self.concerning
        told = event.kind in self.kinds or concerns
        return told and event.subject not in self.apart and event.on_behalf not in self.others


_ALL = Sight(SHOWN)


async def sights(person_id: str, now: datetime, wanted: str | None = None) -> dict[str, Sight]:
    """All streams of a person with what he is told of each: his own, then his companies', newest first.

    wanted: a company that is among them, however many he has. Raises NotFound `company.not_found`.
    """
    companies = list(reversed(await companies_of(person_id, now)))
    if wanted is not None:
        if wanted not in {company.id for company, _ in companies}:
            raise company_no_such()
        companies.sort(key=lambda each: each[0].id != wanted)
    found = {person_stream(person_id): _ALL}
    for company, his in companies[: MAX_STREAMS - 1]:
        found[company_stream(company.id)] = await _of(company.id, person_id, his, now)
    return found


def narrowed(seen: Mapping[str, Sight], company_id: str | None) -> dict[str, Sight]:
    """The thread of one company out of all that is seen: its stream, and one's own without what is another
    company's; None: all of it. A company that is not seen leaves one's own.
    """
    if company_id is None:
        return dict(seen)
    mine = company_stream(company_id)
    own = next(stream for stream in seen if stream.startswith("person:"))
    others = tuple(each for each in companies_in(seen) if each != company_id)
    found = {own: replace(seen[own], others=others)}
    return {**found, mine: seen[mine]} if mine in seen else found


def companies_in(streams: Iterable[str]) -> tuple[str, ...]:
    """The ids of the companies whose streams these are."""
    parts = (stream.partition(":") for stream in streams)
    return tuple(owner for kind, _, owner in parts if kind == "company")


async def _of(company_id: str, person_id: str, his: Standing, now: datetime) -> Sight:
    if Role.REPRESENTATIVE in his.roles:
        return _ALL
    kinds = frozenset(kind for kind in SHOWN if _group(kind) in ACT_OF and his.may(ACT_OF[_group(kind)]))
    return Sight(kinds, await _own(company_id, person_id, now), await _memberships(company_id, person_id))


async def _own(company_id: str, person_id: str, now: datetime) -> tuple[str, ...]:
    documents = Document.filter(company_id=company_id, uploader_id=person_id)
    signings = Signing.filter(await _his(company_id, person_id, now), company_id=company_id)
    grants = Grant.filter(company_id=company_id, grantor_id=person_id)
    found: list[str] = []
    papers = Paper.filter(company_id=company_id, asker_id=person_id)
    asks = SealAsk.filter(company_id=company_id, person_id=person_id)
    own = (("document", documents), ("signing", signings), ("grant", grants), ("paper", papers))
    tables = (*own, ("ask", asks))
    for table, rows in tables:
        newest = rows.order_by("-created_at").limit(MAX_CONCERNED).values_list("id", flat=True)
        found += [f"{table}:{row}" for row in await newest]
    return tuple(found)


async def _his(company_id: str, person_id: str, now: datetime) -> Q:
    """Signings that he asked for or confirmed by a grant, and all of seals that he keeps."""
    granted = await Grant.filter(company_id=company_id, person_id=person_id)
    kept = await Grant.filter(
        live_grant(now), company_id=company_id, person_id=person_id, role=GrantRole.KEEPER
    )
    his = Q(asker__person_id=person_id)
    if granted:
        his |= Q(grant__in=[row.id for row in granted])
    return his | Q(seal_id__in=[row.seal for row in kept]) if kept else his


async def _memberships(company_id: str, person_id: str) -> tuple[str, ...]:
    rows = Member.filter(company_id=company_id, person_id=person_id)
    return tuple(f"member:{row}" for row in await rows.values_list("id", flat=True))
