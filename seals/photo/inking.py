"""Lift the ink off the paper: how much of each spot is covered, 0 to 1, also where black print crosses it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from seals.photo import refusals
from seals.photo.arrays import Float, Mask, Picture
from seals.photo.light import redness, reflected
from seals.photo.results import DPI

__all__ = ["PX_PER_MM", "Inked", "lift_ink"]

PX_PER_MM = DPI / 25.4
WIDEST_INK_MM = 6.0  # the core of a 14 mm star is 5.3 mm wide
_INK = 0.16  # redness from which on a spot helps to tell how red the ink is
_FAINTEST = 0.22  # the least redness of the ink as a whole
_LEAST_INK, _LEAST_EDGE = 200, 200  # pixels
_BURNT = (253, 253, 253)
_WHITE_ALL_OVER = 0.3  # share of pure white from which ink that is not there was washed out
_LOCAL_MM = 3.0
_BAND = (0.25, 0.75)  # share of the ink's redness that becomes nothing, and all
_DARK = 0.34  # of the paper's light in red: darker is print or too near to it to tell
_PRINT_MM = 0.10  # how far the edge of print spoils the colour
_BRIDGE_MM = 0.25  # half the width of a stroke that ink on both sides of it is carried across
_SEEN_MM = 0.06  # over which the colour left in print is averaged
_SEEN = (0.3, 0.7)  # share of the ink's redness in print that is no ink, and is ink
_LEGIBLE = (0.02, 0.06)  # of the paper's light in red: print so dark tells nothing, and tells all
_SPECK_MM2 = 0.012
_PRINT_ALONE = 0.85  # share of a piece of ink that may lie in print


@dataclass(frozen=True)
class Inked:
    """alpha: covered share, 0 to 1. strength: the ink's redness. covered: redness as a share of the ink's,
    paper: the paper's own light, 0 to 255, dark: print, burnt: pure white, all of them on the canvas.
    """

    alpha: Float
    strength: float
    covered: Float
    paper: Float
    dark: Mask
    burnt: Mask

    def edge_mm(self, within: Mask) -> float:
        """The width over which ink fades into paper: 1 over the slope at half height."""
        across = cv2.Sobel(self.covered, cv2.CV_32F, 1, 0, scale=1 / 8)
        down = cv2.Sobel(self.covered, cv2.CV_32F, 0, 1, scale=1 / 8)
        at_edge = within & ~self.dark & (self.covered > 0.4) & (self.covered < 0.6)
        if at_edge.sum() < _LEAST_EDGE:
            return 9.0
        slope = float(np.percentile(np.hypot(across[at_edge], down[at_edge]), 60)) * PX_PER_MM
        return 1 / max(slope, 1e-3)

    def light(self, within: Mask) -> tuple[float, float, float]:
        """The light of the paper, 0 to 255: darkest, middle, brightest."""
        darkest, middle, brightest = np.percentile(self.paper[within][::16].mean(axis=1), (2, 50, 98))
        return float(darkest), float(middle), float(brightest)


def lift_ink(flat: Picture, within: Mask, over_print: bool = True) -> Inked:
    """The ink of a flattened picture at PX_PER_MM. within: where the imprint is.

    over_print: also where black print crosses it; the border is found without.
    Raises Invalid `photo.over_exposed`, `photo.faint`.
    """
    share, paper = reflected(flat, WIDEST_INK_MM * PX_PER_MM)
    share = cv2.GaussianBlur(share, (0, 0), 0.03 * PX_PER_MM)
    red = np.clip(redness(share), 0, 1.2)
    dark = cv2.dilate((share[:, :, 0] < _DARK).astype(np.uint8), _disc(_PRINT_MM)) > 0
    burnt = cv2.inRange(flat, _BURNT, (255, 255, 255)) > 0
    certain = within & ~dark & (red > _INK)
    strength = float(np.percentile(red[certain], 70)) if certain.sum() > _LEAST_INK else 0.0
    if strength < _FAINTEST:
        raise refusals.over_exposed() if burnt[within].mean() > _WHITE_ALL_OVER else refusals.faint()
    covered = red / _local(red, certain & (red > 0.5 * strength), strength)
    alpha = _between(covered, *_BAND)
    if over_print:
        alpha = _across_print(alpha, share, dark & within, strength)
    alpha = _without_specks(np.where(within, alpha, 0).astype(np.float32), dark)
    return Inked(alpha, strength, covered, paper, dark, burnt)


def _between(value: Float, low: float, high: float) -> Float:
    return np.clip((value - low) / (high - low), 0, 1).astype(np.float32)  # type: ignore[no-any-return]


def _disc(radius_mm: float) -> np.ndarray:
    size = 2 * max(1, round(radius_mm * PX_PER_MM)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))


def _local(red: Float, ink: Mask, strength: float) -> Float:
    """How red full ink is hereabouts: a seal is never pressed evenly."""
    height, width = red.shape
    small = (width // 4, height // 4)
    weight = cv2.resize(ink.astype(np.float32), small, interpolation=cv2.INTER_AREA)
    value = cv2.resize(np.where(ink, red, 0).astype(np.float32), small, interpolation=cv2.INTER_AREA)
    sigma = _LOCAL_MM * PX_PER_MM / 4
    total = cv2.GaussianBlur(weight, (0, 0), sigma) + 0.02
    mean = (cv2.GaussianBlur(value, (0, 0), sigma) + 0.02 * strength) / total
    full = cv2.resize(mean, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(full, 0.6 * strength, 1.3 * strength)  # type: ignore[no-any-return]


def _across_print(alpha: Float, share: Float, dark: Mask, strength: float) -> Float:
    """Carry the ink on across strokes of black print.

    By what is on both sides of a stroke, and by the colour that is left in it where it is not too dark.
    """
    if not dark.any():
        return alpha
    bridged = cv2.morphologyEx(alpha, cv2.MORPH_CLOSE, _disc(_BRIDGE_MM))
    weight = dark.astype(np.float32)
    sigma = _SEEN_MM * PX_PER_MM
    total = np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma), 1e-3)
    red, green, blue = (cv2.GaussianBlur(share[:, :, i] * weight, (0, 0), sigma) / total for i in range(3))
    colour = (red - (green + blue) / 2) / np.maximum(strength * red, 1e-3)
    seen = _between(colour, *_SEEN) * _between(red, *_LEGIBLE)
    filled = np.maximum(seen, bridged)
    return np.where(dark, filled, alpha).astype(np.float32)  # type: ignore[no-any-return]


def _without_specks(alpha: Float, dark: Mask) -> Float:
    """Without dots of dust, and without what is seen in print alone: noise of the sensor."""
    solid = alpha > 0.5
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid.astype(np.uint8), connectivity=8)
    in_print = np.bincount(labels[dark & solid], minlength=count)
    area = stats[:, cv2.CC_STAT_AREA]
    keep = (area >= _SPECK_MM2 * PX_PER_MM**2) & (in_print < _PRINT_ALONE * area)
    keep[0] = False
    near = cv2.dilate(keep[labels].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return np.where(near, alpha, 0)  # type: ignore[no-any-return]
