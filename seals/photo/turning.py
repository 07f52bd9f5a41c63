"""Which way up an imprint belongs.

The name runs along the upper border and leaves the lower one free: the middle of the widest gap in its
band is 6 o'clock. That is right to a degree or two. A star is then set tip up; a seal without one is
turned until the lines inside are level. An ellipse is turned as the circle it was made of would be: every
such turn leaves its border where it is, and the level one takes out the skew that a tilted camera puts in.
A square has no such signs and stays as the photo was held.
"""

from __future__ import annotations

import cv2
import numpy as np

from seals.photo.arrays import Float, Mask
from seals.photo.figures import Figure
from seals.photo.flattening import Canvas, star_of
from seals.photo.inking import PX_PER_MM
from seals.photo.plane import moved, turned

__all__ = ["turn_needed"]

_BAND_MM = {Figure.CIRCLE: (3.8, 5.4), Figure.ELLIPSE: (3.7, 4.4)}
"""Inside the outer edge: the name's characters, past the seal number's digits, short of the lines inside."""
_BINS = 720
_EMPTY = 0.04
_LEAST_GAP = 60.0  # degrees
_NEXT_GAP = 0.75  # the second widest gap may be this share of the widest
_INNER = 0.6  # of the border's radius; the name is outside it
_LEVEL_PX_PER_MM = 8
_LEVEL_SEARCH = {Figure.CIRCLE: 8.0, Figure.ELLIPSE: 16.0}  # degrees to either side
_STAR_SEARCH = 30.0


def turn_needed(alpha: Float, canvas: Canvas) -> tuple[float, bool]:
    """Degrees clockwise that bring the imprint upright, and whether that is certain; 0 if it is not."""
    if canvas.wanted.figure is Figure.SQUARE:
        return 0.0, True
    down = _widest_gap(_profile(alpha, canvas))
    if down is None:
        return 0.0, False
    rough = (90.0 - down + 180) % 360 - 180  # angles run clockwise from 3 o'clock, as y runs down
    star = star_of(alpha, canvas)
    if star is not None:
        return _star_turn(star, canvas, rough)
    return rough + _level(alpha, canvas, rough), True


def _profile(alpha: Float, canvas: Canvas) -> Float:
    """The share of ink in the name's band, by direction from the centre; 0 is 3 o'clock, clockwise."""
    nearest, farthest = _BAND_MM[canvas.wanted.figure]
    inward = cv2.distanceTransform(canvas.within().astype(np.uint8), cv2.DIST_L2, 5) / PX_PER_MM
    ys, xs = np.nonzero((inward > nearest) & (inward < farthest))
    across, down = (xs - canvas.middle[0]) / canvas.box[0], (ys - canvas.middle[1]) / canvas.box[1]
    angle = np.arctan2(down, across)
    bins = ((angle / (2 * np.pi) + 1) * _BINS).astype(int) % _BINS
    ink = np.bincount(bins, alpha[ys, xs], _BINS)
    return (ink / np.maximum(np.bincount(bins, minlength=_BINS), 1)).astype(np.float32)


def _widest_gap(profile: Float) -> float | None:
    """The middle of the widest gap, degrees; None if no gap stands out."""
    inked = np.flatnonzero(profile > _EMPTY)
    if len(inked) < 2:
        return None
    gaps = np.diff(inked, append=inked[0] + _BINS) * 360 / _BINS
    widest = int(np.argmax(gaps))
    second = float(np.sort(gaps)[-2])
    if gaps[widest] < _LEAST_GAP or second > _NEXT_GAP * gaps[widest]:
        return None
    return float(inked[widest] * 360 / _BINS + gaps[widest] / 2) % 360


def _star_turn(star: Mask, canvas: Canvas, rough: float) -> tuple[float, bool]:
    """The turn near `rough` that sets a tip at 12 o'clock, from the fifth harmonic of the star's ink."""
    ys, xs = np.nonzero(star)
    z = (xs - xs.mean()) + 1j * (ys - ys.mean())
    fifth = complex((z**5 / np.maximum(abs(z), 1) ** 2).sum())
    tip = np.degrees(np.angle(fifth)) / 5
    turn = -90.0 - tip
    turn += 72 * round((rough - turn) / 72)
    return float((turn + 180) % 360 - 180), abs(rough - turn) < _STAR_SEARCH


def _level(alpha: Float, canvas: Canvas, rough: float) -> float:
    """The small further turn at which the lines inside are level: ink is spread over the fewest rows."""
    half_x, half_y = (
        _INNER * side / 2 * _LEVEL_PX_PER_MM for side in (canvas.wanted.width_mm, canvas.wanted.height_mm)
    )
    size = 2 * round(half_x) + 1, 2 * round(half_y) + 1
    down, across = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j]
    inside = across**2 + down**2 < 1
    coarser = cv2.GaussianBlur(alpha, (0, 0), 0.4 * PX_PER_MM / _LEVEL_PX_PER_MM)
    to_view = moved(half_x, half_y) @ np.diag([half_x / _INNER, half_y / _INNER, 1])

    def spread(turn: float) -> float:
        matrix = to_view @ turned(rough + turn) @ np.linalg.inv(canvas.from_unit())
        rows = (cv2.warpAffine(coarser, matrix[:2], size) * inside).sum(axis=1) + 1e-6
        share = rows / rows.sum()
        return float(-(share * np.log(share)).sum())

    reach = _LEVEL_SEARCH[canvas.wanted.figure]
    coarse = np.arange(-reach, reach + 0.1, 1.0)
    best = float(coarse[int(np.argmin([spread(turn) for turn in coarse]))])
    fine = best + np.arange(-1.0, 1.01, 0.2)
    return float(fine[int(np.argmin([spread(turn) for turn in fine]))])
