"""Where the seal, the verification mark and the others' fields go, and that they lie on their pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auth.errors import Conflict, Invalid
from seals.imprint import Imprint
from seals.pdf.appearance import BLACK, RED, Drawn
from seals.pdf.geometry import Box, Frame
from seals.pdf.inspecting import OpenField
from seals.pdf.protecting import OtherField

__all__ = ["Layout", "Place", "beside", "box_at", "corner", "in_field", "lay_out"]

CORNER_MARGIN_MM = 5.0
GAP_MM = 2.0
_FIT_MM = 0.05
"""Play for the rounding of a field's rectangle, which is kept in ten-thousandths of a point."""


@dataclass(frozen=True)
class Place:
    """Where a drawing goes: page from 0; its top-left corner on the page as shown (rotation applied),
    from the page's top-left corner, mm.
    """

    page: int
    x_mm: float
    y_mm: float


@dataclass(frozen=True)
class Layout:
    """All places, decided. widget: the box of the signature field on `page`; trace: what stands around the
    seal, cut off where the widget ends; mark_on_page: the mark is page content of `mark_page`, and not part
    of the widget's look; others: boxes of their fields, in order; also: where the seal is printed besides,
    each with its page and, around it, the trace.
    """

    page: int
    widget: Box
    seal: Drawn
    trace: Drawn | None
    mark: Drawn | None
    mark_page: int
    mark_on_page: bool
    others: tuple[Box, ...]
    also: tuple[tuple[int, Box, tuple[Drawn, ...]], ...] = ()


def lay_out(
    frames: Sequence[Frame],
    imprint: Imprint,
    at: Place | OpenField,
    mark: Imprint | None,
    mark_place: Place | None,
    others: Sequence[OtherField],
    *,
    mark_on_page: bool,
    trace: Imprint | None = None,
    also: Sequence[Place] = (),
) -> Layout:
    """Place everything; see `prepare` for the rules, the errors and what a mark on the page means."""
    kept = tuple(
        box_at(frames, Place(other.page, other.x_mm, other.y_mm), other.width_mm, other.height_mm)
        for other in others
    )
    again = tuple(_imprint_at(frames, place, imprint, trace) for place in also)
    mark_box: Box | None = None
    if isinstance(at, OpenField):
        widget, seal, mark_box = in_field(at, imprint, None if mark_on_page else mark)
    else:
        widget = seal = box_at(frames, at, imprint.width_mm, imprint.height_mm)
        if trace is not None:
            # At the page's edge it is cut off; a widget never reaches beyond the page.
            widget = frames[at.page].within(_around(seal, trace))
    mark_page = at.page
    if mark is not None and mark_on_page:
        if mark_place is not None:
            mark_page = mark_place.page
            mark_box = box_at(frames, mark_place, mark.width_mm, mark.height_mm)
        else:
            here = [box for other, box in zip(others, kept, strict=True) if other.page == at.page]
            here += [parts[0].box for page, _, parts in again if page == at.page]
            mark_box = corner(frames[at.page], mark, [seal, *here])
    elif mark is not None and isinstance(at, Place):
        mark_box = _beside_or_at(frames, at, seal, mark, mark_place)
        widget = widget.union(mark_box)
    drawn = Drawn(mark, BLACK, mark_box) if mark is not None and mark_box is not None else None
    traced = Drawn(trace, RED, _around(seal, trace)) if trace is not None else None
    ink = Drawn(imprint, RED, seal)
    return Layout(at.page, widget, ink, traced, drawn, mark_page, mark_on_page, kept, again)


def _imprint_at(
    frames: Sequence[Frame], place: Place, imprint: Imprint, trace: Imprint | None
) -> tuple[int, Box, tuple[Drawn, ...]]:
    """Page, outer box and parts of an imprint that is no signature's own look."""
    seal = box_at(frames, place, imprint.width_mm, imprint.height_mm)
    if trace is None:
        return place.page, seal, (Drawn(imprint, RED, seal),)
    around = _around(seal, trace)
    parts = Drawn(imprint, RED, seal), Drawn(trace, RED, around)
    return place.page, frames[place.page].within(around), parts


def _around(seal: Box, trace: Imprint) -> Box:
    """The box of a drawing whose middle is the seal's."""
    across, down = (trace.width_mm - seal.width_mm) / 2, (trace.height_mm - seal.height_mm) / 2
    return Box(seal.x_mm - across, seal.y_mm - down, trace.width_mm, trace.height_mm)


def _beside_or_at(
    frames: Sequence[Frame], at: Place, seal: Box, mark: Imprint, mark_place: Place | None
) -> Box:
    if mark_place is None:
        return beside(frames[at.page], seal, mark)
    if mark_place.page != at.page:
        raise Invalid(
            "place.mark_on_other_page",
            "文件已有签名，验真二维码只能与印章放在同一页。",
            "The document is signed already: the verification code must stand on the seal's page.",
            field="mark_place",
        )
    return box_at(frames, mark_place, mark.width_mm, mark.height_mm)


def box_at(frames: Sequence[Frame], place: Place, width_mm: float, height_mm: float) -> Box:
    """The box of a drawing, wholly on its page. Raises Invalid `place.no_page`, `place.off_page`,
    `place.page_too_small`.
    """
    if not 0 <= place.page < len(frames):
        raise Invalid(
            "place.no_page",
            f"文件只有 {len(frames)} 页，请重新选择页面。",
            f"The document has {len(frames)} pages only; choose another page.",
            field="page",
            pages=len(frames),
        )
    frame = frames[place.page]
    box = Box(place.x_mm, place.y_mm, width_mm, height_mm)
    width, height = frame.shown_mm
    if width < width_mm - _FIT_MM or height < height_mm - _FIT_MM:
        raise Invalid(
            "place.page_too_small",
            f"这一页只有 {width:.0f}×{height:.0f} 毫米，放不下原大的印章，请选另一页或较小的印章。",
            f"This page has {width:.0f} × {height:.0f} mm only, too small for the seal in its true size; "
            "choose another page or a smaller seal.",
            field="page",
            page_width_mm=round(width, 2),
            page_height_mm=round(height, 2),
        )
    if not frame.contains(box):
        raise Invalid(
            "place.off_page",
            "位置超出页面，请把印章完整地放在页面以内。",
            "The place reaches beyond the page; put the whole seal on the page.",
            field="place",
            page_width_mm=round(width, 2),
            page_height_mm=round(height, 2),
        )
    return box


def corner(frame: Frame, mark: Imprint, taken: Iterable[Box]) -> Box:
    """A corner of the page for the mark: bottom right, or the next that covers nothing of `taken`.

    Raises Invalid `place.no_room_for_mark`.
    """
    width, height = frame.shown_mm
    right = width - CORNER_MARGIN_MM - mark.width_mm
    bottom = height - CORNER_MARGIN_MM - mark.height_mm
    left = top = CORNER_MARGIN_MM
    boxes = [
        Box(x, y, mark.width_mm, mark.height_mm)
        for x, y in ((right, bottom), (left, bottom), (right, top), (left, top))
    ]
    return _first(frame, boxes, list(taken))


def beside(frame: Frame, seal: Box, mark: Imprint) -> Box:
    """A place for the mark right of the seal, or left of it, below or above, on the page.

    Raises Invalid `place.no_room_for_mark`.
    """
    width, height = mark.width_mm, mark.height_mm
    x, y = seal.x_mm, seal.y_mm
    places = (
        (seal.right_mm + GAP_MM, y),
        (x - GAP_MM - width, y),
        (x, seal.bottom_mm + GAP_MM),
        (x, y - GAP_MM - height),
    )
    return _first(frame, [Box(*place, width, height) for place in places], [seal])


def in_field(field: OpenField, imprint: Imprint, mark: Imprint | None) -> tuple[Box, Box, Box | None]:
    """The field's box, and in its middle the seal, with the mark beside or below it where both fit.

    Raises Conflict `place.field_too_small`.
    """
    outer = Box(field.x_mm, field.y_mm, field.width_mm, field.height_mm)
    if not _fits(outer, imprint.width_mm, imprint.height_mm):
        raise Conflict(
            "place.field_too_small",
            "预留位置小于印章，请换一枚较小的印章，或由首个签署方重新预留。",
            "The prepared place is smaller than the seal; use a smaller seal, or have the place made anew.",
            field="field",
            width_mm=round(outer.width_mm, 2),
            height_mm=round(outer.height_mm, 2),
        )
    if mark is not None:
        side = imprint.width_mm + GAP_MM + mark.width_mm, max(imprint.height_mm, mark.height_mm)
        if _fits(outer, *side):
            both = _middle(outer, *side)
            at = both.right_mm - mark.width_mm
            return outer, _at(both.x_mm, both.y_mm, imprint), _at(at, both.y_mm, mark)
        stack = max(imprint.width_mm, mark.width_mm), imprint.height_mm + GAP_MM + mark.height_mm
        if _fits(outer, *stack):
            both = _middle(outer, *stack)
            below = both.bottom_mm - mark.height_mm
            return outer, _at(both.x_mm, both.y_mm, imprint), _at(both.x_mm, below, mark)
    return outer, _middle(outer, imprint.width_mm, imprint.height_mm), None


def _first(frame: Frame, boxes: Sequence[Box], taken: Sequence[Box]) -> Box:
    for box in boxes:
        if frame.contains(box) and not any(box.overlaps(other) for other in taken):
            return box
    raise Invalid(
        "place.no_room_for_mark",
        "页面上没有验真二维码的位置，请移动印章，或为二维码另选位置。",
        "The page has no room for the verification code; move the seal, or choose a place for the code.",
        field="place",
    )


def _at(x_mm: float, y_mm: float, drawing: Imprint) -> Box:
    return Box(x_mm, y_mm, drawing.width_mm, drawing.height_mm)


def _middle(outer: Box, width_mm: float, height_mm: float) -> Box:
    x = outer.x_mm + (outer.width_mm - width_mm) / 2
    y = outer.y_mm + (outer.height_mm - height_mm) / 2
    return Box(x, y, width_mm, height_mm)


def _fits(outer: Box, width_mm: float, height_mm: float) -> bool:
    return width_mm <= outer.width_mm + _FIT_MM and height_mm <= outer.height_mm + _FIT_MM
