"""Bytes that only careless readers see, or do not see."""

from __future__ import annotations

from io import BytesIO

import pytest
from pikepdf import Array, Name
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.reader import PdfFileReader

from seals.pdf.reports import Report
from seals.pdf.verdicts import Verdict
from tests.seals.pdf.forging import Writer, changed, shifted
from tests.seals.pdf.samples import contract, contract_pdf, save
from tests.seals.pdf.sealing_kit import (
    World,
    signed_regardless,
    with_document_timestamp,
    with_dss,
)


def test_an_object_between_the_objects_of_an_honest_revision(world: World, sealed: bytes) -> None:
    """No cross-reference names it, but a reader that repairs the file by scanning would find it."""
    lt = with_dss(sealed, world)
    assert world.judge(lt).verdict is Verdict.VALID
    for hidden in (b"1 0 obj\n<</Evil true>>\nendobj\n", b"% 1 0 obj\n", b"xref\n", b"trailer <<>>\n"):
        data = sealed + hidden + shifted(lt[len(sealed) :], len(hidden), len(sealed))
        changed(world.judge(data))
    harmless = b"%Writer 1.0\n"
    data = sealed + harmless + shifted(lt[len(sealed) :], len(harmless), len(sealed))
    assert world.judge(data).verdict is Verdict.VALID


def test_validation_data_that_is_something_else(world: World, sealed: bytes) -> None:
    """A DSS is a place where anybody may store streams; they must be what they say."""

    def smuggle(writer: Writer) -> None:
        evil = writer.add_object(generic.StreamObject(stream_data=b"5 0 obj <</Evil true>> endobj"))
        writer.root["/DSS"]["/Certs"].append(evil)

    changed(world.judge(with_dss(sealed, world, smuggle)))


def _stamp_field(writer: Writer, **more: generic.PdfObject) -> None:
    names = {
        "/FT": pdf_name("/Sig"),
        "/T": pdf_string(f"TS{writer.prev.total_revisions}"),
        "/Type": pdf_name("/Annot"),
        "/Subtype": pdf_name("/Widget"),
        "/Rect": generic.ArrayObject(map(generic.NumberObject, (0, 0, 0, 0))),
        **{f"/{name}": value for name, value in more.items()},
    }
    field = generic.DictionaryObject({pdf_name(name): value for name, value in names.items()})
    writer.root["/AcroForm"]["/Fields"].append(writer.add_object(field))
    writer.update_container(writer.root["/AcroForm"]["/Fields"])


def test_a_document_timestamp_brings_nothing_but_itself(world: World, sealed: bytes) -> None:
    """Anybody can get one: its field must be invisible and without actions."""

    def judged(**more: generic.PdfObject) -> Report:
        return world.judge(
            with_document_timestamp(sealed, world.tsa, lambda writer: _stamp_field(writer, **more))
        )

    assert judged().verdict is Verdict.VALID
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("this.x()")}
    changed(judged(AA=generic.DictionaryObject({pdf_name("/PV"): generic.DictionaryObject(action)})))
    changed(judged(A=generic.DictionaryObject(action)))
    changed(judged(Rect=generic.ArrayObject(map(generic.NumberObject, (10, 10, 400, 400)))))
    changed(judged(Subtype=pdf_name("/FreeText")))


XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><dc:title>{}</dc:title>
<xmp:ModifyDate>{}</xmp:ModifyDate></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


@pytest.mark.parametrize(
    ("title", "also_content", "good"),
    [("合同", False, True), ("协议", False, False), ("合同", True, False)],
)
def test_metadata_may_get_new_dates(world: World, title: str, also_content: bool, good: bool) -> None:
    """... but no new title, and not if the page is drawn with it: a text can be both XMP and page content."""

    pdf = contract_pdf()
    first = XMP.format("合同", "2026-01-01T00:00:00Z").encode()
    pdf.Root.Metadata = pdf.make_stream(first, Type=Name.Metadata, Subtype=Name.XML)
    if also_content:
        page = pdf.pages[0].obj
        page.Contents = Array([page.Contents, pdf.Root.Metadata])
    sealed = signed_regardless(world, save(pdf))
    assert world.judge(sealed).verdict is Verdict.VALID
    again = with_dss(sealed, world)  # pyHanko writes the metadata anew, with another date
    later = again[len(sealed) :]
    assert later.count("合同".encode()) == 1
    report = world.judge(sealed + later.replace("合同".encode(), title.encode()))
    if good:
        assert report.verdict is Verdict.VALID
    else:
        changed(report)


def test_two_documents_in_one_for_old_and_new_readers(world: World) -> None:
    """Hybrid cross-references: what a reader sees depends on its age."""
    plain = contract()
    at = len(plain)
    body = b"50 0 obj\n<</Type/XRef/Size 51/W[1 4 1]/Index[50 1]/Length 6>>stream\n"
    body += b"\x01" + at.to_bytes(4, "big") + b"\0\nendstream\nendobj\n"
    reader = PdfFileReader(BytesIO(plain))
    trailer = b"trailer\n<</Size 51/Root %d 0 R/Prev %d/XRefStm %d>>\n" % (
        reader.root_ref.idnum,
        reader.last_startxref,
        at,
    )
    end = b"xref\n0 0\n" + trailer + b"startxref\n%d\n%%%%EOF\n" % (at + len(body))
    assert world.judge(plain + body + end).reasons == ("hybrid",)
