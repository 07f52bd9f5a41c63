"""How an imprint looks, and how like two of them are (R79: 保证其唯一性和可识别性). Pure.

An imprint is unrolled around its middle: a strip of angle by distance, the sides of the box being the
measure, so that an ellipse unrolls like a circle and turning the seal only shifts the strip. Border,
star and seal number are left out; what remains is the words. Two strips are compared sector by sector:
names that differ in one character agree everywhere but there, while a photo's flaws are spread thin.

Measured on 120 drawn names of four kinds (`tests/seals/test_likeness.py` holds the margins): `sameness`
of one name under two seal numbers 1.00; of names that differ in one character 0.90 and less, unless that
character itself is nearly the same (未 and 末: 0.98). `resemblance` of a seal and a photo-made copy 0.55
and more for 49 of 50, mostly over 0.63; of unrelated names 0.51 and less.

Finding candidates among many: bands (below) find drawn copies through an index. A photo's flaws change
one bit in six, more than any cut into bands survives (one copy in a hundred was found), so a photo-made
imprint is compared with all of its outline: roughly first (`rough`, 30 µs each), which puts its original
among the first six of 120, then the best of them sector by sector (10 ms each).
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from seals.drawing.output import BLACK, Imprint, to_png

__all__ = ["RESEMBLES", "SAME", "Look", "bands", "look", "resemblance", "rough", "sameness"]

Grey = NDArray[np.floating[Any]]
Bits = NDArray[np.bool_]

SAME = 0.94  # sameness from which a drawn imprint is held
RESEMBLES = 0.55  # resemblance from which a photo-made one is said to be like another

PIXELS = 192  # of the longer side
ANGLES, RINGS, FINER = 384, 36, 2
INNER, OUTER = 0.3, 0.83  # of half the side: beyond the star, within the seal number
OVAL_FROM = 1.15  # width to height
CORNER, CORNER_INK = 0.06, 0.12  # of the side; a frame fills a corner, a circle leaves it empty
STROKES, GROUND = 0.7, 4.0  # widths of the Gaussians between which strokes are seen, in cells
SECTOR = 20  # angles; a character of a name takes 15 to 30
STRAY = 4  # cells by which a part of a photo may lie beside its place
AGREEING, MOSTLY = 0.05, 0.2  # shares of the sectors that may agree less than the score says
BAND_RINGS, BAND_SECTORS, BANDS = 33, 128, 4  # the rings outside touch the seal number
ROUGH_RINGS, ROUGH_ANGLES = 6, 192


@dataclass(frozen=True, slots=True)
class Look:
    """outline: round, oval or square. strip: RINGS x ANGLES, true where there is ink."""

    outline: str
    strip: Bits

    @property
    def ink(self) -> str:
        """The strip as text."""
        return base64.b64encode(np.packbits(self.strip).tobytes()).decode()

    @classmethod
    def of(cls, outline: str, ink: str) -> Self:
        """From what `ink` gave."""
        bits = np.unpackbits(np.frombuffer(base64.b64decode(ink), np.uint8))
        return cls(outline, bits.reshape(RINGS, ANGLES).astype(bool))


def look(imprint: Imprint) -> Look:
    """How an imprint looks; deterministic."""
    ink = _ink(imprint)
    return Look(_outline(ink, imprint.width_mm / imprint.height_mm), _unrolled(ink) > 0.5)


def sameness(one: Look, other: Look) -> float:
    """What 19 of 20 sectors reach, -1 to 1; 0 for different outlines. For clean, drawn imprints."""
    return _agreed(one, other, AGREEING, 1)


def resemblance(one: Look, other: Look) -> float:
    """What four of five sectors reach, -1 to 1; 0 for different outlines. Forgives a photo's flaws."""
    return _agreed(one, other, MOSTLY, STRAY)


def bands(seen: Look) -> tuple[str, str, str, str]:
    """Four texts; of two drawn imprints with the same words at least one is equal.

    Each bit says whether a sector holds more ink than the one before it. Every band takes sectors from
    all around, for the lowest are empty in most seals; the outline stands before the bits.
    """
    share = seen.strip[:BAND_RINGS].reshape(BAND_RINGS, BAND_SECTORS, -1).sum((0, 2))
    more = (share > np.roll(share, 1)).reshape(-1, BANDS).T
    one, two, three, four = (f"{seen.outline}:{row.tobytes().hex()}" for row in np.packbits(more, axis=1))
    return one, two, three, four


def rough(seen: Look, others: Sequence[Look]) -> Grey:
    """How well each of the others fits as a whole, at its best turn: for choosing whom to compare."""
    mine = _rhythm(np.stack([seen.strip]))
    theirs = _rhythm(np.stack([each.strip for each in others]))
    fit: Grey = np.fft.irfft((mine.conj() * theirs).sum(1), ROUGH_ANGLES).max(-1)
    return fit


def _rhythm(strips: Bits) -> NDArray[np.complexfloating[Any, Any]]:
    """Fourier components along the angle, of length 1 over all rings."""
    step = ANGLES // ROUGH_ANGLES
    narrow = np.add.reduce([strips.view(np.uint8)[:, :, place::step] for place in range(step)])
    rings = narrow.reshape(len(strips), ROUGH_RINGS, RINGS // ROUGH_RINGS, ROUGH_ANGLES)
    cells = rings.sum(2, dtype=np.float32)
    cells -= cells.mean(-1, keepdims=True)
    found = np.fft.rfft(cells / np.maximum(np.sqrt((cells**2).sum((1, 2), keepdims=True)), 1e-9))
    return found


def _ink(imprint: Imprint) -> Grey:
    """Coverage 0 to 1 on a square of PIXELS; both sides fill it."""
    dpi = max(1, int(PIXELS / (max(imprint.width_mm, imprint.height_mm) / 25.4)))
    with Image.open(io.BytesIO(to_png(imprint, dpi, BLACK))) as picture:
        alpha = picture.getchannel("A").resize((PIXELS, PIXELS), Image.Resampling.BOX)
    return np.asarray(alpha, np.float32) / 255


def _outline(ink: Grey, ratio: float) -> str:
    if max(ratio, 1 / ratio) > OVAL_FROM:
        return "oval"
    near = max(1, int(PIXELS * CORNER))
    corners = (ink[:near, :near], ink[:near, -near:], ink[-near:, :near], ink[-near:, -near:])
    return "square" if np.mean([corner.mean() for corner in corners]) > CORNER_INK else "round"


@cache
def _places() -> tuple[NDArray[np.intp], NDArray[np.intp], Grey, Grey]:
    """Where in the picture each finer cell of the strip lies: pixel and the way to the next."""
    angles = (np.arange(ANGLES * FINER) + 0.5) * 2 * np.pi / (ANGLES * FINER)
    away = INNER + (OUTER - INNER) * (np.arange(RINGS * FINER) + 0.5) / (RINGS * FINER)
    x = (0.5 + 0.5 * np.outer(away, np.cos(angles))) * PIXELS - 0.5
    y = (0.5 + 0.5 * np.outer(away, np.sin(angles))) * PIXELS - 0.5
    left, top = np.floor(x).astype(np.intp), np.floor(y).astype(np.intp)
    return left, top, (x - left).astype(np.float32), (y - top).astype(np.float32)


def _unrolled(ink: Grey) -> Grey:
    left, top, right, down = _places()
    upper = ink[top, left] * (1 - right) + ink[top, left + 1] * right
    lower = ink[top + 1, left] * (1 - right) + ink[top + 1, left + 1] * right
    finer = upper * (1 - down) + lower * down
    cells: Grey = finer.reshape(RINGS, FINER, ANGLES, FINER).mean((1, 3))
    return cells


def _smooth(strip: Grey, width: float) -> Grey:
    """A Gaussian: around the circle along the angle, ending at the edges along the distance."""
    reach = int(3 * width + 1)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    weights /= weights.sum()
    around = np.pad(strip, ((0, 0), (reach, reach)), mode="wrap")
    turned = sum(w * around[:, i : i + ANGLES] for i, w in enumerate(weights))
    edged = np.pad(turned, ((reach, reach), (0, 0)), mode="edge")
    smooth: Grey = sum(w * edged[i : i + RINGS] for i, w in enumerate(weights))
    return smooth


def _strokes(seen: Look) -> Grey:
    strip = seen.strip.astype(np.float32)
    strokes = _smooth(strip, STROKES) - _smooth(strip, GROUND)
    strokes -= strokes.mean(1, keepdims=True)
    return strokes


def _agreed(one: Look, other: Look, share: float, stray: int) -> float:
    if one.outline != other.outline:
        return 0.0
    mine, theirs = _strokes(one), _strokes(other)
    fit = np.fft.irfft((np.fft.rfft(mine).conj() * np.fft.rfft(theirs)).sum(0), ANGLES)
    theirs = np.roll(theirs, -int(fit.argmax()), 1)
    best = np.full(ANGLES, -1.0)
    for out in range(-stray, stray + 1):
        for along in range(-stray, stray + 1):
            moved = np.roll(theirs, (out, along), (0, 1))
            best = np.maximum(best, _by_sector(mine, moved))
    return float(np.quantile(best, share))


def _by_sector(one: Grey, other: Grey) -> Grey:
    """The correlation of each run of SECTOR angles."""
    count = SECTOR * RINGS
    a, b, aa, bb, ab = (_run(each) for each in (one, other, one * one, other * other, one * other))
    spread = np.maximum(aa - a * a / count, 1e-6) * np.maximum(bb - b * b / count, 1e-6)
    correlation: Grey = (ab - a * b / count) / np.sqrt(spread)
    return correlation


def _run(values: Grey) -> Grey:
    columns = values.sum(0, dtype=np.float64)
    total = np.concatenate(([0.0], np.cumsum(np.concatenate((columns, columns[:SECTOR])))))
    sums: Grey = total[SECTOR : SECTOR + ANGLES] - total[:ANGLES]
    return sums
