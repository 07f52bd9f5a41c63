"""PDFs gone wrong as they do in the world: made by code, each in one way, all of the same page.

The page says so by a black bar at its top; nothing but a reader that lost its content shows it blank.
"""

from __future__ import annotations

from tests.seals.pdf.bricks import PAGE, TREE, raw

__all__ = [
    "BAR",
    "bad_offsets",
    "hybrid",
    "hybrid_update",
    "junk_after",
    "junk_before",
    "missing_endobj",
    "no_end_mark",
    "page_nowhere",
    "page_of",
    "two_contents",
    "wrong_length",
]

BAR = b"0 g 50 750 495 30 re f"
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_PAGE = PAGE.replace(b">>", b"/Contents 4 0 R/Resources<<>>>>")


def page_of(content: bytes = BAR, length: int | None = None) -> bytes:
    """A sound file; `length`: what the stream says instead of the truth."""
    return raw([CATALOG, TREE, _PAGE, _stream(content, length)])


def _stream(content: bytes, length: int | None = None) -> bytes:
    size = len(content) if length is None else length
    return b"<</Length %d>>stream\n%s\nendstream" % (size, content)


def bad_offsets() -> bytes:
    """Every offset three bytes off, as after an editor that changed line ends."""
    data = page_of()
    at = data.rindex(b"xref\n0")
    return b"%PDF-1.7\n%\xe2\n" + data[9:at] + data[at:]


def wrong_length(length: int = 0) -> bytes:
    """A stream that is not as long as it says; read by the word, the page is blank."""
    return page_of(length=length)


def missing_endobj() -> bytes:
    return page_of().replace(b"endstream\nendobj", b"endstream\n      ")


def junk_before(size: int = 300) -> bytes:
    """A header of a mail or of the web left before the file's own."""
    return (b"HTTP/1.1 200 OK\r\nX: " + b"x" * size + b"\r\n\r\n") + page_of()


def junk_after(size: int = 9000) -> bytes:
    """Filled up to a whole block, or with a page of a web server's at its end."""
    return page_of() + b"\0" * size + b"<html></html>"


def no_end_mark() -> bytes:
    return page_of().replace(b"%%EOF\n", b"")


def hybrid() -> bytes:
    """A table for old readers, and a stream of cross-references for new ones beside it; both say the same.

    ISO 32000-2 §7.5.8.4. As old versions of Word wrote it.
    """
    data = page_of()
    at = data.index(b"xref\n0")
    table = b"\0\0\0\0\0\xff"
    head = b"<</Type/XRef/Size 6/Index[0 1]/W[1 4 1]/Root 1 0 R/Length %d>>" % len(table)
    stream = b"5 0 obj\n%sstream\n%s\nendstream\nendobj\n" % (head, table)
    rest = data[at:].replace(b"/Root", b"/XRefStm %d/Root" % at)
    rest = rest.replace(b"startxref\n%d" % at, b"startxref\n%d" % (at + len(stream)))
    return data[:at] + stream + rest


def hybrid_update(data: bytes) -> bytes:
    """A revision appended that changes nothing, with both sorts of cross-references."""
    previous = int(data[data.rindex(b"startxref") + 9 :].split()[0])
    table, at = b"\0\0\0\0\0\xff", len(data)
    head = b"<</Type/XRef/Size 11/Index[0 1]/W[1 4 1]/Root 1 0 R/Length %d>>" % len(table)
    stream = b"11 0 obj\n%sstream\n%s\nendstream\nendobj\n" % (head, table)
    trailer = b"<</Size 11/Root 1 0 R/Prev %d/XRefStm %d>>" % (previous, at)
    rest = b"xref\n0 1\n0000000000 65535 f \ntrailer\n%s\nstartxref\n%d\n%%%%EOF\n"
    return data + stream + rest % (trailer, at + len(stream))


def two_contents() -> bytes:
    """Two objects of one number and no cross-references: every reader guesses which is the page's content."""
    other = b"4 0 obj\n%s\nendobj\n" % _stream(b"0 g 50 100 495 30 re f")
    data = page_of()
    at = data.index(b"xref\n0")
    trailer = b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
    return data[:at] + b"9 0 obj\n%s\nendobj\n" % _stream(other) + trailer


def page_nowhere() -> bytes:
    """The cross-reference of the page leads to where nothing is."""
    data = page_of()
    at = b"%010d" % data.index(b"3 0 obj")
    return data.replace(at, b"%010d" % (data.index(b"4 0 obj") - 1), 1)
