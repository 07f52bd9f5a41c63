"""pyHanko's reader, made fast for documents of many objects."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

__all__ = ["Reader"]

Head = dict[int, tuple[int, int]]
"""Of an object stream: where in the list each object number is, and where in the data the object begins."""


class Reader(PdfFileReader):
    """Reads the head of every object stream once; pyHanko reads it again for each of up to 100 objects.

    Whatever is not exactly as it should be is left to pyHanko, with its strict refusals.
    """

    def __init__(self, stream: BytesIO) -> None:
        self._heads: dict[int, tuple[bytes, Head]] = {}
        super().__init__(stream, strict=True)

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
        data, head = self._head(stmnum)
        place = head.get(idnum)
        if place is not None and place[0] == idx:
            stream = BytesIO(data)
            stream.seek(place[1])
            try:
                found = generic.read_object(stream, generic.Reference(idnum, 0, self))
            except PdfError:
                found = None
            if found is not None and not isinstance(found, (generic.StreamObject, generic.IndirectObject)):
                return found
        return super()._get_object_from_stream(idnum, stmnum, idx)

    def _head(self, number: int) -> tuple[bytes, Head]:
        known = self._heads.get(number)
        if known is None:
            known = self._heads[number] = _read_head(generic.Reference(number, 0, self).get_object())
        return known


def _read_head(stream: object) -> tuple[bytes, Head]:
    """ISO 32000-2 §7.5.7. Empty for what is no object stream, or an odd one."""
    if not isinstance(stream, generic.StreamObject) or stream.get("/Type") != "/ObjStm":
        return b"", {}
    count, first, data = stream["/N"], stream["/First"], stream.read_data(DecodePurpose.OBJECT_STREAM)
    words = data[:first].split()
    if len(words) != 2 * count or not all(word.isdigit() for word in words):
        return b"", {}
    numbers = [int(word) for word in words]
    head = {number: (index, first + numbers[2 * index + 1]) for index, number in enumerate(numbers[::2])}
    return (data, head) if len(head) == count else (b"", {})
