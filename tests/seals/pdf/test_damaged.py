"""Files that are not as they should be: mended and the same to look at, or refused with the reason."""

from __future__ import annotations

import base64
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageChops

from auth.errors import Conflict, DomainError, Invalid
from seals.pdf.cleaning import clean
from seals.pdf.comparing import MAX_MENDED, MAX_PICTURE_BYTES, MAX_SOUND, check_same_pages, compared
from seals.pdf.inspecting import inspect
from seals.pdf.preparing import Place, Protection
from tests.seals.pdf import damage, samples
from tests.seals.pdf.checkers import page_picture, pictures_differ, pyhanko, qpdf, red_box_mm
from tests.seals.pdf.parties import prepared, sealed

PROTECTED = {
    "RC4 40": pikepdf.Encryption(owner="o", R=2, aes=False, metadata=False),
    "RC4 128": pikepdf.Encryption(owner="o", R=3, aes=False, metadata=False),
    "AES 128": pikepdf.Encryption(owner="o", R=4),
    "AES 256": pikepdf.Encryption(owner="o", R=6, allow=pikepdf.Permissions(modify_other=False)),
}


def restricted(data: bytes, how: str = "AES 256") -> bytes:
    with pikepdf.open(BytesIO(data)) as pdf:
        out = BytesIO()
        pdf.save(out, encryption=PROTECTED[how])
    return out.getvalue()


# ---------------------------------------------------------------- damage


@pytest.mark.parametrize(
    ("make", "mended"),
    [
        (damage.bad_offsets, True),
        (damage.wrong_length, True),
        (lambda: damage.wrong_length(7), True),
        (damage.missing_endobj, True),
        (damage.junk_before, True),
        (damage.junk_after, True),
        (damage.no_end_mark, False),
        (damage.hybrid, False),
    ],
)
def test_a_damaged_file_is_mended_and_shows_what_it_showed(
    tmp_path: Path, make: Callable[[], bytes], mended: bool
) -> None:
    data = make()
    assert inspect(data).repaired is mended
    cleaned = clean(data, remove_active=False)
    assert (cleaned.removed, cleaned.inspection.repaired) == ((), False)
    assert qpdf(tmp_path, cleaned.data) == ""
    assert pictures_differ(damage.page_of(), cleaned.data, 0) is None
    (status,) = pyhanko(sealed(cleaned.data, Place(0, 90, 150)))
    assert status.bottom_line


def test_what_readers_read_differently_is_refused_with_both_pictures() -> None:
    with pytest.raises(Invalid) as refused:
        clean(damage.two_contents(), remove_active=False)
    facts = refused.value.facts
    assert (refused.value.code, facts["page"], facts["pages"]) == ("pdf.shown_differently", 1, [1, 1])
    packed = [base64.b64decode(str(facts[name])) for name in ("before", "after")]
    assert all(len(each) <= MAX_PICTURE_BYTES for each in packed)
    before, after = (Image.open(BytesIO(each)) for each in packed)
    assert before.size == after.size
    assert ImageChops.difference(before, after).getbbox() is not None


def test_a_page_that_is_nowhere_for_one_reader_has_one_picture_only() -> None:
    with pytest.raises(Invalid) as refused:
        clean(damage.page_nowhere(), remove_active=False)
    assert refused.value.code == "pdf.shown_differently"
    assert (refused.value.facts["before"], bool(refused.value.facts["after"])) == (None, True)


@pytest.mark.parametrize(
    ("spoil", "code", "cause"),
    [
        (lambda data: b"junk\n" + data, "pdf.signed_and_damaged", "damaged"),
        (lambda data: data[: data.rindex(b"startxref")] + b"startxref\n17\n%%EOF\n", None, "damaged"),
        (damage.hybrid_update, None, "hybrid"),
        (restricted, "pdf.signed_and_restricted", None),
    ],
    ids=["junk", "cross-references", "hybrid", "restricted"],
)
def test_a_signed_file_is_not_mended_and_the_reason_is_told(
    spoil: Callable[[bytes], bytes], code: str | None, cause: str | None
) -> None:
    signed = sealed(damage.page_of(), Place(0, 90, 150), protection=Protection.OPEN)
    assert inspect(signed).signatures == 1
    with pytest.raises(Invalid) as refused:
        inspect(spoil(signed))
    assert refused.value.code == (code or "pdf.signed_and_damaged")
    assert refused.value.facts.get("cause") == cause


# ---------------------------------------------------------------- the same to look at


def note(text: str, colour: str = "0 g") -> bytes:
    """A price of 8 points on an empty page."""
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(H=pdf.make_indirect(font)))
    page.obj.Contents = pdf.make_stream(f"{colour} BT /H 8 Tf 300 400 Td ({text}) Tj ET".encode())
    return samples.save(pdf)


@pytest.mark.parametrize(
    "other", [note("CNY 18,600.00"), note("CNY 13,600.00", "1 0 0 rg"), note(""), samples.contract(2)]
)
def test_one_digit_one_colour_or_one_page_makes_a_difference(other: bytes) -> None:
    written = note("CNY 13,600.00")
    check_same_pages(written, note("CNY 13,600.00"), range(1), {})
    with pytest.raises(Invalid):
        check_same_pages(written, other, range(2), {})


def test_a_field_between_two_pixels_and_a_look_that_was_added_make_none() -> None:
    field = samples.form(rectangle=(100.37, 700.61, 300.4, 720.9))
    assert clean(field, remove_active=False).removed == ("form_fields",)
    check_same_pages(note("CNY 1"), note("CNY 8"), range(1), {0: [(0.0, 0.0, 1.0, 1.0)]})


def test_of_long_documents_some_pages_are_compared_the_first_and_the_last_among_them() -> None:
    assert compared(3, [], mended=False) == [0, 1, 2]
    sound, mended = compared(1000, [7], mended=False), compared(1000, [], mended=True)
    assert (len(sound), len(mended), 7 in sound) == (MAX_SOUND + 1, MAX_MENDED, True)
    assert {0, 999} < {*sound} & {*mended}


# ---------------------------------------------------------------- restrictions


@pytest.mark.parametrize("how", PROTECTED)
def test_restrictions_are_lifted_only_with_consent(how: str) -> None:
    data = restricted(samples.contract(), how)
    assert inspect(data).restricted
    with pytest.raises(Conflict) as refused:
        clean(data, remove_active=True)
    assert refused.value.code == "pdf.restricted"
    cleaned = clean(data, remove_active=False, lift_restrictions=True)
    assert (cleaned.removed, cleaned.inspection.restricted) == (("restrictions",), False)
    assert pictures_differ(data, cleaned.data, 0) is None
    with pytest.raises(DomainError):
        prepared(data)


def test_an_empty_owner_password_opens_nothing_for_a_reader() -> None:
    with pikepdf.open(BytesIO(samples.contract())) as pdf:
        out = BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(user="open-sesame", owner="", R=4))
    with pytest.raises(Invalid) as refused:
        inspect(out.getvalue())
    assert refused.value.code == "pdf.encrypted"


# ---------------------------------------------------------------- huge and tiny pages


@pytest.mark.parametrize("rotate", [0, 90])
def test_on_a_page_of_five_metres_the_seal_has_its_true_size(rotate: int) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(14_173, 14_173)).obj.Rotate = rotate
    ready = prepared(clean(samples.save(pdf), False).data, Place(0, 4000, 3000))
    picture = page_picture(ready.data, dpi=20)
    assert red_box_mm(picture, dpi=20) == pytest.approx((4000, 3000, 4040, 3040), abs=2)


def test_a_tiny_page_among_others_takes_no_seal_and_hinders_none() -> None:
    def add(pdf: pikepdf.Pdf) -> None:
        pdf.add_blank_page(page_size=(28, 28))

    data = clean(samples.changed(add), False).data
    assert red_box_mm(page_picture(prepared(data, Place(0, 100, 150)).data))[0] == pytest.approx(100, abs=0.5)
    with pytest.raises(Invalid) as refused:
        prepared(data, Place(1, 0, 0))
    assert refused.value.code == "place.page_too_small"
