"""Take the light out of a photo: how much of it each spot of the paper throws back, and how red that is.

Paper is what is brightest round about. Divided by it, a shadow is gone, and so is the colour of a lamp:
white is 1 in every channel, whatever the light.
"""

from __future__ import annotations

import cv2
import numpy as np

from seals.photo.arrays import Float, Picture

__all__ = ["redness", "reflected"]

_COARSE_PX = 160  # paper changes slowly: it is looked at in a picture this wide
_PAPER = 0.80  # of the first estimate; darker than this may be ink
_NEUTRAL = 0.12  # redder than this may be ink
_LEAST_WEIGHT = 0.02
_DARKEST = 0.10  # of the red light; below it the sensor's noise has colours of its own


def reflected(picture: Picture, widest_ink: float) -> tuple[Float, Float]:
    """The share of the light that is thrown back, 0 to about 1 in three channels; and the paper's own light.

    widest_ink: the widest area without any paper, px (the core of a star): so far around paper is
    looked for. The light is in the picture's own units, 0 to 255.
    """
    height, width = picture.shape[:2]
    shrink = max(1.0, max(height, width) / _COARSE_PX)
    size = (max(8, round(width / shrink)), max(8, round(height / shrink)))
    coarse = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    reach = max(3, round(widest_ink / shrink))
    window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    smooth = cv2.medianBlur(coarse.astype(np.uint8), 3).astype(np.float32)
    paper = cv2.GaussianBlur(cv2.dilate(smooth, window), (0, 0), reach)
    paper = np.maximum(paper, 1.0)
    for _ in range(2):
        share = coarse / paper
        is_paper = (share.min(axis=2) > _PAPER) & (redness(share) < _NEUTRAL)
        paper = _spread(coarse, is_paper.astype(np.float32), reach, paper)
    paper = np.maximum(cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR), 1.0)
    return picture.astype(np.float32) / paper, paper


def _spread(coarse: Float, weight: Float, reach: int, otherwise: Float) -> Float:
    """The mean of the paper nearby; where there is none, the mean of more around."""
    result = otherwise
    for sigma in (reach * 2.0, reach * 0.7):
        total = cv2.GaussianBlur(weight, (0, 0), sigma)
        mean = (
            cv2.GaussianBlur(coarse * weight[:, :, None], (0, 0), sigma) / np.maximum(total, 1e-6)[:, :, None]
        )
        trust = np.clip(total / _LEAST_WEIGHT, 0, 1)[:, :, None]
        result = mean * trust + result * (1 - trust)
    return np.maximum(result, 1.0).astype(np.float32)


def redness(share: Float) -> Float:
    """How much less green and blue come back than red: 0 for paper and for black, to 1 for red ink.

    A ratio: ink over black print is as red as ink over paper, only darker.
    """
    red = share[:, :, 0]
    rest = (share[:, :, 1] + share[:, :, 2]) / 2
    return (red - rest) / np.maximum(red, _DARKEST)  # type: ignore[no-any-return]
