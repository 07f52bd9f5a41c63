"""The micro text around an imprint: the document's code, hair-fine, just outside what the seal itself shows.

A seal's picture that is lifted from a scan and laid onto another page brings the code of the document it
was taken from. The imprint stays the seal's own, to the µm (R15): the text stands outside of its shape.
Letters are single strokes, as an engraver's, which weigh a fifth of a font's outlines; drawn as areas, for
readers show no line thinner than a pixel. They are painted in the seal's full red, for printers break a
paler tone into dots as large as the letters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from math import atan2, cos, pi, sin, sqrt

from auth.tokens import group_code
from seals.drawing.arcs import Along, Line, oval
from seals.drawing.outline import Matrix, Outline, Point, path_data, polygon
from seals.drawing.output import Imprint

__all__ = ["TEXT_HEIGHT_MM", "TRACE_MM", "draw_spot", "draw_trace"]

TEXT_HEIGHT_MM = 0.28  # of a letter: 6.6 dots at 600 dpi, a fine line to the naked eye
TRACE_MM = 0.6
"""How far the drawing reaches beyond the imprint's box on every side."""
_GAP_MM = 0.18  # from the imprint's outermost line to the feet of the letters
_STEP_MM = 0.8  # from letter to letter: 16 mm hold one code, and the ring looks even
_STROKE_MM = 0.032
_GRID = TEXT_HEIGHT_MM / 6  # letters are 4 by 6, feet at 0
_SPOT_LETTERS, _SPOT_RADIUS_MM, _SPOT_BORDER_MM = 9, 20.0, 0.6
_MITRE = 2.0  # how far a sharp corner may reach, half strokes

# Crockford's base 32 as strokes, each a walk of two digits a point: x from 0 to 4, y from 0 to 6.
_LETTERS = {
    "0": "10 01 05 16 36 45 41 30 10",
    "1": "15 26 20",
    "2": "05 16 36 45 44 00 40",
    "3": "05 16 36 45 44 33 42 41 30 10 01|33 13",
    "4": "30 36 02 42",
    "5": "46 06 04 34 43 41 30 00",
    "6": "36 16 03 01 10 30 41 42 33 03",
    "7": "06 46 10",
    "8": "13 04 05 16 36 45 44 33 13 02 01 10 30 41 42 33",
    "9": "10 30 43 45 36 16 05 04 13 43",
    "A": "00 26 40|12 32",
    "B": "03 33 42 41 30 00 06 36 45 44 33",
    "C": "45 36 16 05 01 10 30 41",
    "D": "00 06 26 44 42 20 00",
    "E": "46 06 00 40|03 33",
    "F": "46 06 00|03 33",
    "G": "45 36 16 05 01 10 30 41 43 23",
    "H": "00 06|40 46|03 43",
    "J": "46 41 30 10 01",
    "K": "00 06|46 02|13 40",
    "M": "00 06 23 46 40",
    "N": "00 06 40 46",
    "P": "00 06 36 45 44 33 03",
    "Q": "10 01 05 16 36 45 41 30 10|22 40",
    "R": "00 06 36 45 44 33 03|23 40",
    "S": "45 36 16 05 04 13 33 42 41 30 10 01",
    "T": "06 46|26 20",
    "V": "06 20 46",
    "W": "06 10 24 30 46",
    "X": "00 46|06 40",
    "Y": "06 23 46|23 20",
    "Z": "06 46 00 40",
    "-": "13 33",
}


def draw_trace(width_mm: float, height_mm: float, code: str, *, is_round: bool) -> Imprint:
    """The code, again and again, around an imprint of this size; its box reaches TRACE_MM beyond that.

    is_round: circle or ellipse, else a rectangle. code: the document's, 16 characters.
    """
    lines = _around(width_mm, height_mm) if is_round else _along_sides(width_mm, height_mm)
    text = f"{group_code(code)} "
    outlines = [each for line, length in lines for each in _repeated(text, line, length)]
    return Imprint(width_mm + 2 * TRACE_MM, height_mm + 2 * TRACE_MM, path_data(outlines))


def draw_spot(code: str) -> Imprint:
    """What a loupe shows of it at the top of a round seal: the border, and the code's first letters."""
    letters = group_code(code)[:_SPOT_LETTERS]
    width, radius = (len(letters) + 1) * _STEP_MM, _SPOT_RADIUS_MM
    top = _GAP_MM + 2 * TEXT_HEIGHT_MM
    line = oval(2 * radius, 2 * radius).upper(-(_GAP_MM + TEXT_HEIGHT_MM / 2))
    outlines = []
    for place, letter in enumerate(letters):
        x, y, sine, cosine = line((place - (len(letters) - 1) / 2) * _STEP_MM)
        at = Matrix(cosine, sine, sine, -cosine, x - radius + width / 2, y + top)
        outlines += [outline.placed(at) for outline in _outlines(letter)]
    edge = [
        (width * part / 16, top + radius - sqrt(radius**2 - (width * (part / 16 - 0.5)) ** 2))
        for part in range(17)
    ]
    inner = [(x, y + _SPOT_BORDER_MM) for x, y in reversed(edge)]
    return Imprint(width, edge[0][1] + _SPOT_BORDER_MM, path_data([*outlines, polygon([*edge, *inner])]))


def _repeated(text: str, line: Line, length: float) -> Iterator[Outline]:
    """The text as often as it fits, once at least, its letters spread evenly over the whole length."""
    times = max(1, int(length / (len(text) * _STEP_MM)))
    step = length / (times * len(text))
    for place, letter in enumerate(text * times):
        x, y, sine, cosine = line((place + 0.5) * step - length / 2)
        for outline in _outlines(letter):
            yield outline.placed(Matrix(cosine, sine, sine, -cosine, x, y))


@lru_cache(maxsize=64)
def _outlines(letter: str) -> tuple[Outline, ...]:
    """A letter's strokes as thin areas, mm from its middle: to the right, and up."""
    walks = _LETTERS[letter].split("|") if letter in _LETTERS else []
    points = [[((int(at[0]) - 2) * _GRID, (int(at[1]) - 3) * _GRID) for at in walk.split()] for walk in walks]
    return tuple(polygon(_thickened(walk)) for walk in points)


def _thickened(walk: list[Point]) -> list[Point]:
    """There along one edge of the stroke, and back along the other."""
    turns = [atan2(y2 - y1, x2 - x1) for (x1, y1), (x2, y2) in pairwise(walk)]
    left, right = [], []
    for (x, y), before, after in zip(walk, [turns[0], *turns], [*turns, turns[-1]], strict=True):
        half = (after - before + pi) % (2 * pi) - pi
        middle, reach = before + half / 2, min(1 / max(cos(half / 2), 1e-6), _MITRE) * _STROKE_MM / 2
        across, up = -sin(middle) * reach, cos(middle) * reach
        left.append((x + across, y + up))
        right.append((x - across, y - up))
    return [*left, *reversed(right)]


def _around(width: float, height: float) -> Iterator[tuple[Line, float]]:
    outward = _GAP_MM + TEXT_HEIGHT_MM / 2
    around = oval(width, height)
    yield _shifted(around.upper(-outward)), 2 * around.length(pi, -outward)


def _shifted(line: Line) -> Line:
    def at(length: float) -> Along:
        x, y, sine, cosine = line(length)
        return Along(x + TRACE_MM, y + TRACE_MM, sine, cosine)

    return at


def _along_sides(width: float, height: float) -> Iterator[tuple[Line, float]]:
    """The four sides, clockwise from the top, heads outward."""
    outward = _GAP_MM + TEXT_HEIGHT_MM / 2
    middle_x, middle_y = TRACE_MM + width / 2, TRACE_MM + height / 2
    for across, down, side in ((0, -1, width), (1, 0, height), (0, 1, width), (-1, 0, height)):
        x, y = middle_x + across * (width / 2 + outward), middle_y + down * (height / 2 + outward)
        yield _straight(x, y, across, -down), side


def _straight(x: float, y: float, sine: float, cosine: float) -> Callable[[float], Along]:
    return lambda length: Along(x + length * cosine, y + length * sine, sine, cosine)
