"""What comes out of a photo."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DPI", "Lifted", "Quality"]

DPI = 600


@dataclass(frozen=True)
class Quality:
    """What a photo was worth. px_per_mm: pixels of the photo to a mm; edge_mm: the width over which edges
    of ink fade; border: share of the border that is inked; paper: light of the paper, 0 to 255; shadow:
    darkest to brightest paper; ink: redness of the ink, 0 to 1; tilt_degrees: of the camera, about;
    turned_degrees: clockwise, done to it; sheet: all its edges are seen; measured_mm: the width by the
    edges of an A4 sheet (A3 to A6), or None. weak: what could be better, in words of `photo.weak_…`.
    """

    px_per_mm: float
    edge_mm: float
    border: float
    paper: float
    shadow: float
    ink: float
    tilt_degrees: float
    turned_degrees: float
    sheet: bool
    measured_mm: float | None
    weak: tuple[str, ...]


@dataclass(frozen=True)
class Lifted:
    """An imprint taken from a photo. png: transparent, DPI; trace: as `seals.imprint.Imprint.d`."""

    png: bytes
    trace: str
    width_mm: float
    height_mm: float
    quality: Quality
