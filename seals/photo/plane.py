"""Projective geometry of a flat sheet seen by a camera."""

from __future__ import annotations

from dataclasses import dataclass
from math import copysign, cos, pi, radians, sin

import cv2
import numpy as np

from seals.photo.arrays import Mask, Matrix, Points

__all__ = ["Ellipse", "apply", "fit_ellipse", "moved", "turned", "without_perspective"]

_TRIES = 80
_SAMPLE = 6
_NEAR = 0.02  # share of the radius within which a point belongs to the border
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Centre and semi-axes, px; angle of the first axis, radians, clockwise as y runs down."""

    x: float
    y: float
    a: float
    b: float
    angle: float

    def to_unit_circle(self) -> Matrix:
        """Onto the circle of radius 1 about the origin, turning as little as can be: up stays up."""
        c, s = cos(self.angle), sin(self.angle)
        rotation = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
        return np.asarray(
            rotation.T @ np.diag([1 / self.a, 1 / self.b, 1]) @ rotation @ moved(-self.x, -self.y)
        )

    def radii(self, points: Points) -> Points:
        """How far out points are; 1 is on it."""
        return np.asarray(np.linalg.norm(apply(self.to_unit_circle(), points), axis=1))


def moved(x: float, y: float) -> Matrix:
    """A shift."""
    return np.array([[1.0, 0, x], [0, 1, y], [0, 0, 1]])


def turned(degrees: float) -> Matrix:
    """A turn about the origin, clockwise as y runs down."""
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])


def apply(matrix: Matrix, points: Points) -> Points:
    """Where a map takes points."""
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def without_perspective(vanishing: Matrix, x: float, y: float) -> Matrix:
    """The map that sends a line to infinity and leaves (x, y) and what is near it in place.

    vanishing: the line's coefficients (a, b, c) of ax + by + c = 0.
    """
    a, b, c = vanishing
    at_point = a * x + b * y + c
    projective = np.array([[1, 0, 0], [0, 1, 0], [a / at_point, b / at_point, 1.0]])
    return np.asarray(moved(x, y) @ projective @ moved(-x, -y))


def fit_ellipse(points: Points) -> tuple[Ellipse, Mask] | None:
    """The ellipse that most points lie on, and which of them do; points off it are left out.

    The same points give the same ellipse: the samples are drawn from a fixed seed.
    """
    if len(points) < 2 * _SAMPLE:
        return None
    chance, best, most = np.random.default_rng(7), None, 0
    for _ in range(_TRIES):
        candidate = _through(points[chance.choice(len(points), _SAMPLE, replace=False)])
        if candidate is not None:
            count = int((abs(candidate.radii(points) - 1) < _NEAR).sum())
            if count > most:
                best, most = candidate, count
    if best is None or most < 2 * _SAMPLE:
        return None
    for _ in range(_ROUNDS):
        near = abs(best.radii(points) - 1) < _NEAR
        better = _through(points[near]) if near.sum() >= 2 * _SAMPLE else None
        if better is None:
            break
        best = better
    return best, abs(best.radii(points) - 1) < _NEAR


def _through(points: Points) -> Ellipse | None:
    try:
        (x, y), (width, height), degrees = cv2.fitEllipseDirect(points.astype(np.float32))
    except cv2.error:
        return None
    if not np.isfinite([x, y, width, height]).all() or min(width, height) < 4 or max(width, height) > 1e5:
        return None
    a, b, angle = width / 2, height / 2, (radians(degrees) + pi / 2) % pi - pi / 2
    if abs(angle) > pi / 4:  # the first axis is the one nearer to level
        a, b, angle = b, a, angle - copysign(pi / 2, angle)
    return Ellipse(x, y, a, b, angle)
