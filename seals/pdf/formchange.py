"""What a revision after a signature may do to the form: put one signature in its own field."""

from __future__ import annotations

from dataclasses import dataclass

from pyhanko.pdf_utils import generic

from seals.pdf.change import Change, appended, refuse
from seals.pdf.ledger import Key, key_of, lookup
from seals.pdf.permission import field_keys

__all__ = ["Added", "FormCheck"]

_FIELD = frozenset({"/V", "/AP", "/F"})  # what signing fills in: value, look, flags of the widget
_WIDGET = frozenset({"/AP", "/F"})
# A new field or widget has no actions (/A, /AA): a script in an invisible one could redraw the page.
# fmt: off
_NEW_FIELD = frozenset(
    {
        "/Type", "/Subtype", "/FT", "/T", "/TU", "/TM", "/V", "/Ff", "/F", "/Rect", "/P", "/AP",
        "/AS", "/MK", "/DA", "/Q", "/Kids", "/Parent", "/Lock", "/SV", "/Border", "/BS", "/NM",
        "/M", "/StructParent",
    }
)
# fmt: on
_FIELD_USES = frozenset({"/Fields", "/Kids", "/Annots", "/Parent", "/Obj"})


@dataclass(frozen=True)
class Added:
    """The one signature or document timestamp of a revision: its field's full name."""

    field: str
    stamp: bool


class FormCheck:
    """Checks the form, then each other overwritten object: it can only be a page that got the widget."""

    def __init__(self, change: Change, added: Added | None) -> None:
        self._change, self._added = change, added
        self._widgets: set[Key] = set()

    def run(self) -> None:
        """Raises Problem `changed_after_signing`, and the errors of what is malformed."""
        self._check_form()
        for key in self._change.overwritten - self._change.cleared:
            self._check_annotations(key)

    def _check_form(self) -> None:
        if "/AcroForm" not in self._change.new.root:
            if self._added is not None:
                raise refuse()
            return
        if "/AcroForm" not in self._change.old.root:
            raise refuse()
        old, new = self._change.old.root["/AcroForm"], self._change.new.root["/AcroForm"]
        owner, names = self._change.enter(
            self._change.new.root.raw_get("/AcroForm"), self._change.root, "/AcroForm"
        )
        self._change.same_but(old, new, frozenset({"/Fields"}))
        self._change.enter(new.raw_get("/Fields"), owner, *names, "/Fields")
        more = appended(old["/Fields"], new["/Fields"])
        if self._added is None:
            if more:
                raise refuse()
        elif more:
            self._check_new_field(more, self._added)
        else:
            self._check_filled_field(self._added)

    def _check_new_field(self, more: list[Key], added: Added) -> None:
        field = self._change.fresh_dictionary(more[0])
        if len(more) != 1 or lookup(field, "/FT") != "/Sig" or lookup(field, "/T") != added.field:
            raise refuse()
        if not field.keys() <= _NEW_FIELD:
            raise refuse()
        if "/Parent" in field or key_of(field.raw_get("/V")) not in self._change.fresh:
            raise refuse()
        kids = lookup(field, "/Kids", generic.ArrayObject())
        self._widgets = {key for key in map(key_of, kids) if key is not None} or {more[0]}
        for key in self._widgets:
            widget = self._change.fresh_dictionary(key)
            if key != more[0] and ("/T" in widget or key_of(widget.get("/Parent")) not in (None, more[0])):
                raise refuse()
            if lookup(widget, "/Subtype", "/Widget") != "/Widget" or not widget.keys() <= _NEW_FIELD:
                raise refuse()
            if added.stamp and _visible(widget):
                raise refuse()

    def _check_filled_field(self, added: Added) -> None:
        """A field that was there: it may get value and look; its place stays."""
        key = field_keys(self._change.old).get(added.field)
        if key is None or field_keys(self._change.new).get(added.field) != key:
            raise refuse()
        old, new = self._change.value(self._change.old, key), self._change.value(self._change.new, key)
        if "/V" in old or key_of(new.raw_get("/V")) not in self._change.fresh:
            raise refuse()
        self._check_look(key, old, new, _FIELD, added)
        for kid in map(key_of, lookup(old, "/Kids", generic.ArrayObject())):
            if kid is not None and kid in self._change.touched:
                widget = self._change.value(self._change.old, kid)
                self._check_look(kid, widget, self._change.value(self._change.new, kid), _WIDGET, added)

    def _check_look(
        self,
        key: Key,
        old: generic.DictionaryObject,
        new: generic.DictionaryObject,
        names: frozenset[str],
        added: Added,
    ) -> None:
        self._change.same_but(old, new, names)
        if added.stamp and _visible(new):
            raise refuse()
        # Used as anything but a field or widget, it might show somewhere else what is put into it now.
        if any(path and path[-1] not in _FIELD_USES for _, path in self._change.ledger.uses.get(key, ())):
            raise refuse()
        self._change.cleared.add(key)

    def _check_annotations(self, key: Key) -> None:
        """What else got a new value must be a page, or its list of annotations, with the new widget on it."""
        before, after = self._change.old, self._change.new
        old, new = before(generic.Reference(*key, before)), after(generic.Reference(*key, after))
        if isinstance(old, generic.ArrayObject) and isinstance(new, generic.ArrayObject):
            uses = self._change.ledger.uses[key]
            if len(uses) != 1 or any(names != ("/Annots",) for _, names in uses):
                raise refuse()
            self._place(appended(old, new))
            return
        if not isinstance(old, generic.DictionaryObject) or lookup(old, "/Type") != "/Page":
            raise refuse()
        self._change.same_but(old, new, frozenset({"/Annots"}))
        nothing = generic.ArrayObject()
        if key_of(new.get("/Annots")) in self._change.overwritten:
            return  # the list is an object of its own and looked at as such
        self._place(appended(lookup(old, "/Annots", nothing), lookup(new, "/Annots", nothing)))

    def _place(self, more: list[Key]) -> None:
        for key in more:
            if key not in self._widgets:
                raise refuse()
            self._widgets.discard(key)  # each widget stands on one page, once


def _visible(widget: generic.DictionaryObject) -> bool:
    left, bottom, right, top = (float(edge) for edge in lookup(widget, "/Rect", (0, 0, 0, 0)))
    return left != right and bottom != top
