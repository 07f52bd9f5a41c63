"""Text along the border and in the square: measured on the drawn outlines, in mm."""

from __future__ import annotations

from itertools import pairwise
from math import atan2, cos, dist, hypot, pi, sin

import pytest

from seals.imprint import Imprint
from seals.kinds import SealKind
from tests.seals.measuring import (
    SIXTY,
    TWELVE,
    TWENTY_FOUR,
    WITH_NAME,
    apart,
    box,
    centre,
    contour_counts,
    contours,
    distances,
    drawn,
    hull,
    name_characters,
    person_characters,
    size,
)

# Text along the border


@pytest.mark.parametrize("kind", WITH_NAME)
@pytest.mark.parametrize("count", [4, 5, 8, 12, 19, 25, 33, 40, 50, 60])
def test_no_character_touches_its_neighbour_or_the_border(kind: SealKind, count: int) -> None:
    company = SIXTY[:count]
    imprint = drawn(kind, company)
    outlines = contours(imprint.d)
    hulls = [hull(shapes) for shapes in name_characters(kind, company)]
    assert len(hulls) == count
    assert all(apart(one, other) for one, other in pairwise(hulls))
    clear = min(distances([point for each in hulls for point in each], outlines[1]))
    assert clear > 0.35
    assert all(_inside_oval(point, imprint) for each in hulls for point in each)


@pytest.mark.parametrize("kind", WITH_NAME)
@pytest.mark.parametrize("company", ["恒信公司", TWELVE, TWENTY_FOUR, SIXTY], ids=len)
def test_name_keeps_clear_of_everything_below_it(kind: SealKind, company: str) -> None:
    before = 3 if kind is SealKind.LEGAL_NAME else 2
    drawn_contours = contours(drawn(kind, company).d)
    rest = drawn_contours[before + sum(contour_counts(company)) :]
    name = [hull(shapes) for shapes in name_characters(kind, company)]
    assert rest
    assert all(apart(hull([shape]), each) for shape in rest for each in name)


def _inside_oval(point: tuple[float, float], imprint: Imprint) -> bool:
    a, b = imprint.width_mm / 2, imprint.height_mm / 2
    return hypot((point[0] - a) / (a - 1), (point[1] - b) / (b - 1)) < 1


def test_a_longer_name_is_set_closer_then_narrower_then_smaller() -> None:
    def measures(count: int) -> tuple[float, float, float]:
        """Width, height and distance of the characters about 12 o'clock; counts are odd."""
        name = name_characters(SealKind.LEGAL_NAME, "国" * count)
        middle = count // 2
        return *size(*name[middle]), dist(centre(*name[middle]), centre(*name[middle + 1]))

    nine, fifteen, twenty_five, fifty_nine = (measures(count) for count in (9, 15, 25, 59))
    assert fifteen[:2] == pytest.approx(nine[:2], abs=0.01)
    assert fifteen[2] < nine[2] - 0.5
    assert twenty_five[0] < fifteen[0] - 0.3
    assert twenty_five[1] == pytest.approx(4.2, abs=0.1)
    assert fifty_nine[1] < 3
    assert fifty_nine[0] / fifty_nine[1] == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("kind", WITH_NAME)
def test_name_is_symmetric_and_evenly_spread(kind: SealKind) -> None:
    name = [centre(*shapes) for shapes in name_characters(kind, "口" * 17)]
    middle = drawn(kind).width_mm / 2
    for left, right in zip(name, reversed(name), strict=True):
        assert (left[0] + right[0]) / 2 == pytest.approx(middle, abs=0.15)
        assert left[1] == pytest.approx(right[1], abs=0.25)
    steps = [dist(one, other) for one, other in pairwise(name)]
    assert max(steps) - min(steps) < 0.08 * max(steps)


@pytest.mark.parametrize("kind", WITH_NAME)
def test_characters_stand_upright_to_the_border(kind: SealKind) -> None:
    imprint = drawn(kind)
    a, b = imprint.width_mm / 2, imprint.height_mm / 2
    border = [(t, (a + a * sin(t), b - b * cos(t))) for t in (i * pi / 900 for i in range(-900, 900))]
    for [bar] in name_characters(kind, "I" * 12):
        (x1, y1), (x2, y2) = max(pairwise(bar), key=lambda edge: dist(*edge))
        nearest, _ = min(border, key=lambda each: dist(each[1], centre(bar)))
        normal = atan2(-a * cos(nearest), b * sin(nearest))
        assert abs(sin(atan2(y2 - y1, x2 - x1) - normal)) < 0.01


def test_latin_letters_and_brackets_stand_in_a_name() -> None:
    company = "恒信ABC科技123（中国）有限公司"
    hulls = [hull(shapes) for shapes in name_characters(SealKind.LEGAL_NAME, company)]
    assert all(apart(one, other) for one, other in pairwise(hulls))
    assert drawn(SealKind.LEGAL_NAME, company) == drawn(
        SealKind.LEGAL_NAME, company.replace("（", "(").replace("）", ")")
    )


# Name seal


@pytest.mark.parametrize(
    ("person", "right", "left"),
    [("张三", "张三", "之印"), ("李小明", "李小", "明印"), ("欧阳修远", "欧阳", "修远")],
)
def test_name_seal_is_read_in_columns_from_the_right(person: str, right: str, left: str) -> None:
    quarters = [centre(*shapes) for shapes in person_characters(person, right + left)]
    assert [(x > 10, y > 10) for x, y in quarters] == [
        (True, False),
        (True, True),
        (False, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("person", "rows"),
    [
        ("阿卜杜拉·买买提", ["阿卜杜拉·", "买买提印"]),
        ("古丽娜尔·阿不都热依木", ["古丽娜尔·", "阿不都", "热依木印"]),
    ],
)
def test_a_name_with_a_separator_is_read_in_rows(person: str, rows: list[str]) -> None:
    placed = person_characters(person, "".join(rows))
    start, last_bottom = 0, 0.0
    for row in rows:
        line = placed[start : start + len(row)]
        lefts = [box(*each).left for each in line]
        assert lefts == sorted(lefts)
        assert box(*(shape for each in line for shape in each)).top > last_bottom
        last_bottom = box(*(shape for each in line for shape in each)).bottom
        start += len(row)
    assert start == len(placed)


@pytest.mark.parametrize("separator", ["•", "‧", "・", "･", "．", ".", " · "])
def test_every_separator_is_the_registered_one(separator: str) -> None:
    one, other = (drawn(SealKind.REPRESENTATIVE, person=f"买买提{mark}艾力") for mark in ("·", separator))
    assert one == other


@pytest.mark.parametrize(
    "person",
    [
        "张三",
        "李小明",
        "司马相如南",
        "一二三四五六七八九",
        "迪丽热巴·迪力木拉提",
        "伊丽莎白·亚历山德拉·玛丽",
        "JOHN SMITH",
    ],
)
def test_name_fills_its_frame_without_touching_it(person: str) -> None:
    _outer, inner, *name = contours(drawn(SealKind.REPRESENTATIVE, person=person).d)
    ink = box(*name)
    limits = box(inner)
    assert (
        min(
            ink.left - limits.left, ink.top - limits.top, limits.right - ink.right, limits.bottom - ink.bottom
        )
        > 0.3
    )
    assert ink.right - ink.left > 16
    assert ink.bottom - ink.top > 14.5
