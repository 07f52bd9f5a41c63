"""Writing a prepared document: one incremental update with mark, fields, looks and the empty signature."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.form_tools import get_single_field_annot
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    append_signature_field,
)
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest, SignatureObject
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError

from auth.errors import Conflict
from seals.pdf.appearance import Drawn, page_layer, widget_appearance
from seals.pdf.geometry import Box, Frame
from seals.pdf.layout import Layout
from seals.pdf.opening import broken
from seals.pdf.protecting import OtherField

__all__ = ["FieldPlan", "write_update"]

_DIGEST = "sha256"
_LOCKED = 1 << 2 | 1 << 6 | 1 << 7 | 1 << 9
"""Printed, and neither it nor its words can be changed by a reader (ISO 32000-2 table 167)."""
_Looks = dict[tuple[str, str, bytes], generic.IndirectObject]


@dataclass(frozen=True)
class FieldPlan:
    """The field to be signed: an existing empty one, or a new one with words for those who hear it read."""

    name: str
    existing: bool
    read_aloud: str | None
    certify: MDPPerm | None


def write_update(
    data: bytes,
    pdf: pikepdf.Pdf,
    frames: Sequence[Frame],
    layout: Layout,
    field: FieldPlan,
    others: Sequence[OtherField],
    signature: SignatureObject,
) -> tuple[bytes, PreparedByteRangeDigest]:
    """Append one revision to `data` (of which `pdf` is qpdf's reading) with everything in its place.

    Raises Conflict `pdf.field_conditions`; Invalid `pdf.broken` where two parsers read the file
    differently: a reader might then be shown another page than the one that was inspected.
    """
    writer = IncrementalPdfFileWriter(BytesIO(data))
    _check_store(writer)
    touched = {layout.page, layout.mark_page, *(other.page for other in others)}
    _check_same_reading(writer, pdf, touched | {page for page, _, _ in layout.also})
    if layout.mark is not None and layout.mark_on_page:
        states = _open_states(pdf.pages[layout.mark_page])
        _draw_on_page(writer, layout.mark_page, page_layer(frames[layout.mark_page], layout.mark, *states))
    looks: _Looks = {}
    for page, box, parts in layout.also:
        look = _one_look(writer, looks, widget_appearance(frames[page], box, parts))
        _print_on(writer, page, frames[page], box, look, field.read_aloud)
    for other, box in zip(others, layout.others, strict=True):
        append_signature_field(writer, _spec_of_other(frames[other.page], other, box, other is others[-1]))
    frame = frames[layout.page]
    spec = SigFieldSpec(
        field.name,
        layout.page,
        box=frame.to_user(layout.widget),  # type: ignore[arg-type]
        readable_field_name=field.read_aloud,
    )
    embedding = PdfCMSEmbedder(new_field_spec=spec).write_cms(
        field.name, writer, existing_fields_only=field.existing
    )
    target = next(embedding).get_object()
    _dress(writer, frame, layout, get_single_field_annot(target), is_new=not field.existing)
    writer.register_extension(ESIC_EXTENSION_1)
    embedding.send(SigObjSetup(signature, _mdp(target, field.certify)))
    ready, out = embedding.send(SigIOSetup(md_algorithm=_DIGEST))
    return out.getvalue(), ready


def _check_store(writer: IncrementalPdfFileWriter) -> None:
    """Before anybody confirms: what earlier signers stored for their proof can be read, and added to."""
    with suppress(NoDSSFoundError):
        DocumentSecurityStore.read_dss(writer)


def _check_same_reading(writer: IncrementalPdfFileWriter, pdf: pikepdf.Pdf, pages: set[int]) -> None:
    if writer.prev.xrefs.hybrid_xrefs_present or int(writer.root["/Pages"]["/Count"]) != len(pdf.pages):
        raise broken("ambiguous")
    for number in pages:
        reference = writer.find_page_for_modification(number)[0].reference
        if (reference.idnum, reference.generation) != pdf.pages[number].obj.objgen:
            raise broken("ambiguous page")


def _spec_of_other(frame: Frame, other: OtherField, box: Box, last: bool) -> SigFieldSpec:
    return SigFieldSpec(
        other.name,
        other.page,
        box=frame.to_user(box),  # type: ignore[arg-type]
        field_mdp_spec=FieldMDPSpec(FieldMDPAction.ALL) if last else None,
        doc_mdp_update_value=MDPPerm.NO_CHANGES if last else None,
        readable_field_name=other.name,
    )


def _one_look(
    writer: IncrementalPdfFileWriter, looks: _Looks, look: generic.StreamObject
) -> generic.IndirectObject:
    """Written once, however many places look alike: an imprint from a photo is 100 KB."""
    key = str(look["/BBox"]), str(look["/Matrix"]), look.encoded_data
    if key not in looks:
        looks[key] = writer.add_object(look)
    return looks[key]


def _print_on(
    writer: IncrementalPdfFileWriter,
    number: int,
    frame: Frame,
    box: Box,
    look: generic.IndirectObject,
    read_aloud: str | None,
) -> None:
    """One more imprint, as a locked stamp (ISO 32000-2 §12.5.6.12): a signature has one widget only, and
    ink over a page's own content would need a resource in it."""
    page, _ = writer.find_page_for_modification(number)
    stamp = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Stamp"),
            pdf_name("/Rect"): generic.ArrayObject(
                generic.FloatObject(round(value, 4)) for value in frame.to_user(box)
            ),
            pdf_name("/F"): generic.NumberObject(_LOCKED),
            pdf_name("/P"): page,
            pdf_name("/Contents"): generic.pdf_string(read_aloud or ""),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): look}),
        }
    )
    writer.register_annotation(page, writer.add_object(stamp))


def _dress(
    writer: IncrementalPdfFileWriter,
    frame: Frame,
    layout: Layout,
    widget: generic.DictionaryObject,
    *,
    is_new: bool,
) -> None:
    """Give the widget its look. Of a field that was there before nothing but the look may change."""
    parts: list[Drawn] = [layout.seal]
    if layout.trace is not None:
        parts.append(layout.trace)
    if layout.mark is not None and not layout.mark_on_page:
        parts.append(layout.mark)
    look = writer.add_object(widget_appearance(frame, layout.widget, parts))
    widget[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): look})
    if is_new:
        rotation = generic.NumberObject(frame.rotation)
        widget[pdf_name("/MK")] = generic.DictionaryObject({pdf_name("/R"): rotation})
    writer.update_container(widget)


def _mdp(field: generic.DictionaryObject, certify: MDPPerm | None) -> SigMDPSetup:
    """What the signature dictionary says about later changes: certification, or the field's own lock."""
    if "/SV" in field:
        raise Conflict(
            "pdf.field_conditions",
            "预留位置对签名另有限定条件，本系统不支持，请由首个签署方重新预留。",
            "The prepared place sets conditions of its own for the signature, which are not supported; "
            "have the place made anew.",
            field="field",
        )
    if certify is not None:
        return SigMDPSetup(md_algorithm=_DIGEST, certify=True, docmdp_perms=certify)
    if "/Lock" not in field:
        return SigMDPSetup(md_algorithm=_DIGEST)
    lock = field["/Lock"]
    level = MDPPerm(int(lock["/P"])) if "/P" in lock else None
    return SigMDPSetup(
        md_algorithm=_DIGEST, field_lock=FieldMDPSpec.from_pdf_object(lock), docmdp_perms=level
    )


def _open_states(page: pikepdf.Page) -> tuple[int, int]:
    """How many graphics states a page's content leaves open, and how many it closes without opening."""
    depth = lowest = 0
    if "/Contents" in page.obj:
        for instruction in pikepdf.parse_content_stream(page, operators="q Q"):
            depth += 1 if str(instruction.operator) == "q" else -1
            lowest = min(lowest, depth)
    return depth - lowest, -lowest


def _draw_on_page(
    writer: IncrementalPdfFileWriter,
    number: int,
    layer: tuple[generic.StreamObject, generic.StreamObject],
) -> None:
    """Put the page's own content, untouched, between the two streams."""
    reference, _ = writer.find_page_for_modification(number)
    page = reference.get_object()
    own: list[generic.PdfObject] = []
    if "/Contents" in page:
        value = page["/Contents"]
        own = list(value) if isinstance(value, generic.ArrayObject) else [page.raw_get("/Contents")]
    before, after = (writer.add_object(stream) for stream in layer)
    page[pdf_name("/Contents")] = generic.ArrayObject([before, *own, after])
    writer.mark_update(reference)
