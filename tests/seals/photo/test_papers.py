"""Photos and scans of papers: good ones are taken, and each defect is told by its own code."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from auth.errors import DomainError
from seals.photo.paper_facts import PDF, Sought
from seals.photo.papers import look_at_paper
from tests.seals.photo.papers import card, jpeg, scan_pdf, sheet

STAMPED, PLAIN, CARD = Sought(True, False), Sought(False, False), Sought(False, True)
LICENCE = sheet("营业执照副本")


@pytest.mark.parametrize("blur", [0.0, 0.8, 1.5])
def test_a_good_photo_a_card_and_a_scan_are_taken(blur: float) -> None:
    assert look_at_paper(jpeg(LICENCE, blur=blur), STAMPED).media_type == "image/jpeg"
    assert look_at_paper(jpeg(card("刘慧"), blur=blur), CARD).pages == 1
    seen = look_at_paper(scan_pdf(LICENCE), STAMPED)
    assert (seen.media_type, seen.pages) == (PDF, 1)


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def test_a_design_draft_is_any_picture_that_is_not_empty() -> None:
    draft = Sought(False, False, drawing=True)
    for sketch in (jpeg(LICENCE, blur=4), jpeg(LICENCE, light=0.2), jpeg(LICENCE.resize((300, 400)))):
        assert look_at_paper(sketch, draft).media_type == "image/jpeg"
    assert look_at_paper(scan_pdf(LICENCE), draft).media_type == PDF
    with pytest.raises(DomainError) as empty:
        look_at_paper(_png(Image.new("RGB", (400, 400), "white")), draft)
    assert empty.value.code == "material.blank"


@pytest.mark.parametrize(
    ("data", "sought", "code"),
    [
        (b"", PLAIN, "material.empty"),
        (b"GIF89a" + bytes(200), PLAIN, "material.format"),
        (jpeg(LICENCE)[:9000], PLAIN, "photo.broken"),
        (jpeg(LICENCE.resize((450, 600))), PLAIN, "photo.too_small"),
        (jpeg(LICENCE, blur=7), STAMPED, "material.blurred"),
        (jpeg(LICENCE, blur=4), STAMPED, "material.blurred"),
        (jpeg(card("刘慧"), blur=8), CARD, "material.blurred"),
        (jpeg(sheet("营业执照副本", shift=260)), STAMPED, "material.cut_off"),
        (jpeg(LICENCE, light=0.2), STAMPED, "material.dark"),
        (_png(Image.new("RGB", (1200, 1600), "white")), PLAIN, "material.blank"),
        (scan_pdf(Image.new("RGB", (1200, 1600), "white")), PLAIN, "material.blank"),
        (jpeg(sheet("营业执照副本", stamped=False)), STAMPED, "material.no_stamp"),
        (b"%PDF-1.7\n" + bytes(500), PLAIN, "pdf.broken"),
    ],
)
def test_each_defect_has_its_own_refusal(data: bytes, sought: Sought, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        look_at_paper(data, sought)
    assert refused.value.code == code
    if code.startswith("material.") and code not in {"material.empty", "material.format"}:
        assert "拍" in refused.value.zh
        assert refused.value.field == "file"
