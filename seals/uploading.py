"""Take in a PDF to be sealed: limits first, then one clean revision, then the store (architecture §5.1)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from auth import events, throttling
from auth.authority import Act, only_company, require
from auth.engine import transaction
from auth.errors import Conflict, Invalid, NotFound, TooLarge
from auth.models import Company
from auth.sessions import SessionView
from auth.throttling import Limit
from auth.tokens import new_code
from seals import excluded
from seals.models import Document, Record, Version
from seals.own_documents import own_document
from seals.pdf.inspecting import Inspection
from seals.pdf.opening import MAX_BYTES
from seals.pdf.phrases import MAX_FOUND, MAX_WORDS, Phrase
from seals.pdf.reports import Verdict
from seals.revocation import current_trust
from seals.signing.archived_files import newest_file, version_of
from seals.signing.workshop import Workshop

__all__ = [
    "DocumentView",
    "OpenFieldView",
    "PageView",
    "SealPlaceView",
    "Upload",
    "check_page",
    "find",
    "page_picture",
    "plain_name",
    "upload",
]

NAME_LENGTH = 200
PAGE_WIDTHS = (100, 2000)
WEBP_WIDTHS = (480, 720, 1080, 1600, 2000)
"""Steps, so that pictures for screens of all sizes are few; `h5/static/js/lib/pages.js` asks by them."""
UPLOADS_PER_PERSON = Limit("upload.person", 200, 3600)
MM_PER_PT = 25.4 / 72
_LINES = "\u2028\u2029"
"""All of the categories Zl and Zp: behind one, a name would go on as a line of its own."""


@dataclass(frozen=True)
class Upload:
    """A file as it came. remove_active: the asker saw what is active in it and agrees that it goes;
    lift_restrictions: and that a protected file's restrictions do not hold for the sealed copy.

    company_id: the company that seals; None for the only one of a person who has just one. photo: it is a
    picture of a document, to be made a PDF.
    """

    company_id: str | None
    name: str
    data: bytes
    remove_active: bool
    from_thread: bool = False
    photo: bool = False
    lift_restrictions: bool = False


@dataclass(frozen=True)
class PageView:
    """A page as shown, mm."""

    width_mm: float
    height_mm: float


@dataclass(frozen=True)
class OpenFieldView:
    """An empty signature field that a seal may go into; page from 0, top-left corner, mm."""

    name: str
    page: int
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float


@dataclass(frozen=True)
class SealPlaceView:
    """Words of the text that ask for a seal; page from 0, their middle, mm; own: for the company's."""

    words: str
    page: int
    x_mm: float
    y_mm: float
    own: bool


@dataclass(frozen=True)
class DocumentView:
    """A document of one's company. signed: it carries signatures; version: ours put on it, 0 for none.

    seal_places: where its text asks for a seal, in order of reading. warning: what to think of before it is
    sent, if its title speaks of what the law keeps to paper (`seals/excluded.py`).
    """

    id: str
    company_id: str
    name: str
    code: str
    version: int
    signed: bool
    certification: int | None
    page_count: int
    pages: tuple[PageView, ...]
    open_fields: tuple[OpenFieldView, ...]
    seal_places: tuple[SealPlaceView, ...]
    removed: tuple[str, ...]
    warning_zh: str | None
    warning_en: str | None
    created_at: datetime


def plain_name(raw: str) -> str:
    """A name to show: no path, no control or direction characters, one line, at most 200; perhaps empty."""
    text = unicodedata.normalize("NFC", raw.replace("\\", "/").rsplit("/", 1)[-1])
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C" and c not in _LINES).strip(" .")
    return re.sub(r'[<>:"|?*]', "_", text)[:NAME_LENGTH]


def file_name(raw: str) -> str:
    """A name to show and to download by: no path, no control or direction characters, one line, at most 200.

    Never used as a path on our disk: files are stored by their hash.
    """
    text = plain_name(raw)
    stem = text[: -len(".pdf")] if text.lower().endswith(".pdf") else text
    return (stem[: NAME_LENGTH - len(".pdf")] or "未命名文件") + ".pdf"


async def upload(new: Upload, session: SessionView, now: datetime, workshop: Workshop) -> DocumentView:
    """Inspect, clean and store a document.

    A file that is one of our sealed versions joins its record, if it is the newest one.
    Raises NotFound `company.…`, Invalid `company.choose`, `pdf.…`, `photo.…`, TooLarge, Conflict
    `pdf.restricted`, `pdf.active_content` (facts: `active`) until the asker agrees, Conflict
    `document.newer_version`.
    """
    company = await require(
        session.person_id,
        Act.ASK_SIGNING,
        new.company_id or await only_company(session.person_id, now),
        now,
    )
    if len(new.data) > MAX_BYTES:
        raise TooLarge(
            "pdf.too_large",
            f"文件超过 {MAX_BYTES >> 20} MB，请压缩或拆分后再上传。",
            f"The file is over {MAX_BYTES >> 20} MB; compress or split it.",
            limit=MAX_BYTES,
        )
    await throttling.count(UPLOADS_PER_PERSON, session.person_id, now)
    if new.photo:
        new = replace(new, data=await workshop.inspector.photo_pdf(new.data), name=_stem(new.name))
    inspection = await workshop.inspector.inspect(new.data)
    data = new.data
    removed: tuple[str, ...] = ()
    if inspection.signatures:
        await _check_signed(inspection, new.data, workshop)
    else:
        cleaned = await workshop.inspector.clean(new.data, new.remove_active, new.lift_restrictions)
        data, removed, inspection = cleaned.data, cleaned.removed, cleaned.inspection
    known = await _known_version(new.data)
    stored = _stored(inspection, await workshop.inspector.find_phrases(data, company.name))
    begun = await workshop.inspector.beginning(data)
    stored["speaks_of"] = excluded.spoken_of(new.name, begun)
    blob = await _in_store(data, known, workshop)
    async with transaction():
        row = await _store(new, company, session, stored, blob, removed, known, now)
    if known is None and not await workshop.blobs.has(blob):  # deleted just now (`seals/deleting.py`)
        await workshop.blobs.put(data)
    return _view(row)


async def _in_store(data: bytes, known: Version | None, workshop: Workshop) -> str:
    """Where the file lies. On one that was renewed since, a further seal goes onto the renewed one.

    What was sealed for a company whose archive was erased is not there any more, but as somebody brings it.
    """
    brought = await workshop.blobs.put(data)
    newest = await newest_file(known) if known is not None else brought
    if newest == brought:
        return brought
    try:
        await workshop.blobs.get(newest)
    except NotFound:
        return brought
    return newest


def _stem(name: str) -> str:
    """A photo's name without the ending that says so."""
    return re.sub(r"\.(jpe?g|png|webp)$", "", name, flags=re.IGNORECASE)


async def _check_signed(inspection: Inspection, data: bytes, workshop: Workshop) -> None:
    """Nobody's seal goes onto a file whose earlier signatures are broken; an unknown issuer is no break."""
    if inspection.active:
        raise Invalid(
            "pdf.signed_and_active",
            "该文件已有签名且含有脚本等动态内容，不能再加盖。请向对方索取不含动态内容的文件。",
            "This file is signed and has active content, so no seal can be added. Ask for one without it.",
            active=list(inspection.active),
        )
    report = await workshop.inspector.verify(data, await current_trust(workshop))
    if report.verdict is Verdict.INVALID:
        raise Invalid(
            "pdf.signature_broken",
            "该文件原有的签名无效，或签署后被改动过，不能加盖。请向对方索取原件。",
            "An earlier signature is broken, or the file was changed after it. Ask for the original.",
            reasons=list(report.reasons),
        )


async def _known_version(data: bytes) -> Version | None:
    version = await version_of(hashlib.sha256(data).hexdigest())
    if version is None:
        return None
    record = await Record.get(code=version.record_id)
    if record.newest != version.number:
        raise Conflict(
            "document.newer_version",
            "该文件之后又被加盖过，请使用最新的版本，以免前面的印章丢失。",
            "This file was sealed again since. Use the newest version, so that no seal is lost.",
            newest=record.newest,
        )
    return version


async def _store(
    new: Upload,
    company: Company,
    session: SessionView,
    inspection: dict[str, object],
    blob: str,
    removed: tuple[str, ...],
    known: Version | None,
    now: datetime,
) -> Document:
    code = known.record_id if known is not None else new_code()
    if known is None:
        await Record.create(code=code, newest=0, created_at=now)
    row = await Document.create(
        company_id=company.id,
        uploader_id=session.person_id,
        record_id=code,
        name=file_name(new.name),
        blob=blob,
        original=blob,
        version=known.number if known is not None else 0,
        inspection=inspection,
        removed=list(removed),
        created_at=now,
    )
    await events.append(
        events.company_stream(company.id),
        "document.uploaded",
        actor=f"person:{session.person_id}",
        subject=f"document:{row.id}",
        now=now,
        on_behalf=company.id,
        facts={"sha256": blob, "removed": list(removed), "thread": new.from_thread},
    )
    return row


def _stored(inspection: Inspection, phrases: Sequence[Phrase]) -> dict[str, object]:
    pages = [
        {"width_mm": round(p.width_pt * MM_PER_PT, 3), "height_mm": round(p.height_pt * MM_PER_PT, 3)}
        for p in inspection.pages
    ]
    fields = [
        {name: getattr(f, name) for name in OpenFieldView.__dataclass_fields__}
        for f in inspection.open_fields
    ]
    return {
        "pages": pages,
        "signatures": inspection.signatures,
        "certification": inspection.certification,
        "open_fields": fields,
        "seal_places": _seal_places(phrases, pages),
    }


def _seal_places(phrases: Sequence[Phrase], pages: Sequence[Mapping[str, float]]) -> list[dict[str, object]]:
    """As far as they can be places: the worker that read the text may have been taken over by it."""
    return [
        {
            "words": p.words[:MAX_WORDS],
            "page": p.page,
            "x_mm": round(p.across * pages[p.page]["width_mm"], 1),
            "y_mm": round(p.down * pages[p.page]["height_mm"], 1),
            "own": p.own,
        }
        for p in phrases[:MAX_FOUND]
        if 0 <= p.page < len(pages) and 0 <= p.across <= 1 and 0 <= p.down <= 1
    ]


def _view(row: Document) -> DocumentView:
    return DocumentView(
        row.id,
        row.company_id,
        row.name,
        row.record_id,
        row.version,
        bool(row.inspection["signatures"]) or row.version > 0,
        row.inspection["certification"],
        len(row.inspection["pages"]),
        tuple(PageView(**page) for page in row.inspection["pages"]),
        tuple(OpenFieldView(**f) for f in row.inspection["open_fields"]),
        tuple(SealPlaceView(**place) for place in row.inspection["seal_places"]),
        tuple(row.removed),
        *excluded.warning(row.inspection.get("speaks_of", "")),
        row.created_at,
    )


async def find(document_id: str, person_id: str, now: datetime) -> DocumentView:
    """The view of one's own document."""
    return _view(await own_document(document_id, person_id, now))


def check_page(row: Document, page: int, width_px: int, webp: bool = False) -> None:
    """webp: only the steps are drawn. Raises NotFound `document.no_page`, Invalid `picture.width`."""
    if not 0 <= page < len(row.inspection.get("pages", ())):
        raise NotFound("document.no_page", "没有这一页。", "There is no such page.")
    if not PAGE_WIDTHS[0] <= width_px <= PAGE_WIDTHS[1]:
        raise Invalid(
            "picture.width",
            f"图片宽度应为 {PAGE_WIDTHS[0]} 至 {PAGE_WIDTHS[1]} 像素。",
            f"The width is {PAGE_WIDTHS[0]} to {PAGE_WIDTHS[1]} pixels.",
            field="w",
        )
    if webp and width_px not in WEBP_WIDTHS:
        raise Invalid(
            "picture.width",
            f"WebP 图片的宽度只能是 {'、'.join(map(str, WEBP_WIDTHS))} 像素之一。",
            f"A WebP picture is one of {', '.join(map(str, WEBP_WIDTHS))} pixels wide.",
            field="w",
        )


async def page_picture(
    document_id: str,
    page: int,
    width_px: int,
    person_id: str,
    now: datetime,
    workshop: Workshop,
    webp: bool = False,
) -> bytes:
    """A page of one's own document as PNG, or as WebP in one of `WEBP_WIDTHS`; `width_px` pixels wide."""
    row = await own_document(document_id, person_id, now)
    check_page(row, page, width_px, webp)
    data = await workshop.blobs.get(row.blob)
    draw = workshop.inspector.page_webp if webp else workshop.inspector.page_png
    return await draw(data, page, width_px, None)
