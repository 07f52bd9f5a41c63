"""What an attacker needs, and the verdict he gets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from seals.pdf.reports import Report
from seals.pdf.verdicts import Verdict

Writer = IncrementalPdfFileWriter
GAP = re.compile(rb"<[0-9A-Fa-f]{2000,}>")


def changed(report: Report) -> None:
    assert report.verdict is Verdict.INVALID, report
    assert "changed_after_signing" in report.signatures[0].reasons
    assert report.signatures[0].changed_after


def page_of(writer: Writer) -> generic.DictionaryObject:
    """The first page, to be written anew."""
    reference = writer.root["/Pages"]["/Kids"].raw_get(0)
    writer.mark_update(reference)
    return reference.get_object()  # type: ignore[no-any-return]


def gap_of(data: bytes) -> re.Match[bytes]:
    """The signature value in the file."""
    found = GAP.search(data)
    assert found is not None
    return found


def shifted(revision: bytes, by: int, start: int) -> bytes:
    """An appended revision with all its offsets moved, as if it began `by` bytes later."""

    def row(found: re.Match[bytes]) -> bytes:
        offset = int(found[1])
        return b"%010d %s n" % (offset + by if offset >= start else offset, found[2])

    moved = re.sub(rb"(\d{10}) (\d{5}) n", row, revision)
    return re.sub(rb"startxref\n(\d+)", lambda found: b"startxref\n%d" % (int(found[1]) + by), moved)


@dataclass(frozen=True)
class Layout:
    """Where a file's parts are, for revisions written by hand."""

    startxref: int
    root: int
    size: int
    page: int
    content: int
    value: int  # the first signature's value
    field: int


def layout_of(data: bytes) -> Layout:
    """The newest revision's layout."""
    reader = PdfFileReader(BytesIO(data))
    page = reader.root["/Pages"]["/Kids"].raw_get(0)
    content = page.get_object().raw_get("/Contents")
    first = content if isinstance(content, generic.IndirectObject) else content.raw_get(0)
    fields = reader.root["/AcroForm"]["/Fields"] if "/AcroForm" in reader.root else []
    field = fields.raw_get(0) if fields else None
    value = field.get_object().raw_get("/V").idnum if field is not None else 0
    known = max(ref.idnum for ref in reader.xrefs.explicit_refs_in_revision(0))
    for revision in range(reader.total_revisions):
        known = max(known, *(ref.idnum for ref in reader.xrefs.explicit_refs_in_revision(revision)))
    return Layout(
        reader.last_startxref,
        reader.root_ref.idnum,
        known + 1,
        page.idnum,
        first.idnum,
        value,
        field.idnum if field is not None else 0,
    )


def by_hand(
    data: bytes,
    objects: Mapping[int, bytes],
    *,
    rows: Mapping[int, int] | None = None,
    free: Sequence[int] = (),
    prev: int | None = None,
    root: int | None = None,
    trailer: bytes = b"",
    startxref: int | None = None,
) -> bytes:
    """One revision as no writer makes it. rows: objects said to begin at these offsets, wherever that is."""
    at = layout_of(data)
    out, offsets = bytearray(data), dict(rows or {})
    for number, body in objects.items():
        offsets.setdefault(number, len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    begin = len(out)
    out += b"xref\n"
    for number, offset in sorted(offsets.items()):
        out += b"%d 1\n%010d 00000 n \n" % (number, offset)
    for number in free:
        out += b"%d 1\n0000000000 00001 f \n" % number
    if not offsets and not free:
        out += b"0 0\n"
    out += b"trailer\n<</Size %d/Root %d 0 R/Prev %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        max(at.size, *(number + 1 for number in offsets), 1) if offsets else at.size,
        root or at.root,
        at.startxref if prev is None else prev,
        trailer,
        begin if startxref is None else startxref,
    )
    return bytes(out)
