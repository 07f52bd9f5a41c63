"""Forgeries by the structure of the file: saved on top, other tables, other starts (peers §5.1).

Universal forgery and the incremental saving attack: Mladenov, Mainka, zu Selhausen, Grothe, Schwenk, "1
Trillion Dollar Refund", CCS 2019. Shadow attacks: the same group, NDSS 2021. Each is built here by hand.
"""

from __future__ import annotations

import re
from io import BytesIO

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from seals.pdf.reports import Report
from seals.pdf.verdicts import Verdict
from tests.seals.pdf.forging import Layout, Writer, by_hand, changed, layout_of, page_of
from tests.seals.pdf.samples import contract, contract_pdf
from tests.seals.pdf.sealing_kit import World, appended, signed_regardless, with_document_timestamp
from tests.seals.pdf.test_forged_revisions import EDITS

EVIL = b"<</Length 26>>stream\n1 0 0 rg 0 0 600 800 re f \nendstream"


@pytest.fixture(scope="module")
def at(sealed: bytes) -> Layout:
    return layout_of(sealed)


def _body(at: Layout) -> bytes:
    return b"%d 0 obj\n%s\nendobj\n" % (at.content, EVIL)


# ---------------------------------------------------------------- saved on top (ISA)


@pytest.mark.parametrize(
    "tail",
    [
        lambda at, _: _body(at),
        lambda at, _: _body(at) + b"trailer\n<</Root %d 0 R>>\n" % at.root,
        lambda at, _: _body(at) + b"startxref\n%d\n%%%%EOF\n" % at.startxref,
        lambda at, _: _body(at) + b"%%EOF\n",
        lambda at, _: b"startxref\n%d\n%%%%EOF\n" % at.startxref,
    ],
    ids=["body", "body and trailer", "old startxref", "end mark", "startxref alone"],
)
def test_objects_saved_on_top_without_a_table(world: World, sealed: bytes, at: Layout, tail: object) -> None:
    """A reader that repairs files by scanning shows them; no cross-reference names them."""
    changed(world.judge(sealed + tail(at, len(sealed))))  # type: ignore[operator]


def test_objects_saved_on_top_with_a_table(world: World, sealed: bytes, at: Layout) -> None:
    changed(world.judge(by_hand(sealed, {at.content: EVIL})))
    changed(world.judge(by_hand(sealed, {})))


def test_a_copy_of_the_signature_saved_with_the_change(world: World, sealed: bytes, at: Layout) -> None:
    """ISA with the signature again in the update, so that careless readers find one in the last revision."""
    start = PdfFileReader(BytesIO(sealed)).xrefs[generic.Reference(at.value, 0)]
    copy = sealed[start : sealed.index(b"endobj", start)].partition(b"obj")[2]
    report = world.judge(by_hand(sealed, {at.content: EVIL, at.value: copy}))
    assert report.verdict is Verdict.INVALID
    assert "signature_removed" in report.reasons
    assert "byte_range_odd" in report.signatures[0].reasons


# ---------------------------------------------------------------- startxref, tables, chains


def test_the_start_leads_back_past_what_was_added(world: World, sealed: bytes, at: Layout) -> None:
    """Readers that follow the last startxref see the signed version; those that scan see the other."""
    changed(world.judge(by_hand(sealed, {at.content: EVIL}, startxref=at.startxref)))
    twice = by_hand(sealed, {at.content: EVIL}) + b"startxref\n%d\n%%%%EOF\n" % at.startxref
    changed(world.judge(twice))


@pytest.mark.parametrize("start", [0, 1, 9_999_999, 10**11])
def test_the_start_leads_nowhere(world: World, sealed: bytes, at: Layout, start: int) -> None:
    """No strict reader can read it any more, and yet it begins with a whole signed file."""
    _unreadable_now(world.judge(by_hand(sealed, {at.content: EVIL}, startxref=start)))


def test_a_start_below_zero(world: World, sealed: bytes) -> None:
    _unreadable_now(world.judge(sealed + b"startxref\n-5\n%%EOF\n"))


def test_a_chain_of_tables_that_bites_its_tail(world: World, sealed: bytes, at: Layout) -> None:
    _unreadable_now(world.judge(by_hand(sealed, {at.content: EVIL}, prev=len(sealed) + len(_body(at)))))


def test_a_chain_of_tables_that_is_cut(world: World, sealed: bytes, at: Layout) -> None:
    data = by_hand(sealed, {at.content: EVIL})
    cut = data[len(sealed) :].replace(b"/Prev %d" % at.startxref, b"")
    _unreadable_now(world.judge(sealed + cut))


def test_a_chain_of_tables_that_leaves_the_signature_out(world: World, sealed: bytes, at: Layout) -> None:
    """It reads as an unsigned file; that it begins with a signed one is told all the same."""
    first = PdfFileReader(BytesIO(sealed)).xrefs.get_startxref_for_revision(0)
    report = world.judge(by_hand(sealed, {at.content: EVIL}, prev=first))
    assert (report.verdict, report.reasons) == (Verdict.INVALID, ("signature_removed",))


def test_a_hybrid_table_on_top(world: World, sealed: bytes, at: Layout) -> None:
    """Old and new readers see two documents."""
    start = len(sealed)
    section = b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 1]/Index[%d 1]/Root %d 0 R/Length 6>>stream\n" % (
        at.size,
        at.size + 1,
        at.size,
        at.root,
    )
    section += b"\x01" + start.to_bytes(4, "big") + b"\0\nendstream\nendobj\n"
    table = b"xref\n0 0\ntrailer\n<</Size %d/Root %d 0 R/Prev %d/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n"
    table %= (at.size + 1, at.root, at.startxref, start, start + len(section))
    _unreadable_now(world.judge(sealed + section + table))


def test_a_second_table_in_one_revision(world: World, sealed: bytes, at: Layout) -> None:
    """Two rows for one object: readers differ in which of them counts."""
    data = by_hand(sealed, {at.content: EVIL})
    rows = re.compile(rb"xref\n(%d 1\n\d{10} 00000 n \n)" % at.content)
    assert rows.search(data, len(sealed))
    other = b"%d 1\n%010d 00000 n \n" % (at.content, 15)
    doubled = rows.sub(lambda found: b"xref\n" + other + found[1], data)
    assert world.judge(doubled).verdict is Verdict.INVALID


# ---------------------------------------------------------------- shadows


def test_hide_and_replace_by_a_table_alone(world: World) -> None:
    """Two contents are signed, one of them out of sight; a later table gives the first one's number to it."""

    def both(writer: Writer) -> None:
        writer.add_object(generic.StreamObject(stream_data=b"BT (pay 1 yuan) Tj ET"))

    sealed = world.sign(appended(contract(), both))
    at, reader = layout_of(sealed), PdfFileReader(BytesIO(sealed))
    spare = max(ref.idnum for ref in reader.xrefs.explicit_refs_in_revision(0))
    report = world.judge(
        by_hand(sealed, {}, rows={at.content: reader.xrefs[generic.Reference(spare, 0)] or 0})
    )
    assert report.verdict is Verdict.INVALID
    assert "changed_after_signing" in report.reasons


def test_hide_and_replace_by_another_catalog(world: World) -> None:
    """The signed file holds a second, unused tree of pages; the trailer changes over to it."""

    def second(writer: Writer) -> None:
        pages = writer.add_object(
            generic.DictionaryObject(
                {
                    pdf_name("/Type"): pdf_name("/Pages"),
                    pdf_name("/Kids"): generic.ArrayObject(),
                    pdf_name("/Count"): generic.NumberObject(0),
                }
            )
        )
        root = generic.DictionaryObject(writer.root)
        root[pdf_name("/Pages")] = pages
        writer.add_object(root)

    base = appended(contract(), second)
    spare = max(ref.idnum for ref in PdfFileReader(BytesIO(base)).xrefs.explicit_refs_in_revision(1))
    report = world.judge(by_hand(signed_regardless(world, base), {}, root=spare))
    assert report.verdict is Verdict.INVALID
    assert set(report.reasons) & {"signature_removed", "changed_after_signing"}


@pytest.mark.parametrize("victim", ["content", "page", "field", "value"])
def test_hide_by_freeing(world: World, sealed: bytes, at: Layout, victim: str) -> None:
    report = world.judge(by_hand(sealed, {}, free=[getattr(at, victim)]))
    assert report.verdict is Verdict.INVALID, report


def test_a_font_that_the_signed_text_uses_is_replaced(world: World, sealed: bytes) -> None:
    """Shadow replace: other glyphs for the same codes turn 1 into 9."""

    def other_font(writer: Writer) -> None:
        font = writer.root["/Pages"]["/Kids"][0]["/Resources"]["/Font"]
        for name in font:
            font[name][pdf_name("/BaseFont")] = pdf_name("/Another")
            writer.update_container(font[name])

    changed(world.judge(appended(sealed, other_font)))


# ---------------------------------------------------------------- streams of objects and of references


@pytest.fixture(scope="module")
def compressed(world: World) -> bytes:
    """A signed file whose objects are in streams, with a cross-reference stream."""
    out = BytesIO()
    contract_pdf(2).save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    data = signed_regardless(world, out.getvalue())
    assert b"/ObjStm" in data
    assert world.judge(data).verdict is Verdict.VALID
    return data


@pytest.mark.parametrize("edit", EDITS[:8])
def test_a_change_by_a_stream_of_references(world: World, compressed: bytes, edit: object) -> None:
    changed(world.judge(appended(compressed, edit)))  # type: ignore[arg-type]


def test_an_object_is_overwritten_from_a_stream_of_objects(world: World, compressed: bytes) -> None:
    def crop(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"].raw_get(0)
        smaller = generic.DictionaryObject(page.get_object())
        smaller[pdf_name("/CropBox")] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 9, 9)))
        writer.prepare_object_stream().add_object(page.idnum, smaller)
        writer._force_write_when_empty = True

    forged = appended(compressed, crop)
    assert PdfFileReader(BytesIO(forged)).root["/Pages"]["/Kids"][0]["/CropBox"][2] == 9
    changed(world.judge(forged))
    changed(world.judge(with_document_timestamp(forged, world.tsa)))


def test_pages_are_swapped(world: World) -> None:
    sealed = world.sign(contract(2))

    def swap(writer: Writer) -> None:
        pages = writer.root["/Pages"]
        first, second = (pages["/Kids"].raw_get(number) for number in range(2))
        pages[pdf_name("/Kids")] = generic.ArrayObject([second, first])
        writer.update_container(pages)

    changed(world.judge(appended(sealed, swap)))

    def swap_contents(writer: Writer) -> None:
        other = writer.root["/Pages"]["/Kids"][1].raw_get("/Contents")
        page_of(writer)[pdf_name("/Contents")] = other

    changed(world.judge(appended(sealed, swap_contents)))


def _unreadable_now(report: Report) -> None:
    changed(report)
    assert "unreadable_after_signing" in report.notes
