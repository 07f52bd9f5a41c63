"""A signing as its company sees it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from auth.authority import Act, known
from auth.browsers import browser_name, masked_address
from auth.errors import NotFound, Refused
from auth.member_models import Grant
from auth.models import Challenge, ChallengePurpose, ChallengeState, Company, Person, Session
from auth.people import masked_name
from auth.privacy import RecordsKey
from seals import approvers, mandates
from seals.approvers import ApprovalView, approval_view
from seals.kinds import SealKind, spec
from seals.models import Document, Seal, Signing, SigningState
from seals.seal_views import imprint_url

__all__ = [
    "ENDED_STATES",
    "OF_SIGNING",
    "CompanyName",
    "DocumentRef",
    "ScanView",
    "SealRef",
    "SigningView",
    "find",
    "own_signing",
    "own_signings",
    "reason_words",
    "seen_signing",
    "view",
]

OF_SIGNING = (ChallengePurpose.SIGNING, ChallengePurpose.SIGNING_HERE)
ENDED_STATES = frozenset(
    state.value
    for state in SigningState
    if state not in {SigningState.PENDING, SigningState.CONFIRMED, SigningState.KEYED}
)


@dataclass(frozen=True)
class ScanView:
    """The newest QR code: state none, waiting, claimed, expired, dead or spent; who scanned, masked."""

    state: str
    by_masked: str | None
    expires_at: datetime | None


@dataclass(frozen=True)
class DocumentRef:
    """The document of a signing; code: its verification code."""

    id: str
    name: str
    page_count: int
    code: str


@dataclass(frozen=True)
class SealRef:
    """The seal of a signing, with its imprint to look at; mm."""

    id: str
    name: str
    kind: str
    kind_zh: str
    kind_en: str
    imprint_url: str
    width_mm: float
    height_mm: float


@dataclass(frozen=True)
class CompanyName:
    """The company that seals."""

    id: str
    name: str
    uscc: str


@dataclass(frozen=True)
class SigningView:
    """Everything the asking page and the confirming phone show; nothing secret.

    page: the seal's, from 0; also_pages: of each further place of it; digest_sha256, digest_sm3: over the
    bytes that will be signed; the asker's browser and network are those of his login, for people to
    recognise; same_device: confirmed where it was asked; document_kind, amount (元), counterparty: as the
    asker stated them, or empty; stated_zh, stated_en: all three, to be shown; approval: what it needs of
    one, None for none. reason: why it ended, what a person typed is the same in both languages. file_url,
    ses_url, report_url, evidence_url: to POST to for a download (`seals/exporting.py`). may_confirm: the one
    who reads this may, while it waits.
    """

    id: str
    state: str
    reason: str | None
    reason_zh: str | None
    reason_en: str | None
    document: DocumentRef
    seal: SealRef
    company: CompanyName
    page: int
    also_pages: tuple[int, ...]
    page_count: int
    digest_sha256: str
    digest_sm3: str
    asked_at: datetime
    asker_masked: str
    asker_browser: str
    asker_address_masked: str
    same_device: bool
    scan: ScanView
    file_url: str | None
    ses_url: str | None
    report_url: str | None
    evidence_url: str | None
    verify_url: str
    document_kind: str
    amount: str | None
    counterparty: str
    stated_zh: str
    stated_en: str
    approval: ApprovalView | None
    may_confirm: bool


def reason_words(reason: str | None) -> tuple[str, str] | tuple[None, None]:
    """Why a signing ended, in both languages: a line each where the system says it."""
    if reason is None:
        return None, None
    zh, _, en = reason.partition("\n")
    return zh, en or zh


async def own_signing(signing_id: str, person_id: str, now: datetime) -> Signing:
    """A signing of one's own company: what one asked for oneself, confirmed or may confirm now, or any
    of a seal one keeps.

    Raises NotFound `signing.not_found` for any other alike; Refused `access.denied`.
    """
    missing = NotFound("signing.not_found", "没有找到该用印任务。", "There is no such signing.")
    row = await Signing.get_or_none(id=signing_id)
    if row is None:
        raise missing
    his = await known(person_id, row.company_id, now, missing, row.seal_id)
    asked = await Session.exists(id=row.asker_id, person_id=person_id)
    if not (asked and his.may(Act.ASK_SIGNING)) and not await _confirms(row, person_id, now):
        his.require(Act.SEE_SIGNINGS)
    return row


async def seen_signing(signing_id: str, person_id: str, now: datetime) -> Signing:
    """The same, or one that he approves: what he may look at. Raises as `own_signing`."""
    try:
        return await own_signing(signing_id, person_id, now)
    except (NotFound, Refused):
        row = await Signing.get_or_none(id=signing_id)
        if row is None or not await approvers.sees(row, person_id, now):
            raise
        return row


async def own_signings(
    code: str, person_id: str, now: datetime, records: RecordsKey
) -> tuple[SigningView, ...]:
    """What somebody may see of all that was sealed under a code, in order; empty for a stranger to it."""
    own = []
    signed = Signing.filter(document__record_id=code, state=SigningState.SIGNED)
    for row in await signed.order_by("created_at", "id"):
        with suppress(NotFound, Refused):
            await own_signing(row.id, person_id, now)
            own.append(await view(row, now, records, person_id))
    return tuple(own)


async def _confirms(row: Signing, person_id: str, now: datetime) -> bool:
    """Whether he confirmed it by a grant, or may now; what others sealed with his seal is not his to see."""
    if row.state is SigningState.PENDING:
        return await mandates.may_confirm(person_id, row, now)
    return bool(row.grant) and await Grant.exists(id=row.grant, person_id=person_id)


async def find(signing_id: str, person_id: str, now: datetime, records: RecordsKey) -> SigningView:
    """The view of a signing of one's own company."""
    return await view(await seen_signing(signing_id, person_id, now), now, records, person_id)


async def _scan(row: Signing, now: datetime, records: RecordsKey) -> tuple[ScanView, bool]:
    shown = Challenge.filter(subject=row.id, purpose__in=OF_SIGNING)
    newest = await shown.order_by("-created_at").first()
    if newest is None:
        return ScanView("none", None, None), False
    here = newest.purpose is ChallengePurpose.SIGNING_HERE
    by = None
    if newest.claimed_by_id is not None:
        session = await Session.get(id=newest.claimed_by_id)
        by = masked_name(await Person.get(id=session.person_id), records)
    state = newest.state.value
    if newest.state in {ChallengeState.WAITING, ChallengeState.CLAIMED} and newest.expires_at <= now:
        state = "expired"
    return ScanView(state, by, newest.expires_at), here


async def view(row: Signing, now: datetime, records: RecordsKey, reader: str = "") -> SigningView:
    """The view of a row. reader: who looks at it, where that makes a difference."""
    document = await Document.get(id=row.document_id)
    seal = await Seal.get(id=row.seal_id)
    company = await Company.get(id=row.company_id)
    asker = await Session.get(id=row.asker_id)
    scan, here = await _scan(row, now, records)
    said = approvers.stated_words(row)
    kind = spec(SealKind(seal.kind))
    signed = row.state is SigningState.SIGNED
    pages = len(document.inspection.get("pages", ()))
    return SigningView(
        id=row.id,
        state=row.state.value,
        reason=None if row.reason is None else row.reason.replace("\n", " "),
        reason_zh=reason_words(row.reason)[0],
        reason_en=reason_words(row.reason)[1],
        document=DocumentRef(document.id, document.name, pages, document.record_id),
        seal=SealRef(
            seal.id,
            seal.name,
            seal.kind,
            kind.zh,
            kind.en,
            imprint_url(seal.id),
            seal.width_mm,
            seal.height_mm,
        ),
        company=CompanyName(company.id, company.name, company.uscc),
        page=int(row.prepared["page"]),
        also_pages=tuple(int(place["page"]) for place in row.places[1:]),
        page_count=pages,
        digest_sha256=row.digest_sha256,
        digest_sm3=row.digest_sm3,
        asked_at=row.created_at,
        asker_masked=masked_name(await Person.get(id=asker.person_id), records),
        asker_browser=browser_name(asker.user_agent),
        asker_address_masked=masked_address(asker.address),
        same_device=here,
        scan=scan,
        file_url=f"/api/signings/{row.id}/exports/pdf" if signed else None,
        ses_url=f"/api/signings/{row.id}/exports/ses" if signed else None,
        report_url=f"/api/signings/{row.id}/exports/report" if signed else None,
        evidence_url=f"/api/signings/{row.id}/exports/evidence" if signed else None,
        verify_url=f"/v/{document.record_id}",
        document_kind=row.request.get("document_kind", ""),
        amount=row.request.get("amount"),
        counterparty=row.request.get("counterparty", ""),
        stated_zh=said[0],
        stated_en=said[1],
        approval=await approval_view(row, now, records, reader),
        may_confirm=row.state is SigningState.PENDING and await mandates.may_confirm(reader, row, now),
    )
