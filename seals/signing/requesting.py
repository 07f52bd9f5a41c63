"""Ask for a document to be sealed: which seal, where, and who else will seal (architecture §5.1)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError

from auth import events, throttling
from auth.authority import GRANTED, Act, require_active, standing
from auth.engine import transaction
from auth.errors import Invalid, NotFound
from auth.models import Company
from auth.sessions import SessionView
from auth.throttling import Limit
from seals import approvers, rules
from seals.mandates import require_reached
from seals.models import Document, Seal, Signing, SigningState
from seals.own_documents import own_document
from seals.pdf.layout import Place
from seals.scopes import checked_stated
from seals.signing.preparing import prepare
from seals.signing.views import SigningView, own_signing, view
from seals.signing.workshop import Workshop

__all__ = ["OTHERS", "OtherParty", "SigningRequest", "request"]

LIFE = timedelta(hours=24)
OTHERS = ("none", "known", "unknown")
MAX_OTHERS = 20
MAX_ALSO = 49
"""Further places of one seal: with the first, fifty."""
SIGNINGS_PER_COMPANY = Limit("signing.company", 600, 3600)


@dataclass(frozen=True)
class OtherParty:
    """A known other party and the place of its field: page from 0, top-left corner on the page, mm."""

    name: str
    page: int
    x_mm: float
    y_mm: float


@dataclass(frozen=True)
class SigningRequest:
    """What is asked. place: top-left corner of the seal on the page as shown, mm; page from 0.

    others: whether others will seal after: `none`, `known` (their fields are made now), `unknown`.
    field: the name of an empty signature field to use instead of a place. document_kind, amount (元),
    counterparty: what the document is, which a grant may limit (`seals/scopes.py`). printed: print an access
    code that opens pictures of the pages to who holds the paper; only with the first seal
    (`seals/printed.py`). agreed: the asker declares that the parties agreed to use electronic signatures
    (电子签名法 art. 3), which is asked of each where several seal. also: further places of the same seal, for
    the first seal of a document only.
    """

    request_id: str
    document_id: str
    seal_id: str
    page: int
    x_mm: float
    y_mm: float
    others: str = "none"
    known: tuple[OtherParty, ...] = ()
    field: str | None = None
    document_kind: str = ""
    amount: str | None = None
    counterparty: str = ""
    printed: bool = False
    agreed: bool = False
    also: tuple[Place, ...] = ()


async def request(
    ask: SigningRequest, session: SessionView, now: datetime, workshop: Workshop
) -> SigningView:
    """Prepare the bytes and record the signing, PENDING. The same request_id gives the same signing.

    Raises NotFound (document, seal), Conflict (seal not collected or frozen, company closed), Invalid.
    """
    document = await own_document(ask.document_id, session.person_id, now)
    company = await Company.get(id=document.company_id)
    known = await Signing.get_or_none(company_id=company.id, request_id=ask.request_id)
    if known is not None:
        own = await own_signing(known.id, session.person_id, now)
        return await view(own, now, workshop.records, session.person_id)
    seal = await Seal.get_or_none(id=ask.seal_id, company_id=company.id)
    if seal is None:
        raise NotFound("seal.not_found", "没有找到该印章。", "There is no such seal.")
    his = await standing(session.person_id, company.id, now, seal.id)
    his.require(Act.ASK_SIGNING)
    require_active(company)
    _check(ask)
    several = ask.others != "none" or document.version > 0 or bool(document.inspection["signatures"])
    if several and not ask.agreed:
        raise _not_agreed()
    said = checked_stated(ask.document_kind, ask.amount, ask.counterparty)
    await throttling.count(SIGNINGS_PER_COMPANY, company.id, now)
    stored = {key: value for key, value in asdict(ask).items() if key not in {"request_id", "document_id"}}
    stored["known"] = [asdict(other) for other in ask.known]
    stored["also"] = [asdict(place) for place in ask.also]
    amount = None if said.amount is None else str(said.amount)
    stored |= {"document_kind": said.kind, "amount": amount, "counterparty": said.counterparty}
    if not replace(his, roles=his.roles - GRANTED).may(Act.ASK_SIGNING):
        await require_reached(session.person_id, seal.id, said, now)  # he asks by his grant alone
    prepared = await prepare(document, seal, stored, now, workshop)
    rule = await rules.of(seal.id)
    people = await approvers.able(rule, company.id, now)
    try:
        async with transaction():
            there = Document.filter(id=document.id).exclude(blob="").select_for_update()
            if not await there.only("id"):  # deleted meanwhile
                await own_document(document.id, session.person_id, now)
            row = await Signing.create(
                company_id=company.id,
                seal_id=seal.id,
                document_id=document.id,
                asker_id=session.id,
                request_id=ask.request_id,
                state=SigningState.PENDING,
                request=stored,
                document_kind=said.kind,
                created_at=now,
                expires_at=now + LIFE,
                **asdict(prepared),
            )
            await events.append(
                events.company_stream(company.id),
                "signing.requested",
                actor=f"person:{session.person_id}",
                subject=f"signing:{row.id}",
                now=now,
                on_behalf=company.id,
                facts={
                    "seal": seal.id,
                    "kind": seal.kind,
                    "code": document.record_id,
                    "digest_sha256": prepared.digest_sha256,
                    **({"agreed": True} if several else {}),
                },
            )
            await approvers.tell_asked(row, rule, people, now)
    except IntegrityError:
        faster = await Signing.get(company_id=company.id, request_id=ask.request_id)
        row = await own_signing(faster.id, session.person_id, now)
    return await view(row, now, workshop.records, session.person_id)


def _not_agreed() -> Invalid:
    return Invalid(
        "signing.agreement",
        "多方签署时，请确认各方已约定使用电子签名（《电子签名法》第三条）。",
        "Where several parties sign, confirm that they agreed to use electronic signatures (article 3 of the "
        "Electronic Signature Law).",
        field="agreed",
    )


def _check(ask: SigningRequest) -> None:
    if ask.others not in OTHERS:
        raise Invalid(
            "signing.others",
            "请选择之后是否还有其他单位盖章。",
            "Choose whether others will seal after you.",
            field="others",
        )
    if (ask.others == "known") != bool(ask.known) or len(ask.known) > MAX_OTHERS:
        raise Invalid(
            "signing.known",
            f"请列出之后盖章的单位（1 至 {MAX_OTHERS} 个）及其位置。",
            f"List the parties that will seal after you (1 to {MAX_OTHERS}) and their places.",
            field="known",
        )
    if len(ask.also) > MAX_ALSO:
        raise Invalid(
            "signing.also",
            f"一次最多在 {MAX_ALSO + 1} 处盖章，请减少位置或分次办理。",
            f"A seal goes in {MAX_ALSO + 1} places at most; take some away, or ask twice.",
            field="also",
            limit=MAX_ALSO,
        )
