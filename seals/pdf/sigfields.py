"""Reading a PDF's signature fields, what is signed, and what the signatures still permit.

ISO 32000-2 §12.7.5.5 (signature fields, locks), §12.8.2.2 (DocMDP), §12.8.2.4 (FieldMDP).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

import pikepdf
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec

from auth.errors import TooLarge

__all__ = [
    "MAX_FIELDS",
    "Permissions",
    "SignatureField",
    "free_name",
    "permissions",
    "signature_fields",
]

MAX_FIELDS = 10_000
_MAX_DEPTH = 32


@dataclass(frozen=True)
class SignatureField:
    """A field of type Sig. `name`: fully qualified; `widget`: its one visible widget, or None where it has
    none or several; `value`: the signature dictionary once it is signed.
    """

    name: str
    field: pikepdf.Dictionary
    widget: pikepdf.Dictionary | None
    value: pikepdf.Dictionary | None


@dataclass(frozen=True)
class Permissions:
    """What the signatures already in the document leave open.

    level: None (nobody certified), or 1 no change at all, 2 filling and signing the fields that are
    there, 3 comments too; locks: the FieldMDP rules of all signatures.
    """

    level: int | None
    locks: tuple[FieldMDPSpec, ...]

    def may_sign(self, field_name: str) -> bool:
        """Whether an existing, empty field may be signed."""
        return self.level != 1 and not any(lock.is_locked(field_name) for lock in self.locks)

    @property
    def may_add_fields(self) -> bool:
        """Whether a new signature field may be made.

        P=2 and 3 permit signing the fields there are; a new visible one is a change of page content to a
        strict reader (ISO 32000-2 table 257; "Attacks on PDF Certification", IEEE S&P 2021).
        """
        shut = any(lock.action is not FieldMDPAction.INCLUDE for lock in self.locks)
        return self.level is None and not shut


def signature_fields(pdf: pikepdf.Pdf) -> tuple[SignatureField, ...]:
    """All signature fields in the order of the form's tree. Raises TooLarge `pdf.too_many_objects`."""
    return tuple(_walk(pdf))


def free_name(pdf: pikepdf.Pdf, taken: Iterable[str]) -> str:
    """A name for a new field, `Seal1` and upwards, that no field of the form and none of `taken` has."""
    used = {*taken, *(_join("", node.get("/T")) for node in _roots(pdf))}
    return next(name for name in (f"Seal{number}" for number in count(1)) if name not in used)


def permissions(pdf: pikepdf.Pdf, fields: tuple[SignatureField, ...]) -> Permissions:
    """The strictest of what all signatures in the document say."""
    levels: list[int] = []
    locks: list[FieldMDPSpec] = []
    certification = _path(pdf.Root, "/Perms", "/DocMDP")
    if certification is not None:
        levels.append(_certified_level(certification))
    for field in fields:
        if field.value is not None:
            _read_references(field.value, levels, locks)
            lock = field.field.get("/Lock")
            if isinstance(lock, pikepdf.Dictionary):
                _read_lock(lock, levels, locks)
    return Permissions(min(levels, default=None), tuple(locks))


def _walk(pdf: pikepdf.Pdf) -> Iterator[SignatureField]:
    seen = pikepdf.ObjectSet()
    pending = [(node, "", "", 0) for node in reversed(_roots(pdf))]
    while pending:
        node, prefix, kind, depth = pending.pop()
        if not seen.add(node) or depth > _MAX_DEPTH:
            continue
        if len(seen) > MAX_FIELDS:
            raise _too_many_fields()
        kind = str(node.get("/FT", kind))
        name = _join(prefix, node.get("/T"))
        kids = [kid for kid in (node.get("/Kids") or ()) if isinstance(kid, pikepdf.Dictionary)]
        fields = [kid for kid in kids if "/T" in kid]
        if fields:
            pending.extend((kid, name, kind, depth + 1) for kid in reversed(fields))
        elif kind == "/Sig":
            yield _signature_field(node, name, kids)


def _roots(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    form = pdf.Root.get("/AcroForm")
    roots = form.get("/Fields") if isinstance(form, pikepdf.Dictionary) else None
    if not isinstance(roots, pikepdf.Array):
        return []
    return [node for node in roots if isinstance(node, pikepdf.Dictionary)]


def _signature_field(node: pikepdf.Dictionary, name: str, kids: list[pikepdf.Dictionary]) -> SignatureField:
    widgets = kids or ([node] if "/Rect" in node else [])
    # The value may stand on the field or, against the standard, on its only widget.
    values = [item.get("/V") for item in (node, *kids)]
    value = next((item for item in values if isinstance(item, pikepdf.Dictionary)), None)
    return SignatureField(name, node, widgets[0] if len(widgets) == 1 else None, value)


def _join(prefix: str, part: object) -> str:
    text = str(part) if isinstance(part, pikepdf.String) else ""
    return f"{prefix}.{text}" if prefix and text else prefix or text


def _path(start: pikepdf.Object, *keys: str) -> pikepdf.Dictionary | None:
    node: object = start
    for key in keys:
        node = node.get(key) if isinstance(node, pikepdf.Dictionary) else None
    return node if isinstance(node, pikepdf.Dictionary) else None


def _references(signature: pikepdf.Dictionary) -> Iterator[tuple[str, pikepdf.Dictionary]]:
    for reference in signature.get("/Reference") or ():
        if isinstance(reference, pikepdf.Dictionary):
            parameters = reference.get("/TransformParams")
            empty = pikepdf.Dictionary()
            yield (
                str(reference.get("/TransformMethod")),
                parameters if isinstance(parameters, pikepdf.Dictionary) else empty,
            )


def _certified_level(signature: pikepdf.Dictionary) -> int:
    levels = [_level(params) for method, params in _references(signature) if method == "/DocMDP"]
    # A certification whose rule cannot be read is taken at its strictest.
    return min(levels, default=1)


def _level(parameters: pikepdf.Dictionary) -> int:
    level = int(parameters.get("/P", 2))
    return level if level in (1, 2, 3) else 1


def _read_references(signature: pikepdf.Dictionary, levels: list[int], locks: list[FieldMDPSpec]) -> None:
    for method, parameters in _references(signature):
        if method == "/DocMDP":
            levels.append(_level(parameters))
        elif method == "/FieldMDP":
            _read_lock(parameters, levels, locks)


def _read_lock(lock: pikepdf.Dictionary, levels: list[int], locks: list[FieldMDPSpec]) -> None:
    # ISO 32000-2 table 236: /P in a lock narrows the whole document's permissions.
    if "/P" in lock:
        levels.append(_level(lock))
    action = FieldMDPAction(pdf_name(str(lock.get("/Action"))))
    names = [str(name) for name in lock.get("/Fields") or ()]
    locks.append(FieldMDPSpec(action, names))


def _too_many_fields() -> TooLarge:
    return TooLarge(
        "pdf.too_many_objects",
        "PDF 内的表单域过多，请用「打印为 PDF」重新导出后再上传。",
        'The PDF has too many form fields; export it again with "print to PDF".',
        limit=MAX_FIELDS,
    )
