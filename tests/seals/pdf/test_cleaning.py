"""The rewrite of an unsigned PDF: nothing active, nothing hidden, and the pages look as before."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import ImageChops

from auth.errors import Conflict, Invalid
from seals.pdf.cleaning import clean
from seals.pdf.inspecting import inspect
from seals.pdf.preparing import Protection
from tests.seals.pdf import samples
from tests.seals.pdf.checkers import mupdf_picture, page_picture, poppler_picture, qpdf
from tests.seals.pdf.parties import sealed

REMOVABLE: list[tuple[Callable[[], bytes], tuple[str, ...]]] = [
    (samples.javascript, ("javascript",)),
    (samples.hidden_name_javascript, ("javascript", "open_action")),
    (samples.launch, ("launch",)),
    (samples.chained_launch, ("launch",)),
    (samples.open_action, ("open_action",)),
    (samples.xfa, ("xfa",)),
    (samples.embedded_file, ("embedded_files",)),
    (samples.file_annotation, ("embedded_files",)),
    (samples.movie, ("multimedia",)),
    (samples.layers, ("layers",)),
]


@pytest.mark.parametrize(("make", "codes"), REMOVABLE)
def test_active_content_goes_only_with_consent(make: Callable[[], bytes], codes: tuple[str, ...]) -> None:
    data = make()
    with pytest.raises(Conflict) as refused:
        clean(data, remove_active=False)
    assert refused.value.code == "pdf.active_content"
    assert refused.value.facts == {"active": list(codes)}
    cleaned = clean(data, remove_active=True)
    assert cleaned.removed == codes
    assert inspect(cleaned.data).active == ()
    raw = pikepdf.open(BytesIO(cleaned.data))
    text = b"".join(item.unparse(resolved=True) for item in raw.objects if isinstance(item, pikepdf.Object))
    for word in (b"/JS", b"/Launch", b"/XFA", b"/EF", b"MZ evil", b"calc.exe"):
        assert word not in text


def test_an_honest_file_passes_and_the_rewrite_is_well_formed_and_repeatable(
    tmp_path: Path,
) -> None:
    data = samples.contract(3)
    cleaned = clean(data, remove_active=False)
    assert cleaned.removed == ()
    assert clean(data, remove_active=False) == cleaned
    assert clean(cleaned.data, remove_active=False).data == cleaned.data
    assert qpdf(tmp_path, cleaned.data) == ""
    assert same_picture(data, cleaned.data)


def test_one_revision_and_nothing_left_over_remains() -> None:
    assert b"the old price" not in clean(samples.unreferenced_secret(), remove_active=False).data
    pdf = samples.contract_pdf()
    first = samples.save(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    update = first + b"4 0 obj\n(withdrawn)\nendobj\ntrailer<</Size 5>>\nstartxref\n0\n%%EOF\n"
    assert clean(update, remove_active=False).data.count(b"%%EOF") == 1


def test_links_and_an_opening_page_stay() -> None:
    link = pikepdf.open(BytesIO(clean(samples.web_link(), remove_active=False).data))
    assert str(link.pages[0].Annots[0].A.URI) == "https://example.com/"
    start = pikepdf.open(BytesIO(clean(samples.opens_at_page(), remove_active=False).data))
    assert start.Root.OpenAction[0].is_same_object_as(start.pages[1].obj)


def test_of_a_chain_of_actions_the_harmless_start_stays() -> None:
    with pikepdf.open(BytesIO(clean(samples.chained_launch(), remove_active=True).data)) as pdf:
        action = pdf.pages[0].Annots[0].A
        assert str(action.S) == "/URI"
        assert "/Next" not in action


def test_a_damaged_unsigned_file_is_rebuilt() -> None:
    cleaned = clean(samples.wrong_xref(), remove_active=False)
    found = inspect(cleaned.data)
    assert (found.repaired, len(found.pages)) == (False, 2)


def test_a_signed_file_is_never_rewritten() -> None:
    signed = sealed(samples.contract(), protection=Protection.OPEN)
    with pytest.raises(Conflict) as refused:
        clean(signed, remove_active=True)
    assert refused.value.code == "pdf.signed"


# ---------------------------------------------------------------- forms and comments


def test_a_filled_form_becomes_part_of_the_page() -> None:
    data = samples.form()
    cleaned = clean(data, remove_active=False)
    assert cleaned.removed == ("form_fields",)
    pdf = pikepdf.open(BytesIO(cleaned.data))
    assert "/AcroForm" not in pdf.Root
    assert "/Annots" not in pdf.pages[0].obj
    assert same_picture(data, cleaned.data)


def test_a_comment_becomes_part_of_the_page() -> None:
    data = samples.comment()
    cleaned = clean(data, remove_active=False)
    assert cleaned.removed == ("comments",)
    assert same_picture(data, cleaned.data)


def test_a_field_without_a_look_is_drawn_if_that_is_certain() -> None:
    cleaned = clean(samples.form(value="ABC 123", drawn=False), remove_active=False)
    pdf = pikepdf.open(BytesIO(cleaned.data))
    (look,) = pdf.pages[0].Resources.XObject.values()
    assert b"ABC 123" in look.read_bytes()
    with pytest.raises(Invalid) as refused:
        clean(samples.form(value="人民币壹元整", drawn=False), remove_active=False)
    assert refused.value.code == "pdf.form_not_drawn"


# ---------------------------------------------------------------- layers, XFA and what cannot be taken out


def test_a_layer_that_is_always_shown_stays_on_the_page(tmp_path: Path) -> None:
    cleaned = clean(samples.layers(), remove_active=True).data
    bar = (24, 267, 88, 274)  # millimetres; x 60 to 260, y 60 to 90 points on A4
    pictures = [page_picture(cleaned), poppler_picture(tmp_path, cleaned), mupdf_picture(tmp_path, cleaned)]
    for picture in pictures:
        left, top, right, bottom = (round(value * 100 / 25.4) for value in bar)
        assert picture.crop((left, top, right, bottom)).getextrema() == ((0, 0), (0, 0), (0, 0))
    with pikepdf.open(BytesIO(cleaned)) as pdf:
        assert not any("/OC" in item for item in pdf.objects if isinstance(item, pikepdf.Stream))


@pytest.mark.parametrize("how", ["hidden", "printing_differs", "inverted"])
def test_layers_that_may_hide_something_are_refused(how: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean(samples.layers(**{how: True}), remove_active=True)
    assert refused.value.code == "pdf.hidden_layers"


def test_a_dynamic_form_is_refused_for_its_text_is_not_in_its_pages() -> None:
    with pytest.raises(Invalid) as refused:
        clean(samples.xfa(dynamic=True), remove_active=True)
    assert refused.value.code == "pdf.dynamic_form"


def test_content_in_another_file_cannot_be_taken_out() -> None:
    with pytest.raises(Invalid) as refused:
        clean(samples.external_stream(), remove_active=True)
    assert refused.value.code == "pdf.active_remains"


def same_picture(one: bytes, other: bytes) -> bool:
    return ImageChops.difference(page_picture(one), page_picture(other)).getbbox() is None
