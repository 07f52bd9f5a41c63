"""Where seal and mark stand on the page, and how they look in three readers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import ImageChops

from auth.errors import DomainError, Invalid
from seals.pdf.cleaning import clean
from seals.pdf.preparing import OtherField, Place, Protection
from tests.seals.pdf import samples
from tests.seals.pdf.checkers import (
    contents,
    darkest,
    mupdf_picture,
    page_picture,
    pictures_differ,
    poppler_picture,
    red_box_mm,
    redness,
    remove_annotations,
    widget,
)
from tests.seals.pdf.parties import mark, prepared

ODD_BOXES = {"media_box": (-200, -100, 500, 500), "crop_box": (-150.5, 30, 300, 430.25)}
BLANK = samples.unreferenced_secret()


def code_of(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


# ---------------------------------------------------------------- the seal on the page


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_the_seal_stands_upright_in_true_size_where_it_was_put(rotate: int) -> None:
    data = samples.contract(rotate=rotate, **ODD_BOXES)  # type: ignore[arg-type]
    ready = prepared(data, Place(0, 21, 33), protection=Protection.OPEN)
    picture = page_picture(ready.data)
    assert red_box_mm(picture) == pytest.approx((21, 33, 61, 73), abs=0.5)
    upright = page_picture(prepared(samples.contract(), Place(0, 21, 33)).data)
    size = round(40 / 25.4 * 100)
    at = round(21 / 25.4 * 100), round(33 / 25.4 * 100)
    strokes = [redness(shown.crop((*at, at[0] + size, at[1] + size))) for shown in (picture, upright)]
    # The text under the seal is another one on another page: a tenth may differ, a turned star would not do.
    assert ImageChops.difference(*strokes).histogram()[255] < 0.1 * strokes[1].histogram()[255]


def test_a_user_unit_does_not_change_the_true_size() -> None:
    data = samples.contract(user_unit=2, media_box=(10, 20, 310, 420), rotate=90)
    ready = prepared(data, Place(0, 21, 33))
    # pdfium does not know UserUnit: it shows the whole page, and all on it, at half size.
    assert red_box_mm(page_picture(ready.data)) == pytest.approx((10.5, 16.5, 30.5, 36.5), abs=0.5)
    rectangle = widget(ready.data).Rect
    width = float(rectangle[2]) - float(rectangle[0])
    assert width * 2 / 72 * 25.4 == pytest.approx(40, abs=0.01)


def test_black_text_shows_through_the_red_in_every_reader(tmp_path: Path) -> None:
    before = samples.contract()
    ready = prepared(before, Place(0, 80, 100))
    star = (94, 114, 106, 126)
    for picture in (
        page_picture(ready.data, dpi=200),
        poppler_picture(tmp_path, ready.data, dpi=200),
        mupdf_picture(tmp_path, ready.data, dpi=200),
    ):
        assert red_box_mm(picture, dpi=200) == pytest.approx((80, 100, 120, 140), abs=0.5)
        assert darkest(picture, star, dpi=200) < 40
    # Ink only darkens: no pixel is brighter than before.
    brighter = ImageChops.subtract(page_picture(ready.data), page_picture(before))
    assert brighter.getextrema() == ((0, 0), (0, 0), (0, 0))


def test_the_look_is_vector_art_and_no_transparency_group() -> None:
    look = widget(prepared(samples.contract()).data).AP.N
    assert "/Group" not in look
    assert str(look.Resources.ExtGState.Ink.BM) == "/Multiply"
    assert "/XObject" not in look.Resources
    assert [float(value) for value in look.BBox] == pytest.approx([0, 0, 113.3858, 113.3858])


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (Place(0, 170.1, 100), "place.off_page"),
        (Place(0, -0.1, 100), "place.off_page"),
        (Place(0, 100, 258), "place.off_page"),
        (Place(0, float("nan"), 100), "place.off_page"),
        (Place(0, float("inf"), 100), "place.off_page"),
        (Place(1, 100, 100), "place.no_page"),
        (Place(-1, 100, 100), "place.no_page"),
    ],
)
def test_a_seal_must_lie_wholly_on_a_page(place: Place, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        prepared(samples.contract(), place)
    assert code_of(refused) == code


def test_a_seal_may_touch_the_edges() -> None:
    ready = prepared(samples.contract(), Place(0, 210 - 40, 297 - 40))
    assert red_box_mm(page_picture(ready.data)) == pytest.approx((170, 257, 210, 297), abs=0.5)


# ---------------------------------------------------------------- the verification mark


def test_the_mark_is_page_content_of_an_unsigned_document_in_the_bottom_right_corner() -> None:
    ready = prepared(BLANK, Place(0, 20, 20), mark=mark())
    assert ready.meta.mark_drawn
    without_widgets = remove_annotations(ready.data)
    picture = page_picture(without_widgets)
    ink = ImageChops.invert(picture.convert("L")).point(lambda value: 255 * (value > 128)).getbbox()
    assert ink is not None
    left, top, right, bottom = (value * 25.4 / 100 for value in ink)
    drawing = mark()
    assert left >= 209.9 - 5 - drawing.width_mm
    assert top >= 297.04 - 5 - drawing.height_mm - 0.3
    assert right <= 209.9 - 5 + 0.3
    assert bottom <= 297.04 - 5 + 0.3


def test_the_mark_gives_way_to_the_seal_and_to_the_places_of_others() -> None:
    corner = Place(0, 165, 250)
    ready = prepared(BLANK, corner, mark=mark())
    ink = page_picture(remove_annotations(ready.data)).convert("L")
    assert ImageChops.invert(ink).getbbox()[0] < 100  # type: ignore[index]
    other = [OtherField("乙方", 0, 4, 250)]
    ready = prepared(BLANK, corner, mark=mark(), protection=Protection.LISTED, others=other)
    left, top, _, _ = ImageChops.invert(page_picture(remove_annotations(ready.data)).convert("L")).getbbox()  # type: ignore[misc]
    assert left > 500
    assert top < 100


def test_the_mark_goes_where_it_is_wanted_even_on_another_page() -> None:
    data = clean(samples.contract(2), remove_active=False).data
    ready = prepared(data, Place(0, 20, 20), mark=mark(), mark_place=Place(1, 10, 10))
    first = pictures_differ(data, remove_annotations(ready.data), 0)
    second = pictures_differ(data, remove_annotations(ready.data), 1)
    assert first is None
    assert second is not None
    assert second[0] * 25.4 / 100 == pytest.approx(10, abs=3)
    with pytest.raises(Invalid) as refused:
        prepared(data, Place(0, 20, 20), mark=mark(), mark_place=Place(1, 200, 10))
    assert code_of(refused) == "place.off_page"


def test_a_page_too_small_for_seal_and_mark_says_so() -> None:
    with pytest.raises(Invalid) as refused:
        prepared(samples.contract(media_box=(0, 0, 130, 130)), Place(0, 2, 2), mark=mark())
    assert code_of(refused) == "place.no_room_for_mark"


@pytest.mark.parametrize("tail", [b"q 2 0 0 2 9 9 cm q", b"Q Q 3 0 0 3 50 50 cm", b"q Q Q q 2 0 0 2 0 0 cm"])
def test_careless_page_content_does_not_shift_the_mark(tail: bytes) -> None:
    careful, careless = (samples.contract(tail=part) for part in (b"", tail))
    pictures = [
        page_picture(remove_annotations(prepared(data, mark=mark()).data)) for data in (careful, careless)
    ]
    assert ImageChops.difference(*pictures).getbbox() is None


def test_the_pages_own_content_stays_as_it_was() -> None:
    data = clean(samples.contract(2), remove_active=False).data
    ready = prepared(data, mark=mark())
    before, after = contents(data), contents(ready.data)
    assert after[1] == before[1]
    assert after[0][1:-1] == before[0]
