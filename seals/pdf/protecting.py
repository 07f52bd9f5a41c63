"""What a new signature may do to a document, and what it leaves open to those who sign after it.

「还有别人要盖章吗」 decides, ISO 32000-2 §12.8.2.2:
- nobody (SOLE): the first signature certifies the document with P=1, no change at all;
- known others (LISTED): their fields are made in the same revision and P=2 lets them be signed; the last
  field carries a lock that sets P=1 (§12.7.5.5), so it must be signed last;
- unknown others (OPEN): an approval signature, nothing is forbidden.
A document that is signed already (FOLLOWING) takes what its earlier signatures permit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pyhanko.sign.fields import MDPPerm

from auth.errors import Conflict, Invalid, NotFound
from seals.pdf.inspecting import Inspection, OpenField

__all__ = ["MAX_FIELD_NAME", "MAX_OTHERS", "OtherField", "Protection", "certification", "check_protection"]

MAX_OTHERS = 20
MAX_FIELD_NAME = 64
OTHER_FIELD_MM = 42.0
"""Room for the largest of the five seals, 40 mm, with a little play."""


class Protection(StrEnum):
    """How the document is protected after this signature; see the module's text."""

    SOLE = "sole"
    LISTED = "listed"
    OPEN = "open"
    FOLLOWING = "following"


@dataclass(frozen=True)
class OtherField:
    """An empty field for somebody known who seals later: place as `Place`, size in mm."""

    name: str
    page: int
    x_mm: float
    y_mm: float
    width_mm: float = OTHER_FIELD_MM
    height_mm: float = OTHER_FIELD_MM


def certification(protection: Protection) -> MDPPerm | None:
    """The DocMDP permission the first signature sets; None where it only approves."""
    return {Protection.SOLE: MDPPerm.NO_CHANGES, Protection.LISTED: MDPPerm.FILL_FORMS}.get(protection)


def check_protection(
    inspection: Inspection,
    protection: Protection,
    open_field: str | None,
    others: Sequence[OtherField],
) -> OpenField | None:
    """Whether the signature is permitted; the open field it goes into, or None for a new field.

    Raises Conflict `pdf.final`, `pdf.already_signed`, `pdf.only_open_fields`, `pdf.field_order`;
    NotFound `pdf.no_such_field`; Invalid `protection.*`.
    """
    if inspection.signatures == 0:
        _check_first(protection, others)
    else:
        _check_following(inspection, protection, open_field, others)
    if open_field is None:
        return None
    return _open_field(inspection, open_field)


def _check_first(protection: Protection, others: Sequence[OtherField]) -> None:
    if protection is Protection.FOLLOWING:
        raise Invalid(
            "protection.not_signed",
            "文件还没有签名，请选择之后是否还有其他单位盖章。",
            "The document is not signed yet; say whether others will seal it after you.",
            field="others",
        )
    if (protection is Protection.LISTED) != bool(others):
        raise Invalid(
            "protection.others",
            "选择「已知的其他单位」时须列出其盖章位置，否则不须列出。",
            "List the others' places if, and only if, you say that known others will seal.",
            field="known",
        )
    if len(others) > MAX_OTHERS:
        raise Invalid(
            "protection.too_many",
            f"最多可预留 {MAX_OTHERS} 个盖章位置。",
            f"At most {MAX_OTHERS} places can be kept for others.",
            field="known",
            limit=MAX_OTHERS,
        )
    _check_names([other.name for other in others])


def _check_names(names: list[str]) -> None:
    for name in names:
        # A full stop separates the levels of a field's full name (ISO 32000-2 §12.7.4.2).
        proper = name.strip() == name and name.isprintable() and "." not in name
        if not (proper and 0 < len(name) <= MAX_FIELD_NAME):
            raise Invalid(
                "protection.name",
                f"盖章位置的名称须为 1 至 {MAX_FIELD_NAME} 个字，不含句点和控制字符。",
                f"The name of a place must have 1 to {MAX_FIELD_NAME} characters, "
                "no full stop and no control characters.",
                field="known",
            )
    if len(set(names)) != len(names):
        raise Invalid(
            "protection.name_twice",
            "盖章位置的名称不能重复。",
            "Each place needs a name of its own.",
            field="known",
        )


def _check_following(
    inspection: Inspection, protection: Protection, open_field: str | None, others: Sequence[OtherField]
) -> None:
    if inspection.certification == 1:
        raise Conflict(
            "pdf.final",
            "文件已由签署方设为定稿，不允许再盖章；如需加盖，请由原签署方重新出具文件。",
            "A signer has declared the document final: no further seal is permitted. "
            "Ask that signer to issue the document anew.",
        )
    if protection is not Protection.FOLLOWING or others:
        raise Conflict(
            "pdf.already_signed",
            "文件已有签名，只能在其后加盖，不能再设定保护方式或预留位置。",
            "The document is signed: a seal can only follow; its protection and places are fixed already.",
            signatures=inspection.signatures,
        )
    if open_field is None and not inspection.may_add_fields:
        names = [field.name for field in inspection.open_fields]
        raise Conflict(
            "pdf.only_open_fields",
            "文件的首个签署方只允许在预留位置盖章，请选择一个空的预留位置；没有空位则不能加盖。",
            "The first signer permits seals in the prepared places only: choose an empty one. "
            "Where none is left, no seal can be added.",
            open_fields=names,
        )


def _open_field(inspection: Inspection, name: str) -> OpenField:
    found = [field for field in inspection.open_fields if field.name == name]
    if len(found) != 1:
        raise NotFound(
            "pdf.no_such_field",
            "没有这个可盖章的预留位置，请刷新后重选。",
            "There is no such open place; reload and choose again.",
            field="field",
            open_fields=[field.name for field in inspection.open_fields],
        )
    if found[0].locks_document and len(inspection.open_fields) > 1:
        raise Conflict(
            "pdf.field_order",
            "这是最后一个盖章位置，加盖后文件即定稿，请等其他位置都盖章后再盖。",
            "This is the last place: sealing it makes the document final. Wait until the others have sealed.",
            field="field",
            open_fields=[field.name for field in inspection.open_fields],
        )
    return found[0]
