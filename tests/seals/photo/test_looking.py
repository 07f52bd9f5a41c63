"""What a photo is taken for at a first look, and a photo of a document as a PDF."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
import pytest
import qrcode
from PIL import Image

from auth.errors import Invalid
from seals.kinds import SealKind
from seals.photo.limits import MIN_SIDE_PX
from seals.photo.looking import look
from seals.photo.paging import photo_pdf
from seals.photo.shown import MAX_TEXT, Shown, ShownKind
from server.demo_contract import demo_contract
from tests.seals.photo.photos import stamped_jpeg

PLACE = 0x8825  # EXIF: where the photo was taken


def jpeg(picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=80, **options)
    return out.getvalue()


def page() -> Image.Image:
    return pypdfium2.PdfDocument(demo_contract("北京云杉科技有限公司"))[0].render(scale=1.4).to_pil()


def stamped_page() -> Image.Image:
    """A contract with a seal on it is a document, not an imprint to be taken."""
    sheet = page().convert("RGB")
    seal = Image.open(io.BytesIO(stamped_jpeg(SealKind.CONTRACT))).resize((300, 233))
    sheet.paste(seal, (450, 800))
    return sheet


def test_each_kind_is_told_from_the_others() -> None:
    assert look(stamped_jpeg(SealKind.CONTRACT)) == Shown(ShownKind.STAMP)
    assert look(stamped_jpeg(SealKind.INVOICE)) == Shown(ShownKind.STAMP)
    assert look(jpeg(page())) == Shown(ShownKind.DOCUMENT)
    assert look(jpeg(stamped_page())) == Shown(ShownKind.DOCUMENT)
    assert look(jpeg(Image.new("RGB", (800, 600), "white"))) == Shown(ShownKind.DOCUMENT)


def test_a_qr_code_is_read_and_one_that_is_too_long_is_cut() -> None:
    for text in ("https://seal.example.cn/c#abc", "A" * (MAX_TEXT + 1)):
        code = qrcode.make(text, box_size=12).convert("RGB")
        assert look(jpeg(code)) == Shown(ShownKind.QR, text[:MAX_TEXT])
    alone = qrcode.make("https://seal.example.cn/c#abc", box_size=4).convert("RGB")
    assert min(alone.size) < MIN_SIDE_PX
    assert look(jpeg(alone)) == Shown(ShownKind.QR, "https://seal.example.cn/c#abc")
    with pytest.raises(Invalid, match="too_small"):
        look(jpeg(Image.new("RGB", alone.size, "white")))


@pytest.mark.parametrize("size", [(900, 1300), (1300, 900), (300, 4000)])
def test_a_photo_becomes_one_page_and_takes_nothing_else_along(size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[PLACE] = {1: "N", 2: (39.9, 0.0, 0.0)}
    made = photo_pdf(jpeg(page().resize(size), exif=exif))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) == 1
        width, height = (float(side) for side in pdf.pages[0].mediabox[2:])
        assert {round(width), round(height)} == {595, 842}
        assert (width > height) == (size[0] > size[1])
        [image] = pdf.pages[0].get_images().values()
        assert b"Exif" not in image.read_raw_bytes()
        shape = int(image.Width) / int(image.Height)
        assert shape == pytest.approx(size[0] / size[1], rel=0.02)
    darkest, brightest = pypdfium2.PdfDocument(made)[0].render(scale=0.3).to_pil().convert("L").getextrema()
    assert darkest < 140 < brightest, "the picture is on the page"


def test_what_is_no_photo_is_refused() -> None:
    for act in (look, photo_pdf):
        with pytest.raises(Invalid, match="format"):
            act(b"%PDF-1.7")
