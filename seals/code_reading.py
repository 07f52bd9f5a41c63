"""Read a QR code from a photo, on the phone's behalf. Nothing is kept, and nothing is opened."""

from __future__ import annotations

from datetime import datetime

from auth import throttling
from auth.errors import Invalid
from auth.throttling import Limit
from seals.photo import refusals
from seals.photo.shown import MAX_CODES, MAX_TEXT, Codes
from seals.signing.workshop import Workshop

__all__ = ["from_photo"]

CODES_PER_PERSON = Limit("scan_photo.person", 60, 600)


async def from_photo(data: bytes, person_id: str, now: datetime, workshop: Workshop) -> Codes:
    """What the codes in a photo say. Raises Invalid `photo.…`, `scan.no_code`; TooLarge; TooMany."""
    refusals.check_size(data)
    await throttling.count(CODES_PER_PERSON, person_id, now)
    codes = await workshop.inspector.read_codes(data)
    if not codes.texts:
        raise Invalid(
            "scan.no_code",
            "照片里没有认出二维码。请让二维码占满画面、避免反光，再拍一张；也可以输入旁边的短码。",
            "No QR code was found in the photo. Let it fill the picture, without glare, and take another; "
            "or enter the short code beside it.",
            field="file",
        )
    # The worker that read the photo may have been taken over by it.
    return Codes(tuple(text[:MAX_TEXT] for text in codes.texts[:MAX_CODES]))
