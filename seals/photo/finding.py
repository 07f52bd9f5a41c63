"""Find the imprint in a photo: red ink whose outer edge is the border of a seal."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from seals.photo import refusals
from seals.photo.arrays import Mask, Matrix, Picture, Points
from seals.photo.figures import Figure
from seals.photo.light import redness, reflected
from seals.photo.plane import Ellipse, fit_ellipse

__all__ = ["Found", "corners_of_square", "find", "outermost"]

LOOKING_PX = 1000  # the longer side of the picture that is searched
RED = 0.2  # redness from which on a spot may be ink
_DARK = 0.3  # of the paper's light in red; darker is print, or a desk
_LEAST_INK = 0.0004  # share of the picture
_JOINED = 0.012  # gaps between characters, share of the longer side
_REACH = 0.05  # what is this near to a group, share of the group's size, belongs to it
_LEAST_GROUP = 0.15  # of the longer side: what is smaller is no imprint if there is something larger
_CANDIDATES = 4
_DIRECTIONS = 360
LEAST_BORDER = 0.55  # share of the directions in which the outermost ink lies on the figure
_ANOTHER = 0.5  # a second figure of this share of the first's size is a second imprint
_LINE_NEAR = 0.012  # of the side


@dataclass(frozen=True)
class Found:
    """Where the imprint is, px of the photo. outline: an ellipse, or the four corners of a square from
    the upper left, clockwise. border: share of the border that is there, 0 to 1. size: its mean size.
    """

    outline: Ellipse | Points
    border: float
    size: float
    box: tuple[float, float, float, float]


def find(picture: Picture, figure: Figure) -> Found:
    """The one imprint in a photo.

    Raises Invalid `photo.no_ink`, `photo.no_seal`, `photo.cut_off`, `photo.several`.
    """
    longer = max(picture.shape[:2])
    shrink = max(1.0, longer / LOOKING_PX)
    size = (round(picture.shape[1] / shrink), round(picture.shape[0] / shrink))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    share, _ = reflected(np.asarray(small, dtype=np.uint8), 0.08 * max(size))
    ink = (redness(cv2.GaussianBlur(share, (0, 0), 0.8)) > RED) & (share[:, :, 0] > _DARK)
    ink = _without_specks(ink)
    if ink.sum() < _LEAST_INK * ink.size:
        raise refusals.no_ink()
    groups = _groups(ink)
    figures = [found for group in groups if (found := _figure(group, figure)) is not None]
    if not figures:
        raise refusals.cut_off() if _touches_the_edge(groups[0]) else refusals.no_seal()
    figures.sort(key=lambda each: each.size, reverse=True)
    best = figures[0]
    if _beyond(best.box, ink.shape):
        raise refusals.cut_off()
    if any(other.size > _ANOTHER * best.size and not _inside(other, best) for other in figures[1:]):
        raise refusals.several()
    return _enlarged(best, picture.shape[1] / size[0])


def _without_specks(ink: Mask) -> Mask:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    keep = np.zeros(count, dtype=bool)
    keep[1:] = stats[1:, cv2.CC_STAT_AREA] >= 6
    return np.asarray(keep[labels])


def _groups(ink: Mask) -> list[Mask]:
    """Ink that belongs together, the largest first."""
    reach = max(2, round(_JOINED * max(ink.shape)))
    joined = cv2.dilate(
        ink.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach | 1, reach | 1))
    )
    count, labels = cv2.connectedComponents(joined)
    groups = []
    for label in range(1, count):
        group = (labels == label) & ink
        ys, xs = np.nonzero(group)
        if len(xs):
            groups.append((max(np.ptp(xs), np.ptp(ys)), group))
    groups.sort(key=lambda each: -each[0])
    groups = groups[:24]
    merged: list[Mask] = []
    for _, group in groups:
        _join(merged, group)
    merged.sort(key=_extent, reverse=True)
    largest = _extent(merged[0])
    return [each for each in merged if _extent(each) > _LEAST_GROUP * largest][:_CANDIDATES]


def _extent(group: Mask) -> float:
    ys, xs = np.nonzero(group)
    return float(max(np.ptp(xs), np.ptp(ys))) + 1


def _join(merged: list[Mask], group: Mask) -> None:
    """Add a group to the one whose hull it touches: characters to their border, arcs to each other."""
    for place, other in enumerate(merged):
        if _touches_the_edge(other):
            continue  # a desk around the sheet encloses everything, and nothing belongs to it
        around = _hull(other, _REACH * _extent(other))
        if (around & group).sum() > 0.5 * group.sum():
            merged[place] = other | group
            return
    merged.append(group)


def _hull(group: Mask, wider: float) -> Mask:
    ys, xs = np.nonzero(group)
    hull = cv2.convexHull(np.column_stack([xs, ys]).astype(np.int32))
    canvas = np.zeros(group.shape, dtype=np.uint8)
    cv2.fillConvexPoly(canvas, hull, 1)
    reach = max(1, round(wider)) * 2 + 1
    return np.asarray(cv2.dilate(canvas, np.ones((reach, reach), np.uint8)) > 0)


def outermost(ink: Mask, x: float, y: float, directions: int = _DIRECTIONS) -> Points:
    """In each direction from (x, y), the ink that is farthest out; fewer points where there is none."""
    ys, xs = np.nonzero(ink)
    across, down = xs - x, ys - y
    far = np.hypot(across, down)
    sector = ((np.arctan2(down, across) / (2 * np.pi) + 1) * directions).astype(int) % directions
    order = np.lexsort((far, sector))
    last = np.flatnonzero(np.diff(sector[order], append=-1))
    return np.column_stack([xs, ys])[order[last]].astype(np.float64)


def _figure(group: Mask, figure: Figure) -> Found | None:
    ys, xs = np.nonzero(group)
    hull = cv2.convexHull(np.column_stack([xs, ys]).astype(np.float32))
    moments = cv2.moments(hull)
    if moments["m00"] <= 0:
        return None
    x, y = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
    points = outermost(group, x, y)
    box = (float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))
    if figure is Figure.SQUARE:
        return _square(points, hull.reshape(-1, 2).astype(np.float64), box)
    fitted = fit_ellipse(points)
    if fitted is None:
        return None
    ellipse, near = fitted
    border = float(near.sum()) / _DIRECTIONS
    if border < LEAST_BORDER or min(ellipse.a, ellipse.b) < 0.4 * max(ellipse.a, ellipse.b):
        return None
    return Found(ellipse, border, ellipse.a + ellipse.b, box)


def _square(points: Points, hull: Points, box: tuple[float, float, float, float]) -> Found | None:
    fitted = corners_of_square(points, hull)
    if fitted is None:
        return None
    corners, near = fitted
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    border = float(near.sum()) / _DIRECTIONS
    if border < LEAST_BORDER or sides.min() < 0.6 * sides.max():
        return None
    return Found(corners, border, float(sides.mean()), box)


def corners_of_square(points: Points, hull: Points) -> tuple[Points, Mask] | None:
    """The four corners that straight lines through the outermost points make, and which points are on them.

    From the upper left, clockwise as the photo is held. None where there are no four sides.
    """
    (cx, cy), (width, height), _ = cv2.minAreaRect(hull.astype(np.float32))
    if min(width, height) < 0.5 * max(width, height) or min(width, height) < 8:
        return None
    rough = cv2.boxPoints(cv2.minAreaRect(hull.astype(np.float32))).astype(np.float64)
    middle, size = np.array([cx, cy]), (width + height) / 2
    lines = [_side(points, rough[i], rough[(i + 1) % 4], size) for i in range(4)]
    if any(line is None for line in lines):
        return None
    known = [line for line in lines if line is not None]
    corners = np.array([_crossing(known[i - 1], known[i]) for i in range(4)])
    if not np.isfinite(corners).all() or np.linalg.norm(corners - middle, axis=1).max() > 1.2 * size:
        return None
    far = np.min([abs(points @ normal - offset) for normal, offset in known], axis=0)
    start = int(np.argmin(corners.sum(axis=1)))
    ordered = np.roll(corners, -start, axis=0)
    if np.cross(np.append(ordered[1] - ordered[0], 0), np.append(ordered[2] - ordered[1], 0))[2] < 0:
        ordered = np.roll(ordered[::-1], 1, axis=0)
    return ordered, far < _LINE_NEAR * size


Line = tuple[Matrix, float]


def _side(points: Points, start: Points, end: Points, size: float) -> Line | None:
    """The line near which the points along one side lie: its normal and distance."""
    along = (end - start) / np.linalg.norm(end - start)
    normal = np.array([-along[1], along[0]])
    t, off = (points - start) @ along, (points - start) @ normal
    near = points[
        (abs(off) < 0.15 * size) & (t > 0.08 * size) & (t < np.linalg.norm(end - start) - 0.08 * size)
    ]
    for width in (0.1, 0.04, 0.02):
        if len(near) < 10:
            return None
        vx, vy, x, y = cv2.fitLine(near.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        normal = np.array([-vy, vx])
        offset = float(normal @ np.array([x, y]))
        near = near[abs(near @ normal - offset) < width * size]
    return normal, offset


def _crossing(one: Line, other: Line) -> Points:
    try:
        return np.asarray(np.linalg.solve(np.array([one[0], other[0]]), np.array([one[1], other[1]])))
    except np.linalg.LinAlgError:
        return np.array([np.nan, np.nan])


def _inside(other: Found, best: Found) -> bool:
    left, top, right, bottom = best.box
    x, y = (other.box[0] + other.box[2]) / 2, (other.box[1] + other.box[3]) / 2
    return left < x < right and top < y < bottom


def _touches_the_edge(group: Mask) -> bool:
    ys, xs = np.nonzero(group)
    return _beyond((xs.min(), ys.min(), xs.max(), ys.max()), group.shape)


def _beyond(box: tuple[float, float, float, float], shape: tuple[int, ...]) -> bool:
    left, top, right, bottom = box
    return left < 2 or top < 2 or right > shape[1] - 3 or bottom > shape[0] - 3


def _enlarged(found: Found, scale: float) -> Found:
    """In pixels of the whole photo; a pixel's middle is at its half."""
    outline: Ellipse | Points
    if isinstance(found.outline, Ellipse):
        e = found.outline
        outline = Ellipse(_up(e.x, scale), _up(e.y, scale), e.a * scale, e.b * scale, e.angle)
    else:
        outline = (found.outline + 0.5) * scale - 0.5
    left, top, right, bottom = (_up(edge, scale) for edge in found.box)
    return Found(outline, found.border, found.size * scale, (left, top, right, bottom))


def _up(place: float, scale: float) -> float:
    return (place + 0.5) * scale - 0.5
