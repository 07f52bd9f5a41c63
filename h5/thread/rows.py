"""The rows that a set of cards speaks of, as they are now: one query per table, however many cards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from auth.authority import Standing, standings
from auth.events import EventView
from auth.member_models import Grant, Member
from auth.members import member_name
from auth.models import Application, Company, Licence, Person, ScanLogin, Session
from auth.people import masked_name
from auth.privacy import RecordsKey
from h5.thread.history import Told
from h5.words import Language
from seals.approval_models import Approval, ApprovalRule
from seals.asks.models import SealAsk
from seals.device_models import DeviceKey
from seals.entry.models import EntryApplication, EntryRound
from seals.filing_models import CompanyFiling
from seals.models import Document, Offer, OfferPurpose, OfferState, Seal, SealState, Signing, SigningState
from seals.reset_models import PinReset

__all__ = ["Deed", "Reader", "Rows", "gather"]

REPLIED = "chat.replied"
APPROVED = ("application.approved", "entry.approved")
UNDER_WAY_OR_DONE = (
    SigningState.PENDING,
    SigningState.CONFIRMED,
    SigningState.KEYED,
    SigningState.SIGNED,
)


@dataclass(frozen=True)
class Reader:
    """Who reads the thread, in which language; records opens what he typed and the names he sees masked."""

    person_id: str
    language: Language
    records: RecordsKey


@dataclass(frozen=True)
class Deed:
    """Who did his part of a signing, and when."""

    person: str
    at: datetime


@dataclass(frozen=True)
class Rows:
    """Rows by id. seals: all seals of each company; used: documents with a signing under way or done.

    live_names: names that an application holds at present; entry_rounds: by application and number; people:
    names masked; pin_resets: applications to reset a forgotten PIN; standings: what the reader is, by
    company. asked, approved, confirmed: of signings that a card tells as signed, by their id.
    """

    applications: Mapping[str, Application]
    live_names: Collection[str]
    entries: Mapping[str, EntryApplication]
    entry_rounds: Mapping[str, EntryRound]
    companies: Mapping[str, Company]
    licences: Mapping[str, Licence]
    seals: Mapping[str, Sequence[Seal]]
    documents: Mapping[str, Document]
    used: Collection[str]
    signings: Mapping[str, Signing]
    sessions: Mapping[str, Session]
    scan_logins: Mapping[str, ScanLogin]
    members: Mapping[str, Member]
    grants: Mapping[str, Grant]
    approval_rules: Mapping[str, ApprovalRule]
    standings: Mapping[str, Standing]
    devices: Mapping[str, DeviceKey]
    people: Mapping[str, str]
    pin_resets: Mapping[str, PinReset]
    filings: Mapping[str, CompanyFiling]
    asks: Mapping[str, SealAsk]
    asked: Mapping[str, Deed]
    approved: Mapping[str, Deed]
    confirmed: Mapping[str, Deed]

    def seal(self, seal_id: str) -> Seal:
        """One seal; it is always one of the companies that were gathered."""
        return next(seal for seals in self.seals.values() for seal in seals if seal.id == seal_id)

    def own(self) -> list[Company]:
        """The gathered companies in which the reader is something, oldest first."""
        mine = [company for company in self.companies.values() if company.id in self.standings]
        return sorted(mine, key=lambda company: company.created_at)

    def has(self, company_id: str, state: SealState) -> bool:
        """Whether a company has a seal in this state."""
        return any(seal.state is state for seal in self.seals.get(company_id, ()))


async def gather(cards: Sequence[Told], reader: Reader, now: datetime) -> Rows:
    """Everything that the cards of these events need."""
    events = [one.event for one in cards]
    subjects = _subjects(events)
    applications = await _applications(subjects["application"])
    signings = await _signings(subjects["signing"])
    grants = await _grants(subjects["grant"])
    his = await standings(reader.person_id, now)
    companies = await _companies(events, his)
    signed = [signings[row] for row in _signed(events)]
    asked, approved, confirmed = await _askers(signed), await _approvers(signed), await _confirmers(signed)
    deeds = [*asked.values(), *approved.values(), *confirmed.values()]
    documents = {*subjects["document"], *(row.document_id for row in signings.values())}
    return Rows(
        applications=applications,
        live_names=await _live_names(events, applications),
        entries=await _entries(subjects["entry"]),
        entry_rounds=await _entry_rounds(events),
        companies=companies,
        licences=await _licences(companies) if _speak_of(events, "licence") else {},
        seals=await _seals(companies),
        documents=await _documents(documents),
        used=await _used(documents),
        signings=signings,
        sessions=await _sessions(subjects["session"]),
        scan_logins=await _scan_logins(subjects["scan_login"]),
        members=await _members({*subjects["member"], *(row.member_id for row in grants.values())}),
        grants=grants,
        approval_rules=await _approval_rules(subjects["rule"]),
        standings=his,
        devices=await _devices(subjects["device"]),
        people=await _people(events, deeds, reader, companies),
        pin_resets=await _pin_resets(subjects["pin_reset"]),
        filings=await _filings(subjects["filing"]),
        asks=await _asks(subjects["ask"]),
        asked=asked,
        approved=approved,
        confirmed=confirmed,
    )


def _subjects(events: Iterable[EventView]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for event in events:
        table, _, row = event.subject.partition(":")
        found[table].add(row)
    return found


def _speak_of(events: Iterable[EventView], *groups: str) -> bool:
    return any(event.kind.partition(".")[0] in groups for event in events)


async def _applications(ids: Collection[str]) -> dict[str, Application]:
    if not ids:
        return {}
    rows = await Application.filter(id__in=list(ids)).only("id", "company_name", "state", "reason")
    return {row.id: row for row in rows}


async def _live_names(events: Iterable[EventView], applications: Mapping[str, Application]) -> set[str]:
    rejected = {event.subject for event in events if event.kind == "application.rejected"}
    names = [row.company_name for row in applications.values() if f"application:{row.id}" in rejected]
    if not names:
        return set()
    held = await Application.filter(live_name__in=names).values_list("live_name", flat=True)
    here = await Company.filter(name__in=names).values_list("name", flat=True)  # renamed to it, or entered
    return {str(name) for name in (*held, *here)}


async def _entries(ids: Collection[str]) -> dict[str, EntryApplication]:
    if not ids:
        return {}
    rows = EntryApplication.filter(id__in=list(ids)).only("id", "applicant_id", "state", "reason")
    return {row.id: row for row in await rows}


async def _entry_rounds(events: Iterable[EventView]) -> dict[str, EntryRound]:
    returned = [event.subject.partition(":")[2] for event in events if event.kind == "entry.returned"]
    if not returned:
        return {}
    rows = EntryRound.filter(application_id__in=returned).only("id", "application_id", "number", "returned")
    return {f"{row.application_id}:{row.number}": row for row in await rows}


async def _signings(ids: Collection[str]) -> dict[str, Signing]:
    if not ids:
        return {}
    columns = ("id", "company_id", "seal_id", "document_id", "request", "state", "reason", "approval")
    rows = Signing.filter(id__in=list(ids)).only(*columns, "expires_at", "created_at", "asker_id")
    return {row.id: row for row in await rows}


def _signed(events: Iterable[EventView]) -> list[str]:
    return [event.subject.partition(":")[2] for event in events if event.kind == "signing.signed"]


async def _askers(signed: Sequence[Signing]) -> dict[str, Deed]:
    if not signed:
        return {}
    rows = Session.filter(id__in=[row.asker_id for row in signed]).only("id", "person_id")
    people = {row.id: row.person_id for row in await rows}
    return {row.id: Deed(people[row.asker_id], row.created_at) for row in signed}


async def _approvers(signed: Sequence[Signing]) -> dict[str, Deed]:
    named = [row.approval for row in signed if row.approval]
    rows = await Approval.filter(id__in=named) if named else []
    return {row.signing_id: Deed(row.person_id, row.created_at) for row in rows}


async def _confirmers(signed: Sequence[Signing]) -> dict[str, Deed]:
    """By the PIN that was acted on."""
    if not signed:
        return {}
    acted = Offer.filter(subject__in=[row.id for row in signed], purpose=OfferPurpose.CONFIRM)
    rows = await acted.filter(state=OfferState.DONE).only("id", "subject", "person_id", "created_at")
    return {row.subject: Deed(row.person_id, row.created_at) for row in rows}


async def _sessions(ids: Collection[str]) -> dict[str, Session]:
    if not ids:
        return {}
    return {row.id: row for row in await Session.filter(id__in=list(ids)).only("id", "user_agent", "address")}


async def _scan_logins(ids: Collection[str]) -> dict[str, ScanLogin]:
    if not ids:
        return {}
    return {
        row.id: row for row in await ScanLogin.filter(id__in=list(ids)).only("id", "user_agent", "address")
    }


async def _devices(ids: Collection[str]) -> dict[str, DeviceKey]:
    if not ids:
        return {}
    return {row.id: row for row in await DeviceKey.filter(id__in=list(ids)).only("id", "label")}


async def _companies(events: Iterable[EventView], his: Collection[str]) -> dict[str, Company]:
    ids = {str(event.facts["company"]) for event in events if event.kind in APPROVED}
    owners = (event.stream.partition(":") for event in events)
    ids |= {owner for kind, _, owner in owners if kind == "company"}
    ids |= {event.on_behalf for event in events if event.on_behalf is not None}
    if any(event.kind == REPLIED for event in events):
        ids |= set(his)
    return {row.id: row for row in await Company.filter(id__in=list(ids))} if ids else {}


async def _licences(companies: Collection[str]) -> dict[str, Licence]:
    rows = await Licence.filter(current__in=list(companies)).only("id", "company_id", "state")
    return {row.company_id: row for row in rows}


async def _seals(companies: Collection[str]) -> dict[str, list[Seal]]:
    found: dict[str, list[Seal]] = defaultdict(list)
    if companies:
        columns = ("id", "company_id", "kind", "name", "number", "reason", "state")
        for row in await Seal.filter(company_id__in=list(companies)).only(*columns):
            found[row.company_id].append(row)
    return found


async def _documents(ids: Collection[str]) -> dict[str, Document]:
    if not ids:
        return {}
    columns = ("id", "company_id", "uploader_id", "name", "record_id", "inspection", "removed")
    return {row.id: row for row in await Document.filter(id__in=list(ids)).only(*columns)}


async def _used(documents: Collection[str]) -> set[str]:
    if not documents:
        return set()
    signings = Signing.filter(document_id__in=list(documents), state__in=UNDER_WAY_OR_DONE)
    return {str(row) for row in await signings.values_list("document_id", flat=True)}


async def _grants(ids: Collection[str]) -> dict[str, Grant]:
    return {row.id: row for row in await Grant.filter(id__in=list(ids))} if ids else {}


async def _approval_rules(ids: Collection[str]) -> dict[str, ApprovalRule]:
    return {row.id: row for row in await ApprovalRule.filter(id__in=list(ids))} if ids else {}


async def _members(ids: Collection[str]) -> dict[str, Member]:
    return {row.id: row for row in await Member.filter(id__in=list(ids))} if ids else {}


async def _pin_resets(ids: Collection[str]) -> dict[str, PinReset]:
    if not ids:
        return {}
    return {row.id: row for row in await PinReset.filter(id__in=list(ids)).only("id", "state", "reason")}


async def _filings(ids: Collection[str]) -> dict[str, CompanyFiling]:
    if not ids:
        return {}
    return {row.id: row for row in await CompanyFiling.filter(id__in=list(ids)).only("id", "state", "reason")}


async def _asks(ids: Collection[str]) -> dict[str, SealAsk]:
    return {row.id: row for row in await SealAsk.filter(id__in=list(ids))} if ids else {}


async def _people(
    events: Iterable[EventView], deeds: Iterable[Deed], reader: Reader, companies: Collection[str]
) -> dict[str, str]:
    actors = (event.actor.partition(":") for event in events)
    ids = {row for kind, _, row in actors if kind == "person"} | {one.person for one in deeds}
    ids -= {reader.person_id}
    if not ids:
        return {}
    people = await Person.filter(id__in=list(ids))
    nameless = [row.id for row in people if row.name_sealed is None]
    invited = await _invited_names(nameless, reader, companies) if nameless else {}
    return {row.id: invited.get(row.id) or masked_name(row, reader.records) for row in people}


async def _invited_names(people: Sequence[str], reader: Reader, companies: Collection[str]) -> dict[str, str]:
    """By the name that a company of these invited him with, masked: more than a mobile says to colleagues."""
    rows = Member.filter(person_id__in=list(people), company_id__in=list(companies)).order_by("created_at")
    return {row.person_id: member_name(row, reader.records) for row in await rows if row.person_id}
