"""Text in straight rows: legends, units, numbers of fixed width. Lengths in mm."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from seals.drawing.outline import Matrix, Outline
from seals.glyphs import Glyph, glyph

__all__ = ["even_digits", "fitted_rows", "ordinal_row", "row"]

_ORDINAL_GAP = 0.35  # between a digit and its neighbour
_BRACKET_WIDTH = 0.7
_LEAST_ROW_GAP = 0.45


def row(
    text: Sequence[Glyph], *, centre: float, top: float, width: float, height: float, gap: float = 0
) -> list[Outline]:
    """Ideographs of width x height in a row about `centre`, their tops at `top`."""
    left = centre - (sum(each.width for each in text) * width + (len(text) - 1) * gap) / 2
    placed = []
    for each in text:
        placed.append(each.outline.placed(Matrix(width, 0, 0, -height, left, top + height)))
        left += each.width * width + gap
    return placed


def fitted_rows(
    text: Sequence[Glyph],
    *,
    centre: float,
    top: float,
    room: Callable[[float], float],
    heights: tuple[float, float],
    widest: float,
    narrowest: float,
    gap: float,
) -> tuple[list[Outline], float]:
    """A text in one row, or in two if it would get too narrow in one; and where its last row ends.

    room: the width there is at a height; heights: of an ideograph in one row, and in two; widest,
    narrowest: its width to its height; the narrowest makes two rows of one. In two rows both have the
    same characters' width, and the cut is where they come out widest.
    """

    def widths(part: Sequence[Glyph], bottom: float) -> float:
        return (room(bottom) - (len(part) - 1) * gap) / sum(each.width for each in part)

    tall = heights[0]
    fitting = widths(text, top + tall)
    if fitting >= narrowest * tall or len(text) < 2:
        width = min(fitting, widest * tall)
        return row(text, centre=centre, top=top, width=width, height=tall, gap=gap), top + tall
    low = heights[1]
    second = top + low + _LEAST_ROW_GAP

    def of_both(cut: int) -> float:
        return min(widths(text[:cut], top + low), widths(text[cut:], second + low))

    cut = max(range(1, len(text)), key=of_both)
    width = min(of_both(cut), widest * low)
    placed = row(text[:cut], centre=centre, top=top, width=width, height=low, gap=gap)
    placed += row(text[cut:], centre=centre, top=second, width=width, height=low, gap=gap)
    return placed, second + low


def even_digits(
    text: Sequence[Glyph], *, left: float, top: float, width: float, height: float, digit_width: float
) -> list[Outline]:
    """Digits and letters whose ink fills width x height exactly, at an even pitch.

    A digit's ink is `digit_width` wide; letters that would be wider are narrowed to it.
    """
    boxes = [each.outline.box() for each in text]
    foot, head = min(box.top for box in boxes), max(box.bottom for box in boxes)
    tall = height / (head - foot)
    zero = glyph("0").outline.box()
    natural = digit_width / (zero.right - zero.left)
    inks = [min((box.right - box.left) * natural, digit_width) for box in boxes]
    first, last = left + inks[0] / 2, left + width - inks[-1] / 2
    placed = []
    for index, (each, box, ink) in enumerate(zip(text, boxes, inks, strict=True)):
        wide = ink / (box.right - box.left)
        centre = first + (last - first) * index / max(1, len(text) - 1)
        start = centre - ink / 2 - box.left * wide
        placed.append(each.outline.placed(Matrix(wide, 0, 0, -tall, start, top + head * tall)))
    return placed


def ordinal_row(
    ordinal: int, *, centre: float, top: float, digit_width: float, digit_height: float
) -> list[Outline]:
    """「(2)」: digits and brackets whose ink is as high and wide as said, about `centre`."""
    digits = str(ordinal)
    inks = [_BRACKET_WIDTH, *[digit_width] * len(digits), _BRACKET_WIDTH]
    left = centre - (sum(inks) + _ORDINAL_GAP * (len(inks) - 1)) / 2
    placed = []
    for char, ink in zip(f"({digits})", inks, strict=True):
        of = glyph(char)
        box = of.outline.box()
        # a one keeps the slimness it has beside a nought
        zero = glyph("0" if char.isdigit() else char).outline.box()
        wide = ink / (zero.right - zero.left)
        tall = digit_height / (box.bottom - box.top)
        start = left + ink / 2 - (box.left + box.right) / 2 * wide
        placed.append(of.outline.placed(Matrix(wide, 0, 0, -tall, start, top + box.bottom * tall)))
        left += ink + _ORDINAL_GAP
    return placed
