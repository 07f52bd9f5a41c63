"""Check a printed document: the access code printed beside its QR code opens pictures of its pages (ADR 34).

The code stands on the paper and nowhere else: it is computed from the verification code with the records
key, so neither it nor a hash of it lies in the database, and the same one is found whenever bytes are fixed
anew. It opens nothing unless its printing was asked for with the first seal and no party has closed it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from auth import events, throttling
from auth.authority import Act, require
from auth.engine import transaction
from auth.errors import Conflict, Invalid, NotFound
from auth.privacy import RecordsKey
from auth.sessions import SessionView
from auth.throttling import Limit
from auth.tokens import hash_token, new_token, same
from seals.access_codes import access_code, as_typed
from seals.models import Document, Record, Version
from seals.own_documents import own_document
from seals.printed_models import PrintedLook
from seals.signing.workshop import Workshop
from seals.uploading import PAGE_WIDTHS
from seals.verifying import record_of

__all__ = [
    "Look",
    "PrintedState",
    "forget_old",
    "look",
    "offered",
    "page",
    "switch",
    "switches",
]

LOOK_LIFE = timedelta(minutes=10)
TRIES_PER_ADDRESS = Limit("printed.address", 20, 600)
TRIES_PER_DOCUMENT = Limit("printed.document", 1000, 3600)
"""By anybody. An access code has 40 bits: at this pace a year finds one of 125,000, while few of these tries
lock nobody out who holds the paper."""
PAGES_PER_LOOK = Limit("printed.pages", 300, 600)
COPY = "验证副本"
AN_HOUR_S = 3600
PURPOSE = "printed"
LOOKED = "printed.looked"


@dataclass(frozen=True)
class Look:
    """The pages stand open to the browser that gets the token."""

    token: str = field(repr=False)
    pages: int
    expires_at: datetime


@dataclass(frozen=True)
class PrintedState:
    """Whether who holds the paper can see the pages."""

    on: bool


async def switches(code: str) -> dict[str, bool]:
    """Of each party's document, whether it leaves the pages open; empty where no access code is printed.

    Who only brought the sealed file, to seal it too or not, is no party yet and has no say.
    """
    first = await Version.get_or_none(record_id=code, number=1).prefetch_related("signing")
    if first is None or not first.signing.request.get("printed"):
        return {}
    return {row.id: not row.printed_off for row in await _documents(code)}


async def offered(code: str) -> bool:
    """Whether its access code was printed, the document is sealed, and no party has closed it."""
    found = await switches(code)
    return bool(found) and all(found.values())


async def look(code: str, typed: str, address: str, now: datetime, records: RecordsKey) -> Look:
    """Open the pages for one browser; the parties are told, once an hour.

    Raises NotFound `code.unknown`; TooMany; Invalid `printed.wrong`, the same for a wrong code, for a
    document on which none is printed, and for one that is closed or not sealed.
    """
    row = await record_of(code, address, now)
    await throttling.count(TRIES_PER_ADDRESS, address, now)
    await throttling.count(TRIES_PER_DOCUMENT, row.code, now)
    right = same(as_typed(typed), access_code(row.code, records))
    if not await offered(row.code) or not right:
        raise Invalid(
            "printed.wrong",
            "访问码不对，或这份文件不开放核对纸质件。请对照二维码下面的访问码重新输入。",
            "The access code is wrong, or the document is not open to this. Compare it with the one printed"
            " below the QR code.",
            field="access",
        )
    documents = await _documents(row.code)
    made = Look(new_token(), len(documents[0].inspection["pages"]), now + LOOK_LIFE)
    async with transaction():
        await PrintedLook.create(
            token_hash=hash_token(made.token, PURPOSE),
            record_id=row.code,
            created_at=now,
            expires_at=made.expires_at,
        )
        for document in {one.company_id: one for one in documents}.values():
            once = Limit(f"told/{LOOKED}", 1, AN_HOUR_S)
            if await throttling.allowed(once, document.id, now):
                await _tell(LOOKED, document, "public", now, {"code": row.code})
    return made


async def _documents(code: str) -> list[Document]:
    """Of all who sealed under a code, the first first."""
    versions = Version.filter(record_id=code).order_by("number").prefetch_related("signing__document")
    return [version.signing.document for version in await versions]


async def _tell(what: str, document: Document, actor: str, now: datetime, facts: dict[str, object]) -> None:
    await events.append(
        events.company_stream(document.company_id),
        what,
        actor=actor,
        subject=f"document:{document.id}",
        now=now,
        on_behalf=document.company_id,
        facts=facts,
    )


async def page(code: str, number: int, width_px: int, token: str, now: datetime, workshop: Workshop) -> bytes:
    """A page of the newest sealed version as PNG, marked as a copy for checking.

    Raises NotFound `printed.over` for whoever holds no look at this very document, or one that is over;
    Invalid `picture.width`; TooMany.
    """
    over = NotFound(
        "printed.over",
        "查看已结束，请重新输入访问码。",
        "This look is over. Please enter the access code again.",
    )
    row = await PrintedLook.get_or_none(token_hash=hash_token(token, PURPOSE), expires_at__gt=now)
    record = await Record.get_or_none(code=row.record_id) if row is not None else None
    if row is None or record is None or as_typed(code) != record.code or not await offered(record.code):
        raise over
    await throttling.count(PAGES_PER_LOOK, row.id, now)
    if not PAGE_WIDTHS[0] <= width_px <= PAGE_WIDTHS[1]:
        raise Invalid(
            "picture.width",
            f"图片宽度应为 {PAGE_WIDTHS[0]} 至 {PAGE_WIDTHS[1]} 像素。",
            f"The width is {PAGE_WIDTHS[0]} to {PAGE_WIDTHS[1]} pixels.",
            field="w",
        )
    newest = await Version.get(record_id=record.code, number=record.newest)
    return await workshop.inspector.page_png(await workshop.blobs.get(newest.sha256), number, width_px, COPY)


async def switch(document_id: str, on: bool, session: SessionView, now: datetime) -> PrintedState:
    """Close, or open again, the pages of a document of one's own to who holds the paper.

    Any party may close them; they stay closed until each that did has opened them again. Raises NotFound
    `document.not_found`; Refused `access.denied`; Conflict `printed.not_offered` for who sealed nothing under
    this code, or where none is printed.
    """
    row = await own_document(document_id, session.person_id, now)
    if on:  # what one closed, somebody else's upload right does not open again
        await require(session.person_id, Act.SEE_DOCUMENTS, row.company_id, now)
    if row.id not in await switches(row.record_id):
        raise Conflict(
            "printed.not_offered",
            "这份文件没有印访问码，或者您的企业没有在上面盖章。",
            "No access code is printed on this document, or your company did not seal it.",
        )
    async with transaction():
        if await Document.filter(id=row.id, printed_off=on).update(printed_off=not on):
            await _tell("printed.switched", row, f"person:{session.person_id}", now, {"on": on})
    return PrintedState(await offered(row.record_id))


async def forget_old(now: datetime) -> None:
    """Delete looks that ended an hour ago."""
    await PrintedLook.filter(expires_at__lt=now - timedelta(hours=1)).delete()
