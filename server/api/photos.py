"""Photos: an imprint out of one, what came out; the QR codes in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from seals import code_reading, photographing
from seals.photo.shown import Codes
from seals.photographing import MAX_WIDTH_MM, MIN_WIDTH_MM, PhotoView
from seals.seeing import PhotoShown, see
from server.api.operation import it, operation, session
from server.context import now

__all__ = ["photos"]

photos = Blueprint("photos", url_prefix="/api")


def _sent(request: Request) -> bytes:
    """The photo; nothing where none came, which the domain refuses."""
    file = request.files.get("file") if request.files else None
    return file.body if file is not None else b""


@operation(
    photos,
    "POST",
    "/companies/<company:str>/photos",
    "Take an imprint out of a photo",
    answer=PhotoView,
    status=201,
    upload=True,
    upload_media="image/*",
    form={
        "kind": "Kind of the seal in the photo; its border is looked for",
        "width_mm": f"Width of the stamp, mm, {MIN_WIDTH_MM} to {MAX_WIDTH_MM}; else the kind's usual one",
    },
)
async def take_photo(request: Request, company: str) -> PhotoView:
    form: Mapping[str, Any] = request.form or {}
    return await photographing.take(
        company,
        session(request).person_id,
        str(form.get("kind") or ""),
        str(form.get("width_mm") or ""),
        _sent(request),
        now(),
        it(request).workshop,
    )


@operation(
    photos,
    "POST",
    "/photos/look",
    "What a photo shows: a QR code, a stamped sheet, a document; it is not kept",
    answer=PhotoShown,
    upload=True,
    upload_media="image/*",
)
async def look_at_photo(request: Request) -> PhotoShown:
    return await see(session(request).person_id, _sent(request), now(), it(request).workshop)


@operation(photos, "GET", "/photos/<photo:str>", "An imprint from a photo", answer=PhotoView)
async def photo(request: Request, photo: str) -> PhotoView:
    return await photographing.find(photo, session(request).person_id, now())


@operation(
    photos,
    "GET",
    "/photos/<photo:str>/imprint.png",
    "What came out of a photo, for preview",
    media="image/png",
)
async def photo_imprint(request: Request, photo: str) -> HTTPResponse:
    png = await photographing.picture(photo, session(request).person_id, now())
    return HTTPResponse(png, content_type="image/png")


@operation(
    photos,
    "POST",
    "/scan/photo",
    "Read the QR codes in a photo",
    answer=Codes,
    upload=True,
    upload_media="image/*",
)
async def scan_photo(request: Request) -> Codes:
    person, workshop = session(request).person_id, it(request).workshop
    return await code_reading.from_photo(_sent(request), person, now(), workshop)
