"""A ruler for drawn imprints: contours of the path data as polygons, and what can be measured on them.

And the company whose seals are measured.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from math import dist
from typing import Any

import cv2
import numpy as np

from seals.design import Design
from seals.drawing.outline import Box, Outline
from seals.glyphs import Face, glyph
from seals.imprint import Imprint, draw, parts
from seals.kinds import SealKind

Point = tuple[float, float]
Contour = list[Point]
STEPS = 12  # straight pieces a curve is measured as

USCC, NUMBER = "91110105MA01ABCD5F", "1101050012345"
TWELVE = "北京恒信科技发展有限公司"
TWENTY_FOUR = "北京恒信远大智能装备科技发展（集团）股份有限公司"
SIXTY = (
    "新疆维吾尔自治区克孜勒苏柯尔克孜自治州阿图什市恒信远大国际物流仓储供应链管理与"
    "跨境电子商务综合服务股份有限公司喀什分公司"
)
ROUND = (SealKind.LEGAL_NAME, SealKind.FINANCE, SealKind.CONTRACT)
WITH_NAME = (*ROUND, SealKind.INVOICE)


def contours(d: str) -> list[Contour]:
    """The closed contours of path data as polygons."""
    found: list[Contour] = []
    for command, numbers in re.findall(r"([MLCZ])([^MLCZ]*)", d):
        values = [float(number) for number in numbers.split()]
        points = list(zip(values[::2], values[1::2], strict=True))
        if command == "M":
            found.append(points)
        elif command == "L":
            found[-1] += points
        elif command == "C":
            found[-1] += _flattened(found[-1][-1], *points)
    return found


def _flattened(a: Point, b: Point, c: Point, d: Point) -> Contour:
    shares = [step / STEPS for step in range(1, STEPS + 1)]
    return [
        tuple(
            (1 - t) ** 3 * a[i] + 3 * (1 - t) ** 2 * t * b[i] + 3 * (1 - t) * t**2 * c[i] + t**3 * d[i]
            for i in (0, 1)
        )
        for t in shares
    ]  # type: ignore[return-value]


def box(*shapes: Contour) -> Box:
    xs = [x for shape in shapes for x, _ in shape]
    ys = [y for shape in shapes for _, y in shape]
    return Box(min(xs), min(ys), max(xs), max(ys))


def size(*shapes: Contour) -> tuple[float, float]:
    left, top, right, bottom = box(*shapes)
    return right - left, bottom - top


def centre(*shapes: Contour) -> Point:
    left, top, right, bottom = box(*shapes)
    return (left + right) / 2, (top + bottom) / 2


def area(shape: Contour) -> float:
    """Signed: the sign is the direction the contour runs in."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*shape, shape[0]])) / 2


def inside(shape: Contour, limits: Box) -> bool:
    left, top, right, bottom = box(shape)
    return left >= limits.left and top >= limits.top and right <= limits.right and bottom <= limits.bottom


def distance(point: Point, shape: Contour) -> float:
    """From a point to the nearest place on a contour."""
    return float(distances([point], shape)[0])


def distances(points: Sequence[Point], shape: Contour) -> np.ndarray:
    """From each point to the nearest place on a contour."""
    starts, at = np.array(shape), np.array(points)[:, None, :]
    along = np.roll(starts, -1, axis=0) - starts
    lengths = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((at - starts) * along).sum(axis=2) / lengths, 0, 1)
    nearest = starts + share[:, :, None] * along
    return np.hypot(*(at - nearest).transpose(2, 0, 1)).min(axis=1)


def characters(text: str, drawn: list[Contour], face: Face = Face.SONG) -> list[list[Contour]]:
    """The contours of each character of a text, from contours that begin with its first."""
    groups, start = [], 0
    for char in text:
        count = glyph(char, face).outline.commands.count("Z")
        groups.append(drawn[start : start + count])
        start += count
    return groups


def hull(shapes: list[Contour]) -> Contour:
    """Convex hull of the ink of one character."""

    def half(points: list[Point]) -> Contour:
        chain: Contour = []
        for point in points:
            while len(chain) > 1 and _cross(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        return chain[:-1]

    points = sorted({point for shape in shapes for point in shape})
    return half(points) + half(points[::-1])


def apart(first: Contour, second: Contour) -> bool:
    """Whether a straight line separates two convex polygons (separating axis theorem)."""
    for polygon in (first, second):
        for (x1, y1), (x2, y2) in pairwise([*polygon, polygon[0]]):
            normal = (y2 - y1, x1 - x2)
            a, b = ([x * normal[0] + y * normal[1] for x, y in each] for each in (first, second))
            if max(a) < min(b) or max(b) < min(a):
                return True
    return False


def _cross(o: Point, a: Point, b: Point) -> float:
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


def radii(shapes: list[Contour], middle: Point) -> tuple[float, float]:
    """Least and greatest distance of ink from a point."""
    distances = [dist(point, middle) for shape in shapes for point in shape]
    return min(distances), max(distances)


def drawn(kind: SealKind, company: str = TWELVE, person: str = "张三", number: str = NUMBER) -> Imprint:
    return draw(Design(kind, company_name=company, uscc=USCC, seal_number=number, person_name=person))


def name_characters(kind: SealKind, company: str) -> list[list[Contour]]:
    """Contours of the company name; the border's two and the star come before it."""
    before = 3 if kind is SealKind.LEGAL_NAME else 2
    return characters(company, contours(drawn(kind, company).d)[before:])


def person_characters(person: str, shown: str) -> list[list[Contour]]:
    """Contours of each character of a name seal, in the order they are read."""
    return characters(shown, contours(drawn(SealKind.REPRESENTATIVE, person=person).d)[2:], Face.SONG_BOLD)


def contour_counts(text: str) -> list[int]:
    """How many contours each character of a text has."""
    return [glyph(char).outline.commands.count("Z") for char in text]


def design(kind: SealKind, company: str = TWELVE, **words: Any) -> Design:
    """A design with everything its kind asks for."""
    unit = words.pop("unit", "人力资源部" if kind is SealKind.DEPARTMENT else "上海分公司")
    person = words.pop("person_name", "张三")
    return Design(
        kind, company_name=company, uscc=USCC, seal_number=NUMBER, person_name=person, unit=unit, **words
    )


def parts_drawn(of: Design) -> dict[str, list[Contour]]:
    """The contours of each named part, read from the path `draw` gives."""
    found = contours(draw(of).d)
    groups, start = {}, 0
    for name, outlines in parts(of).items():
        count = sum(outline.commands.count("Z") for outline in outlines)
        groups[name] = found[start : start + count]
        start += count
    assert start == len(found)
    return groups


def groups(shapes: list[Contour], outlines: list[Outline]) -> list[list[Contour]]:
    """Contours by the outline (a character, a word's letter) they belong to."""
    found, start = [], 0
    for outline in outlines:
        count = outline.commands.count("Z")
        found.append(shapes[start : start + count])
        start += count
    return found


PIXELS_PER_MM = 12


def mask(shapes: list[Contour], width: float, height: float, density: int = PIXELS_PER_MM) -> np.ndarray:
    """Ink as pixels, `density` to the mm, nonzero fill: what a scanner sees of one part."""
    winding = np.zeros((round(height * density), round(width * density)), np.int16)
    for shape in shapes:
        corners = np.rint(np.array(shape) * density).astype(np.int32)
        left, top = np.maximum(corners.min(axis=0) - 1, 0)
        right, bottom = corners.max(axis=0) + 2
        here = winding[top:bottom, left:right]
        filled = np.zeros(here.shape, np.uint8)
        cv2.fillPoly(filled, [corners - (left, top)], 1)
        here += filled.astype(np.int16) * (1 if area(shape) > 0 else -1)
    return (winding != 0).astype(np.uint8)


def clearance(one: np.ndarray, other: np.ndarray) -> float:
    """Least distance in mm from ink of one mask to ink of another; 0 if they touch."""
    away = cv2.distanceTransform(1 - one, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return float(away[other > 0].min()) / PIXELS_PER_MM


def islands(ink: np.ndarray) -> int:
    """How many separate pieces of ink there are."""
    return cv2.connectedComponents(ink, connectivity=8)[0] - 1
