"""From millimetres on the page as people see it to PDF user space, and back.

As shown: the visible box (CropBox within MediaBox) turned by /Rotate and scaled by /UserUnit; origin at
its top-left corner, x to the right, y down, in mm (ISO 32000-2 §7.7.3.3, §8.3.2.3).
User space: the page's own coordinates, origin anywhere, y up, one unit = UserUnit/72 inch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pikepdf

from auth.errors import Invalid

__all__ = ["MM", "Box", "Frame", "frame_of"]

MM = 72 / 25.4
"""Points in a millimetre."""

MIN_PAGE_PT = 3.0
"""A millimetre: no seal fits, but a document may have such a page among others (ISO 32000-2 annex C.2)."""
MAX_PAGE_PT = 14_400 * 10.0
"""Acrobat's limit is 14,400 user units a side (ISO 32000-2 annex C.2); UserUnit may enlarge it."""
MAX_USER_UNIT = 75_000.0
_INSIDE_MM = 0.01
"""Play for rounding when a box is asked to lie on the page."""


@dataclass(frozen=True)
class Box:
    """A rectangle on the page as shown: its top-left corner and its size, mm."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float

    @property
    def right_mm(self) -> float:
        return self.x_mm + self.width_mm

    @property
    def bottom_mm(self) -> float:
        return self.y_mm + self.height_mm

    def overlaps(self, other: Box) -> bool:
        return (
            self.x_mm < other.right_mm
            and other.x_mm < self.right_mm
            and self.y_mm < other.bottom_mm
            and other.y_mm < self.bottom_mm
        )

    def union(self, other: Box) -> Box:
        x, y = min(self.x_mm, other.x_mm), min(self.y_mm, other.y_mm)
        right, bottom = max(self.right_mm, other.right_mm), max(self.bottom_mm, other.bottom_mm)
        return Box(x, y, right - x, bottom - y)


Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class Frame:
    """One page's visible box in user space, with its rotation (0, 90, 180, 270 clockwise) and UserUnit."""

    llx: float
    lly: float
    width: float
    height: float
    rotation: int
    unit: float

    @property
    def shown_pt(self) -> tuple[float, float]:
        """Width and height as shown, in points of 1/72 inch."""
        width, height = self.width * self.unit, self.height * self.unit
        return (height, width) if self.rotation in (90, 270) else (width, height)

    @property
    def shown_mm(self) -> tuple[float, float]:
        width, height = self.shown_pt
        return width / MM, height / MM

    def contains(self, box: Box) -> bool:
        """Whether the whole box lies on the page; false for anything that is not a number."""
        values = (box.x_mm, box.y_mm, box.width_mm, box.height_mm)
        if not all(math.isfinite(value) for value in values):
            return False
        width, height = self.shown_mm
        return (
            box.x_mm >= -_INSIDE_MM
            and box.y_mm >= -_INSIDE_MM
            and box.right_mm <= width + _INSIDE_MM
            and box.bottom_mm <= height + _INSIDE_MM
        )

    def within(self, box: Box) -> Box:
        """The part of a box that lies on the page; of one that overlaps it."""
        width, height = self.shown_mm
        x, y = max(box.x_mm, 0.0), max(box.y_mm, 0.0)
        return Box(x, y, min(box.right_mm, width) - x, min(box.bottom_mm, height) - y)

    def placing(self, box: Box) -> Matrix:
        """The `cm` matrix that puts a drawing in points (origin bottom-left, upright) into `box`."""
        scale = 1 / self.unit
        shown_height = self.shown_pt[1] / self.unit
        x = box.x_mm * MM * scale
        y = shown_height - box.bottom_mm * MM * scale
        a, b, c, d = self._turn()
        e, f = self._origin()
        return (a * scale, b * scale, c * scale, d * scale, a * x + c * y + e, b * x + d * y + f)

    def upright(self) -> Matrix:
        """The /Matrix of an appearance stream that stands upright on the page as shown."""
        return (*self._turn(), 0.0, 0.0)

    def to_user(self, box: Box) -> tuple[float, float, float, float]:
        """The box as a rectangle (llx, lly, urx, ury) in user space."""
        a, b, c, d, e, f = self.placing(box)
        width, height = box.width_mm * MM, box.height_mm * MM
        x2, y2 = a * width + c * height + e, b * width + d * height + f
        return min(e, x2), min(f, y2), max(e, x2), max(f, y2)

    def to_shown(self, rect: tuple[float, float, float, float]) -> Box:
        """A rectangle of user space as a box on the page as shown."""
        a, b, c, d = self._turn()
        e, f = self._origin()
        # A turn by quarter circles is its own transpose's inverse.
        corners = [
            (a * (x - e) + b * (y - f), c * (x - e) + d * (y - f)) for x in rect[::2] for y in rect[1::2]
        ]
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        low, high = min(y for _, y in corners), max(y for _, y in corners)
        mm = self.unit / MM
        top = self.shown_pt[1] / self.unit
        return Box(left * mm, (top - high) * mm, (right - left) * mm, (high - low) * mm)

    def _turn(self) -> tuple[float, float, float, float]:
        return {
            0: (1.0, 0.0, 0.0, 1.0),
            90: (0.0, 1.0, -1.0, 0.0),
            180: (-1.0, 0.0, 0.0, -1.0),
            270: (0.0, -1.0, 1.0, 0.0),
        }[self.rotation]

    def _origin(self) -> tuple[float, float]:
        """The user-space point that is the bottom-left corner of the page as shown."""
        x = self.llx + (self.width if self.rotation in (90, 180) else 0)
        y = self.lly + (self.height if self.rotation in (180, 270) else 0)
        return x, y


def frame_of(page: pikepdf.Page, number: int) -> Frame:
    """The frame of a page; `number` (from 0) is for the message only.

    Raises Invalid `pdf.page_size` (facts: `page` from 1) for a box that is missing, empty, over
    MAX_PAGE_PT or no numbers, and for a rotation that is no multiple of 90.
    """
    try:
        media = _rectangle(page.mediabox)
        crop = _rectangle(page.cropbox)
        rotation = int(page.obj.get("/Rotate", 0))
        unit = float(page.obj.get("/UserUnit", 1))
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError) as error:
        raise _page_size(number) from error
    llx, lly = max(media[0], crop[0]), max(media[1], crop[1])
    urx, ury = min(media[2], crop[2]), min(media[3], crop[3])
    if urx <= llx or ury <= lly:
        # ISO 32000-2 §14.11.2.1: a crop box outside the media box leaves nothing; readers show the media.
        llx, lly, urx, ury = media
    if rotation % 90 or not 0 < unit <= MAX_USER_UNIT:
        raise _page_size(number)
    frame = Frame(llx, lly, urx - llx, ury - lly, rotation % 360, unit)
    if not all(MIN_PAGE_PT <= side <= MAX_PAGE_PT for side in frame.shown_pt):
        raise _page_size(number)
    return frame


def _rectangle(value: pikepdf.Object) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (float(part) for part in value)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _page_size(number: int) -> Invalid:
    return Invalid(
        "pdf.page_size",
        f"第 {number + 1} 页的页面尺寸或旋转方向异常，请用「打印为 PDF」重新导出。",
        f'Page {number + 1} has an impossible size or rotation; export the file again with "print to PDF".',
        page=number + 1,
    )
