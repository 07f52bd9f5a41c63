"""Text along the border of a round or elliptic seal.

Characters stand upright to the normal of the border and are spread by arc length along the middle of
their band, symmetric about 12 o'clock (or 6 o'clock, for the seal number). A name that grows longer is
first set closer, then its characters are made narrower, then the whole text is set smaller.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from math import atan2, cos, degrees, hypot, pi, sin
from typing import NamedTuple

from seals.drawing.outline import Matrix, Outline
from seals.glyphs import CAPITAL_HEIGHT, Glyph

__all__ = ["Along", "ArcRule", "Line", "Oval", "Setting", "lower_arc", "oval", "setting", "upper_arc"]

_STEPS = 512  # points of the table from 12 to 6 o'clock; arc length is right to 0.1 µm
_BISECTIONS = 24
_CLEARANCE = 0.04  # between the feet of neighbours, as a share of their height


class Along(NamedTuple):
    """A place on a line of text: its point, sine and cosine of how far heads there are turned clockwise."""

    x: float
    y: float
    sine: float
    cosine: float


Line = Callable[[float], Along]
"""From a signed length, mm from the middle of the text in the direction of reading, to the place there."""


class Oval:
    """An ellipse centred at (width / 2, height / 2), and its parallel curves `inward` mm inside it.

    Position on it is the eccentric angle t, clockwise from 12 o'clock, 0 to π (the rest is symmetric).
    The length of a parallel curve is that of the ellipse less inward times the turn of the normal.
    """

    def __init__(self, width: float, height: float) -> None:
        self.height = height
        self._a, self._b = width / 2, height / 2
        step = pi / _STEPS
        self._lengths = [0.0, *accumulate(self._speed((i + 0.5) * step) * step for i in range(_STEPS))]
        self._turns = [self._turn(i * step) for i in range(_STEPS + 1)]

    def _speed(self, t: float) -> float:
        return hypot(self._a * cos(t), self._b * sin(t))

    def _turn(self, t: float) -> float:
        """Angle of the outward normal, clockwise from straight up."""
        return atan2(self._b * sin(t), self._a * cos(t))

    def length(self, t: float, inward: float) -> float:
        """Arc length of the parallel curve from 12 o'clock to t."""
        index = min(int(t / pi * _STEPS), _STEPS - 1)
        rest = t / pi * _STEPS - index
        low, high = (self._lengths[i] - inward * self._turns[i] for i in (index, index + 1))
        return low + (high - low) * rest

    def upper(self, inward: float) -> Line:
        """The parallel curve read clockwise about 12 o'clock, heads outward."""
        if self._a == self._b:
            return self._circle(self._a - inward)
        lengths = [length - inward * turn for length, turn in zip(self._lengths, self._turns, strict=True)]

        def at(length: float) -> Along:
            index = min(max(bisect_left(lengths, abs(length)), 1), _STEPS)
            low, high = lengths[index - 1], lengths[index]
            t = (index - 1 + (abs(length) - low) / (high - low)) * pi / _STEPS
            across, down = sin(t), cos(t)
            speed, side = hypot(self._a * down, self._b * across), 1 if length >= 0 else -1
            sine, cosine = self._b * across / speed, self._a * down / speed
            x, y = self._a * across - inward * sine, self._b * down - inward * cosine
            return Along(self._a + side * x, self._b - y, side * sine, cosine)

        return at

    def _circle(self, radius: float) -> Line:
        def at(length: float) -> Along:
            sine, cosine = sin(length / radius), cos(length / radius)
            return Along(self._a + radius * sine, self._b - radius * cosine, sine, cosine)

        return at

    def lower(self, inward: float) -> Line:
        """The parallel curve read counter-clockwise about 6 o'clock, feet outward."""
        mirrored = self.upper(inward)

        def at(length: float) -> Along:
            x, y, sine, cosine = mirrored(length)
            return Along(x, self.height - y, -sine, cosine)

        return at

    def t_of_ray(self, degrees_from_top: float, inward: float) -> float:
        """Where a ray from the centre meets the parallel curve."""
        low, high = 0.0, pi
        for _ in range(_BISECTIONS):
            t = (low + high) / 2
            turn = self._turn(t)
            x = self._a * sin(t) - inward * sin(turn)
            y = self._b * cos(t) - inward * cos(turn)
            low, high = (t, high) if degrees(atan2(x, y)) < degrees_from_top else (low, t)
        return (low + high) / 2

    def room(self, span: float, inward: float) -> float:
        """Length of the parallel curve inside an angle of `span` degrees about 12 or 6 o'clock."""
        return 2 * self.length(self.t_of_ray(span / 2, inward), inward)

    def tightness(self, t_end: float, inward: float, height: float) -> float:
        """How much shorter the foot of a band is than its middle, at the sharpest bend up to t_end."""
        sharpest = min(t_end, pi / 2) if self._a >= self._b else 0.0
        radius = self._speed(sharpest) ** 3 / (self._a * self._b)
        return (radius - inward - height) / (radius - inward - height / 2)


@lru_cache(maxsize=16)
def oval(width: float, height: float) -> Oval:
    """Kept, because seals come in a handful of sizes."""
    return Oval(width, height)


@dataclass(frozen=True, slots=True)
class ArcRule:
    """How a name is set along the border.

    inward: mm from the outer edge to the tops of the characters; height: mm of an ideograph;
    widest, narrowest: width of an ideograph to its height; spans: (characters, degrees) of the angle
    seen from the centre between the two ends, linear in between, held beyond.
    """

    inward: float
    height: float
    widest: float
    narrowest: float
    spans: tuple[tuple[float, float], ...]

    def span(self, units: float) -> float:
        for (count, angle), (next_count, next_angle) in pairwise(self.spans):
            if units < next_count:
                share = max(0.0, (units - count) / (next_count - count))
                return angle + share * (next_angle - angle)
        return self.spans[-1][1]


class Setting(NamedTuple):
    """Height and width of an ideograph, and the gap between two at mid-height, mm."""

    height: float
    width: float
    gap: float


def upper_arc(text: Sequence[Glyph], around: Oval, rule: ArcRule) -> list[Outline]:
    """The name, clockwise and symmetric about 12 o'clock."""
    height, width, gap = setting(text, around, rule)
    line = around.upper(rule.inward + height / 2)
    placed, position = [], -_length(text, width, gap) / 2
    for each in text:
        placed.append(upright(each, line(position + each.width * width / 2), width, height))
        position += each.width * width + gap
    return placed


def lower_arc(
    text: Sequence[Glyph], around: Oval, *, inward: float, height: float, pitch: float
) -> list[Outline]:
    """Digits along the lower border, feet outward, `pitch` mm from one to the next.

    inward: mm from the outer edge to their feet; height: mm of a digit.
    """
    cell = height / CAPITAL_HEIGHT
    line = around.lower(inward + height / 2)
    first = -(len(text) - 1) / 2
    return [upright(each, line((first + index) * pitch), cell, cell) for index, each in enumerate(text)]


def upright(glyph: Glyph, at: Along, width: float, height: float) -> Outline:
    """A glyph with its cell's centre at a place, turned with the line; mm of a cell of 1 by 1."""
    x, y, sine, cosine = at
    right, down = (width * cosine, width * sine), (-height * sine, height * cosine)
    middle = glyph.width / 2
    return glyph.outline.placed(
        Matrix(
            right[0],
            right[1],
            -down[0],
            -down[1],
            x - middle * right[0] + down[0] / 2,
            y - middle * right[1] + down[1] / 2,
        )
    )


def _length(text: Sequence[Glyph], width: float, gap: float) -> float:
    return sum(each.width for each in text) * width + (len(text) - 1) * gap


def setting(text: Sequence[Glyph], around: Oval, rule: ArcRule) -> Setting:
    """How a name is set: full size if it fits when narrow, else as large as fits."""
    return _setting(sum(each.width for each in text), len(text) - 1, around, rule)


@lru_cache(maxsize=1024)
def _setting(units: float, gaps: int, around: Oval, rule: ArcRule) -> Setting:
    full = _at_height(rule.height, units, gaps, around, rule)
    if full.width >= rule.narrowest * full.height:
        return full
    low, high = 0.0, rule.height
    for _ in range(_BISECTIONS):
        height = (low + high) / 2
        width = _at_height(height, units, gaps, around, rule).width
        low, high = (height, high) if width >= rule.narrowest * height else (low, height)
    return _at_height(low, units, gaps, around, rule)


def _at_height(height: float, units: float, gaps: int, around: Oval, rule: ArcRule) -> Setting:
    """As wide as the rule likes when there is room, else as wide as fits with feet just apart."""
    middle = rule.inward + height / 2
    end = around.t_of_ray(rule.span(units) / 2, middle)
    room = 2 * around.length(end, middle)
    fanned = 1 / around.tightness(end, rule.inward, height) - 1
    clear = _CLEARANCE * height
    fitting = (room - gaps * clear) / (units + gaps * fanned)
    liked = rule.widest * height
    if fitting < liked or not gaps:
        return Setting(height, min(fitting, liked), fitting * fanned + clear)
    return Setting(height, liked, (room - units * liked) / gaps)
