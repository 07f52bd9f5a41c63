"""One appended revision against the one before it: what every part of the check needs."""

from __future__ import annotations

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver

from seals.pdf.coverage import Problem
from seals.pdf.ledger import Key, Ledger, canonical, key_of

__all__ = ["Change", "appended", "dictionary_of", "refuse"]


def refuse() -> Problem:
    """What to raise for a revision that does more than it may."""
    return Problem("changed_after_signing")


class Change:
    """The revision after the ledger's.

    old, new: the document before and after; touched: the objects it names, fresh those of them that are
    new, overwritten those that were there; cleared: the overwritten ones in which every difference has
    been looked at and found permitted.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.old: HistoricalResolver = ledger.handler()
        self.new: HistoricalResolver = ledger.handler(ledger.revision + 1)
        self.touched = ledger.touched(ledger.revision + 1)
        self.fresh = self.touched - ledger.known
        self.overwritten = self.touched & ledger.known
        self.cleared: set[Key] = set()

    @property
    def root(self) -> Key:
        """The catalog; a revision cannot change which object it is."""
        key = key_of(self.new.trailer_view.raw_get("/Root"))
        if key is None:
            raise refuse()
        return key

    def clear(self, key: Key | None, owner: Key | None, *names: str) -> None:
        """Allow the object `key` another value, if it was new or in use at this one place only."""
        if key is None or key not in self.overwritten:
            return
        if self.ledger.uses[key] - {(owner, names)}:
            raise refuse()
        self.cleared.add(key)

    def same_but(
        self, old: generic.DictionaryObject, new: generic.DictionaryObject, names: frozenset[str]
    ) -> None:
        """Two dictionaries must agree in all entries but those named."""
        if not isinstance(new, generic.DictionaryObject) or isinstance(new, generic.StreamObject):
            raise refuse()
        for name in (old.keys() | new.keys()) - names:
            if name not in old or name not in new:
                raise refuse()
            if canonical(old.raw_get(name)) != canonical(new.raw_get(name)):
                raise refuse()

    def enter(self, raw: object, owner: Key | None, *names: str) -> tuple[Key | None, tuple[str, ...]]:
        """Clear a container, and say how references within it are recorded in the ledger."""
        key = key_of(raw)
        self.clear(key, owner, *names)
        return (key, ()) if key is not None else (owner, names)

    def fresh_dictionary(self, key: Key) -> generic.DictionaryObject:
        """A dictionary that came with this revision."""
        if key not in self.fresh:
            raise refuse()
        return self.value(self.new, key)

    def value(self, handler: HistoricalResolver, key: Key) -> generic.DictionaryObject:
        """A dictionary, and no stream, as it was in `old` or is in `new`."""
        value = handler(generic.Reference(*key, handler))
        if not isinstance(value, generic.DictionaryObject) or isinstance(value, generic.StreamObject):
            raise refuse()
        return value


def appended(old: object, new: object) -> list[Key]:
    """What a list of references has at its end beyond the old one."""
    if not isinstance(old, generic.ArrayObject) or not isinstance(new, generic.ArrayObject):
        raise refuse()
    before, after = [canonical(item) for item in old], [canonical(item) for item in new]
    more = [key_of(item) for item in list(new)[len(before) :]]
    keys = [key for key in more if key is not None]
    if after[: len(before)] != before or len(keys) != len(more):
        raise refuse()
    return keys


def dictionary_of(raw: object) -> generic.DictionaryObject:
    """The dictionary, and no stream, that a value is or refers to."""
    value = raw.get_object() if isinstance(raw, generic.PdfObject) else raw
    if not isinstance(value, generic.DictionaryObject) or isinstance(value, generic.StreamObject):
        raise refuse()
    return value
