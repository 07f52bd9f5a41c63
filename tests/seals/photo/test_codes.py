"""QR codes read out of photos and screenshots."""

from __future__ import annotations

from io import BytesIO

import pytest
import qrcode
from PIL import Image, ImageFilter

from auth.errors import Invalid
from seals.photo.codes import read_codes
from seals.photo.shown import MAX_CODES, MAX_TEXT

TEXT = "https://sign.example.cn/c#0123456789abcdefghijklmnopqrstuvwxyz"


def code(text: str = TEXT) -> Image.Image:
    return qrcode.make(text, box_size=5).convert("RGB")


def encoded(picture: Image.Image, kind: str = "JPEG") -> bytes:
    out = BytesIO()
    picture.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("turn", [0, 37, 180])
def test_a_code_photographed_askew_is_read(turn: int) -> None:
    photo = Image.new("RGB", (900, 1200), (196, 190, 182))
    sheet = code().rotate(turn, expand=True, fillcolor=(196, 190, 182))
    photo.paste(sheet, (180, 300))
    assert read_codes(encoded(photo.filter(ImageFilter.GaussianBlur(1)))).texts == (TEXT,)


def test_a_screenshot_of_the_code_alone_is_read() -> None:
    small = qrcode.make(TEXT, box_size=3, border=2).convert("RGB")
    assert min(small.size) < 300
    assert read_codes(encoded(small, "PNG")).texts == (TEXT,)


def test_several_are_told_and_there_is_an_end() -> None:
    wall = Image.new("RGB", (900, 900), "white")
    for number in range(MAX_CODES + 1):
        wall.paste(code(f"n{number}").resize((200, 200)), (300 * (number % 3) + 40, 300 * (number // 3) + 40))
    texts = read_codes(encoded(wall, "PNG")).texts
    assert len(texts) == MAX_CODES
    assert set(texts) < {f"n{number}" for number in range(MAX_CODES + 1)}
    assert len(read_codes(encoded(code("x" * (MAX_TEXT + 9)), "PNG")).texts[0]) == MAX_TEXT


def test_without_a_code_there_is_none_and_what_is_no_picture_is_refused() -> None:
    assert read_codes(encoded(Image.new("RGB", (600, 600), "white"))).texts == ()
    with pytest.raises(Invalid) as refused:
        read_codes(b"%PDF-1.7")
    assert refused.value.code == "photo.format"
