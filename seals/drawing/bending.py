"""A shaped line of text along the border.

Letters that stand alone are turned one by one, unbent. Joined words are bent: every point of their
outlines follows the arc, so that no join opens.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, hypot

from auth.errors import Invalid
from seals.drawing.arcs import Line, Oval
from seals.drawing.outline import Matrix, Outline, Point
from seals.drawing.second_script import FIELD, Piece, Shaped

__all__ = ["LEAST_EM", "arc_text"]

LEAST_EM = 1.2  # mm; smaller letters fill with ink
_NARROWEST = 0.62  # of a letter's own width
_SPACING = 0.03  # between letters that stand alone, em, where there is room
_STRAIGHT = 0.5  # mm of a line or curve that is bent as one; off by 4 µm at the most


def arc_text(
    text: Shaped, around: Oval, *, upper: bool, inward: float, band: float, span: float
) -> list[Outline]:
    """The text about 12 o'clock, or about 6 o'clock with its feet outward, within `span` degrees.

    inward: mm from the outer edge to the band it stands in; band: mm, its depth. It is set narrower, then
    smaller, until it fits. Raises Invalid("imprint.foreign_text") where it would be too small to read.
    """
    room = around.room(span, inward + band)
    height = min(text.em, band / (text.top - text.bottom), room / (text.length * _NARROWEST))
    if height < LEAST_EM:
        raise Invalid(
            f"imprint.{FIELD}",
            "外文或民族文字名称过长，刻出后无法辨认，请使用规范化简称。",
            "The name in the second script is too long to be legible; use its standard short form.",
            field=FIELD,
        )
    width = min(height, room / text.length)
    gaps = len(text.pieces) - 1
    spacing = 0.0 if text.joined or not gaps else min(_SPACING * height, (room - text.length * width) / gaps)
    ink = (text.top - text.bottom) * height
    # letters keep apart where the arc is shortest, at its inner edge; joined words keep their middle
    depth = ink / 2 if text.joined else ink
    line = around.upper(inward + depth) if upper else around.lower(inward + depth)
    raised = depth - text.top * height if upper else ink - depth - text.top * height
    start = -(text.length * width + spacing * gaps) / 2
    if text.joined:
        return [_bent(each.outline, line, start, raised, width, height) for each in text.pieces]
    return [
        _turned(each, line, start + each.middle * width + index * spacing, raised, width, height)
        for index, each in enumerate(text.pieces)
    ]


def _turned(piece: Piece, line: Line, along: float, raised: float, width: float, height: float) -> Outline:
    x, y, sine, cosine = line(along)
    right, up = (width * cosine, width * sine), (height * sine, -height * cosine)
    start = x + raised * sine - piece.middle * right[0], y - raised * cosine - piece.middle * right[1]
    return piece.outline.placed(Matrix(*right, *up, *start))


def _bent(drawn: Outline, line: Line, start: float, raised: float, width: float, height: float) -> Outline:
    commands: list[str] = []
    points: list[Point] = []
    for command, taken in _short_steps(drawn, width, height):
        commands.append(command)
        for px, py in taken:
            x, y, sine, cosine = line(start + px * width)
            above = raised + py * height
            points.append((x + above * sine, y - above * cosine))
    return Outline("".join(commands), tuple(points))


def _short_steps(drawn: Outline, width: float, height: float) -> Iterator[tuple[str, tuple[Point, ...]]]:
    """The outline's commands with long lines and curves cut into short ones."""
    points = iter(drawn.points)
    here = first = (0.0, 0.0)

    def steps(end: Point) -> int:
        return max(1, ceil(hypot((end[0] - here[0]) * width, (end[1] - here[1]) * height) / _STRAIGHT))

    for command in drawn.commands:
        if command == "M":
            here = first = next(points)
            yield "M", (here,)
        elif command == "C":
            curve = (here, next(points), next(points), next(points))
            for piece in _cut(curve, steps(curve[3])):
                yield "C", piece
            here = curve[3]
        else:
            end = next(points) if command == "L" else first
            count = steps(end)
            for step in range(1, count + (command == "L")):
                yield "L", (_between(here, end, step / count),)
            here = end
            if command == "Z":
                yield "Z", ()


def _cut(curve: tuple[Point, Point, Point, Point], count: int) -> Iterator[tuple[Point, Point, Point]]:
    """A cubic as `count` cubics in a row (de Casteljau)."""
    for left in range(count, 1, -1):
        a, b, c, d = curve
        ab, bc, cd = (_between(*pair, 1 / left) for pair in ((a, b), (b, c), (c, d)))
        abc, bcd = _between(ab, bc, 1 / left), _between(bc, cd, 1 / left)
        middle = _between(abc, bcd, 1 / left)
        yield ab, abc, middle
        curve = (middle, bcd, cd, d)
    yield curve[1:]


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
