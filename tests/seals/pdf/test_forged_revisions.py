"""What an attacker appends to a sealed document (peers §5.1). None of it may be called valid."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, SuspiciousModification

from auth.errors import DomainError
from seals.pdf.preparing import Protection
from seals.pdf.verdicts import Verdict
from tests.seals.pdf.forging import Writer, changed, gap_of, page_of
from tests.seals.pdf.samples import contract, form
from tests.seals.pdf.sealing_kit import (
    BESIDE,
    World,
    appended,
    signed_regardless,
    with_document_timestamp,
    with_dss,
)


@pytest.fixture(scope="module")
def filled_form(world: World) -> bytes:
    """A sealed document with a text field that has a value."""
    return world.sign(form())


def new_page_content(writer: Writer) -> None:
    content = generic.StreamObject(stream_data=b"1 0 0 rg 0 0 600 800 re f")
    page_of(writer)[pdf_name("/Contents")] = writer.add_object(content)


def overwritten_content(writer: Writer) -> None:
    reference = page_of(writer).raw_get("/Contents")
    if not isinstance(reference, generic.IndirectObject):
        reference = reference.raw_get(0)
    stream = reference.get_object()
    stream._data, stream._encoded_data = b"1 0 0 rg 0 0 600 800 re f", None
    writer.mark_update(reference)


def new_annotation(writer: Writer) -> None:
    """EAA: a note over the amount."""
    look = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 200))),
        },
        stream_data=b"1 g 0 0 200 200 re f",
    )
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (50, 50, 250, 250))),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): writer.add_object(look)}),
        }
    )
    page = page_of(writer)
    old = list(page["/Annots"]) if "/Annots" in page else []
    page[pdf_name("/Annots")] = generic.ArrayObject([*old, writer.add_object(note)])


def one_page_more(writer: Writer) -> None:
    pages = writer.root["/Pages"]
    copy = generic.DictionaryObject(page_of(writer))
    pages["/Kids"].append(writer.add_object(copy))
    pages[pdf_name("/Count")] = generic.NumberObject(2)
    writer.update_container(pages)


def crop(writer: Writer) -> None:
    box = generic.ArrayObject(map(generic.NumberObject, (0, 0, 100, 100)))
    page_of(writer)[pdf_name("/CropBox")] = box


def script(writer: Writer) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject(action)
    writer.update_root()


def moved_seal(writer: Writer) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[pdf_name("/Rect")] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 50, 50)))
    writer.update_container(field)


def another_look(writer: Writer) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    look = generic.StreamObject(
        {pdf_name("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 9, 9)))}, stream_data=b""
    )
    field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(look)})
    writer.update_container(field)


def other_title(writer: Writer) -> None:
    writer.set_info(generic.DictionaryObject({pdf_name("/Title"): pdf_string("另一份合同")}))


def nothing_at_all(writer: Writer) -> None:
    writer.add_object(pdf_string("hello"))


def default_resources(writer: Writer) -> None:
    """The fonts older fields are drawn with are exchanged."""
    resources = generic.DictionaryObject({pdf_name("/Font"): generic.DictionaryObject()})
    writer.root["/AcroForm"][pdf_name("/DR")] = resources
    writer.update_container(writer.root["/AcroForm"])


def redraw_fields(writer: Writer) -> None:
    writer.root["/AcroForm"][pdf_name("/NeedAppearances")] = generic.BooleanObject(True)
    writer.update_container(writer.root["/AcroForm"])


def new_text_field(writer: Writer) -> None:
    names = {"/FT": pdf_name("/Tx"), "/T": pdf_string("x"), "/V": pdf_string("y")}
    field = generic.DictionaryObject({pdf_name(name): value for name, value in names.items()})
    writer.root["/AcroForm"]["/Fields"].append(writer.add_object(field))
    writer.update_container(writer.root["/AcroForm"]["/Fields"])


def empty_signature_field(writer: Writer) -> None:
    names = {"/FT": pdf_name("/Sig"), "/T": pdf_string("x")}
    field = generic.DictionaryObject({pdf_name(name): value for name, value in names.items()})
    writer.root["/AcroForm"]["/Fields"].append(writer.add_object(field))
    writer.update_container(writer.root["/AcroForm"]["/Fields"])


EDITS = [
    new_page_content,
    overwritten_content,
    new_annotation,
    one_page_more,
    crop,
    script,
    moved_seal,
    another_look,
    other_title,
    nothing_at_all,
    default_resources,
    redraw_fields,
    new_text_field,
    empty_signature_field,
]


@pytest.mark.parametrize("edit", EDITS)
def test_a_revision_that_changes_something(
    world: World, sealed: bytes, edit: Callable[[Writer], None]
) -> None:
    changed(world.judge(appended(sealed, edit)))


@pytest.mark.parametrize("edit", [edit for edit in EDITS if edit is not nothing_at_all])
def test_the_same_hidden_among_validation_data(
    world: World, sealed: bytes, edit: Callable[[Writer], None]
) -> None:
    """... and with a trusted document timestamp on top, which heals nothing."""
    changed(world.judge(with_document_timestamp(with_dss(sealed, world, edit), world.tsa)))


@pytest.mark.parametrize("edit", EDITS)
def test_a_valid_seal_on_top_heals_nothing(
    world: World, sealed: bytes, edit: Callable[[Writer], None]
) -> None:
    try:
        both = world.sign(appended(sealed, edit), 1, protection=Protection.FOLLOWING, place=BESIDE)
    except DomainError:
        return  # refused already when it was to be sealed
    report = world.judge(both)
    changed(report)
    assert report.signatures[1].verdict is Verdict.VALID


# pyHanko itself takes /NeedAppearances away when it signs, so that edit is none here.
@pytest.mark.parametrize("edit", [edit for edit in EDITS if edit not in (nothing_at_all, redraw_fields)])
def test_a_valid_signature_that_does_more_than_sign(
    world: World, sealed: bytes, edit: Callable[[Writer], None]
) -> None:
    report = world.judge(signed_regardless(world, sealed, edit=edit))
    changed(report)
    assert report.signatures[-1].verdict is Verdict.VALID


def test_a_valid_signature_that_takes_an_annotation_away(world: World) -> None:
    sealed = world.sign(appended(contract(), new_annotation))
    assert world.judge(signed_regardless(world, sealed)).verdict is Verdict.VALID

    def take_away(writer: Writer) -> None:
        page = page_of(writer)
        page[pdf_name("/Annots")] = generic.ArrayObject(list(page["/Annots"])[1:])

    changed(world.judge(signed_regardless(world, sealed, edit=take_away)))


def test_a_form_value_changed_and_a_document_timestamp_on_top(world: World, filled_form: bytes) -> None:
    """pyHanko's default policy passes this (peers §0.1)."""

    def other_amount(writer: Writer) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0]
        field[pdf_name("/V")] = pdf_string("9,999,999")
        writer.update_container(field)

    assert world.judge(filled_form).verdict is Verdict.VALID
    forged = with_document_timestamp(appended(filled_form, other_amount), world.tsa)
    reader = PdfFileReader(BytesIO(forged))
    passed = DEFAULT_DIFF_POLICY.review_file(reader, reader.embedded_signatures[0].signed_revision)
    assert not isinstance(passed, SuspiciousModification)
    changed(world.judge(forged))


def test_shadow_replace_an_object_the_signer_left_undefined(world: World) -> None:
    """The signed page refers to an object that does not exist; the attacker supplies it afterwards."""

    data = contract()
    number = int(re.findall(rb"/Size (\d+)", data)[-1]) + 40

    def refer(writer: Writer) -> None:
        page = page_of(writer)
        own = page["/Contents"] if isinstance(page["/Contents"], generic.ArrayObject) else None
        first = own.raw_get(0) if own is not None else page.raw_get("/Contents")
        missing = generic.IndirectObject(number, 0, writer)
        page[pdf_name("/Contents")] = generic.ArrayObject([first, missing])

    prepared_by_attacker = appended(data, refer)
    sealed = signed_regardless(world, prepared_by_attacker)
    assert world.judge(sealed).verdict is Verdict.VALID

    def supply(writer: Writer) -> None:
        while writer._lastobj_id < number - 1:
            writer.allocate_placeholder()
        writer.add_object(generic.StreamObject(stream_data=b"1 0 0 rg 0 0 600 800 re f"))

    changed(world.judge(with_dss(sealed, world, supply)))


def test_shadow_hide_an_object_is_deleted(world: World, sealed: bytes) -> None:
    """A cross-reference that frees the page's content."""
    reader = PdfFileReader(BytesIO(sealed))
    page = reader.root["/Pages"]["/Kids"][0]
    value = page.raw_get("/Contents")
    victim = value if isinstance(value, generic.IndirectObject) else value.raw_get(0)
    at = len(sealed)
    trailer = b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>" % (
        int(reader.trailer_view["/Size"]) if "/Size" in reader.trailer_view else 100,
        reader.root_ref.idnum,
        reader.last_startxref,
    )
    table = b"xref\n%d 1\n0000000000 00001 f \n" % victim.idnum
    data = sealed + table + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % at
    assert world.judge(data).verdict is not Verdict.VALID


def test_the_signature_is_taken_away(world: World, sealed: bytes) -> None:
    def empty(writer: Writer) -> None:
        writer.root["/AcroForm"][pdf_name("/Fields")] = generic.ArrayObject()
        writer.update_container(writer.root["/AcroForm"])

    report = world.judge(appended(sealed, empty))
    assert (report.verdict, report.reasons, report.signatures) == (
        Verdict.INVALID,
        ("signature_removed",),
        (),
    )


def test_an_old_signature_wrapped_into_an_unsigned_file_is_only_a_trace(world: World, sealed: bytes) -> None:
    gap = gap_of(sealed)
    unsigned = contract()
    dead = b"\n% /ByteRange [0 10 20 30] /Contents " + sealed[gap.start() : gap.end()] + b"\n"
    end = unsigned.rindex(b"startxref")
    report = world.judge(unsigned[:end] + dead + unsigned[end:])
    assert report.verdict is Verdict.UNSIGNED
    assert report.notes == ("traces_of_signature",)


@pytest.mark.parametrize("tail", [b"\n", b"\0", b"%comment\n", b"hello", b"\n5 0 obj\n<<>>\nendobj\n"])
def test_bytes_after_the_end(world: World, sealed: bytes, tail: bytes) -> None:
    changed(world.judge(sealed + tail))


def test_a_signed_file_in_front_of_another(world: World, sealed: bytes) -> None:
    assert world.judge(sealed + contract(2)).verdict is not Verdict.VALID
    assert world.judge(contract(2) + sealed).verdict is not Verdict.VALID
