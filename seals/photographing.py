"""An imprint from the photo of a stamped sheet (R9): lifted off in the inspector, kept for a seal to come.

The photo itself is not kept. What is kept is no seal, only what one may look like; a seal made of it is
held until a person has compared it (`seals/adding.py`).
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from auth import events, licences, throttling
from auth.authority import Act, known, require, require_active
from auth.engine import transaction
from auth.errors import Invalid, NotFound, Unavailable
from auth.models import Company
from auth.throttling import Limit
from seals.companies import PICTURES_PER_PERSON
from seals.forms import company_form
from seals.imprint import Imprint, to_preview_png
from seals.kinds import SealKind
from seals.models import SealPhoto
from seals.photo import refusals
from seals.photo.figures import Wanted, wanted
from seals.photo.limits import MAX_TRACE_BYTES
from seals.photo.results import Lifted, Quality
from seals.signing.workshop import Workshop

__all__ = ["MAX_WIDTH_MM", "MIN_WIDTH_MM", "PhotoView", "check_lifted", "find", "picture", "take", "width_of"]

PHOTOS_PER_PERSON = Limit("photo.person", 40, 3600)
MIN_WIDTH_MM, MAX_WIDTH_MM = Decimal(10), Decimal(45)  # 国发〔1999〕25号: an enterprise's at most 45 mm
SCREEN_DPI = 300
_TRACE = re.compile(r"(?:M[0-9. -]+(?:[LC][0-9. -]+)+Z)+")


@dataclass(frozen=True)
class PhotoView:
    """An imprint taken from a photo. picture_url: what it looks like, with 「仅供预览」 over it."""

    id: str
    company_id: str
    kind: str
    width_mm: float
    height_mm: float
    quality: Quality
    picture_url: str
    created_at: datetime


async def take(
    company_id: str, person_id: str, kind: str, width_mm: str, data: bytes, now: datetime, workshop: Workshop
) -> PhotoView:
    """Take the imprint out of a photo.

    kind: of `seals.kinds`; width_mm: of the stamp as measured, as text, or "" for the kind's usual width.
    Raises NotFound `company.not_found`; Conflict `company.closed`; Invalid `seal.kind`, `photo.width`,
    `photo.missing`; TooMany; and what `seals.photo.lifting.lift` raises.
    """
    company = await require(person_id, Act.ADD_SEAL, company_id, now)
    require_active(company)
    outline = await _outline(company, kind, width_mm)
    refusals.check_size(data)
    await throttling.count(PHOTOS_PER_PERSON, person_id, now)
    lifted = await workshop.inspector.photo(data, outline)
    check_lifted(lifted)
    blob = await workshop.blobs.put(lifted.png)
    async with transaction():
        row = await SealPhoto.create(
            company_id=company.id,
            person_id=person_id,
            blob=blob,
            width_mm=outline.width_mm,
            height_mm=outline.height_mm,
            trace=lifted.trace,
            quality={"kind": kind, **asdict(lifted.quality)},
            created_at=now,
        )
        await events.append(
            events.company_stream(company.id),
            "photo.taken",
            actor=f"person:{person_id}",
            subject=f"photo:{row.id}",
            now=now,
            on_behalf=company.id,
            facts={"sha256": blob, "kind": kind},
        )
    return _view(row)


async def _outline(company: Company, kind: str, width_mm: str) -> Wanted:
    try:
        known = SealKind(kind)
    except ValueError:
        raise Invalid(
            "seal.kind", "请选择照片里印章的种类。", "Choose what kind of seal is in the photo.", field="kind"
        ) from None
    licence = await licences.in_force(company.id)
    return wanted(known, company_form(licence.data["company_type"]), width_of(width_mm))


def width_of(text: str) -> float | None:
    """The width of a stamp as typed, mm; None where nothing was. Raises Invalid `photo.width`."""
    if not text.strip():
        return None
    try:
        width = Decimal(text.strip()) if len(text) <= 10 else Decimal(0)
    except InvalidOperation:
        width = Decimal(0)
    if width.is_finite() and MIN_WIDTH_MM <= width <= MAX_WIDTH_MM:
        return float(round(width, 1))
    raise Invalid(
        "photo.width",
        f"印章宽度应为 {MIN_WIDTH_MM} 至 {MAX_WIDTH_MM} 毫米的数字；不清楚可以不填。",
        f"The width is a number of mm from {MIN_WIDTH_MM} to {MAX_WIDTH_MM}; leave it out if unsure.",
        field="width_mm",
    )


def check_lifted(lifted: Lifted) -> None:
    """The worker that read the photo may have been taken over by it: its outlines must be outlines."""
    if len(lifted.trace) > MAX_TRACE_BYTES or not _TRACE.fullmatch(lifted.trace):
        raise Unavailable(
            "photo.failed",
            "照片处理没有成功，请重新拍摄后再试。",
            "The photo could not be processed. Take it again and retry.",
        )


async def _own(photo_id: str, person_id: str, now: datetime) -> SealPhoto:
    missing = NotFound(
        "photo.not_found", "没有找到该照片，请重新拍照上传。", "There is no such photo; take it again."
    )
    row = await SealPhoto.get_or_none(id=photo_id)
    if row is None:
        raise missing
    (await known(person_id, row.company_id, now, missing)).require(Act.ADD_SEAL)
    return row


async def find(photo_id: str, person_id: str, now: datetime) -> PhotoView:
    """One's own company's. Raises NotFound `photo.not_found` for any other alike; Refused `access.denied`."""
    return _view(await _own(photo_id, person_id, now))


async def picture(photo_id: str, person_id: str, now: datetime) -> bytes:
    """What was taken off the photo, transparent, with 「仅供预览」 over it: a picture is no seal (R61).

    Raises NotFound `photo.not_found`, TooMany.
    """
    row = await _own(photo_id, person_id, now)
    await throttling.count(PICTURES_PER_PERSON, person_id, now)
    return to_preview_png(Imprint(row.width_mm, row.height_mm, row.trace), SCREEN_DPI)


def _view(row: SealPhoto) -> PhotoView:
    facts = {**row.quality, "weak": tuple(row.quality["weak"])}
    kind = facts.pop("kind")
    return PhotoView(
        row.id,
        row.company_id,
        kind,
        row.width_mm,
        row.height_mm,
        Quality(**facts),
        f"/api/photos/{row.id}/imprint.png",
        row.created_at,
    )
