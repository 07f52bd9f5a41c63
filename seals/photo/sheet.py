"""The edges of the sheet, where the photo shows them: they say how the camera was tilted.

The two pairs of parallel edges meet in two points; the line through these is where the sheet's plane
vanishes. Sent to infinity, perspective is gone, whatever the size of the sheet. The edges of a sheet of
the A series (ISO 216) are a ruler too.
"""

from __future__ import annotations

import cv2
import numpy as np

from seals.photo.arrays import Matrix, Picture, Points
from seals.photo.plane import apply

__all__ = ["A_SERIES_MM", "corners_of_sheet", "per_mm_of_sheet", "vanishing_line"]

A_SERIES_MM = ((297.0, 420.0), (210.0, 297.0), (148.0, 210.0), (105.0, 148.0))
"""A3 to A6. All have the same shape, so which it is shows only by the imprint's size."""
_LOOKING_PX = 800
_LEAST_AREA = 0.12  # of the picture; a smaller bright patch is no sheet
_SHAPE_OFF = 0.03
_FILLED = 0.93  # share of the four-sided outline that is bright


def corners_of_sheet(picture: Picture, x: float, y: float) -> Points | None:
    """The four corners of the bright sheet around (x, y), in order; None if not all four are in view."""
    shrink = max(1.0, max(picture.shape[:2]) / _LOOKING_PX)
    size = (round(picture.shape[1] / shrink), round(picture.shape[0] / shrink))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    # Red comes back from paper and from ink alike, so the imprint makes no hole
    light = cv2.GaussianBlur(np.asarray(small[:, :, 0]), (0, 0), 1.5)
    _, bright = cv2.threshold(light, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for contour in contours:
        if cv2.contourArea(contour) < _LEAST_AREA * size[0] * size[1]:
            continue
        if cv2.pointPolygonTest(contour, (x / shrink, y / shrink), False) <= 0:
            continue
        corners = _four_corners(contour, size)
        if corners is not None:
            return np.asarray((corners + 0.5) * shrink - 0.5)
    return None


def _four_corners(contour: np.ndarray, size: tuple[int, int]) -> Points | None:
    hull = cv2.convexHull(contour)
    rough = cv2.approxPolyDP(hull, 0.02 * cv2.arcLength(hull, True), True).reshape(-1, 2).astype(np.float64)
    if len(rough) != 4 or cv2.contourArea(contour) < _FILLED * cv2.contourArea(rough.astype(np.float32)):
        return None
    edge = contour.reshape(-1, 2).astype(np.float64)
    lines = []
    for i in range(4):
        start, end = rough[i], rough[(i + 1) % 4]
        length = float(np.linalg.norm(end - start))
        along = (end - start) / length
        normal = np.array([-along[1], along[0]])
        t = (edge - start) @ along
        near = edge[(abs((edge - start) @ normal) < 4) & (t > 0.08 * length) & (t < 0.92 * length)]
        if len(near) < 0.4 * length:
            return None
        vx, vy, px, py = cv2.fitLine(near.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        lines.append(np.cross([px, py, 1.0], [px + vx, py + vy, 1.0]))
    corners = []
    for i in range(4):
        point = np.cross(lines[i - 1], lines[i])
        if abs(point[2]) < 1e-9:
            return None
        corners.append(point[:2] / point[2])
    result = np.array(corners)
    inside = (result >= 1).all() and (result[:, 0] < size[0] - 1).all() and (result[:, 1] < size[1] - 1).all()
    return result if inside else None


def vanishing_line(corners: Points) -> Matrix:
    """Coefficients of the line in which the sheet's plane vanishes."""
    a, b, c, d = (np.array([x, y, 1.0]) for x, y in corners)
    one = np.cross(np.cross(a, b), np.cross(d, c))
    other = np.cross(np.cross(b, c), np.cross(a, d))
    line = np.cross(one, other)
    return np.asarray(line / np.linalg.norm(line))


def per_mm_of_sheet(corners: Points, flat: Matrix, near: float) -> float | None:
    """Pixels per mm of a flattened picture in which the sheet's corners are known.

    near: pixels per mm if the imprint has the size that is said; the sheet of the A series that agrees
    best with it is taken. None if the sheet is not of that shape.
    """
    laid = apply(flat, corners)
    sides = np.linalg.norm(np.roll(laid, -1, axis=0) - laid, axis=1)
    short, long = sorted(((sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2))
    if abs(long / short / 2**0.5 - 1) > _SHAPE_OFF:
        return None
    scales = [float(short / width + long / height) / 2 for width, height in A_SERIES_MM]
    return min(scales, key=lambda scale: abs(np.log(scale / near)))
