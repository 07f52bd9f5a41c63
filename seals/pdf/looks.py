"""The looks of fields and comments, settled before they become part of the page.

What its maker gave a look keeps it. Of the rest
- a text or choice field gets one from us, with its value, ground and frame, if that is certain;
- a comment whose look readers make up (struck out, highlighted, covered, typed in) is lost by a rewrite,
  and the document is refused for it;
- whatever else readers may show there is seen by comparing the pages (`comparing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import pikepdf
import pypdfium2 as pdfium
from pikepdf import AcroFormField, Annotation

from auth.errors import Invalid
from seals.pdf.activity import name_of
from seals.pdf.comparing import Part
from seals.pdf.geometry import Frame

__all__ = ["Looks", "annotations_of", "check_written", "settle_looks"]

_MADE_UP = frozenset(
    {
        *("/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Ink", "/Stamp"),
        *("/Highlight", "/Underline", "/Squiggly", "/StrikeOut", "/Caret", "/Redact"),
    }
)
"""Comments that one reader or another draws without a look of their own (ISO 32000-2 §12.5.6.5 to .23)."""
_NOT_ON_SCREEN = 1 << 1 | 1 << 5  # hidden, no view (ISO 32000-2 table 167)
_INVISIBLE, _NO_ROTATE = 1, 1 << 4
_PASSWORD, _COMB, _RICH, _COMBO = 1 << 13, 1 << 24, 1 << 25, 1 << 17  # /Ff

_EDGE_PT = 3.0
"""How far readers draw beyond the rectangle of what has no look of its own; a wider frame is no frame."""
_ICON_PT = 20.0
"""A note's icon, whatever its rectangle: at its lower left corner, as pdfium draws it."""
_LOOSE_MOST = 0.25
"""Of a page, all its places together; a page that has more is compared whole."""
_PAINT = {1: "g", 3: "rg", 4: "k"}


@dataclass(frozen=True)
class Looks:
    """loose: places, by page, where every reader draws in its own way and nothing of the document stands:
    frames of fields, values that we draw ourselves, icons of notes. lost: page (from 0) and place of the
    first comment that would vanish, or None. written: page, rectangle and text of the values we drew.
    """

    loose: Mapping[int, Sequence[Part]]
    lost: tuple[int, Part] | None
    written: Sequence[tuple[int, Part, str]]


def settle_looks(pdf: pikepdf.Pdf, pages: Sequence[int], frames: Sequence[Frame]) -> Looks:
    """Draw the text and choice fields that have no look. Raises Invalid `pdf.form_not_drawn`."""
    loose: dict[int, list[Part]] = {}
    lost: tuple[int, Part] | None = None
    written: list[tuple[int, Part, str]] = []
    for number in pages:
        items, frame = annotations_of(pdf.pages[number]), frames[number]
        vanishing = [item for item in items if _vanishes(item)]
        if vanishing and lost is None:
            lost = (number, _part(frame, _rectangle(vanishing[0])))
        notes = [item for item in items if item.get("/Subtype") == pikepdf.Name.Text and _bare(item)]
        icons = [_icon(note, frame.rotation) for note in notes]
        fields = _settle_fields(pdf, number)
        written += [(number, field.rectangle, field.text) for field in fields if field.text]
        places = [*(field.rectangle for field in fields if field.loose), *icons]
        parts = [_part(frame, place) for place in places]
        covered = sum((right - left) * (bottom - top) for left, top, right, bottom in parts)
        loose[number] = parts if covered <= _LOOSE_MOST else []
    return Looks(loose, lost, written)


def check_written(cleaned: bytes, looks: Looks) -> None:
    """Raises Invalid `pdf.form_not_drawn` where a value that we drew is longer than its field."""
    if not looks.written:
        return
    document = pdfium.PdfDocument(cleaned)
    try:
        for number, values in groupby(looks.written, key=lambda value: value[0]):
            page = document[number]
            words = page.get_textpage()
            for _, rectangle, text in values:
                if "".join(text.split()) not in "".join(words.get_text_bounded(*rectangle).split()):
                    raise _not_drawn()
            page.close()
    finally:
        document.close()


def annotations_of(page: pikepdf.Page) -> list[pikepdf.Dictionary]:
    items = page.obj.get("/Annots")
    if not isinstance(items, pikepdf.Array):
        return []
    return [item for item in items if isinstance(item, pikepdf.Dictionary)]


def _vanishes(item: pikepdf.Dictionary) -> bool:
    """Whether readers draw it and qpdf does not, be it for a flag that is for unknown kinds only."""
    if name_of(item.get("/Subtype")) not in _MADE_UP or not _is_shown(item):
        return False
    return not _has_look(item) or bool(int(item.get("/F", 0)) & _INVISIBLE)


def _is_shown(item: pikepdf.Object) -> bool:
    return not int(item.get("/F", 0)) & _NOT_ON_SCREEN


def _has_look(item: pikepdf.Object) -> bool:
    """Whether a rewrite draws it: one look, or one for the state it is in."""
    looks = item.get("/AP")
    normal = looks.get("/N") if isinstance(looks, pikepdf.Dictionary) else None
    if isinstance(normal, pikepdf.Dictionary):
        state = name_of(item.get("/AS"))
        normal = normal.get(state) if state else None
    return isinstance(normal, pikepdf.Stream)


def _bare(item: pikepdf.Object) -> bool:
    """Whether nothing at all is said about its look; an empty one keeps readers from making one up."""
    looks = item.get("/AP")
    return not isinstance(looks, pikepdf.Dictionary) or "/N" not in looks


# ---------------------------------------------------------------- fields


@dataclass(frozen=True)
class _Settled:
    """A field's rectangle in user space; loose: readers may differ in it; text: what we drew, or ""."""

    rectangle: Part
    loose: bool
    text: str


def _settle_fields(pdf: pikepdf.Pdf, number: int) -> list[_Settled]:
    """The fields of a page that are shown and had no look that counts."""
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary):
        return []
    redrawn, helper = bool(form.get("/NeedAppearances")), pdf.acroform
    settled = []
    for widget in helper.get_widget_annotations_for_page(pdf.pages[number]):
        field, item = helper.get_field_for_annotation(widget), widget.obj
        if not _is_shown(item):
            continue
        narrow = _border_pt(item) <= _EDGE_PT
        if not (field.is_text or field.is_choice):
            settled.append(_Settled(_rectangle(item), narrow and _is_only_a_frame(field, item), ""))
        elif redrawn or not _has_look(item):
            loose = narrow and (redrawn or _bare(item))
            if _draw_text(field, widget):
                settled.append(_Settled(_rectangle(item), loose, field.value_as_string))
    return settled


def _draw_text(field: AcroFormField, widget: Annotation) -> bool:
    """Draw a text or choice field. False: it has a look already, which the value may not be.

    Such a look stays, and the pages show whether it says what readers make of the value.
    """
    item = widget.obj
    if not _is_certain(field, item):
        if _has_look(item):
            return False
        raise _not_drawn()
    if "/AP" in item:
        del item["/AP"]
    field.generate_appearance(widget)
    if _has_look(item):
        look = item.AP.N
        look.write(_ground(item) + look.read_bytes())
    return True


def _is_certain(field: AcroFormField, item: pikepdf.Object) -> bool:
    """Whether qpdf draws the value as readers do: one line of ASCII, itself and not a name for it."""
    value, flags, text = field.value, int(field.flags), field.value_as_string
    options = field.get_inheritable_field_value("/Opt")
    if field.is_choice and isinstance(options, pikepdf.Array) and len(options):
        named = any(isinstance(option, pikepdf.Array) for option in options)
        if not flags & _COMBO or (text and named):
            return False
    if not text:
        return value is None or (isinstance(value, pikepdf.String) and not str(value).strip("\ufeff"))
    odd = field.is_text and flags & (_PASSWORD | _COMB | _RICH)
    turned = _marks(item).get("/R", 0) != 0
    return text.isascii() and text.isprintable() and not odd and not turned


def _is_only_a_frame(field: AcroFormField, item: pikepdf.Object) -> bool:
    """Of a button or signature field: without look, value, caption and ground."""
    states = {name_of(value) for value in (field.value, item.get("/AS")) if value is not None}
    marks = _marks(item)
    said = {"/BG", *(("/CA", "/I") if field.is_pushbutton else ())}
    return _bare(item) and states <= {"/Off"} and not any(key in marks for key in said)


def _marks(item: pikepdf.Object) -> pikepdf.Object:
    marks = item.get("/MK")
    return marks if isinstance(marks, pikepdf.Dictionary) else pikepdf.Dictionary()


def _ground(item: pikepdf.Object) -> bytes:
    """The operators for the ground and the frame of a field, as readers draw them under its value."""
    x1, y1, x2, y2 = _rectangle(item)
    width, height, line = x2 - x1, y2 - y1, _border_pt(item)
    marks, drawing = _marks(item), ""
    for key, paint, inset in (("/BG", "f", 0.0), ("/BC", "S", line / 2)):
        colour = [float(part) for part in marks.get(key, [])]
        operator = _PAINT.get(len(colour))
        if operator and (paint == "f" or line > 0):
            parts = " ".join(f"{part:.4f}" for part in colour)
            drawing += f"{parts} {operator if paint == 'f' else operator.upper()} {line:.4f} w "
            box = (inset, inset, width - 2 * inset, height - 2 * inset)
            drawing += " ".join(f"{part:.4f}" for part in box) + f" re {paint} "
    return f"q {drawing}Q\n".encode()


def _border_pt(item: pikepdf.Object) -> float:
    style, border = item.get("/BS"), item.get("/Border")
    if isinstance(style, pikepdf.Dictionary) and "/W" in style:
        return float(style.W)
    return float(border[2]) if isinstance(border, pikepdf.Array) and len(border) > 2 else 1.0


def _not_drawn() -> Invalid:
    return Invalid(
        "pdf.form_not_drawn",
        "PDF 表单的填写内容没有显示样式，各软件显示可能不同，请用「打印为 PDF」重新导出。",
        "A filled field of the form has no fixed look, so programs may show it differently; "
        'export the file again with "print to PDF".',
    )


# ---------------------------------------------------------------- places


def _rectangle(item: pikepdf.Object) -> Part:
    """Left, bottom, right, top, in user space."""
    x1, y1, x2, y2 = (float(value) for value in item["/Rect"])
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _icon(item: pikepdf.Object, rotation: int) -> Part:
    """A flag keeps it upright on a turned page; then it turns around its upper left corner."""
    left, bottom, _, _ = _rectangle(item)
    if int(item.get("/F", 0)) & _NO_ROTATE:
        left -= _ICON_PT * (rotation in (180, 270))
        bottom += _ICON_PT * (rotation in (90, 180))
    return left, bottom, left + _ICON_PT, bottom + _ICON_PT


def _part(frame: Frame, rectangle: Part) -> Part:
    """A rectangle of user space with its edges, as parts of the page as shown."""
    x1, y1, x2, y2 = rectangle
    box = frame.to_shown((x1 - _EDGE_PT, y1 - _EDGE_PT, x2 + _EDGE_PT, y2 + _EDGE_PT))
    width, height = frame.shown_mm
    left, top = (min(max(part, 0.0), 1.0) for part in (box.x_mm / width, box.y_mm / height))
    right, bottom = (min(max(part, 0.0), 1.0) for part in (box.right_mm / width, box.bottom_mm / height))
    return left, top, right, bottom
