"""Read the QR codes in a photo or a screenshot, for phones whose browser cannot."""

from __future__ import annotations

import zxingcpp

from seals.photo.arrays import Picture
from seals.photo.reading import read
from seals.photo.shown import MAX_CODES, MAX_TEXT, Codes

__all__ = ["SMALLEST_PX", "codes_in", "read_codes"]

SMALLEST_PX = 40  # a screenshot may be of the code alone


def read_codes(data: bytes) -> Codes:
    """The readable QR codes of a picture file, `MAX_CODES` at most; raises as `seals.photo.reading`."""
    return Codes(codes_in(read(data, SMALLEST_PX)))


def codes_in(picture: Picture) -> tuple[str, ...]:
    """What the readable codes of a picture say, each once, `MAX_TEXT` characters of it at most."""
    wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(picture, formats=wanted)
    texts = dict.fromkeys(str(code.text)[:MAX_TEXT] for code in found if code.valid and code.text)
    return tuple(texts)[:MAX_CODES]
