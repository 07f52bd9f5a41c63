"""Imprints as a photo gives them back: worn, turned, tilted, blurred, grainy, through JPEG, then cut out."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from seals.imprint import BLACK, Imprint, to_png

PIXELS = 320
TILT = 0.012  # of the side, by which each corner may be off after the photo was set right


def photo_of(drawn: Imprint, seed: int, turn: float = 0.0) -> Imprint:
    """What is left of a drawn imprint in a photo; turn: degrees it still stands askew."""
    random = np.random.default_rng(seed)
    ink = _worn(_raster(drawn), random)
    ink = cv2.warpAffine(ink, cv2.getRotationMatrix2D((PIXELS / 2, PIXELS / 2), turn, 1), (PIXELS, PIXELS))
    corners = np.array([[0, 0], [PIXELS, 0], [PIXELS, PIXELS], [0, PIXELS]], np.float32)
    moved = corners + random.uniform(-TILT * PIXELS, TILT * PIXELS, (4, 2)).astype(np.float32)
    ink = cv2.warpPerspective(ink, cv2.getPerspectiveTransform(corners, moved), (PIXELS, PIXELS))
    ink = cv2.GaussianBlur(ink, (0, 0), 1.2) + random.normal(0, 0.06, ink.shape)
    return _cut_out(_through_jpeg(ink) > 0.42, drawn)


def _raster(drawn: Imprint) -> np.ndarray:
    dpi = int(PIXELS / (max(drawn.width_mm, drawn.height_mm) / 25.4))
    picture = Image.open(io.BytesIO(to_png(drawn, dpi, BLACK))).getchannel("A").resize((PIXELS, PIXELS))
    return np.asarray(picture, np.float32) / 255


def _worn(ink: np.ndarray, random: np.random.Generator) -> np.ndarray:
    cloud = cv2.GaussianBlur(random.normal(0, 1, ink.shape), (0, 0), PIXELS / 12)
    ink = ink * np.clip(1 - 0.12 * np.abs(cloud / cloud.std()), 0, 1)
    return np.where(random.random(ink.shape) < 0.06, ink * 0.2, ink).astype(np.float32)


def _through_jpeg(ink: np.ndarray) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray((np.clip(1 - ink, 0, 1) * 255).astype(np.uint8)).save(file, "JPEG", quality=60)
    return 1 - np.asarray(Image.open(file), np.float32) / 255


def _cut_out(ink: np.ndarray, like: Imprint) -> Imprint:
    """The inked pixels, run by run, as outlines on a box of the original's size."""
    rows, columns = np.where(ink)
    ink = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    high, wide = like.height_mm / ink.shape[0], like.width_mm / ink.shape[1]
    paths = []
    for number, row in enumerate(ink):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
        top, bottom = number * high, (number + 1) * high
        for start, end in zip(edges[::2] * wide, edges[1::2] * wide, strict=True):
            paths.append(
                f"M{start:.3f} {top:.3f}L{end:.3f} {top:.3f}L{end:.3f} {bottom:.3f}L{start:.3f} {bottom:.3f}Z"
            )
    return Imprint(like.width_mm, like.height_mm, "".join(paths))
