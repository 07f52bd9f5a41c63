"""Which bytes a signature covers, and what every byte after them is for.

ISO 32000-2 §12.8.1: a signature covers everything but its own value. Readers are lenient about it, and
forgeries live on that lenience (peers §5.1: USF, SWA, ISA). So the bytes are checked here as written,
beside what the parser makes of them: the gap is exactly the `/Contents` string and the covered part ends
exactly where a revision ends. Every byte appended later must belong to an object its revision's
cross-references name, to those cross-references, or be white space: a reader that repairs files by
scanning them finds the same objects as one that follows the references.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from asn1crypto import parser
from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import XRefSectionType, read_object_header

__all__ = ["Problem", "Span", "account_for_appended", "check_coverage", "signed_beginnings"]

MAX_APPENDED_OBJECTS = 20_000
MAX_BEGINNINGS = 2  # each costs as much as the whole file

_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+\d{1,9}\s+(\d{1,9})\s+(\d{1,9})\s*\]")
_HEX = re.compile(rb"<[0-9A-Fa-f]*>")
_REVISION_END = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF(?:\r\n|\r|\n)?")
_TAIL = 80  # `startxref`, ten digits, `%%EOF` and line ends
_OBJECT_END = re.compile(rb"\s*endobj")
# Some writers leave a comment with their name between objects; it must not pass for structure.
_FILLING = re.compile(rb"(?:\s|%(?![^\r\n]*(?:obj|xref|trailer|EOF))[^\r\n]*(?=[\r\n]))*")


class Problem(Exception):
    """A check failed; `code` is one of `reports.REASONS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Span:
    """Bytes `start` up to, not including, `end`."""

    start: int
    end: int


def check_coverage(
    data: bytes, reader: PdfFileReader, signature: generic.DictionaryObject, at: int, revision: int
) -> int:
    """Check ByteRange and Contents of one signature and return where its coverage ends.

    signature: its dictionary; at: where that object begins in `data`; revision: the one that holds it.
    Raises Problem `byte_range_odd`, `contents_odd`.
    """
    contents = _contents(signature)
    gap, end = _byte_range(signature, len(data))
    if not at < gap.start < gap.end <= end:
        raise Problem("byte_range_odd")
    text = data[gap.start : gap.end]
    if not _HEX.fullmatch(text) or bytes.fromhex(text[1:-1].decode("ascii")) != contents:
        raise Problem("byte_range_odd")
    # The gap must be this object's value of /Contents, not a copy of it somewhere else.
    before = data[at : gap.start]
    if not before.rstrip().endswith(b"/Contents") or b"endobj" in before:
        raise Problem("byte_range_odd")
    last = _REVISION_END.search(data, max(0, end - _TAIL), end)
    if last is None or last.end() != end:
        raise Problem("byte_range_odd")
    if int(last[1]) != reader.xrefs.get_startxref_for_revision(revision):
        raise Problem("byte_range_odd")
    for earlier in range(revision + 1):
        if reader.xrefs.get_xref_container_info(earlier).end_location > end:
            raise Problem("byte_range_odd")
        if any(offset >= end for _, offset in reader.xrefs.get_xref_data(earlier).standard_xrefs.values()):
            raise Problem("byte_range_odd")  # the signed part refers to what was yet to be written
    return end


def account_for_appended(data: bytes, reader: PdfFileReader, revision: int, start: int) -> int:
    """Explain every byte of one appended revision and return where it ends.

    start: where the revision before it ended. Raises Problem `changed_after_signing`.
    """
    info = reader.xrefs.get_xref_container_info(revision)
    entries = reader.xrefs.get_xref_data(revision)
    kinds = (XRefSectionType.STANDARD, XRefSectionType.STREAM)
    if info.xref_section_type not in kinds or len(entries.standard_xrefs) > MAX_APPENDED_OBJECTS:
        raise Problem("changed_after_signing")
    begin, table = info.declared_startxref, info.xref_section_type is XRefSectionType.STANDARD
    if data[begin : begin + 4] != b"xref" if table else begin != info.start_location:
        raise Problem("changed_after_signing")
    after_xref = _trailer_end(reader, info.end_location) if table else _endobj(data, info.end_location)
    tail = _REVISION_END.search(data, after_xref, after_xref + _TAIL + 200)
    if tail is None or int(tail[1]) != info.declared_startxref:
        raise Problem("changed_after_signing")
    spans = [Span(begin, after_xref), Span(tail.start(), tail.end())]
    for number, (generation, offset) in entries.standard_xrefs.items():
        if offset != begin:
            spans.append(_object_span(data, reader, number, generation, offset))
    position = start
    for span in sorted(spans, key=lambda span: span.start):
        if span.start < position or not _FILLING.fullmatch(data, position, span.start):
            raise Problem("changed_after_signing")
        position = span.end
    return position


def signed_beginnings(data: bytes) -> list[int]:
    """Where signatures in the raw bytes say that their revision ended, and it did; the longest first.

    For files whose later bytes hide the signature, or cannot be read at all.
    """
    ends = {int(found[1]) + int(found[2]) for found in _RANGE.finditer(data)}
    likely = [end for end in sorted(ends, reverse=True) if end < len(data) and _ends_a_revision(data, end)]
    return likely[:MAX_BEGINNINGS]


def _ends_a_revision(data: bytes, end: int) -> bool:
    last = _REVISION_END.search(data, max(0, end - _TAIL), end)
    return last is not None and last.end() == end


def _contents(signature: generic.DictionaryObject) -> bytes:
    """The signature value in its padding of zeros, whole as it stands in the file."""
    try:
        value = signature.raw_get("/Contents")
    except KeyError:
        raise Problem("contents_odd") from None
    if not isinstance(value, (generic.ByteStringObject, generic.TextStringObject)):
        raise Problem("contents_odd")
    raw: bytes = value.original_bytes
    try:
        length = parser.peek(raw)
    except ValueError:
        raise Problem("contents_odd") from None
    # What lies behind the value is covered by no signature; only the reserved zeros may be there.
    if not raw.startswith(b"\x30") or length > len(raw) or raw[length:].strip(b"\0"):
        raise Problem("contents_odd")
    return raw


def _byte_range(signature: generic.DictionaryObject, size: int) -> tuple[Span, int]:
    try:
        given = signature.raw_get("/ByteRange")
    except KeyError:
        raise Problem("byte_range_odd") from None
    if not isinstance(given, generic.ArrayObject) or len(given) != 4:
        raise Problem("byte_range_odd")
    numbers = [given.raw_get(index) for index in range(4)]
    if not all(isinstance(number, generic.NumberObject) for number in numbers):
        raise Problem("byte_range_odd")
    first, head, second, rest = (int(number) for number in numbers)
    if first != 0 or head <= 0 or second <= head or rest <= 0 or second + rest > size:
        raise Problem("byte_range_odd")
    return Span(head, second), second + rest


def _trailer_end(reader: PdfFileReader, at: int) -> int:
    reader.stream.seek(at)
    generic.DictionaryObject.read_from_stream(reader.stream, generic.TrailerReference(reader))
    return int(reader.stream.tell())


def _endobj(data: bytes, at: int) -> int:
    end = _OBJECT_END.match(data, at)
    if end is None:
        raise Problem("changed_after_signing")
    return end.end()


def _object_span(data: bytes, reader: PdfFileReader, number: int, generation: int, offset: int) -> Span:
    reader.stream.seek(offset)
    if not data[offset : offset + 1].isdigit():
        raise Problem("changed_after_signing")
    try:
        if read_object_header(reader.stream, strict=True) != (number, generation):
            raise Problem("changed_after_signing")
        generic.read_object(reader.stream, generic.Reference(number, generation, reader))
    except misc.PdfError:
        raise Problem("changed_after_signing") from None
    return Span(offset, _endobj(data, reader.stream.tell()))
