"""What an appended revision may do to a signed document.

The rule (architecture §7): a revision after a signature is LTA data only (DSS, document timestamp), or it
adds exactly one signature and changes only that signature's own field. Each object that gets another
value must be one of those that this takes, and differ only where this makes it differ; every other object
must be new, and nothing signed may have referred to it before. What is refused stays refused: a later
timestamp heals nothing.

This is narrower than pyHanko's difference analysis, which lets form values, default resources, orphaned
and identical objects through: the published shadow attacks use just these (peers §0.1).
"""

from __future__ import annotations

import re
from io import BytesIO

from asn1crypto import parser
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.metadata.xmp_xml import meta_from_xmp, parse_xmp
from pyhanko.pdf_utils.reader import HistoricalResolver

from seals.pdf.change import Change, dictionary_of, refuse
from seals.pdf.formchange import Added, FormCheck
from seals.pdf.ledger import Key, Ledger, canonical, key_of, lookup

__all__ = ["Added", "check_revision"]

_CATALOG = frozenset({"/AcroForm", "/DSS", "/Extensions", "/Metadata", "/Version"})  # looked at one by one
_TRAILER = frozenset({"/Size", "/Prev", "/ID", "/Info", "/XRefStm", "/DocChecksum"})
_INFO = frozenset({"/ModDate", "/Producer"})  # what an honest writer of a revision updates
_DSS_LISTS = frozenset({"/Certs", "/CRLs", "/OCSPs"})
_VRI_LISTS = frozenset({"/Cert", "/CRL", "/OCSP"})
_VRI_NAME = re.compile(r"/[0-9A-F]{40}")


def check_revision(ledger: Ledger, added: Added | None) -> None:
    """Check the revision after the ledger's. `added`: the one signature in it, or None.

    Raises Problem `changed_after_signing`; pyHanko's PdfError and Python's errors for what is malformed.
    """
    change = Change(ledger)
    _check_numbers(change)
    _check_trailer(change)
    _check_catalog(change)
    stored = _DssCheck(change).run()
    FormCheck(change, added).run()
    if added is None and not stored:
        raise refuse()  # neither signature nor validation data: then what is it for?


def _check_numbers(change: Change) -> None:
    """Nothing is deleted, and a new object is new: its number never used before, nor referred to already."""
    if change.new.reader.xrefs.get_xref_data(change.new.revision).freed:
        raise refuse()
    numbers = {number for number, _ in change.ledger.known}
    for key in change.fresh:
        if key[1] != 0 or key[0] in numbers or change.ledger.uses[key]:
            raise refuse()


def _check_trailer(change: Change) -> None:
    old, new = change.old.trailer_view, change.new.trailer_view
    change.same_but(old, new, _TRAILER)
    before, after = (lookup(trailer, "/Info", generic.DictionaryObject()) for trailer in (old, new))
    change.same_but(before, after, _INFO)
    if "/Info" in new:
        change.clear(key_of(new.raw_get("/Info")), None, "/Info")


def _check_catalog(change: Change) -> None:
    old, new = change.old.root, change.new.root
    change.same_but(old, new, _CATALOG)
    root = change.root
    change.cleared.add(root)
    for name in _CATALOG & old.keys():
        if name not in new:
            raise refuse()
    if "/Extensions" in new:
        change.clear(key_of(new.raw_get("/Extensions")), root, "/Extensions")
        if not isinstance(new["/Extensions"], generic.DictionaryObject):
            raise refuse()
    if "/Metadata" in new:
        _check_xmp(change, old, new)


def _check_xmp(change: Change, old: generic.DictionaryObject, new: generic.DictionaryObject) -> None:
    before = old.raw_get("/Metadata") if "/Metadata" in old else None
    after = new.raw_get("/Metadata")
    key = key_of(after)
    if key == key_of(before) and key not in change.touched and canonical(before) == canonical(after):
        return
    if _lasting_xmp(change.old, before) != _lasting_xmp(change.new, after):
        raise refuse()
    change.clear(key, change.root, "/Metadata")


def _lasting_xmp(handler: HistoricalResolver, raw: object) -> list[object]:
    """What a reader shows of XMP: title, author, subject, keywords, program."""
    if raw is None:
        return [None] * 5
    key = key_of(raw)
    if key is None:
        raise refuse()
    stream = handler(generic.Reference(*key, handler))
    if not isinstance(stream, generic.StreamObject):
        raise refuse()
    seen = meta_from_xmp(parse_xmp(BytesIO(stream.read_data(DecodePurpose.XMP_METADATA))))
    return [seen.title, seen.author, seen.subject, seen.keywords or None, seen.creator]


class _DssCheck:
    """The document security store (ETSI EN 319 142-1 §5.4.2): lists of certificates, CRLs, OCSP answers."""

    def __init__(self, change: Change) -> None:
        self._change = change

    def run(self) -> bool:
        """Check the document security store; whether this revision put anything in it."""
        if "/DSS" not in self._change.new.root:
            return False
        raw = self._change.new.root.raw_get("/DSS")
        before = self._change.old.root.raw_get("/DSS") if "/DSS" in self._change.old.root else None
        seen = {key_of(raw)}
        owner, names = self._change.enter(raw, self._change.root, "/DSS")
        for name, value in dictionary_of(raw).items():
            if name in _DSS_LISTS:
                seen |= self._check_list(value, owner, *names, name)
            elif name == "/VRI":
                seen |= self._check_vri(value, owner, *names, name)
            elif name != "/Type":
                raise refuse()
        return canonical(raw) != canonical(before) or bool(seen & self._change.touched)

    def _check_vri(self, raw: object, owner: Key | None, *names: str) -> set[Key | None]:
        seen = {key_of(raw)}
        owner, path = self._change.enter(raw, owner, *names)
        for identifier, entry in dictionary_of(raw).items():
            if not _VRI_NAME.fullmatch(identifier):
                raise refuse()
            seen.add(key_of(entry))
            holder, inner = self._change.enter(entry, owner, *path, identifier)
            for name, value in dictionary_of(entry).items():
                if name in _VRI_LISTS:
                    seen |= self._check_list(value, holder, *inner, name)
                elif name == "/TS":
                    seen |= self._check_stored(value)
                elif name not in ("/Type", "/TU"):
                    raise refuse()
        return seen

    def _check_list(self, raw: object, owner: Key | None, *names: str) -> set[Key | None]:
        seen = {key_of(raw)}
        self._change.enter(raw, owner, *names)
        items = raw.get_object() if isinstance(raw, generic.PdfObject) else raw
        if not isinstance(items, generic.ArrayObject):
            raise refuse()
        for index in range(len(items)):
            seen |= self._check_stored(items.raw_get(index))
        return seen

    def _check_stored(self, raw: object) -> set[Key | None]:
        """What is stored must be what it says, else it is a place to hide objects for careless readers."""
        key = key_of(raw)
        if key is None:
            raise refuse()
        if key in self._change.touched:
            stream = self._change.new(generic.Reference(*key, self._change.new))
            if not isinstance(stream, generic.StreamObject) or not _is_der(stream.data):
                raise refuse()
        return {key}


def _is_der(data: bytes) -> bool:
    try:
        parser.parse(data, strict=True)
    except (ValueError, TypeError):
        return False
    return True
