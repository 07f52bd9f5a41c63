"""The verification mark is printed, read by a scanner, and typed from: each is tried on its picture."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image

from auth.errors import Invalid, TooLarge
from seals.glyphs import Face
from seals.imprint import to_png
from seals.mark import BLACK, CAPTION, Imprint, draw_mark
from tests.seals.measuring import area, box, characters, contours, size

CODE = "7K3MW9QXA2RT5HPD"
GROUPED = "7K3M-W9QX-A2RT-5HPD"
URL = f"https://ezhang.example.cn/v/{CODE}"
LONG_URL = f"https://electronic-seal-verification.service.city.gov.example.cn:8443/v/{CODE}"


def picture(mark: Imprint, dpi: int) -> Image.Image:
    """As printed on white paper."""
    drawn = Image.open(io.BytesIO(to_png(mark, dpi, BLACK)))
    paper = Image.new("RGB", drawn.size, "white")
    paper.paste(drawn, mask=drawn)
    return paper.convert("L")


@pytest.mark.parametrize("url", [URL, LONG_URL, f"http://127.0.0.1:8000/v/{CODE}"])
@pytest.mark.parametrize("dpi", [150, 203, 300])
def test_mark_is_read_by_a_scanner(url: str, dpi: int) -> None:
    [found] = zxingcpp.read_barcodes(picture(draw_mark(url, CODE), dpi))
    assert found.text == url
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    assert found.ec_level == "M"


@pytest.mark.parametrize("url", [URL, LONG_URL])
def test_quiet_zone_is_4_modules_and_a_module_half_a_mm(url: str) -> None:
    mark = draw_mark(url, CODE)
    finder = contours(mark.d)[0]  # the border of the upper left finder pattern, 7 modules wide
    module = size(finder)[0] / 7
    assert module >= 0.5
    assert box(finder)[:2] == pytest.approx((4 * module, 4 * module), abs=0.001)
    assert 20.5 <= mark.width_mm <= 26
    modules = mark.width_mm / module
    assert modules == pytest.approx(round(modules), abs=0.001)
    text_top = min(
        box(shape).top for shape in contours(mark.d) if box(shape).top > mark.width_mm - 4 * module
    )
    assert text_top >= mark.width_mm  # nothing in the quiet zone below


def test_a_usual_mark_is_22_mm_wide() -> None:
    assert draw_mark(URL, CODE).width_mm == pytest.approx(22, abs=0.1)
    assert draw_mark(LONG_URL, CODE).width_mm > 24


def test_dark_areas_have_no_hairlines() -> None:
    """At a resolution where no module falls on whole pixels, the 3 x 3 core of a finder is all black."""
    mark = draw_mark(URL, CODE)
    module = size(contours(mark.d)[0])[0] / 7
    dpi = 437
    start, end = (int(edge * module * dpi / 25.4) for edge in (6, 9))
    core = picture(mark, dpi).crop((start + 2, start + 2, end - 2, end - 2))
    assert core.getextrema() == (0, 0)


def test_holes_run_against_their_border() -> None:
    outer, *others = contours(draw_mark(URL, CODE).d)
    inner = pytest.approx([side * 5 / 7 for side in size(outer)], abs=0.002)
    hole = next(shape for shape in others if list(size(shape)) == inner)
    assert area(outer) * area(hole) < 0


def test_caption_code_and_host_stand_below() -> None:
    mark = draw_mark(URL, CODE.lower())
    below = [shape for shape in contours(mark.d) if box(shape).top >= mark.width_mm]
    host = "ezhang.example.cn"
    groups = characters(CAPTION + GROUPED + host, below, Face.HEI)
    assert sum(map(len, groups)) == len(below)
    lines = [groups[:4], groups[4:23], groups[23:]]
    boxes = [box(*(shape for char in line for shape in char)) for line in lines]
    assert boxes[0].bottom < boxes[1].top < boxes[1].bottom < boxes[2].top
    for line in boxes:
        assert (line.left + line.right) / 2 == pytest.approx(mark.width_mm / 2, abs=0.2)
        assert line.left > 0.3
        assert line.right < mark.width_mm - 0.3
        assert line.bottom < mark.height_mm
    assert boxes[0].bottom - boxes[0].top > 2
    assert boxes[1].bottom - boxes[1].top > 1.2


def test_a_long_host_is_broken_and_stays_in_the_box() -> None:
    mark = draw_mark(LONG_URL, CODE)
    assert box(*contours(mark.d)).right < mark.width_mm
    assert box(*contours(mark.d)).bottom < mark.height_mm
    assert mark.height_mm > draw_mark(URL, CODE).height_mm + 3


def test_hyphens_in_the_code_do_not_matter() -> None:
    assert draw_mark(URL, GROUPED) == draw_mark(URL, CODE)


@pytest.mark.parametrize("code", ["", "7K3M", CODE + "A", "7K3MW9QXA2RT5HP好"])
def test_a_wrong_code_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as raised:
        draw_mark(URL, code)
    assert raised.value.code == "mark.code"


def test_a_wrong_url_is_refused() -> None:
    with pytest.raises(Invalid) as raised:
        draw_mark(f"/v/{CODE}", CODE)
    assert raised.value.code == "mark.url"
    with pytest.raises(TooLarge) as raised:
        draw_mark(f"https://{'a' * 300}.cn/v/{CODE}", CODE)
    assert raised.value.facts == {"limit": 300}


def test_an_access_code_stands_below_the_code_and_changes_no_scan() -> None:
    mark, plain = draw_mark(URL, CODE, "9F3K-2TQA"), draw_mark(URL, CODE)
    assert mark.width_mm == plain.width_mm
    assert 1.5 < mark.height_mm - plain.height_mm < 3.5
    assert mark.d != draw_mark(URL, CODE, "9F3K-2TQB").d
    [found] = zxingcpp.read_barcodes(picture(mark, 150))
    assert found.text == URL
