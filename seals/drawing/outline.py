"""Outlines and the plain shapes of a seal: rings, star, frame. Lengths in mm, y down, nonzero fill."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, pi, sin
from typing import NamedTuple

__all__ = ["Box", "Matrix", "Outline", "Point", "frame", "path_data", "polygon", "ring", "star"]

Point = tuple[float, float]

_POINTS = {"M": 1, "L": 1, "C": 3, "Z": 0}
_PENTAGRAM = 0.381966  # inner to outer radius of the star whose edges run straight from tip to tip
_RING_SEGMENTS = 16  # cubics a ring is made of; the error stays under 0.1 µm


class Matrix(NamedTuple):
    """x' = a x + c y + e, y' = b x + d y + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Outline:
    """Closed contours: `commands` of M, L, C, Z, and the points they take, in order."""

    commands: str
    points: tuple[Point, ...]

    def placed(self, matrix: Matrix) -> Outline:
        a, b, c, d, e, f = matrix
        return Outline(self.commands, tuple([(a * x + c * y + e, b * x + d * y + f) for x, y in self.points]))

    def box(self) -> Box:
        """Of the points. Fonts put points at a curve's extremes, so for glyphs it is the ink's box."""
        xs = [x for x, _ in self.points]
        ys = [y for _, y in self.points]
        return Box(min(xs), min(ys), max(xs), max(ys))


def path_data(outlines: Iterable[Outline]) -> str:
    """SVG path data: absolute M L C Z, coordinates rounded to 3 decimals (µm), a space after each."""
    text = "".join(
        _template(outline.commands) % tuple([value for point in outline.points for value in point])
        for outline in outlines
    )
    text = text.replace("-0.000 ", "0.000 ")
    for _ in range(3):
        text = text.replace("0 ", " ")
    return text.replace(". ", " ").rstrip()


@lru_cache(maxsize=4096)
def _template(commands: str) -> str:
    return "".join(command + "%.3f %.3f " * _POINTS[command] for command in commands)


def polygon(points: Sequence[Point]) -> Outline:
    return Outline("M" + "L" * (len(points) - 1) + "Z", tuple(points))


def star(centre: Point, diameter: float) -> Outline:
    """A five-pointed star, one tip up, whose tips lie on a circle of `diameter`."""
    x, y = centre
    radii = (diameter / 2, diameter / 2 * _PENTAGRAM)
    return polygon(
        [(x + radii[i % 2] * sin(i * pi / 5), y - radii[i % 2] * cos(i * pi / 5)) for i in range(10)]
    )


def frame(left: float, top: float, width: float, height: float, thickness: float) -> Outline:
    """A rectangular border; the inner rectangle runs the other way round, so it is a hole."""
    right, bottom, t = left + width, top + height, thickness
    outer = polygon([(left, top), (right, top), (right, bottom), (left, bottom)])
    inner = polygon(
        [(left + t, top + t), (left + t, bottom - t), (right - t, bottom - t), (right - t, top + t)]
    )
    return Outline(outer.commands + inner.commands, outer.points + inner.points)


def ring(width: float, height: float, thickness: float) -> Outline:
    """The border of a seal whose outer edge fills the box from (0, 0); circle or ellipse.

    The inner edge is the true parallel curve: the border of an ellipse is equally thick all round,
    which an inner ellipse with shorter axes would not give.
    """
    outer, inner = _parallel(width, height, 0), _parallel(width, height, thickness)[::-1]
    commands = "M" + "C" * _RING_SEGMENTS + "Z"
    return Outline(commands * 2, (*outer, *inner))


def _parallel(width: float, height: float, inward: float) -> tuple[Point, ...]:
    """Start point and cubics of the curve `inward` mm inside an ellipse, clockwise from the top."""
    a, b = width / 2, height / 2
    step = 2 * pi / _RING_SEGMENTS

    def point_and_handle(t: float) -> tuple[float, float, float, float]:
        sine, cosine = sin(t), cos(t)
        speed = hypot(a * cosine, b * sine)
        x, y = a * sine - inward * b * sine / speed, -b * cosine + inward * a * cosine / speed
        # the parallel curve runs along the same tangent, slowed by (1 - inward * curvature)
        slowed = (1 - inward * a * b / speed**3) * step / 3
        return a + x, b + y, a * cosine * slowed, b * sine * slowed

    points: list[Point] = []
    x, y, dx, dy = point_and_handle(0)
    points.append((x, y))
    for i in range(1, _RING_SEGMENTS + 1):
        x2, y2, dx2, dy2 = point_and_handle(i * step)
        points += [(x + dx, y + dy), (x2 - dx2, y2 - dy2), (x2, y2)]
        x, y, dx, dy = x2, y2, dx2, dy2
    return tuple(points)
