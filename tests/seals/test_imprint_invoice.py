"""国家税务总局公告2011年第7号, measure by measure, on the outlines as drawn (mm)."""

from __future__ import annotations

from itertools import pairwise
from math import atan2, degrees, dist, hypot
from statistics import fmean

import pytest

from seals.imprint import draw, parts
from seals.kinds import SealKind
from tests.seals.measuring import (
    SIXTY,
    USCC,
    Contour,
    apart,
    box,
    centre,
    contours,
    design,
    distances,
    groups,
    hull,
    parts_drawn,
    radii,
    size,
)

CENTRE_LINE = 15.0


def characters_of(part: str, company: str, ordinal: int = 1) -> list[list[Contour]]:
    of = design(SealKind.INVOICE, company, ordinal=ordinal)
    return groups(parts_drawn(of)[part], parts(of)[part])


# 椭圆形, 长轴 40, 短轴 30, 边宽 1


def test_the_outer_edge_is_an_ellipse_of_40_by_30() -> None:
    outer, _inner, *_ = contours(draw(design(SealKind.INVOICE)).d)
    assert size(outer) == pytest.approx((40, 30), abs=0.001)
    assert {round(hypot((x - 20) / 20, (y - 15) / 15), 3) for x, y in outer} == {1.0}


def test_the_border_is_1_thick_all_round() -> None:
    outer, inner, *_ = contours(draw(design(SealKind.INVOICE)).d)
    thickness = distances(inner, outer)
    assert (min(thickness), max(thickness)) == pytest.approx((1, 1), abs=0.005)


# 纳税人识别号: Arial, 高 3.7, 宽 1.3, 18 位总宽 26, in the middle


def test_the_number_is_26_wide_and_3_7_high_in_the_middle() -> None:
    number = parts_drawn(design(SealKind.INVOICE))["number"]
    assert size(*number) == pytest.approx((26, 3.7), abs=0.005)
    assert centre(*number) == pytest.approx((20, CENTRE_LINE), abs=0.005)


def test_each_of_its_digits_is_3_7_high_and_1_3_wide_at_one_pitch() -> None:
    digits = characters_of("number", SIXTY[:12])
    assert len(digits) == 18
    assert all(size(*each)[1] == pytest.approx(3.7, abs=0.12) for each in digits)  # round ones overshoot
    zeros = [size(*each)[0] for each, char in zip(digits, USCC, strict=True) if char == "0"]
    assert zeros == pytest.approx([1.3] * len(zeros), abs=0.002)
    assert max(size(*each)[0] for each in digits) == pytest.approx(1.3, abs=0.002)  # letters are narrowed
    middles = [centre(*each)[0] for each in digits]
    steps = [right - left for left, right in pairwise(middles)]
    assert max(steps) - min(steps) < 0.005
    assert all(apart(hull(one), hull(other)) for one, other in pairwise(digits))


# 纳税人名称: 高 4.2, 环排角度 210-260°, 与内边框 0.5


@pytest.mark.parametrize("count", range(4, 61))
def test_the_name_spans_210_to_260_degrees_symmetrically(count: int) -> None:
    points = [point for shapes in characters_of("name", "国" * count) for s in shapes for point in s]
    left, right = (
        max(degrees(atan2(side * (x - 20), 15 - y)) for x, y in points if side * (x - 20) > 0)
        for side in (-1, 1)
    )
    assert 210 <= left + right <= 260
    assert abs(left - right) < 1.5
    longer = characters_of("name", "国" * min(60, count + 1))
    wider = max(abs(atan2(x - 20, 15 - y)) for shapes in longer for s in shapes for x, y in s)
    assert degrees(wider) >= max(left, right) - 1.5  # it grows with the count


@pytest.mark.parametrize("count", [5, 11, 21, 27, 33, 35])
def test_the_name_is_4_2_high(count: int) -> None:
    """By the outermost and innermost ink of a character that fills its square, along the border's normal."""
    upright = characters_of("name", "国" * count)[count // 2]
    assert size(*upright)[1] == pytest.approx(4.2, abs=0.1)
    assert centre(*upright)[0] == pytest.approx(20, abs=0.1)


def test_only_a_name_the_announcement_would_shorten_is_set_lower() -> None:
    heights = [size(*characters_of("name", "国" * count)[count // 2])[1] for count in (35, 45, 59)]
    assert heights[0] > heights[1] > heights[2] > 2.5


@pytest.mark.parametrize("count", [4, 8, 12, 20, 30, 60])
def test_the_name_keeps_0_5_from_the_inner_edge_of_the_border(count: int) -> None:
    inner = contours(draw(design(SealKind.INVOICE)).d)[1]
    gaps = [
        min(distances([point for shape in shapes for point in shape], inner))
        for shapes in characters_of("name", "国" * count)
    ]
    assert (min(gaps), max(gaps)) == pytest.approx((0.5, 0.5), abs=0.07)


@pytest.mark.parametrize("count", [8, 12, 20, 28])
def test_the_names_characters_are_as_wide_as_its_count_allows(count: int) -> None:
    of_more, of_fewer = (characters_of("name", "国" * n) for n in (count + 8, count))
    width_of = [min(size(*shapes)) for shapes in (of_more[(count + 8) // 2], of_fewer[count // 2])]
    assert width_of[0] <= width_of[1] + 0.01
    centres = [centre(*shapes) for shapes in of_fewer]
    steps = [dist(one, other) for one, other in pairwise(centres)]
    assert max(steps) - min(steps) < 0.12 * max(steps)


# 「发票专用章」: 高 4.6, 宽 3, 中心线到字顶 4.2


def test_the_legend_is_4_6_by_3_and_begins_4_2_below_the_centre_line() -> None:
    legend = characters_of("legend", SIXTY[:12])
    assert len(legend) == 5
    assert fmean(box(*shapes).top for shapes in legend) == pytest.approx(CENTRE_LINE + 4.2, abs=0.1)
    assert fmean(size(*shapes)[1] for shapes in legend) == pytest.approx(4.6, abs=0.05)
    assert fmean(size(*shapes)[0] for shapes in legend) == pytest.approx(3, abs=0.05)
    assert centre(*(shape for shapes in legend for shape in shapes))[0] == pytest.approx(20, abs=0.1)


# 序号「(2)」: 数字高 2.2, 宽 1.7, 中心线到字顶 10; 只有一枚时省略


@pytest.mark.parametrize("ordinal", [2, 3, 8, 9, 10, 46, 99])
def test_the_ordinal_is_2_2_by_1_7_a_digit_and_begins_10_below_the_centre_line(ordinal: int) -> None:
    opening, *digits, closing = characters_of("ordinal", SIXTY[:12], ordinal)
    shapes = [shape for each in (opening, *digits, closing) for shape in each]
    assert len(digits) == len(str(ordinal))
    for each, char in zip(digits, str(ordinal), strict=True):
        # figures differ a little in width within 1.7, as they do in Arial; a one is slimmer
        assert size(*each)[0] == pytest.approx(1.7, abs=0.12) if char not in "14" else size(*each)[0] < 1.9
        assert size(*each)[1] == pytest.approx(2.2, abs=0.002)
        assert box(*each).top == pytest.approx(CENTRE_LINE + 10, abs=0.002)
    assert centre(*shapes)[0] == pytest.approx(20, abs=0.1)
    ink = [hull(each) for each in (opening, *digits, closing)]
    assert all(apart(one, other) for one, other in pairwise(ink))
    middles = [centre(*each)[0] for each in (opening, *digits, closing)]
    assert middles == sorted(middles)


def test_the_only_invoice_seal_carries_no_ordinal() -> None:
    assert "ordinal" not in parts(design(SealKind.INVOICE))
    one, two = (draw(design(SealKind.INVOICE, ordinal=ordinal)).d for ordinal in (1, 2))
    assert two.startswith(one)
    assert two != one


def test_it_carries_neither_seal_number_nor_star_nor_a_second_script() -> None:
    of = design(SealKind.INVOICE, foreign_text="Hengxin Technology")
    assert set(parts(of)) == {"border", "name", "number", "legend"}
    assert not [
        shape for shape in contours(draw(of).d) if len(shape) == 10 and radii([shape], (20, 15))[1] < 8
    ]
