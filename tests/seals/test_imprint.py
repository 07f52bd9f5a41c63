"""The drawn outlines are measured, in mm, as an inspector would measure a stamped sheet."""

from __future__ import annotations

import io
import re
import time
from math import dist
from xml.etree import ElementTree

import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import Image

from auth.errors import Invalid
from seals.design import Design
from seals.imprint import RED, draw, to_pdf_operators, to_png, to_svg
from seals.kinds import FIVE, SealKind, seal_name, shape, spec
from tests.seals.measuring import (
    NUMBER,
    ROUND,
    TWELVE,
    TWENTY_FOUR,
    USCC,
    area,
    box,
    centre,
    characters,
    contour_counts,
    contours,
    distance,
    drawn,
    radii,
    size,
)

# Border, star


@pytest.mark.parametrize(
    ("kind", "width", "height"),
    [
        (SealKind.LEGAL_NAME, 40, 40),
        (SealKind.FINANCE, 38, 38),
        (SealKind.CONTRACT, 38, 38),
        (SealKind.INVOICE, 40, 30),
        (SealKind.REPRESENTATIVE, 20, 20),
    ],
)
def test_imprint_fills_its_true_size(kind: SealKind, width: float, height: float) -> None:
    imprint = drawn(kind)
    assert (imprint.width_mm, imprint.height_mm) == (width, height)
    assert box(*contours(imprint.d)) == pytest.approx((0, 0, width, height), abs=0.001)


@pytest.mark.parametrize("kind", [SealKind.LEGAL_NAME, SealKind.FINANCE, SealKind.CONTRACT])
def test_round_border_is_two_true_circles_1_mm_apart(kind: SealKind) -> None:
    outer, inner, *_ = contours(drawn(kind).d)
    radius = drawn(kind).width_mm / 2
    assert radii([outer], (radius, radius)) == pytest.approx((radius, radius), abs=0.002)
    assert radii([inner], (radius, radius)) == pytest.approx((radius - 1, radius - 1), abs=0.002)


def test_name_seal_border() -> None:
    outer, inner, *_ = contours(drawn(SealKind.REPRESENTATIVE).d)
    assert size(outer) == (20, 20)
    assert {round(distance(point, outer), 3) for point in inner} == {0.9}


@pytest.mark.parametrize("kind", FIVE)
def test_inner_border_runs_against_the_outer(kind: SealKind) -> None:
    outer, inner, *_ = contours(drawn(kind).d)
    assert area(outer) * area(inner) < 0


def test_star_has_its_tips_on_a_circle_of_14_mm_and_one_points_up() -> None:
    [star] = [shape for shape in contours(drawn(SealKind.LEGAL_NAME).d) if len(shape) == 10]
    distances = [dist(point, (20, 20)) for point in star]
    assert distances[::2] == pytest.approx([7] * 5, abs=0.002)
    assert distances[1::2] == pytest.approx([7 * 0.381966] * 5, abs=0.002)
    assert min(star, key=lambda point: point[1]) == pytest.approx((20, 13), abs=0.002)


@pytest.mark.parametrize("kind", [SealKind.FINANCE, SealKind.CONTRACT])
def test_finance_and_contract_seals_have_a_blank_centre(kind: SealKind) -> None:
    near = [shape for shape in contours(drawn(kind).d) if radii([shape], (19, 19))[1] < 17.9]
    assert min(radii([shape], (19, 19))[0] for shape in near) > 4


# Legends and the seal number


@pytest.mark.parametrize(
    ("kind", "legend"), [(SealKind.FINANCE, "财务专用章"), (SealKind.CONTRACT, "合同专用章")]
)
def test_legend_stands_level_below_the_centre(kind: SealKind, legend: str) -> None:
    shapes = contours(drawn(kind).d)[: -sum(contour_counts(NUMBER))][-sum(contour_counts(legend)) :]
    assert size(*shapes)[1] == pytest.approx(4.0, abs=0.15)
    assert size(*shapes)[0] == pytest.approx(17, abs=0.3)
    assert centre(*shapes) == pytest.approx((19, 25.2), abs=0.15)


@pytest.mark.parametrize("kind", ROUND)
def test_seal_number_runs_along_the_lower_border(kind: SealKind) -> None:
    number = "8000000000001"
    shapes = contours(drawn(kind, number=number).d)[-sum(contour_counts(number)) :]
    radius = drawn(kind).width_mm / 2
    foot, head = radii(shapes, (radius, radius))[::-1]
    assert foot == pytest.approx(radius - 2, abs=0.04)  # 1 mm from the border
    assert foot - head == pytest.approx(1.2, abs=0.08)
    assert all(box(shape).top > radius * 1.5 for shape in shapes)
    digits = characters(number, shapes)
    lefts = [box(*each).left for each in digits]
    assert lefts == sorted(lefts)
    assert [len(each) for each in digits] == [3, *[2] * 11, 1]
    assert centre(*shapes)[0] == pytest.approx(radius, abs=0.1)


# What is refused


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        (SealKind.LEGAL_NAME, {"company_name": "恒信厂"}, "imprint.company_name"),
        (SealKind.LEGAL_NAME, {"company_name": "国" * 61}, "imprint.company_name"),
        (SealKind.FINANCE, {"seal_number": "110105001234"}, "imprint.seal_number"),
        (SealKind.CONTRACT, {"seal_number": "１101050012345"}, "imprint.seal_number"),
        (SealKind.INVOICE, {"uscc": "91110105MA01ABCD5"}, "imprint.uscc"),
        (SealKind.REPRESENTATIVE, {"person_name": "张"}, "imprint.person_name"),
        (SealKind.REPRESENTATIVE, {"person_name": "··"}, "imprint.person_name"),
    ],
)
def test_bad_words_are_refused(kind: SealKind, change: dict[str, str], code: str) -> None:
    words = {"company_name": TWELVE, "uscc": USCC, "seal_number": NUMBER, "person_name": "张三"}
    with pytest.raises(Invalid) as raised:
        draw(Design(kind, **(words | change)))
    assert raised.value.code == code


# The forms it is given out in


@pytest.mark.parametrize("kind", FIVE)
def test_path_data_is_absolute_mm_to_the_micrometre(kind: SealKind) -> None:
    d = drawn(kind).d
    number = r"(?:0|[1-9]\d?)(?:\.\d{0,2}[1-9])?"
    assert re.fullmatch(rf"(?:M{number} {number} (?:[LC](?:{number} )+)+Z)+", d)
    assert d == drawn(kind).d


@pytest.mark.parametrize("kind", FIVE)
def test_svg_is_one_path_in_true_size(kind: SealKind) -> None:
    svg = ElementTree.fromstring(to_svg(drawn(kind)))  # noqa: S314 - our own output
    measures = shape(kind)
    assert svg.get("width") == f"{measures.width_mm:g}mm"
    assert svg.get("height") == f"{measures.height_mm:g}mm"
    assert svg.get("viewBox") == f"0 0 {measures.width_mm:g} {measures.height_mm:g}"
    assert [child.tag for child in svg] == ["{http://www.w3.org/2000/svg}path"]
    assert svg[0].get("fill") == "#e60012"
    assert not "".join(svg.itertext()).strip()


@pytest.mark.parametrize(("dpi", "pixels"), [(96, 152), (300, 473), (600, 945)])
def test_png_has_its_dpi_and_a_transparent_ground(dpi: int, pixels: int) -> None:
    picture = Image.open(io.BytesIO(to_png(drawn(SealKind.LEGAL_NAME), dpi)))
    assert picture.size == (pixels, pixels)
    assert picture.info["dpi"] == pytest.approx((dpi, dpi), abs=0.5)
    last = pixels - 1
    assert [picture.getpixel(at)[3] for at in ((0, 0), (last, 0), (0, last), (last, last))] == [0] * 4
    assert picture.getpixel((round(20 / 25.4 * dpi), round(20 / 25.4 * dpi))) == (*RED, 255)
    edges = [pixel for pixel in picture.get_flattened_data() if 60 < pixel[3] < 200]
    assert edges
    assert all(abs(pixel[0] - RED[0]) < 6 and pixel[1] < 6 for pixel in edges)


def test_png_resolution_has_a_limit() -> None:
    with pytest.raises(Invalid, match=r"imprint\.dpi"):
        to_png(drawn(SealKind.LEGAL_NAME), 5000)


def test_pdf_operators_paint_the_imprint_in_true_size() -> None:
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(300, 300))
        operators = b"1 0 0 1 100 50 cm\n" + to_pdf_operators(drawn(SealKind.INVOICE), (0, 0, 0))
        page.Contents = document.make_stream(operators)
        kept = io.BytesIO()
        document.save(kept)
    with pdfium.PdfDocument(kept.getvalue()) as rendered:
        picture = rendered[0].render(scale=10).to_pil().convert("L")
    left, top, right, bottom = picture.point(lambda value: 255 * (value < 128)).getbbox()
    assert (left / 10, (3000 - bottom) / 10) == pytest.approx((100, 50), abs=0.15)
    assert ((right - left) / 10, (bottom - top) / 10) == pytest.approx(
        (40 / 25.4 * 72, 30 / 25.4 * 72), abs=0.15
    )
    assert picture.getpixel((1000 + 567, 3000 - 500 - 425 + 85)) == 255  # between number and legend


# Kinds


def test_names_of_the_five_seals() -> None:
    assert [seal_name(kind, "恒信公司", "张三") for kind in FIVE] == [
        "恒信公司法定名称章",
        "恒信公司财务专用章",
        "恒信公司发票专用章",
        "恒信公司合同专用章",
        "张三法定代表人名章",
    ]
    assert all(spec(kind).kind is kind for kind in FIVE)


def test_time_to_draw_is_printed() -> None:
    for kind in FIVE:
        drawn(kind, TWENTY_FOUR)
        start = time.perf_counter()
        imprint = drawn(kind, TWENTY_FOUR)
        print(
            f"{kind}: {(time.perf_counter() - start) * 1000:.1f} ms, {len(imprint.d) / 1000:.0f} kB of path"
        )
