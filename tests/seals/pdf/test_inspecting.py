"""Looking at a stranger's PDF: every answer typed, every limit kept."""

from __future__ import annotations

import random
from collections.abc import Callable

import pikepdf
import pytest

from auth.errors import DomainError, Invalid, TooLarge
from seals.pdf.inspecting import MAX_BYTES, MAX_PAGES, OpenField, inspect
from seals.pdf.preparing import OtherField, Place, Protection
from tests.seals.pdf import samples
from tests.seals.pdf.parties import sealed


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "pdf.not_pdf"),
        (b"PK\x03\x04 a docx", "pdf.not_pdf"),
        (b"%PDF-1.7 nothing else %%EOF", "pdf.broken"),
        (samples.cut_off(), "pdf.truncated"),
        (samples.cut_off_linearized(), "pdf.truncated"),
        (samples.encrypted(), "pdf.encrypted"),
        (samples.no_pages(), "pdf.no_pages"),
        (samples.page_loop(), "pdf.broken"),
        (samples.deep_nesting(), "pdf.broken"),
        (samples.bomb(), "pdf.too_many_objects"),
        (samples.bad_box(), "pdf.page_size"),
        (samples.bad_box(b"[0 0 9999999 9]"), "pdf.page_size"),
        (samples.changed(lambda pdf: pdf.pages[0].obj.__setitem__("/Rotate", 45)), "pdf.page_size"),
        (samples.contract(user_unit=1e6), "pdf.page_size"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_unusable_files_are_refused_with_their_reason(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        inspect(data)
    assert refused.value.code == code
    assert refused.value.zh
    assert refused.value.en


def test_limits_of_size_and_pages_are_named() -> None:
    with pytest.raises(TooLarge) as pages:
        inspect(samples.contract(2000))
    assert pages.value.code == "pdf.too_many_pages"
    assert pages.value.facts == {"limit": MAX_PAGES, "pages": 2000}
    with pytest.raises(TooLarge) as size:
        inspect(samples.contract() + b" " * MAX_BYTES)
    assert size.value.code == "pdf.too_large"
    assert size.value.facts == {"limit": MAX_BYTES}


def test_an_honest_contract() -> None:
    found = inspect(samples.contract(3))
    assert len(found.pages) == 3
    assert found.pages[0].width_pt == pytest.approx(595.276)
    assert found.pages[0].height_pt == pytest.approx(841.89)
    assert (found.signatures, found.certification, found.open_fields) == (0, None, ())
    assert (found.active, found.repaired, found.may_add_fields) == ((), False, True)


@pytest.mark.parametrize(
    ("rotate", "shown"),
    [(0, (400, 300)), (90, (300, 400)), (180, (400, 300)), (270, (300, 400)), (-90, (300, 400))],
)
def test_page_sizes_are_as_shown(rotate: int, shown: tuple[float, float]) -> None:
    media, crop = (-200, -100, 500, 500), (-150, 30, 250, 330)
    data = samples.contract(rotate=rotate, media_box=media, crop_box=crop)
    (page,) = inspect(data).pages
    assert (page.width_pt, page.height_pt) == pytest.approx(shown)
    assert page.rotation == rotate % 360


def test_user_unit_enlarges_the_page_and_a_crop_box_is_cut_to_the_media_box() -> None:
    (page,) = inspect(
        samples.contract(user_unit=2, media_box=(0, 0, 200, 300), crop_box=(-50, 100, 150, 900))
    ).pages
    assert (page.width_pt, page.height_pt) == pytest.approx((300, 400))


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (samples.javascript, ("javascript",)),
        (samples.hidden_name_javascript, ("javascript", "open_action")),
        (samples.launch, ("launch",)),
        (samples.chained_launch, ("launch",)),
        (samples.open_action, ("open_action",)),
        (samples.xfa, ("xfa",)),
        (samples.embedded_file, ("embedded_files",)),
        (samples.file_annotation, ("embedded_files",)),
        (samples.movie, ("multimedia",)),
        (samples.external_stream, ("external_content",)),
        (samples.layers, ("layers",)),
        (lambda: samples.web_link(" Java\tScript:alert(1)"), ("javascript",)),
        (samples.web_link, ()),
        (samples.opens_at_page, ()),
        (samples.form, ()),
    ],
)
def test_active_content_is_found(make: Callable[[], bytes], codes: tuple[str, ...]) -> None:
    assert inspect(make()).active == codes


@pytest.mark.parametrize("name", [name for name in samples.HOSTILE_NAMES if name and "\0" not in name])
def test_an_attachment_with_a_hostile_name_is_an_attachment(name: str) -> None:
    assert inspect(samples.embedded_file(name)).active == ("embedded_files",)


def test_active_content_counts_even_where_nothing_refers_to_it() -> None:
    data = samples.changed(
        lambda pdf: pdf.trailer.__setitem__(
            "/Hidden", pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("x")))
        )
    )
    assert inspect(data).active == ("launch",)


def test_a_damaged_file_is_repaired_if_unsigned_and_refused_if_signed() -> None:
    assert inspect(samples.wrong_xref()).repaired
    signed = sealed(samples.contract(), protection=Protection.OPEN)
    with pytest.raises(Invalid) as refused:
        inspect(signed[: signed.rindex(b"startxref")] + b"startxref\n17\n%%EOF\n")
    assert refused.value.code == "pdf.signed_and_damaged"


def test_a_page_size_that_qpdf_had_to_guess_counts_as_damage() -> None:
    assert inspect(samples.bad_box(b"[0 0 (x) 9]")).repaired
    assert not inspect(samples.unreferenced_secret()).repaired


def test_signatures_certification_and_open_fields() -> None:
    others = [OtherField("乙方", 0, 20, 180), OtherField("丙方", 1, 10, 30, 50, 45)]
    found = inspect(sealed(samples.contract(2), protection=Protection.LISTED, others=others))
    assert (found.signatures, found.certification, found.may_add_fields) == (1, 2, False)
    first, last = found.open_fields
    assert first == OpenField(
        "乙方",
        0,
        pytest.approx(20, abs=0.01),
        pytest.approx(180, abs=0.01),
        pytest.approx(42, abs=0.01),
        pytest.approx(42, abs=0.01),
        locks_document=False,
    )
    assert (last.name, last.page, last.locks_document) == ("丙方", 1, True)
    assert (last.width_mm, last.height_mm) == pytest.approx((50, 45), abs=0.01)


def test_open_fields_are_measured_as_shown_on_a_turned_page() -> None:
    data = samples.contract(rotate=270, media_box=(-200, -100, 500, 500), crop_box=(-150, 30, 400, 450))
    others = [OtherField("乙方", 0, 12, 90)]
    sealed_once = sealed(data, Place(0, 90, 20), protection=Protection.LISTED, others=others)
    (field,) = inspect(sealed_once).open_fields
    assert (field.x_mm, field.y_mm) == pytest.approx((12, 90), abs=0.01)


def test_a_final_document_says_so() -> None:
    found = inspect(sealed(samples.contract(), protection=Protection.SOLE))
    assert (found.signatures, found.certification, found.may_add_fields) == (1, 1, False)


def test_whatever_is_done_to_a_file_the_answer_is_typed() -> None:
    dice = random.Random(20261121)
    good = [
        samples.contract(2),
        samples.layers(),
        samples.form(),
        samples.javascript(),
        sealed(samples.contract(), protection=Protection.LISTED, others=[OtherField("乙方", 0, 20, 180)]),
    ]
    words = (
        b"/Kids",
        b"null",
        b"<<",
        b">>",
        b"[",
        b"-1",
        b"99999999999",
        b"1 0 R",
        b"/Sig",
        b"/Rect",
        b"endobj",
    )
    answers = []
    for _ in range(1500):
        data = bytearray(dice.choice(good))
        for _ in range(dice.randint(1, 5)):
            at = dice.randrange(len(data))
            if dice.random() < 0.5:
                data[at] = dice.randrange(256)
            else:
                word = dice.choice(words)
                data[at : at + dice.choice((0, len(word)))] = word
        try:
            answers.append(str(inspect(bytes(data)).signatures))
        except DomainError as error:
            answers.append(error.code)
    refusals = {answer for answer in answers if not answer.isdigit()}
    assert "pdf.broken" in refusals
    assert all(code.startswith("pdf.") for code in refusals)
    assert sum(answer.isdigit() for answer in answers) > 100
