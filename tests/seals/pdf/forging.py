"""What an attacker needs, and the verdict he gets."""

from __future__ import annotations

import re

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

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
