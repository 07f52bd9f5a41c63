"""Looking at a PDF before anything is done with it: pages, signatures, what is permitted, what is active."""

from __future__ import annotations

from dataclasses import dataclass

import pikepdf

from seals.pdf.activity import find_active
from seals.pdf.geometry import Frame, frame_of
from seals.pdf.opening import (
    MAX_BYTES,
    MAX_OBJECTS,
    MAX_PAGES,
    Opened,
    open_pdf,
    reading,
    signed_and_damaged,
    signed_and_restricted,
)
from seals.pdf.sigfields import Permissions, SignatureField, permissions, signature_fields

__all__ = [
    "MAX_BYTES",
    "MAX_OBJECTS",
    "MAX_PAGES",
    "Inspection",
    "OpenField",
    "PageSize",
    "inspect",
    "inspect_opened",
]


@dataclass(frozen=True)
class PageSize:
    """A page as people see it, its rotation applied: points of 1/72 inch (UserUnit applied), degrees."""

    width_pt: float
    height_pt: float
    rotation: int


@dataclass(frozen=True)
class OpenField:
    """A signature field that still may be signed.

    Place as `Place`: page from 0, top-left corner on the page as shown, mm. locks_document: signing it
    ends all changes, so it must be the last.
    """

    name: str
    page: int
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    locks_document: bool


@dataclass(frozen=True)
class Inspection:
    """What is known of a PDF.

    signatures: signed fields, document timestamps included; certification: the effective limit, 1 no
    changes, 2 filling and signing, 3 comments too, None unlimited; may_add_fields: whether a new
    signature field may be made; active: sorted codes, see `find_active`; repaired: the file was damaged
    and could be read only by mending it; restricted: it is encrypted, and opens without a password.
    """

    pages: tuple[PageSize, ...]
    signatures: int
    certification: int | None
    open_fields: tuple[OpenField, ...]
    may_add_fields: bool
    active: tuple[str, ...]
    repaired: bool
    restricted: bool


def inspect(data: bytes) -> Inspection:
    """Inspect a stranger's PDF.

    Raises TooLarge `pdf.too_large`, `pdf.too_many_pages`, `pdf.too_many_objects`; Invalid `pdf.not_pdf`,
    `pdf.truncated`, `pdf.encrypted`, `pdf.no_pages`, `pdf.page_size`, `pdf.signed_and_damaged` (facts:
    `cause`), `pdf.signed_and_restricted`, `pdf.broken` — never anything else.
    """
    opened = open_pdf(data)
    with reading():
        inspection, _ = inspect_opened(opened)
    if inspection.signatures:
        _check_appendable(opened)
    return inspection


def _check_appendable(opened: Opened) -> None:
    """Rewriting would destroy the signatures, and every reader takes an update of such a file differently."""
    if opened.restricted:
        raise signed_and_restricted()
    if opened.repaired or opened.hybrid:
        raise signed_and_damaged("damaged" if opened.repaired else "hybrid")


def inspect_opened(opened: Opened) -> tuple[Inspection, tuple[Frame, ...]]:
    """As `inspect`, for a PDF that is open already, with the pages' frames. Call it within `reading()`."""
    pdf = opened.pdf
    frames = tuple(frame_of(page, number) for number, page in enumerate(pdf.pages))
    fields = signature_fields(pdf)
    allowed = permissions(pdf, fields)
    inspection = Inspection(
        pages=tuple(PageSize(*frame.shown_pt, frame.rotation) for frame in frames),
        signatures=sum(field.value is not None for field in fields),
        certification=allowed.level,
        open_fields=_open_fields(pdf, frames, fields, allowed),
        may_add_fields=allowed.may_add_fields,
        active=find_active(pdf),
        repaired=opened.repaired,
        restricted=opened.restricted,
    )
    return inspection, frames


def _open_fields(
    pdf: pikepdf.Pdf,
    frames: tuple[Frame, ...],
    fields: tuple[SignatureField, ...],
    allowed: Permissions,
) -> tuple[OpenField, ...]:
    signable = [
        (field, field.widget)
        for field in fields
        if field.value is None and field.widget is not None and allowed.may_sign(field.name)
    ]
    if not signable:
        return ()
    page_of = _pages_of_widgets(pdf)
    found = (_open_field(field, widget, page_of, frames) for field, widget in signable)
    return tuple(field for field in found if field is not None)


def _open_field(
    field: SignatureField,
    widget: pikepdf.Dictionary,
    page_of: dict[tuple[int, int], int],
    frames: tuple[Frame, ...],
) -> OpenField | None:
    page = page_of.get(widget.objgen)
    if page is None:
        return None
    x1, y1, x2, y2 = (float(value) for value in widget["/Rect"])
    box = frames[page].to_shown((x1, y1, x2, y2))
    if box.width_mm <= 0 or box.height_mm <= 0:
        return None
    lock = field.field.get("/Lock")
    locks = isinstance(lock, pikepdf.Dictionary) and lock.get("/P") == 1
    return OpenField(field.name, page, box.x_mm, box.y_mm, box.width_mm, box.height_mm, locks)


def _pages_of_widgets(pdf: pikepdf.Pdf) -> dict[tuple[int, int], int]:
    """Object numbers of all annotations with their page. A widget's own /P is a hint only, and forgeable."""
    page_of: dict[tuple[int, int], int] = {}
    for number, page in enumerate(pdf.pages):
        for annotation in page.obj.get("/Annots") or ():
            if isinstance(annotation, pikepdf.Dictionary) and annotation.is_indirect:
                page_of.setdefault(annotation.objgen, number)
    return page_of
