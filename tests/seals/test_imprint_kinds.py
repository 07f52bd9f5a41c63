"""Each kind of seal and form of company as the industry tables have it, measured in mm on the outlines."""

from __future__ import annotations

from itertools import pairwise
from math import dist, hypot
from statistics import fmean

import pytest

from seals.imprint import draw, parts
from seals.kinds import CompanyForm, SealClass, SealKind, spec
from tests.seals.measuring import (
    SIXTY,
    TWELVE,
    apart,
    box,
    centre,
    contours,
    design,
    distances,
    groups,
    hull,
    mask,
    parts_drawn,
    radii,
    size,
)

LEGENDS = {
    SealKind.FINANCE: "财务专用章",
    SealKind.CONTRACT: "合同专用章",
    SealKind.EXAMINATION: "审验专用章",
    SealKind.CUSTOMS: "报关专用章",
    SealKind.HR: "人事专用章",
}
WITH_UNIT = (SealKind.DEPARTMENT, SealKind.BRANCH)
NAMES = [kind for kind in SealKind if spec(kind).seal_class is SealClass.NAME]


# Forms of company: 有限责任公司 40, 股份有限公司 42 with a border of 1.2, 个体 38, 外资 an ellipse of 45 x 30


@pytest.mark.parametrize(
    ("form", "width", "height", "border", "star"),
    [
        (CompanyForm.LIMITED, 40, 40, 1.0, 14),
        (CompanyForm.JOINT_STOCK, 42, 42, 1.2, 14),
        (CompanyForm.SOLE_TRADER, 38, 38, 1.0, 14),
        (CompanyForm.FOREIGN_INVESTED, 45, 30, 1.0, None),
    ],
)
def test_a_form_of_company_has_its_own_shape(
    form: CompanyForm, width: float, height: float, border: float, star: float | None
) -> None:
    of = design(SealKind.LEGAL_NAME, form=form)
    imprint, drawn = draw(of), parts_drawn(of)
    outer, inner = drawn["border"]
    assert (imprint.width_mm, imprint.height_mm) == (width, height)
    assert box(outer) == pytest.approx((0, 0, width, height), abs=0.001)
    assert {round(hypot(x / width * 2 - 1, y / height * 2 - 1), 3) for x, y in outer} == {1.0}
    thickness = distances(inner, outer)
    assert (min(thickness), max(thickness)) == pytest.approx((border, border), abs=0.005)
    assert ("star" in drawn) == (star is not None)
    if star:
        tips = radii(drawn["star"], (width / 2, height / 2))[1]
        assert tips == pytest.approx(star / 2, abs=0.002)


@pytest.mark.parametrize("form", CompanyForm)
def test_the_form_changes_the_legal_name_seal_only(form: CompanyForm) -> None:
    for kind in SealKind:
        changed = draw(design(kind, form=form)) != draw(design(kind))
        assert changed == (kind is SealKind.LEGAL_NAME and form is not CompanyForm.LIMITED)


def test_a_foreign_invested_companys_number_makes_way_for_its_second_name() -> None:
    number, moved = (
        parts_drawn(design(SealKind.LEGAL_NAME, form=CompanyForm.FOREIGN_INVESTED, foreign_text=text))[
            "number"
        ]
        for text in ("", "Hengxin Technology Co., Ltd.")
    )
    assert centre(*number)[1] > 26
    assert centre(*moved) == pytest.approx((22.5, 15), abs=0.02)
    assert size(*moved)[1] == pytest.approx(2, abs=0.01)


# Legends


@pytest.mark.parametrize(("kind", "legend"), LEGENDS.items())
def test_a_business_seal_has_its_legend_and_a_blank_centre(kind: SealKind, legend: str) -> None:
    of = design(kind)
    assert spec(kind).legend == legend
    drawn = parts_drawn(of)
    assert "star" not in drawn
    characters = groups(drawn["legend"], parts(of)["legend"])
    assert len(characters) == len(legend)
    assert fmean(size(*each)[1] for each in characters) == pytest.approx(4.0, abs=0.15)
    assert size(*drawn["legend"])[0] == pytest.approx(17, abs=0.35)
    assert centre(*drawn["legend"]) == pytest.approx((19, 25.2), abs=0.2)
    everything = [shape for name, shapes in drawn.items() if name != "border" for shape in shapes]
    assert radii(everything, (19, 19))[0] > 4


def test_legends_differ() -> None:
    assert len({draw(design(kind)).d for kind in LEGENDS}) == len(LEGENDS)


# Departments and branches: a star, and the unit below it


@pytest.mark.parametrize("kind", WITH_UNIT)
@pytest.mark.parametrize("count", [2, 3, 4, 5, 6, 8, 10, 13, 18, 24])
def test_a_unit_stands_centred_below_the_star(kind: SealKind, count: int) -> None:
    of = design(kind, unit=SIXTY[:count])
    drawn = parts_drawn(of)
    assert radii(drawn["star"], (19, 19))[1] == pytest.approx(6, abs=0.002)
    characters = groups(drawn["legend"], parts(of)["legend"])
    assert len(characters) == count
    assert all(apart(hull(one), hull(other)) for one, other in pairwise(characters))
    assert centre(*drawn["legend"])[0] == pytest.approx(19, abs=0.15)
    assert box(*drawn["legend"]).top > box(*drawn["star"]).bottom + 0.8
    rows = {round(centre(*each)[1] / 1.5) for each in characters}
    assert (len(rows) > 1) == (count >= 8)
    widths = [size(*each)[0] for each in characters]
    assert max(widths) > 0.9


def test_a_unit_is_read_from_the_left_and_from_the_top() -> None:
    of = design(SealKind.BRANCH, unit="口" * 14)
    characters = groups(parts_drawn(of)["legend"], parts(of)["legend"])
    places = [centre(*each) for each in characters]
    assert places == sorted(places, key=lambda place: (round(place[1]), place[0]))


# Ordinals


@pytest.mark.parametrize("kind", [*LEGENDS, *WITH_UNIT])
@pytest.mark.parametrize("ordinal", [2, 11, 99])
def test_an_ordinal_stands_centred_directly_below_the_legend(kind: SealKind, ordinal: int) -> None:
    of = design(kind, ordinal=ordinal)
    drawn = parts_drawn(of)
    number = groups(drawn["ordinal"], parts(of)["ordinal"])
    assert len(number) == len(str(ordinal)) + 2
    assert centre(*drawn["ordinal"])[0] == pytest.approx(19, abs=0.1)
    assert size(*drawn["ordinal"])[1] == pytest.approx(2.2, abs=0.01)
    assert 0.5 < box(*drawn["ordinal"]).top - box(*drawn["legend"]).bottom < 1.3
    assert "ordinal" not in parts(design(kind))


# The number on the lower arc, and the name seals


@pytest.mark.parametrize("kind", [SealKind.LEGAL_NAME, *LEGENDS, *WITH_UNIT])
def test_every_round_seal_has_its_number_on_the_lower_arc(kind: SealKind) -> None:
    of = design(kind, company=SIXTY)
    middle = draw(of).width_mm / 2
    digits = groups(parts_drawn(of)["number"], parts(of)["number"])
    assert len(digits) == 13
    foot, head = radii([shape for each in digits for shape in each], (middle, middle))[::-1]
    assert foot == pytest.approx(middle - 2, abs=0.04)
    assert foot - head == pytest.approx(1.2, abs=0.08)
    steps = [dist(centre(*one), centre(*other)) for one, other in pairwise(digits)]
    assert steps == pytest.approx([fmean(steps)] * 12, abs=0.16)


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_seal_is_a_square_of_20(kind: SealKind) -> None:
    of = design(kind, person_name="欧阳修远")
    assert (draw(of).width_mm, draw(of).height_mm) == (20, 20)
    assert len(parts(of)["name"]) == 4


@pytest.mark.parametrize(
    "person",
    ["张三", "李小明", "欧阳修远", "阿卜杜拉·买买提", "迪丽热巴·迪力木拉提", "一二三四五六七八九"],
)
def test_a_name_seal_is_balanced(person: str) -> None:
    """Its characters fill the frame to the same distance on all four sides, give or take their own shapes."""
    ink = mask(parts_drawn(design(SealKind.REPRESENTATIVE, person_name=person))["name"], 20, 20, density=20)
    rows, columns = ink.any(axis=1).nonzero()[0], ink.any(axis=0).nonzero()[0]
    edges = [rows[0], 399 - rows[-1], columns[0], 399 - columns[-1]]
    assert max(edges) - min(edges) < 0.9 * 20
    assert min(edges) > 1.2 * 20


def test_the_same_design_is_the_same_imprint() -> None:
    for kind in SealKind:
        assert draw(design(kind)) == draw(design(kind, TWELVE))
        assert len(contours(draw(design(kind)).d)) > 4
