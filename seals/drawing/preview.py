"""The picture of a seal that is not a seal (R61): the imprint with 「仅供预览」 across it.

Three lines run through the whole imprint at a slant, so no cut of the picture is free of them. They are
outlines too, in a grey no ink pad has, and let the imprint shine through.
"""

from __future__ import annotations

import io
from functools import lru_cache
from math import cos, pi, sin, sqrt

from PIL import Image

from seals.drawing.outline import Matrix, Outline, path_data
from seals.drawing.output import Colour, Imprint, to_png, to_svg
from seals.glyphs import Face, glyph

__all__ = ["GREY", "WORDS", "to_preview_png", "to_preview_svg", "watermark", "watermarked"]

WORDS = "仅供预览"
GREY: Colour = (0x60, 0x60, 0x60)
OPACITY = 0.55
_CACHED_PICTURES = 16
_SLANT = -pi / 8
_LINES = (-0.29, 0.0, 0.29)  # where the lines stand, as shares of the imprint's smaller side
_CHARACTER, _SPACING = 0.16, 1.2  # its size as a share of the same side; from one to the next, in sizes


def to_preview_svg(imprint: Imprint) -> str:
    """As `to_svg`, in true size and without <text>, with the words over it as a second path."""
    over = watermark(imprint.width_mm, imprint.height_mm).d
    path = f'<path fill="#{bytes(GREY).hex()}" fill-opacity="{OPACITY}" d="{over}"/>'
    return to_svg(imprint).removesuffix("</svg>") + path + "</svg>"


@lru_cache(maxsize=_CACHED_PICTURES)
def to_preview_png(imprint: Imprint, dpi: int) -> bytes:
    """As `to_png`, with the words over it. Raises Invalid("imprint.dpi") outside 1 to MAX_DPI."""
    return watermarked(to_png(imprint, dpi), imprint.width_mm, imprint.height_mm, dpi)


def watermarked(png: bytes, width_mm: float, height_mm: float, dpi: int) -> bytes:
    """A picture of a seal in true size at `dpi`, ours or one taken from a photo, with the words over it."""
    with Image.open(io.BytesIO(png)) as picture:
        below = picture.convert("RGBA")
    with Image.open(io.BytesIO(to_png(watermark(width_mm, height_mm), dpi, GREY))) as words:
        over = words.convert("RGBA")
    over.putalpha(over.getchannel("A").point(lambda value: round(value * OPACITY)))
    below.alpha_composite(over.resize(below.size))
    target = io.BytesIO()
    below.save(target, "PNG", dpi=(dpi, dpi))
    return target.getvalue()


def watermark(width_mm: float, height_mm: float) -> Imprint:
    """The words alone, as outlines over a box of this size; paint it GREY."""
    side = min(width_mm, height_mm)
    size, step = _CHARACTER * side, _CHARACTER * _SPACING * sqrt(width_mm * side)
    outlines: list[Outline] = []
    for line in _LINES:
        # the line's middle lies straight above or below the centre
        x, y = width_mm / 2, height_mm / 2 + line * side
        for index, char in enumerate(WORDS):
            along = (index - (len(WORDS) - 1) / 2) * step
            outlines.append(_slanted(char, x + along * cos(_SLANT), y + along * sin(_SLANT), size))
    return Imprint(width_mm, height_mm, path_data(outlines))


def _slanted(char: str, x: float, y: float, size: float) -> Outline:
    right, down = (size * cos(_SLANT), size * sin(_SLANT)), (-size * sin(_SLANT), size * cos(_SLANT))
    start = (x - right[0] / 2 + down[0] / 2, y - right[1] / 2 + down[1] / 2)
    return glyph(char, Face.HEI).outline.placed(Matrix(*right, -down[0], -down[1], *start))
