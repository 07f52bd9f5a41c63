"""Outlines of the ink as path data, in the form of `seals.imprint.Imprint.d`.

contourpy follows the level at which half a spot is covered, between the pixels, and runs holes the other
way round, as nonzero fill needs. (Tracers of black and white pictures see the staircase of the pixels and
have to smooth it away again.)
"""

from __future__ import annotations

from itertools import pairwise

import contourpy
import cv2
import numpy as np

from seals.drawing.outline import path_data, polygon
from seals.photo.arrays import Float
from seals.photo.limits import MAX_TRACE_BYTES

__all__ = ["trace"]

_TOLERANCE_MM = 0.01
_COARSER = 1.4
_LEAST_POINTS = 3


def trace(alpha: Float, px_per_mm: float) -> str:
    """Path data, mm, of a picture of ink that fills the imprint's box: M L Z, at most MAX_TRACE_BYTES."""
    padded = np.pad(alpha, 1)
    maker = contourpy.contour_generator(z=padded, name="serial", fill_type=contourpy.FillType.OuterOffset)
    pieces, offsets = maker.filled(0.5, 2.0)[:2]
    # A pixel's value is that of its middle; the padding is half a pixel outside the box and one more
    limit = np.array([alpha.shape[1], alpha.shape[0]]) / px_per_mm
    contours = [
        np.clip((piece[start:end] - 0.5) / px_per_mm, 0, limit)
        for piece, offset in zip(pieces, offsets, strict=True)
        if piece is not None and offset is not None  # None is for chunks, of which there is one
        for start, end in pairwise(offset)
    ]
    tolerance = _TOLERANCE_MM
    while len(text := _path(contours, tolerance)) > MAX_TRACE_BYTES:
        tolerance *= _COARSER
    return text


def _path(contours: list[np.ndarray], tolerance: float) -> str:
    outlines = []
    for contour in contours:
        simple = cv2.approxPolyDP(contour.astype(np.float32), tolerance, True).reshape(-1, 2)
        if len(simple) >= _LEAST_POINTS:
            outlines.append(polygon([(float(x), float(y)) for x, y in simple]))
    return path_data(outlines)
