"""Lay the imprint flat: a map from the photo to a canvas in true size, the border where it belongs."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from seals.photo import refusals
from seals.photo.arrays import Float, Mask, Matrix, Picture, Points
from seals.photo.figures import Figure, Wanted
from seals.photo.finding import LEAST_BORDER, Found, corners_of_square, outermost
from seals.photo.inking import PX_PER_MM
from seals.photo.plane import Ellipse, apply, fit_ellipse, moved, without_perspective

__all__ = [
    "MARGIN_MM",
    "Canvas",
    "border_centre",
    "border_points",
    "first_map",
    "fitted",
    "laid_flat",
    "star_centre",
    "star_of",
]

MARGIN_MM = 4.0
_DIRECTIONS = 720
_STAR_SOLIDITY = (0.36, 0.62)  # of a pentagram to its hull: 0.472


@dataclass(frozen=True)
class Canvas:
    """A picture at PX_PER_MM with the border's box in its middle, MARGIN_MM around it."""

    wanted: Wanted

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px."""
        margin = 2 * round(MARGIN_MM * PX_PER_MM)
        return self.box[0] + margin, self.box[1] + margin

    @property
    def box(self) -> tuple[int, int]:
        """Width and height of the border's box, px."""
        return round(self.wanted.width_mm * PX_PER_MM), round(self.wanted.height_mm * PX_PER_MM)

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre, px."""
        return (self.size[0] - 1) / 2, (self.size[1] - 1) / 2

    def within(self, wider_mm: float = 0.0) -> Mask:
        """Where the imprint can be: inside its border, or this much wider."""
        width, height = self.size
        half_x = (self.wanted.width_mm / 2 + wider_mm) * PX_PER_MM
        half_y = (self.wanted.height_mm / 2 + wider_mm) * PX_PER_MM
        down, across = np.mgrid[0:height, 0:width]
        x, y = (across - self.middle[0]) / half_x, (down - self.middle[1]) / half_y
        if self.wanted.figure is Figure.SQUARE:
            return np.asarray((abs(x) <= 1) & (abs(y) <= 1))
        return np.asarray(x * x + y * y <= 1)

    def from_unit(self) -> Matrix:
        """From the unit circle, or the square of ±1, to the border."""
        half = np.diag([self.wanted.width_mm / 2 * PX_PER_MM, self.wanted.height_mm / 2 * PX_PER_MM, 1])
        return np.asarray(moved(*self.middle) @ half)


def first_map(found: Found, canvas: Canvas, vanishing: Matrix | None) -> Matrix:
    """From the photo to the canvas. vanishing: the line where the sheet's plane ends, if it is known."""
    if not isinstance(found.outline, Ellipse):
        return _of_square(found.outline, canvas)
    e = found.outline
    if vanishing is None:
        return _of_ellipse(e, canvas)
    straight = without_perspective(vanishing, e.x, e.y)
    around = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    circle = np.column_stack([np.cos(around), np.sin(around)])
    border = apply(straight @ np.linalg.inv(e.to_unit_circle()), circle)
    again = fit_ellipse(border)
    if again is None:
        return _of_ellipse(e, canvas)
    return np.asarray(_of_ellipse(again[0], canvas) @ straight)


def _of_ellipse(e: Ellipse, canvas: Canvas) -> Matrix:
    if canvas.wanted.figure is Figure.CIRCLE:
        return np.asarray(canvas.from_unit() @ e.to_unit_circle())
    angle = e.angle
    a, b = e.a, e.b
    if b > a:  # photographed sideways
        a, b, angle = b, a, angle + np.pi / 2
    c, s = np.cos(angle), np.sin(angle)
    upright = np.diag([1 / a, 1 / b, 1]) @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]]) @ moved(-e.x, -e.y)
    return np.asarray(canvas.from_unit() @ upright)


def _of_square(corners: Points, canvas: Canvas) -> Matrix:
    unit = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=np.float64)
    target = apply(canvas.from_unit(), unit)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target.astype(np.float32))
    return np.asarray(matrix, dtype=np.float64)


def laid_flat(picture: Picture, matrix: Matrix, canvas: Canvas) -> Picture:
    """The canvas. Where the photo is finer than the canvas, its pixels are averaged first."""
    x, y = canvas.middle
    spot = apply(np.linalg.inv(matrix), np.array([[x, y], [x + 20, y], [x, y + 20]]))
    finer = min(np.linalg.norm(spot[1] - spot[0]), np.linalg.norm(spot[2] - spot[0])) / 20
    if finer > 1.25:
        size = (round(picture.shape[1] / finer), round(picture.shape[0] / finer))
        scale = np.diag([size[0] / picture.shape[1], size[1] / picture.shape[0], 1])
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        matrix = matrix @ np.linalg.inv(moved(-0.5, -0.5) @ scale @ moved(0.5, 0.5))
    flat = cv2.warpPerspective(
        picture, matrix, canvas.size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(flat, dtype=np.uint8)


def border_points(alpha: Float, canvas: Canvas) -> Points:
    """The outer edge of the ink, to a fraction of a pixel, where it is near to the border."""
    x, y = canvas.middle
    points = outermost(alpha > 0.5, x, y, _DIRECTIONS)
    out = points - (x, y)
    out /= np.linalg.norm(out, axis=1)[:, None]
    steps = np.arange(-2, 4, 0.25)
    rays = (points[:, None, :] + steps[None, :, None] * out[:, None, :]).astype(np.float32)
    profile = cv2.remap(alpha, rays[:, :, 0], rays[:, :, 1], cv2.INTER_LINEAR)
    last = profile.shape[1] - 1 - np.argmax(profile[:, ::-1] > 0.5, axis=1)
    last = np.clip(last, 0, profile.shape[1] - 2)
    rows = np.arange(len(points))
    high, low = profile[rows, last], profile[rows, last + 1]
    part = np.clip((high - 0.5) / np.maximum(high - low, 1e-6), 0, 1)
    return np.asarray(points + (steps[last] + 0.25 * part)[:, None] * out)


def fitted(alpha: Float, canvas: Canvas) -> tuple[Matrix, float]:
    """The small map that brings the border to where it belongs, and the share of it that is there.

    Raises Invalid `photo.no_seal`.
    """
    points = border_points(alpha, canvas)
    if canvas.wanted.figure is Figure.SQUARE:
        hull = cv2.convexHull(points.astype(np.float32)).reshape(-1, 2).astype(np.float64)
        square = corners_of_square(points, hull) if len(points) > 20 else None
        if square is None or square[1].sum() < LEAST_BORDER * _DIRECTIONS:
            raise refusals.no_seal()
        return _of_square(square[0], canvas), float(square[1].sum()) / _DIRECTIONS
    ellipse = fit_ellipse(points)
    if ellipse is None or ellipse[1].sum() < LEAST_BORDER * _DIRECTIONS:
        raise refusals.no_seal()
    return _of_ellipse(ellipse[0], canvas), float(ellipse[1].sum()) / _DIRECTIONS


def star_centre(alpha: Float, canvas: Canvas) -> tuple[float, float] | None:
    """The middle of a star that stands in the middle; None if there is none."""
    star = star_of(alpha, canvas)
    if star is None:
        return None
    moments = cv2.moments(star.astype(np.uint8), binaryImage=True)
    return moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]


def border_centre(alpha: Float, canvas: Canvas) -> tuple[float, float] | None:
    """Where the middle of a round border is, by its thickness: nearer parts of a ring look thicker.

    In the unit circle, where p is the picture of the true middle, a point at radius r in direction u is
    pushed outwards by (p·u)(1 - r²), to the first order. The inner edge of the border shows it.
    """
    turns = np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False)
    u = np.column_stack([np.cos(turns), np.sin(turns)])
    radius = np.arange(1.01, 0.82, -0.002)
    rays = apply(canvas.from_unit(), (u[:, None, :] * radius[None, :, None]).reshape(-1, 2))
    rays = rays.reshape(_DIRECTIONS, len(radius), 2).astype(np.float32)
    inked = cv2.remap(alpha, rays[:, :, 0], rays[:, :, 1], cv2.INTER_LINEAR) > 0.5
    first = np.argmax(inked, axis=1)
    beyond = np.arange(len(radius))[None, :] > first[:, None]
    inner = np.argmax(beyond & ~inked, axis=1)
    good = inked.any(axis=1) & (inner > first) & (radius[first] > 0.97)
    if good.sum() < 0.5 * _DIRECTIONS:
        return None
    half_x, half_y = canvas.wanted.width_mm / 2, canvas.wanted.height_mm / 2
    # px of radius in one mm along the border's normal, in this direction
    per_mm = np.hypot(u[:, 0] / half_x, u[:, 1] / half_y)
    seen = radius[inner]
    terms = np.column_stack([u * (1 - seen**2)[:, None], -per_mm])
    solved = np.zeros(3)
    for spread in (0.06, 0.02, 0.012):
        if good.sum() < 0.4 * _DIRECTIONS:
            return None
        solved, *_ = np.linalg.lstsq(terms[good], (seen - 1)[good], rcond=None)
        good &= abs(terms @ solved - (seen - 1)) < spread
    ((x, y),) = apply(canvas.from_unit(), solved[None, :2])
    return float(x), float(y)


def star_of(alpha: Float, canvas: Canvas) -> Mask | None:
    """The ink of the star, by its place, its size and how much of its hull it fills."""
    if canvas.wanted.figure is Figure.SQUARE:
        return None
    _, labels = cv2.connectedComponents((alpha > 0.5).astype(np.uint8))
    x, y = canvas.middle
    label = labels[round(y), round(x)]
    if label == 0:
        return None
    star = labels == label
    ys, xs = np.nonzero(star)
    reach = float(np.hypot(xs - x, ys - y).max()) / PX_PER_MM
    if not 0.22 < 2 * reach / canvas.wanted.height_mm < 0.6:
        return None
    hull = cv2.contourArea(cv2.convexHull(np.column_stack([xs, ys]).astype(np.int32)))
    low, high = _STAR_SOLIDITY
    return np.asarray(star) if hull and low < len(xs) / hull < high else None
