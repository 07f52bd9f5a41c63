"""Whether a rewrite shows the same pages: both files drawn by one reader, page by page, and compared.

Of a damaged file every reader makes its own sense. qpdf mends it, pdfium shows it to people (`pages`):
where the two agree, the clean revision is what its owner knows; where they do not, nobody can say which
is the document, and it is refused with both pictures. Sound files go through the same gate, because
forms, comments and layers become part of the page.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from auth.errors import Invalid
from seals.pdf.pages import page_png

__all__ = [
    "MAX_COMPARED",
    "MAX_COMPARED_REPAIRED",
    "MAX_PICTURE_BYTES",
    "Part",
    "check_same_pages",
    "some_of",
]

MAX_COMPARED = 100
MAX_COMPARED_REPAIRED = 300
"""Pages of a sound and of a mended file: all of them, or so many evenly spread, the last among them."""

FAST_DPI, FINE_DPI = 36, 100
"""Most pages come out equal to the last pixel, in the small; only those that do not are drawn larger."""
MAX_PIXELS = 4_000_000  # what is larger is drawn smaller
NOTICED = 60  # of 255: how far a colour must be off to count
PATCH_PX = 8  # 2 mm
TOLERATED_PX = 6  # counting pixels in one patch; a digit of 8 points that is another leaves more

PICTURE_PX = 600
MAX_PICTURE_BYTES = 200 * 1024
_FRAME = (220, 30, 30)


Part = tuple[float, float, float, float]
"""Left, top, right, bottom of a place on a page as shown, as parts of its width and height."""


@dataclass(frozen=True)
class _Difference:
    """The first page (from 0) that is shown otherwise, and where on it; None for the whole page."""

    page: int
    place: Part | None


def check_same_pages(
    before: bytes, after: bytes, *, repaired: bool, added: Mapping[int, Sequence[Part]]
) -> None:
    """Raises Invalid `pdf.shown_differently` where a page of `after` is not what it was in `before`.

    repaired: `before` is damaged; added: places, by page, where something was drawn that had no look before.
    Facts: `page` from 1, `pages` of both; `before`, `after`: PNG of the page,
    base64, at most MAX_PICTURE_BYTES each, or None where it cannot be shown.
    """
    most = MAX_COMPARED_REPAIRED if repaired else MAX_COMPARED
    one, other = _open(before), _open(after)
    try:
        counts = [len(each) if each is not None else 0 for each in (one, other)]
        found = _first_difference(one, other, counts, most, added)
    finally:
        for each in (one, other):
            if each is not None:
                each.close()
    if found is not None:
        raise _shown_differently(found, counts, before, after)


def some_of(count: int, most: int) -> Sequence[int]:
    """Pages from 0: all of `count`, or `most` of them, evenly spread, first and last included."""
    if count <= most:
        return range(count)
    return [round(number * (count - 1) / (most - 1)) for number in range(most)]


def _open(data: bytes) -> pdfium.PdfDocument | None:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        return None
    with suppress(pdfium.PdfiumError):
        document.init_forms()
    return document


def _first_difference(
    one: pdfium.PdfDocument | None,
    other: pdfium.PdfDocument | None,
    counts: list[int],
    most: int,
    added: Mapping[int, Sequence[Part]],
) -> _Difference | None:
    if one is None or other is None:
        return _Difference(0, None)
    for page in some_of(min(counts), most):
        if _equal(_draw(one, page, FAST_DPI), _draw(other, page, FAST_DPI)):
            continue
        place = _differs(_draw(one, page, FINE_DPI), _draw(other, page, FINE_DPI), added.get(page, ()))
        if place is not None:
            return _Difference(page, place)
    return _Difference(min(counts), None) if counts[0] != counts[1] else None


def _draw(document: pdfium.PdfDocument, number: int, dpi: int) -> Image.Image | None:
    try:
        page = document[number]
        width, height = page.get_size()
        scale = min(dpi / 72, (MAX_PIXELS / (width * height)) ** 0.5)
        bitmap = page.render(scale=scale, may_draw_forms=True, draw_annots=True, rev_byteorder=True)
    except (pdfium.PdfiumError, ZeroDivisionError):
        return None
    picture: Image.Image = bitmap.to_pil().convert("RGB")
    page.close()
    return picture


def _equal(one: Image.Image | None, other: Image.Image | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.size == other.size and ImageChops.difference(one, other).getbbox() is None


def _differs(one: Image.Image | None, other: Image.Image | None, added: Sequence[Part]) -> Part | None:
    """Where two pictures of a page differ; None where they are the same to the eye.

    What a form draws may come to lie half a pixel beside its place, so a pixel counts only if nothing in
    the other picture at most one pixel away is like it.
    """
    whole = (0.0, 0.0, 1.0, 1.0)
    if one is None or other is None:
        return None if one is other else whole
    if one.size != other.size:
        return whole
    off = ImageChops.lighter(_outside(one, other), _outside(other, one))
    for left, top, right, bottom in added:
        corners = (left * one.width, top * one.height, right * one.width, bottom * one.height)
        ImageDraw.Draw(off).rectangle(corners, fill=0)
    if off.getbbox() is None:
        return None
    # The mean of a patch says how many of its pixels count.
    least = 255 * (TOLERATED_PX + 0.5) / PATCH_PX**2
    box = off.reduce(PATCH_PX).point(lambda value: 255 * (value >= least)).getbbox()
    if box is None:
        return None
    left, top, right, bottom = (value * PATCH_PX for value in box)
    width, height = one.size
    return left / width, top / height, min(1.0, right / width), min(1.0, bottom / height)


def _outside(one: Image.Image, other: Image.Image) -> Image.Image:
    """255 where a pixel of `one` is darker or lighter than all of `other` around its place."""
    darker = ImageChops.subtract(other.filter(ImageFilter.MinFilter(3)), one)
    lighter = ImageChops.subtract(one, other.filter(ImageFilter.MaxFilter(3)))
    red, green, blue = ImageChops.lighter(darker, lighter).split()
    off = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return off.point(lambda value: 255 * (value > NOTICED))


def _shown_differently(found: _Difference, counts: list[int], before: bytes, after: bytes) -> Invalid:
    number = found.page + 1
    return Invalid(
        "pdf.shown_differently",
        f"第 {number} 页在不同软件中显示不一样（文件已损坏，或有不规范的内容），不能盖章。"
        "请对照两张图，用原软件「打印为 PDF」重新导出后再上传。",
        f"Page {number} is shown differently by different programs (the file is damaged or badly made), so "
        'it cannot be sealed. Compare the two pictures, and export it again with "print to PDF".',
        page=number,
        pages=counts,
        before=_picture(before, found),
        after=_picture(after, found),
    )


def _picture(data: bytes, found: _Difference) -> str | None:
    """The page with the place framed, small enough for an answer."""
    try:
        picture: Image.Image = Image.open(BytesIO(page_png(data, found.page, PICTURE_PX)))
    except Exception:  # whatever keeps it from being drawn, the refusal must reach its reader
        return None
    if found.place is not None:
        left, top, right, bottom = found.place
        corners = (left * picture.width, top * picture.height, right * picture.width, bottom * picture.height)
        ImageDraw.Draw(picture).rectangle(corners, outline=_FRAME, width=3)
    while True:
        out = BytesIO()
        picture.save(out, "PNG", optimize=True)
        if out.tell() <= MAX_PICTURE_BYTES:
            return base64.b64encode(out.getvalue()).decode()
        picture = picture.resize((max(1, picture.width * 3 // 4), max(1, picture.height * 3 // 4)))
