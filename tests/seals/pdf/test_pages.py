"""Pictures of pages, looked at pixel by pixel."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageFilter

from auth.errors import Invalid, NotFound, Unavailable
from seals.glyphs import FONTS_VARIABLE
from seals.pdf.pages import MAX_PIXELS, MAX_WIDTH_PX, MIN_WIDTH_PX, UNSIGNED, page_png, page_webp
from seals.pdf.preparing import Place, Protection
from tests.seals.pdf.samples import (
    bad_box,
    comment,
    contract,
    contract_pdf,
    cut_off,
    encrypted,
    form,
    save,
    wrong_xref,
)
from tests.seals.pdf.sealing_kit import SIGNED, World

Box = tuple[int, int, int, int]


def picture(data: bytes, page: int = 0, width: int = 800, watermark: str | None = None) -> Image.Image:
    image = Image.open(BytesIO(page_png(data, page, width, watermark)))
    assert (image.format, image.mode) == ("PNG", "RGB")
    return image


def share(image: Image.Image, box: Box, wanted: object) -> float:
    """The part of the pixels in `box` that `wanted` accepts."""
    pixels = list(image.crop(box).get_flattened_data())
    return sum(wanted(*pixel) for pixel in pixels) / len(pixels)  # type: ignore[operator]


def red(r: int, g: int, b: int) -> bool:
    return r > 150 and g < 110 and b < 110


def dark(r: int, g: int, b: int) -> bool:
    return max(r, g, b) < 90


def mm(value: float, width: int = 800) -> int:
    return round(value / 210 * width)


# ---------------------------------------------------------------- size


def test_the_picture_is_as_wide_as_asked_and_as_high_as_the_page() -> None:
    assert picture(contract(), width=595).size == (595, 842)
    assert picture(contract(), width=800).size == (800, 1132)
    for width in (MIN_WIDTH_PX, 333, 1001, MAX_WIDTH_PX):
        assert picture(contract(), width=width).width == width


@pytest.mark.parametrize("rotate", [90, 270])
def test_a_turned_page_is_shown_as_people_see_it(rotate: int) -> None:
    assert picture(contract(rotate=rotate), width=842).size == (842, 596)


def test_the_crop_box_is_the_page() -> None:
    data = contract(crop_box=(100, 100, 400, 300))
    assert picture(data, width=300).size == (300, 200)


def test_every_page_has_its_own_picture() -> None:
    def striped(pdf: pikepdf.Pdf) -> None:
        for number, page in enumerate(pdf.pages):
            page.contents_add(b"q %d 0 0 rg 0 0 900 900 re f Q" % number)

    pdf = contract_pdf(2)
    striped(pdf)
    data = save(pdf)
    assert picture(data, 0).getpixel((400, 500)) == (0, 0, 0)
    assert picture(data, 1).getpixel((400, 500)) == (255, 0, 0)


def test_the_picture_for_screens_shows_the_same_in_fewer_bytes() -> None:
    exact, small = page_png(contract(), 0, 720, UNSIGNED), page_webp(contract(), 0, 720, UNSIGNED)
    with Image.open(BytesIO(small)) as shown:
        assert (shown.format, shown.size) == ("WEBP", (720, 1019))
        off = ImageChops.difference(shown.convert("L"), Image.open(BytesIO(exact)).convert("L"))
    assert sum(off.get_flattened_data()) / (720 * 1019) < 4
    assert len(small) < len(exact) / 2


def test_a_page_of_photographs_goes_down_the_ladder_of_quality() -> None:
    printed, sheet = BytesIO(), Image.effect_noise((900, 1270), 20).filter(ImageFilter.GaussianBlur(1))
    sheet.save(printed, "PDF")
    with Image.open(BytesIO(page_png(printed.getvalue(), 0, 720, None))) as exact:
        at_first = BytesIO()
        exact.save(at_first, "WEBP", quality=85, method=2)
    assert len(at_first.getvalue()) > 60 * 1024 >= len(page_webp(printed.getvalue(), 0, 720))


@pytest.mark.parametrize("width", [0, -1, MIN_WIDTH_PX - 1, MAX_WIDTH_PX + 1, 10**9])
def test_widths_have_limits(width: int) -> None:
    with pytest.raises(Invalid) as refused:
        page_png(contract(), 0, width, None)
    assert (refused.value.code, refused.value.field) == ("page.width", "w")


def test_a_very_long_page_comes_out_narrower_than_asked() -> None:
    image = picture(contract(media_box=(0, 0, 200, 14400)), width=MAX_WIDTH_PX)
    assert image.width * image.height <= MAX_PIXELS * 1.02
    assert image.height > 60 * image.width


def test_a_page_without_shape_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        page_png(contract(media_box=(0, 0, 0.001, 14400)), 0, 800, None)
    assert refused.value.code == "pdf.page_shape"


# ---------------------------------------------------------------- what is on it


def test_the_seal_in_a_signature_field_is_drawn_and_text_shows_through() -> None:
    world = World()
    ready = world.prepare(
        contract(), world.seals[0], at=SIGNED, place=Place(0, 90, 150), protection=Protection.OPEN
    )
    sealed = world.sign(contract(), place=Place(0, 90, 150))
    box = (mm(90), mm(150), mm(130), mm(190))
    for data in (ready.data, sealed):
        image = picture(data)
        assert share(image, box, red) > 0.05
        assert share(image, (mm(20), mm(150), mm(60), mm(190)), red) == 0
        bare = picture(contract())
        kept = [
            now[0] <= 110
            for now, before in zip(
                image.crop(box).get_flattened_data(), bare.crop(box).get_flattened_data(), strict=True
            )
            if dark(*before)
        ]
        assert len(kept) > 100
        assert all(kept)


def test_forms_and_comments_are_drawn() -> None:
    assert picture(form(drawn=True)).crop((140, 120, 400, 200)).getextrema()[0][0] < 60
    yellow = picture(comment()).getpixel((570, 150))
    assert isinstance(yellow, tuple)
    assert yellow[0] > 200
    assert yellow[2] < 80


# ---------------------------------------------------------------- the watermark


@pytest.mark.parametrize("width", [120, 400, 1200])
def test_the_watermark_lies_over_the_whole_page_and_leaves_it_readable(width: int) -> None:
    plain, marked = picture(contract(), width=width), picture(contract(), width=width, watermark=UNSIGNED)
    assert plain.size == marked.size
    difference = ImageChops.difference(plain, marked).convert("L").point(lambda value: 255 * (value > 4))
    across, down = width // 3, plain.height // 4
    for left in range(0, width - across + 1, across):
        for top in range(0, plain.height - down + 1, down):
            part = difference.crop((left, top, left + across, top + down))
            assert part.getbbox() is not None, "a part of the page has no watermark"
    # What was black stays much darker than what the watermark makes of white.
    pairs = zip(
        plain.convert("L").get_flattened_data(), marked.convert("L").get_flattened_data(), strict=True
    )
    for old, new in pairs:
        assert old >= 40 or new < 110
        assert old <= 250 or new > 180


def test_a_blank_page_can_be_told_from_a_signed_one_in_the_smallest_picture() -> None:
    blank = contract_pdf()
    blank.pages[0].Contents = blank.make_stream(b"")
    image = picture(save(blank), width=64, watermark=UNSIGNED)
    assert len(set(image.get_flattened_data())) > 10


@pytest.mark.parametrize("words", ["", "很" * 25])
def test_watermarks_have_limits(words: str) -> None:
    with pytest.raises(Invalid) as refused:
        page_png(contract(), 0, 200, words)
    assert refused.value.code == "page.watermark"


def test_a_missing_font_is_said_and_no_box_is_drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("seals.pdf.pages._FONT_FOLDER", str(tmp_path))
    monkeypatch.setenv(FONTS_VARIABLE, str(tmp_path))
    with pytest.raises(Unavailable) as missing:
        page_png(contract(), 0, 333, UNSIGNED)
    assert missing.value.code == "page.no_font"
    assert page_png(contract(), 0, 333, None)


# ---------------------------------------------------------------- files that cannot be shown


@pytest.mark.parametrize("page", [1, 2, -1, 10**6])
def test_pages_that_are_not_there(page: int) -> None:
    with pytest.raises(NotFound) as missing:
        page_png(contract(), page, 200, None)
    assert missing.value.code == "pdf.no_such_page"
    assert missing.value.facts == {"pages": 1}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "pdf.broken"),
        (b"%PDF-1.7\n" + b"x" * 5000, "pdf.broken"),
        (encrypted(), "pdf.encrypted"),
    ],
    ids=["empty", "nonsense", "encrypted"],
)
def test_files_that_cannot_be_shown(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        page_png(data, 0, 200, None)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "data", [cut_off(), wrong_xref(), bad_box()], ids=["cut off", "wrong xref", "bad box"]
)
def test_damaged_files_are_shown_or_refused(data: bytes) -> None:
    try:
        page_png(data, 0, 200, UNSIGNED)
    except (Invalid, NotFound):
        return
