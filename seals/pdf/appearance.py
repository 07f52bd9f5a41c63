"""Drawings put into a PDF: the look of a signature field, and the verification mark on a page.

Both are vector art in true size. What is printed by a seal is ink: it is laid over the page with blend
mode Multiply (ISO 32000-2 §11.3.5.2), so black text shows through the red, and white stays paper.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from seals.imprint import BLACK, RED, Colour, Imprint, to_pdf_operators
from seals.pdf.geometry import MM, Box, Frame, Matrix

__all__ = ["BLACK", "RED", "Drawn", "page_layer", "widget_appearance"]

_CACHED_DRAWINGS = 64
_COMPRESSION = 3
"""Halves the time of a 22 mm code for a tenth more bytes."""


@dataclass(frozen=True)
class Drawn:
    """A drawing, its colour, and where on the page as shown it goes."""

    drawing: Imprint
    colour: Colour
    box: Box


def widget_appearance(frame: Frame, widget: Box, parts: Sequence[Drawn]) -> generic.StreamObject:
    """The normal appearance of a field's widget: a form XObject in points, upright on the page as shown.

    The reader fits the box, turned by /Matrix, into the widget's /Rect (ISO 32000-2 §12.5.5), which undoes
    UserUnit and rotation. It must not be a transparency group, or Multiply would not reach the page.
    """
    rows = [b"/Ink gs\n"]
    for part in parts:
        x = (part.box.x_mm - widget.x_mm) * MM
        y = (widget.bottom_mm - part.box.bottom_mm) * MM
        rows.append(b"q 1 0 0 1 %s cm\n%sQ\n" % (_numbers(x, y), _operators(part.drawing, part.colour)))
    ink = {"/Type": pdf_name("/ExtGState"), "/BM": pdf_name("/Multiply")}
    states = generic.DictionaryObject({pdf_name("/Ink"): _dictionary(ink)})
    return _stream(
        b"".join(rows),
        {
            "/Type": pdf_name("/XObject"),
            "/Subtype": pdf_name("/Form"),
            "/BBox": _array(0, 0, widget.width_mm * MM, widget.height_mm * MM),
            "/Matrix": _array(*frame.upright()),
            "/Resources": generic.DictionaryObject({pdf_name("/ExtGState"): states}),
        },
    )


def page_layer(
    frame: Frame, part: Drawn, opened: int, closed: int
) -> tuple[generic.StreamObject, generic.StreamObject]:
    """Two content streams, to stand before and after a page's own, that draw `part` on the page.

    opened, closed: how many graphics states the page's own content leaves open, and how many it closes
    without having opened them; a careless page must not shift the mark.
    The drawing is marked as an artifact: it is no part of the document's text (ISO 32000-2 §14.8.2.2).
    """
    before = b"q\n" * (closed + 1)
    restore = b"Q\n" * (opened + closed + 1)
    matrix: Matrix = frame.placing(part.box)
    drawing = _operators(part.drawing, part.colour)
    after = b"\n%s/Artifact BMC q %s cm\n%sQ EMC\n" % (restore, _numbers(*matrix), drawing)
    return _stream(before, {}), _stream(after, {})


@lru_cache(maxsize=_CACHED_DRAWINGS)
def _operators(drawing: Imprint, colour: Colour) -> bytes:
    return to_pdf_operators(drawing, colour)


def _stream(content: bytes, entries: Mapping[str, generic.PdfObject]) -> generic.StreamObject:
    packed = zlib.compress(content, _COMPRESSION)
    values = _dictionary({**entries, "/Filter": pdf_name("/FlateDecode")})
    return generic.StreamObject(values, encoded_data=packed)


def _dictionary(entries: Mapping[str, generic.PdfObject]) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})


def _array(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject(generic.FloatObject(round(value, 4)) for value in values)


def _numbers(*values: float) -> bytes:
    # PDF knows no exponents (ISO 32000-2 §7.3.3). Zero has no sign, that what looks alike is alike.
    return b" ".join(b"%.5f" % (round(value, 5) + 0.0) for value in values)
