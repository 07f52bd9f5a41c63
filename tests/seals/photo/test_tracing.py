"""Outlines of a picture of ink: where they run, which way round, and how many there may be."""

from __future__ import annotations

import io
import re

import cv2
import numpy as np
import pytest
from PIL import Image

from seals.imprint import Imprint, to_png
from seals.photo.limits import MAX_TRACE_BYTES
from seals.photo.tracing import trace
from seals.photographing import _TRACE

PX_PER_MM = 20.0


def contours(text: str) -> list[np.ndarray]:
    return [
        np.array([[float(n) for n in point.split()] for point in re.split("[ML]", part) if point.strip()])
        for part in text.split("Z")
        if part.strip()
    ]


def area(points: np.ndarray) -> float:
    x, y = points[:, 0], points[:, 1]
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2)


def disc(radius_mm: float, size_mm: float = 20) -> np.ndarray:
    down, across = np.mgrid[0 : size_mm * PX_PER_MM, 0 : size_mm * PX_PER_MM] + 0.5
    away = np.hypot(across / PX_PER_MM - size_mm / 2, down / PX_PER_MM - size_mm / 2)
    return np.clip((radius_mm - away) * PX_PER_MM + 0.5, 0, 1).astype(np.float32)


def test_outlines_run_between_the_pixels() -> None:
    (circle,) = contours(trace(disc(8), PX_PER_MM))
    radii = np.hypot(circle[:, 0] - 10, circle[:, 1] - 10)
    assert abs(radii - 8).max() < 0.02
    assert abs(area(circle)) == pytest.approx(np.pi * 64, rel=0.005)


def test_holes_run_the_other_way_and_stay_holes() -> None:
    text = trace(disc(8) - disc(6) + disc(2), PX_PER_MM)
    areas = sorted(area(each) for each in contours(text))
    assert len(areas) == 3
    assert {areas[0] < 0, areas[2] > 0} == {True}
    assert sum(areas) == pytest.approx(np.sign(sum(areas)) * np.pi * (64 - 36 + 4), rel=0.01)
    picture = np.asarray(Image.open(io.BytesIO(to_png(Imprint(20, 20, text), 254))))[:, :, 3]
    assert [picture[100, column] > 127 for column in (10, 30, 60, 100)] == [False, True, False, True]


def test_ink_at_the_edge_of_the_box_is_closed() -> None:
    (square,) = contours(trace(np.ones((400, 400), np.float32), PX_PER_MM))
    assert (square.min(), square.max()) == (0, 20)
    assert abs(area(square)) == pytest.approx(400, rel=0.01)


def test_nothing_gives_nothing() -> None:
    assert trace(np.zeros((40, 40), np.float32), PX_PER_MM) == ""


def test_their_length_is_bounded() -> None:
    speckled = np.random.default_rng(5).random((700, 700)).astype(np.float32)
    text = trace(cv2.GaussianBlur(speckled, (0, 0), 1.2) * 2 - 0.5, PX_PER_MM)
    assert 0 < len(text) <= MAX_TRACE_BYTES
    assert _TRACE.fullmatch(text)


def test_what_the_web_process_takes_is_outlines_only() -> None:
    assert _TRACE.fullmatch(trace(disc(8), PX_PER_MM))
    for hostile in ("", 'M0 0L1 1Z"/><script>', "M0 0L1 1", "M0 0Zq", "M0 0 L1 1 Z\nBT", "A1 1"):
        assert not _TRACE.fullmatch(hostile)
