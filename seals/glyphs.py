"""Outlines of characters in *cell units*: the cell's lower left corner is (0, 0), y runs up.

The cell is 1 high and an ideograph's cell is 1 wide, so that "4.2 mm high, 3 mm wide" is a plain scaling.
A character that no face draws is an error: an imprint never shows an empty box.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import uharfbuzz as hb

from auth.errors import Invalid
from seals.drawing.faces import FONTS_VARIABLE, Face, chain, folder, font, outline
from seals.drawing.outline import Matrix, Outline
from seals.drawing.words import is_han, is_latin

__all__ = ["CAPITAL_HEIGHT", "FONTS_VARIABLE", "Face", "Glyph", "glyph", "is_latin", "no_glyph"]

# The ideographic character face of Noto CJK (table BASE, icfb and icft), in shares of the em: what a
# ruler laid on a printed character measures, and not the em around it. The fallbacks keep to it too.
_BOTTOM, _TOP, _SIDE = -0.090, 0.850, 0.030
_FACE_HEIGHT = _TOP - _BOTTOM

CAPITAL_HEIGHT = 0.80  # of a Latin capital beside ideographs, as a share of the cell
_CAPITAL_BASE = 0.10
_ARIAL_CAPITAL = 1409  # its height in Liberation Sans, in units of 2048 to the em
_BEARING = 0.06  # air on either side of a bracket or dot, as a share of the cell
_OVERHANG = 0.03  # of a stroke over the edge of its cell, as a share of the cell
_SPACE = 0.35
_KEPT_GLYPHS = 8192


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character in cell units; `width` is the width of its cell (1 for an ideograph)."""

    char: str
    width: float
    outline: Outline


def glyph(char: str, face: Face = Face.SONG) -> Glyph:
    """The glyph of a character: from Arial if it is Latin, else from `face` and what stands in for it.

    Raises Invalid("imprint.no_glyph") naming character and code point, Unavailable("imprint.no_font")
    naming the Debian package.
    """
    return _glyph(char, face, folder())


def no_glyph(char: str) -> Invalid:
    """The error of a character that no installed font draws."""
    code_point = f"U+{ord(char):04X}"
    return Invalid(
        "imprint.no_glyph",
        f"字体中没有「{char}」（{code_point}）这个字，无法制作印模。请核对该字，或联系平台补充字体。",
        f"No font here draws “{char}” ({code_point}), so the imprint cannot be made. "
        "Check the character, or ask the platform to add a font that has it.",
        char=char,
        code_point=code_point,
    )


@lru_cache(maxsize=_KEPT_GLYPHS)
def _glyph(char: str, face: Face, place: str | None) -> Glyph:
    if char == " ":
        return Glyph(char, _SPACE, Outline("", ()))
    if is_latin(char):
        drawn = _latin_glyph(char, font(Face.ARIAL, place)) or _han_glyph(char, font(Face.HEI, place))
    else:
        drawn = next(filter(None, (_han_glyph(char, each) for each in chain(face, place))), None)
    if drawn is None:
        raise no_glyph(char)
    return drawn


def _latin_glyph(char: str, of: hb.Font) -> Glyph | None:
    glyph_id = of.get_nominal_glyph(ord(char))
    drawn = outline(of, glyph_id)
    if drawn is None:
        return None
    scale = CAPITAL_HEIGHT / _ARIAL_CAPITAL
    placed = drawn.placed(Matrix(scale, 0, 0, scale, 0, _CAPITAL_BASE))
    return Glyph(char, of.get_glyph_h_advance(glyph_id) * scale, placed)


def _han_glyph(char: str, of: hb.Font) -> Glyph | None:
    glyph_id = of.get_nominal_glyph(ord(char))
    drawn = outline(of, glyph_id)
    if drawn is None:
        return None
    em = of.face.upem
    scale = 1 / (_FACE_HEIGHT * em)
    foot = -_BOTTOM / _FACE_HEIGHT
    if is_han(char) and of.get_glyph_h_advance(glyph_id) == em:
        placed = drawn.placed(Matrix(scale, 0, 0, scale, -_SIDE / _FACE_HEIGHT, foot))
        return Glyph(char, 1.0, _kept_in_cell(placed))
    # brackets and dots stand on the edge of a full-width cell: give them a cell of their own ink
    ink = drawn.box()
    left, width = _BEARING - ink.left * scale, (ink.right - ink.left) * scale + 2 * _BEARING
    return Glyph(char, width, drawn.placed(Matrix(scale, 0, 0, scale, left, foot)))


def _kept_in_cell(placed: Outline) -> Outline:
    """Squeezed where its ink would reach into the neighbour's cell, as some crowded rare characters do."""
    ink = placed.box()
    left, right = max(ink.left, -_OVERHANG), min(ink.right, 1 + _OVERHANG)
    foot, head = max(ink.top, -_OVERHANG), min(ink.bottom, 1 + _OVERHANG)
    if (left, foot, right, head) == ink:
        return placed
    wide, tall = (right - left) / (ink.right - ink.left), (head - foot) / (ink.bottom - ink.top)
    return placed.placed(Matrix(wide, 0, 0, tall, left - ink.left * wide, foot - ink.top * tall))
