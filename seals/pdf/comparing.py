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
from PIL import Image, ImageChops, ImageDraw

from auth.errors import Invalid
from seals.pdf.pages import page_png

__all__ = [
    "MAX_DRAWN",
    "MAX_MENDED",
    "MAX_PICTURE_BYTES",
    "MAX_SOUND",
    "Part",
    "check_same_pages",
    "compared",
]

MAX_SOUND, MAX_DRAWN, MAX_MENDED = 20, 100, 300
"""Pages that are compared: of any file; besides, of those on which something was drawn; of a file that had to
be mended. Where there are more, so many evenly spread."""

FAST_DPI, FINE_DPI = 36, 100
"""Most pages come out equal to the last pixel, in the small; only those that do not are drawn larger."""
MAX_PIXELS = 4_000_000  # of a page; what is larger is drawn smaller
NOTICED = 40  # of 255: how far a colour must be off to count
TOLERATED_PX = 2  # counting pixels on a page; a digit of 8 points that is another leaves ten

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
    before: bytes,
    after: bytes,
    pages: Sequence[int],
    loose: Mapping[int, Sequence[Part]],
    lost: tuple[int, Part] | None = None,
) -> None:
    """Raises Invalid `pdf.shown_differently` where a page of `after` is not what it was in `before`.

    pages: from 0, those that are compared; how many there are always is. loose: places, by page, where
    every reader draws in its own way and the document has nothing. lost: page and place of what is known
    to be shown by some reader and to be gone, whatever ours shows. Facts: `page` from 1, `pages` of both;
    `before`, `after`: PNG of the page, base64, at most MAX_PICTURE_BYTES each, or None where it cannot be
    shown.
    """
    one, other = _open(before), _open(after)
    known = None if lost is None else _Difference(*lost)
    counts = [len(each) if each is not None else 0 for each in (one, other)]
    found = None if counts[0] == counts[1] else _Difference(min(counts), None)
    try:
        if known is None and one is not None and other is not None:
            found = (
                _first_difference(one, other, [page for page in pages if page < min(counts)], loose) or found
            )
    finally:
        for each in (one, other):
            if each is not None:
                each.close()
    found = known or found
    if found is not None:
        raise _shown_differently(found, counts, before, after)


def compared(count: int, drawn: Sequence[int], *, mended: bool) -> list[int]:
    """Which of `count` pages are compared. drawn: those on which something was drawn."""
    chosen = {*_some(range(count), MAX_MENDED if mended else MAX_SOUND), *_some(drawn, MAX_DRAWN)}
    return sorted(chosen)


def _some(pages: Sequence[int], most: int) -> Sequence[int]:
    """All, or so many evenly spread, first and last included."""
    if len(pages) <= most:
        return pages
    return [pages[round(number * (len(pages) - 1) / (most - 1))] for number in range(most)]


def _open(data: bytes) -> pdfium.PdfDocument | None:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        return None
    with suppress(pdfium.PdfiumError):
        document.init_forms()
    return document


def _first_difference(
    one: pdfium.PdfDocument,
    other: pdfium.PdfDocument,
    pages: Sequence[int],
    loose: Mapping[int, Sequence[Part]],
) -> _Difference | None:
    for page in pages:
        if not _equal(_draw(one, page), _draw(other, page)):
            place = _differs(_draw_flat(one, page), _draw_flat(other, page), loose.get(page, ()))
            if place is not None:
                return _Difference(page, place)
    return None


def _draw(document: pdfium.PdfDocument, number: int, dpi: int = FAST_DPI) -> Image.Image | None:
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


def _draw_flat(document: pdfium.PdfDocument, number: int) -> Image.Image | None:
    """Larger, and with the fields made part of the page, in memory only: as fields they are drawn up to a
    pixel beside their place."""
    if document.formenv is not None:
        with suppress(pdfium.PdfiumError):
            page = document[number]
            page.flatten()
            page.close()
    return _draw(document, number, FINE_DPI)


def _equal(one: Image.Image | None, other: Image.Image | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.size == other.size and ImageChops.difference(one, other).getbbox() is None


def _differs(one: Image.Image | None, other: Image.Image | None, loose: Sequence[Part]) -> Part | None:
    """Where two pictures of a page differ; None where they are the same to the eye."""
    whole = (0.0, 0.0, 1.0, 1.0)
    if one is None or other is None:
        return None if one is other else whole
    if one.size != other.size:
        return whole
    red, green, blue = ImageChops.difference(one, other).split()
    off = ImageChops.lighter(ImageChops.lighter(red, green), blue).point(
        lambda value: 255 * (value > NOTICED)
    )
    width, height = one.size
    for left, top, right, bottom in loose:
        ImageDraw.Draw(off).rectangle((left * width, top * height, right * width, bottom * height), fill=0)
    box = off.getbbox()
    if box is None or off.histogram()[255] <= TOLERATED_PX:
        return None
    return box[0] / width, box[1] / height, box[2] / width, box[3] / height


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
