"""What of its stream a company's people are told: the representative everything, a member what he may see.

Of documents, signings and grants a member is told his own and those of seals he keeps; his own invitation,
and what is granted to him, stands in his own stream already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q

from auth.authority import Act, Role, Standing, companies_of, live_grant
from auth.events import EventView, company_stream, person_stream
from auth.member_models import Grant, GrantRole, Member
from h5.thread.cursor import MAX_STREAMS
from h5.thread.history import SHOWN
from seals.models import Document, Signing

__all__ = ["MAX_CONCERNED", "Sight", "sights"]

# What a member must be allowed to be told of a group of kinds; one that is not here is told to none.
ACT_OF: Mapping[str, Act] = {
    "application": Act.SEE_COMPANY,
    "licence": Act.SEE_COMPANY,
    "seal": Act.SEE_COMPANY,
    "member": Act.MANAGE_AGENTS,
    "rule": Act.SET_APPROVAL,
}
MAX_CONCERNED = 300
"""Of his own documents and signings a member is told the newest so many."""


def _group(kind: str) -> str:
    return kind.partition(".")[0]


@dataclass(frozen=True)
class Sight:
    """kinds: told of anybody's; concerning: subjects of which all is told; apart: subjects told elsewhere."""

    kinds: frozenset[str]
    concerning: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()

    def q(self) -> Q:
        """The condition of what is told."""
        told = Q(kind__in=self.kinds)
        if self.concerning:
            told |= Q(kind__in=SHOWN, subject__in=self.concerning)
        return told & ~Q(subject__in=self.apart) if self.apart else told

    def shows(self, event: EventView) -> bool:
        """Whether an event is told, by its kind and subject."""
        concerns = event.kind in SHOWN and event.subject in self.concerning
        return (event.kind in self.kinds or concerns) and event.subject not in self.apart


_ALL = Sight(SHOWN)


async def sights(person_id: str, now: datetime) -> dict[str, Sight]:
    """The streams of a person's thread with what he is told of each: his own, then his companies', newest
    first.
    """
    companies = list(reversed(await companies_of(person_id, now)))[: MAX_STREAMS - 1]
    found = {person_stream(person_id): _ALL}
    for company, his in companies:
        found[company_stream(company.id)] = await _of(company.id, person_id, his, now)
    return found


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
    for table, rows in (("document", documents), ("signing", signings), ("grant", grants)):
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
