"""What a signature lets others do after it, and the names of a form's fields."""

from __future__ import annotations

from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm

from seals.pdf.coverage import Problem
from seals.pdf.ledger import Key, key_of, lookup

__all__ = ["Permission", "field_keys", "permission_of"]

MAX_FIELDS = 5000
MAX_DEPTH = 20


@dataclass(frozen=True)
class Permission:
    """The DocMDP or lock permission of a signature, None for none, and the fields it locks."""

    level: MDPPerm | None = None
    locks: tuple[FieldMDPSpec, ...] = ()

    def allows_signing(self, field: str, existed: bool) -> bool:
        """Whether a later signature may fill `field`; existed: the field was there when this one signed.

        ISO 32000-2 table 257: P=1 nothing; P=2 and 3 signing. A certified document takes signatures in
        fields that its certifier made, not in new ones that cover what he certified (peers §5.1, SSA).
        """
        if any(lock.is_locked(field) for lock in self.locks):
            return False
        return self.level is None or (self.level is not MDPPerm.NO_CHANGES and existed)


def permission_of(signature: generic.DictionaryObject, field: generic.DictionaryObject) -> Permission:
    """Read it from the signature's references and the field's lock; the strictest of both holds."""
    levels: list[MDPPerm] = []
    locks: list[FieldMDPSpec] = []
    for item in lookup(signature, "/Reference", ()):
        reference = item.get_object()
        parameters = lookup(reference, "/TransformParams", generic.DictionaryObject())
        if reference["/TransformMethod"] == "/DocMDP":
            levels.append(MDPPerm(lookup(parameters, "/P", MDPPerm.FILL_FORMS.value)))
        elif reference["/TransformMethod"] == "/FieldMDP":
            locks.append(FieldMDPSpec.from_pdf_object(parameters))
    lock = lookup(field, "/Lock")
    if lock is not None:
        locks.append(FieldMDPSpec.from_pdf_object(lock))
        if "/P" in lock:
            levels.append(MDPPerm(lock["/P"]))
    return Permission(min(levels, key=lambda level: level.value, default=None), tuple(locks))


def field_keys(handler: HistoricalResolver) -> dict[str, Key]:
    """The form fields of a revision by full name. Raises Problem `broken` for more than any form has."""
    found: dict[str, Key] = {}
    form = lookup(handler.root, "/AcroForm")
    if isinstance(form, generic.DictionaryObject):
        _collect(lookup(form, "/Fields"), "", found, 0)
    return found


def _collect(fields: object, parent: str, found: dict[str, Key], depth: int) -> None:
    if not isinstance(fields, generic.ArrayObject):
        return
    if depth > MAX_DEPTH or len(found) + len(fields) > MAX_FIELDS:
        raise Problem("broken")
    for item in fields:
        key, field = key_of(item), item.get_object()
        if key is not None and isinstance(field, generic.DictionaryObject) and "/T" in field:
            name = f"{parent}.{field['/T']}" if parent else str(field["/T"])
            if name in found:
                raise Problem("broken")
            found[name] = key
            _collect(lookup(field, "/Kids"), name, found, depth + 1)
