"""What a photo sent into the conversation shows: a QR code, a stamped sheet, or else a document."""

from __future__ import annotations

import cv2
import numpy as np

from seals.photo.arrays import Mask, Picture
from seals.photo.codes import SMALLEST_PX, codes_in
from seals.photo.reading import read, require_side
from seals.photo.shown import Shown, ShownKind

__all__ = ["look"]

LOOKED_AT_PX = 700
REDDER = 45
"""By how much ink is redder than green or blue, of 255."""
INK_SHARE = 0.004
"""Of the picture's area: less red is a seal on a document, or none."""
STAMP_SHARE = 0.3
"""Of the shorter side: a stamp that was photographed for itself."""
CLOSE_SHARE = 0.42
"""As above: so near that it is meant, whatever print is around."""
PRINT_SHARE = 0.015
"""Of the paper around the stamp: more is a document."""
DARKER, STROKE_PX = 50, 9
"""Than what is round about it, of 255, and narrow: print, not the table under the sheet."""


def look(data: bytes) -> Shown:
    """A first look, so that the sender is offered what fits. Raises as `seals.photo.reading.read`."""
    picture = read(data, SMALLEST_PX)
    texts = codes_in(picture)
    if texts:
        return Shown(ShownKind.QR, texts[0])
    require_side(*picture.shape[:2])  # all but a code has to be larger
    return Shown(ShownKind.STAMP if _stamped(picture) else ShownKind.DOCUMENT)


def _stamped(picture: Picture) -> bool:
    """Much red ink in one place, and either very large or with little print around it."""
    scale = min(1.0, LOOKED_AT_PX / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.int16)
    red: Mask = small[:, :, 0] - np.maximum(small[:, :, 1], small[:, :, 2]) > REDDER
    if red.mean() < INK_SHARE:
        return False
    top, bottom, left, right = _spread(red)
    size = min(bottom - top, right - left) / min(small.shape[:2])
    if size < STAMP_SHARE or size > CLOSE_SHARE:
        return bool(size > CLOSE_SHARE)
    around = np.ones(red.shape, dtype=bool)
    around[top:bottom, left:right] = False
    light = small.max(axis=2).astype(np.uint8)
    print_ = cv2.morphologyEx(light, cv2.MORPH_BLACKHAT, np.ones((STROKE_PX, STROKE_PX), np.uint8))
    return bool((around & (print_ > DARKER)).mean() < PRINT_SHARE)


def _spread(red: Mask) -> tuple[int, int, int, int]:
    """Where nearly all of the red is: top, bottom, left, right."""
    rows, columns = np.nonzero(red)
    top, bottom = np.percentile(rows, (1, 99))
    left, right = np.percentile(columns, (1, 99))
    return int(top), int(bottom) + 1, int(left), int(right) + 1
