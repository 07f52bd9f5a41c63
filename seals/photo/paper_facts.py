"""What is sought in a picture of a paper, and what was seen of it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DRAWING_SIDE_PX", "LEAST_SIDE_PX", "MAX_BYTES", "MAX_PAGES", "PDF", "PaperSeen", "Sought"]

MAX_BYTES = 20 * 2**20
MAX_PAGES = 20
LEAST_SIDE_PX = 800
"""Of a photo's shorter side: A4 at 96 pixels to the inch, below which small print is not read."""
DRAWING_SIDE_PX = 200
"""Of a draft, which is looked at and not read."""
PDF = "application/pdf"


@dataclass(frozen=True)
class Sought:
    """stamped: there must be red ink on it (R99, R109). card: an ID card, photographed by itself. part: not
    the whole sheet, but what was stamped on it. drawing: whatever somebody drew; it only must not be empty.
    """

    stamped: bool
    card: bool
    part: bool = False
    drawing: bool = False


@dataclass(frozen=True)
class PaperSeen:
    """media_type: by its bytes, whatever its name says. pages: 1 of a photo. sharpness: 0 to about 0.5, the
    steepest step of a pixel as share of the contrast there; of a PDF its first page's.
    """

    media_type: str
    pages: int
    sharpness: float
