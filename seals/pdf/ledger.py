"""Which object refers to which, as far as later revisions can make use of it.

An appended revision may give an object a new value. Whether that is harmless depends on who else uses the
object in the signed document: a metadata stream that is also page content is a way to change the page.
The document is read object by object and never by path, so the cost is linear whatever its shape; walking
all paths, as pyHanko's difference analysis does, takes exponential time or ends in a recursion error on
honest documents (measured: 600 bookmarks on one level).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

__all__ = ["Key", "Ledger", "Use", "canonical", "key_of", "lookup", "references"]

Key = tuple[int, int]
"""Object and generation number."""

Use = tuple[Key | None, tuple[str, ...]]
"""An object (None: the trailer) and the names that lead from it to the reference; array places left out."""


def lookup(dictionary: generic.DictionaryObject, name: str, default: Any = None) -> Any:
    """The value with references followed; pyHanko's own `get` is Python's and does not follow them."""
    try:
        return dictionary[name]
    except KeyError:  # absent, or null, which means the same
        return default


def key_of(value: object) -> Key | None:
    """The object that a reference names; None for a direct value."""
    return (value.idnum, value.generation) if isinstance(value, generic.IndirectObject) else None


def canonical(value: object) -> object:
    """A form of a PDF value that is equal where the values are the same, type by type; not followed."""
    if isinstance(value, generic.IndirectObject):
        return ("R", value.idnum, value.generation)
    if isinstance(value, generic.StreamObject):
        return ("stream", _entries(value), value.encoded_data)
    if isinstance(value, generic.DictionaryObject):
        return ("dict", _entries(value))
    if isinstance(value, generic.ArrayObject):
        return ("array", tuple(canonical(item) for item in value))
    if isinstance(value, (generic.TextStringObject, generic.ByteStringObject)):
        return ("string", value.original_bytes)
    if isinstance(value, generic.NullObject):
        return ("null",)  # it has no words of its own: two of them differ by where they lie in memory
    if isinstance(value, (generic.NumberObject, generic.FloatObject)):
        return ("number", Decimal(str(value)).normalize())  # 0.000 is written anew as 0
    return (type(value).__name__, str(value))


def references(value: object) -> Iterator[tuple[tuple[str, ...], Key]]:
    """All references within a value, with the names that lead to them; they are not followed."""
    waiting: list[tuple[tuple[str, ...], object]] = [((), value)]
    while waiting:
        names, item = waiting.pop()
        if isinstance(item, generic.IndirectObject):
            yield names, (item.idnum, item.generation)
        elif isinstance(item, generic.DictionaryObject):
            waiting.extend(((*names, str(name)), part) for name, part in item.items())
        elif isinstance(item, generic.ArrayObject):
            waiting.extend((names, part) for part in item)


class Ledger:
    """What is defined up to a revision, and who uses the objects that later revisions touch.

    Starts at `revision`; `advance` takes the next one in. Raises pyHanko's errors for broken objects.
    """

    def __init__(self, reader: PdfFileReader, revision: int) -> None:
        self._reader, self.revision = reader, revision
        self._watched = {
            key for later in range(revision + 1, reader.total_revisions) for key in self.touched(later)
        }
        self.known: set[Key] = set()
        self.uses: dict[Key, set[Use]] = {key: set() for key in self._watched}
        for earlier in range(revision + 1):
            self.known |= self.touched(earlier)
        if self._watched:
            self._read(self.known - self._freed(revision))

    def touched(self, revision: int) -> set[Key]:
        """The objects a revision's cross-references name: new, given another value, or freed."""
        refs = self._reader.xrefs.explicit_refs_in_revision(revision)
        return {(ref.idnum, ref.generation) for ref in refs}

    def handler(self, revision: int | None = None) -> HistoricalResolver:
        """The document as it was at a revision; by default the ledger's own."""
        return self._reader.get_historical_resolver(self.revision if revision is None else revision)

    def advance(self) -> None:
        """Go to the next revision. What an overwritten object referred to before stays on record."""
        self.revision += 1
        touched = self.touched(self.revision)
        self.known |= touched
        self._read(touched - self._freed(self.revision))

    def _freed(self, revision: int) -> set[Key]:
        freed: set[Key] = set()
        for earlier in range(revision + 1):
            data = self._reader.xrefs.get_xref_data(earlier)
            freed -= self.touched(earlier)
            freed |= {(number, generation - 1) for number, generation in data.freed.items()}
        return freed

    def _read(self, keys: set[Key]) -> None:
        handler = self.handler()
        self._record(None, handler.trailer_view)
        # A cross-reference stream repeats the trailer's references; it is not part of the document.
        sections = {(ref.idnum, ref.generation) for ref in self._reader.xrefs.xref_stream_refs}
        for number, generation in keys - sections:
            self._record((number, generation), handler(generic.Reference(number, generation, handler)))

    def _record(self, owner: Key | None, value: object) -> None:
        for names, target in references(value):
            if target in self._watched:
                self.uses[target].add((owner, names))


def _entries(dictionary: generic.DictionaryObject) -> tuple[tuple[str, object], ...]:
    return tuple(sorted((str(name), canonical(item)) for name, item in dictionary.items()))
