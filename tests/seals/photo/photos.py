"""Photos of stamped sheets, made from imprints that are known: so what comes out can be compared."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from math import cos, radians, sin

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from seals.design import Design
from seals.imprint import Imprint, draw, to_png
from seals.kinds import SealKind
from seals.photo.figures import Wanted, wanted

__all__ = [
    "Damage",
    "difference",
    "ink_of",
    "known",
    "page_of",
    "photo",
    "shape_of",
    "stamped",
    "stamped_jpeg",
    "to_jpeg",
]

STAMP_PX_PER_MM = 20.0
INK = np.array([0.80, 0.13, 0.17])  # of the light that a stamped sheet throws back, red, green, blue
TEXT = "乙方应于本合同签订之日起十日内支付全部款项，逾期按日加收违约金，双方另有约定的除外。"
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


@dataclass(frozen=True)
class Damage:
    """What befalls a photo. tilt, turn: degrees; uneven: of the ink; shade: how much darker one side is;
    noise: of 255; blur: standard deviation, pixels; quality: of the JPEG; fill: share of the picture's
    shorter side that the imprint takes.
    """

    tilt: float = 0.0
    turn: float = 0.0
    uneven: float = 0.15
    shade: float = 0.2
    noise: float = 2.0
    blur: float = 0.6
    quality: int = 92
    fill: float = 0.62
    text: bool = True


@cache
def known(kind: SealKind, company_name: str = "北京云杉精密仪器有限公司") -> Imprint:
    """The imprint of one kind."""
    return draw(
        Design(
            kind=kind,
            company_name=company_name,
            uscc="91110105MA01ABCD5F",
            seal_number="1101050012345",
            person_name="韩书瑶",
        )
    )


def shape_of(kind: SealKind) -> Wanted:
    return wanted(kind)


@cache
def ink_of(imprint: Imprint, dpi: float) -> np.ndarray:
    """Where there is ink, 0 to 1."""
    picture = Image.open(io.BytesIO(to_png(imprint, int(dpi))))
    return np.asarray(picture, dtype=np.float32)[:, :, 3] / 255


@cache
def page_of(text: bool, width_mm: float, height_mm: float) -> np.ndarray:
    """A sheet with lines of black text, 0 to 1, three channels."""
    size = round(width_mm * STAMP_PX_PER_MM), round(height_mm * STAMP_PX_PER_MM)
    sheet = Image.new("L", size, 255)
    if text:
        font = ImageFont.truetype(FONT, round(3.7 * STAMP_PX_PER_MM))  # 10.5 pt
        pen = ImageDraw.Draw(sheet)
        for line, top in enumerate(np.arange(2, height_mm, 7.4)):
            words = (TEXT[line % 7 * 3 :] + TEXT) * 4
            pen.text((4 * STAMP_PX_PER_MM, top * STAMP_PX_PER_MM), words, font=font, fill=30)
    grey = np.asarray(sheet, dtype=np.float32) / 255
    return np.repeat(grey[:, :, None], 3, axis=2)


def stamped(
    imprint: Imprint,
    damage: Damage,
    sheet_mm: tuple[float, float] = (120, 90),
    seed: int = 1,
    copies: int = 1,
) -> np.ndarray:
    """A sheet with the imprint in its middle, at STAMP_PX_PER_MM."""
    chance = np.random.default_rng(seed)
    page = page_of(damage.text, *sheet_mm).copy()
    ink = ink_of(imprint, STAMP_PX_PER_MM * 25.4)
    for copy in range(copies):
        middle_x = sheet_mm[0] * (copy + 1) / (copies + 1)
        top = round((sheet_mm[1] - imprint.height_mm) / 2 * STAMP_PX_PER_MM)
        left = round((middle_x - imprint.width_mm / 2) * STAMP_PX_PER_MM)
        height, width = ink.shape
        coarse = chance.normal(0, 1, (height // 24 + 2, width // 24 + 2)).astype(np.float32)
        fine = chance.normal(0, 1, (height // 3 + 2, width // 3 + 2)).astype(np.float32)
        patches = [
            cv2.resize(each, (width, height), interpolation=cv2.INTER_CUBIC) for each in (coarse, fine)
        ]
        strength = np.clip(1 - damage.uneven * (np.abs(patches[0]) + 0.4 * np.abs(patches[1])), 0.15, 1) * ink
        page[top : top + height, left : left + width] *= (1 - strength[:, :, None] * (1 - INK)).astype(
            np.float32
        )
    return page


def photo(
    imprint: Imprint,
    damage: Damage = Damage(),
    size: tuple[int, int] = (1600, 1200),
    sheet_mm: tuple[float, float] = (120, 90),
    *,
    desk: bool = False,
    seed: int = 1,
    copies: int = 1,
    off_mm: tuple[float, float] = (0, 0),
) -> np.ndarray:
    """The photo of a stamped sheet by a camera 30 cm above it, RGB.

    desk: a dark desk is seen around the sheet; without it the sheet is endless. off_mm: how far the
    imprint is from the middle of the picture.
    """
    page = stamped(imprint, damage, sheet_mm, seed, copies)
    per_mm = damage.fill * min(size) / max(imprint.width_mm, imprint.height_mm)
    matrix = _camera(damage, per_mm, size, sheet_mm, off_mm)
    scaled = matrix @ np.diag([1 / STAMP_PX_PER_MM, 1 / STAMP_PX_PER_MM, 1])
    shrink = STAMP_PX_PER_MM / per_mm
    if shrink > 1.2:
        page = cv2.GaussianBlur(page, (0, 0), 0.4 * shrink)
    edge = cv2.BORDER_CONSTANT if desk else cv2.BORDER_REPLICATE
    seen = cv2.warpPerspective(
        page, scaled, size, flags=cv2.INTER_CUBIC, borderMode=edge, borderValue=(0.27, 0.2, 0.16)
    )
    return _expose(seen, damage, np.random.default_rng(seed))


def _camera(
    damage: Damage, per_mm: float, size: tuple[int, int], sheet: tuple[float, float], off: tuple[float, float]
) -> np.ndarray:
    """From mm on the sheet to pixels: turned, tilted about a slanting axis, 300 mm away."""
    away, turn, tilt, axis = 300.0, radians(damage.turn), radians(damage.tilt), radians(35)

    def about_z(angle: float) -> np.ndarray:
        return np.array([[cos(angle), -sin(angle), 0], [sin(angle), cos(angle), 0], [0, 0, 1]])

    about_x = np.array([[1, 0, 0], [0, cos(tilt), -sin(tilt)], [0, sin(tilt), cos(tilt)]])
    rotation = about_z(axis) @ about_x @ about_z(-axis) @ about_z(turn)
    to_camera = np.column_stack([rotation[:, 0], rotation[:, 1], [0, 0, away]])
    lens = np.diag([per_mm * away, per_mm * away, 1.0])
    lens[:2, 2] = size[0] / 2 + off[0] * per_mm, size[1] / 2 + off[1] * per_mm
    middle = np.array([[1, 0, -sheet[0] / 2], [0, 1, -sheet[1] / 2], [0, 0, 1.0]])
    return np.asarray(lens @ to_camera @ middle)


def _expose(seen: np.ndarray, damage: Damage, chance: np.random.Generator) -> np.ndarray:
    """Light from one side, the shadow of a hand, warm lamps, a lens, a sensor."""
    height, width = seen.shape[:2]
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    light = 1 - damage.shade * (0.6 * across + 0.4 * down)
    hand = 1 / (1 + np.exp(((across - 0.2) + 0.6 * (down - 0.4)) / 0.04))
    light = light * (1 - 0.6 * damage.shade * hand)
    lit = seen * light.astype(np.float32)[:, :, None] * np.array([0.96, 0.93, 0.87], np.float32)
    if damage.blur:
        lit = cv2.GaussianBlur(lit, (0, 0), damage.blur)
    lit = lit * 255 + chance.standard_normal(lit.shape, np.float32) * np.float32(damage.noise)
    return np.clip(lit, 0, 255).astype(np.uint8)


def to_jpeg(picture: np.ndarray, quality: int = 92) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=quality)
    return out.getvalue()


@cache
def stamped_jpeg(kind: SealKind) -> bytes:
    """A good photo of a kind's imprint, small, for tests whose matter is not what comes out of it."""
    return to_jpeg(photo(known(kind), Damage(tilt=4, turn=5), (900, 700)))


def difference(found: Imprint, true: Imprint, dpi: int = 600) -> tuple[float, float]:
    """How far they differ: ink in common to ink in either, and the mean distance of their edges, mm."""
    one, other = (ink_of(each, dpi) > 0.5 for each in (found, true))
    height, width = min(one.shape[0], other.shape[0]), min(one.shape[1], other.shape[1])
    one, other = one[:height, :width], other[:height, :width]
    overlap = float((one & other).sum() / (one | other).sum())
    return overlap, (_edge_distance(one, other) + _edge_distance(other, one)) / 2 * 25.4 / dpi


def _edge_distance(one: np.ndarray, other: np.ndarray) -> float:
    edges = [cv2.Canny((each * 255).astype(np.uint8), 50, 150) > 0 for each in (one, other)]
    far = cv2.distanceTransform((~edges[1]).astype(np.uint8), cv2.DIST_L2, 5)
    return float(far[edges[0]].mean())
