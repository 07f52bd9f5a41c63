"""Rewriting an unsigned PDF to one clean revision, so that what is seen is what is sealed.

What the rewrite does, always:
- one revision, only objects that are reachable: nothing hidden or left over stays in the file;
- forms and comments are drawn into the page by their own appearances and end as fields: a filled form
  under a seal must read the same everywhere and for ever, and a certified document could not be filled
  anyway. Fields without an appearance get one, comments that would vanish are refused (`looks`). Empty
  signature fields of others go too: this system makes its own (`prepare`, others=…);
- of the catalog only what serves reading stays; XMP metadata goes (its claims, PDF/A for one, would no
  longer be checked by anybody), the plain document information stays.
With consent also active content goes (see `find_active`), and so do the restrictions of a file that is
encrypted but opens without a password. Web links and jumps within the file stay.
A damaged file is mended by the same rewrite. Whatever it was, its pages must look as before (`comparing`).
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf.sanitize import Sanitizer

from auth.errors import Conflict, Invalid
from seals.pdf.activity import (
    ACTION_CODES,
    MEDIA_ANNOTATIONS,
    PICTURE_KEYS,
    direct_parts,
    is_harmless_action,
    name_of,
)
from seals.pdf.comparing import check_same_pages, compared
from seals.pdf.inspecting import Inspection, inspect, inspect_opened
from seals.pdf.layers import drop_layers
from seals.pdf.looks import annotations_of, check_written, settle_looks
from seals.pdf.opening import open_pdf, reading

__all__ = ["Cleaned", "clean"]

_CATALOG_KEPT = frozenset(
    {
        "/Type",
        "/Pages",
        "/PageLabels",
        "/PageLayout",
        "/Outlines",
        "/Dests",
        "/Names",
        "/OpenAction",
        "/Lang",
        "/MarkInfo",
        "/StructTreeRoot",
        "/OutputIntents",
        "/ViewerPreferences",
        "/AcroForm",
    }
)
_TRAILER_KEPT = frozenset({"/Root", "/Info", "/Size", "/ID"})
_ACTION_SLOTS = ("/A", "/OpenAction", "/PA")
_DROPPED_KEYS = ("/AA", "/JS", "/XFA", "/EF", "/AF")
_FORM_CODE, _COMMENT_CODE, _RESTRICTED_CODE = "form_fields", "comments", "restrictions"


@dataclass(frozen=True)
class Cleaned:
    """The rewritten file and the sorted codes of what it no longer has: those of `find_active`, and
    `form_fields`, `comments` (both drawn into the page where they had a look), `restrictions`.
    inspection: of the rewritten file.
    """

    data: bytes
    removed: tuple[str, ...]
    inspection: Inspection


def clean(data: bytes, remove_active: bool, lift_restrictions: bool = False) -> Cleaned:
    """Rewrite an unsigned PDF; the same input gives the same bytes.

    remove_active: the asker has seen the list and agrees that active content is taken out;
    lift_restrictions: and that the copy to be sealed has none of the restrictions of a protected file.
    Raises what `inspect` raises, and Conflict `pdf.signed`, `pdf.restricted`, `pdf.active_content` (facts:
    `active`); Invalid `pdf.hidden_layers`, `pdf.dynamic_form`, `pdf.form_not_drawn`, `pdf.active_remains`,
    `pdf.shown_differently`.
    """
    opened = open_pdf(data)
    with reading():
        inspection, frames = inspect_opened(opened)
        _check_may_clean(inspection, remove_active, lift_restrictions)
        _check_static(opened.pdf)
        if "layers" in inspection.active:
            drop_layers(opened.pdf)
        kinds = [_annotation_kinds(page) for page in opened.pdf.pages]
        drawn = [number for number, kind in enumerate(kinds) if kind - {"/Link"}]
        looks = settle_looks(opened.pdf, drawn, frames)
        removed = {*inspection.active, *_flatten(opened.pdf)}
        if inspection.restricted:
            removed.add(_RESTRICTED_CODE)
        cleaned = _written(opened.pdf)
    opened.pdf.close()
    after = _check_clean(cleaned)
    # Of two sorts of cross-references readers follow either; layers may be on any page.
    mended = inspection.repaired or opened.hybrid
    pages = compared(len(frames), drawn, mended=mended or "layers" in inspection.active)
    with reading():
        check_written(cleaned, looks)
    # What stands below a field is not in doubt only where all readers read the same objects.
    check_same_pages(data, cleaned, pages, {} if mended else looks.loose, looks.lost)
    return Cleaned(cleaned, tuple(sorted(removed)), after)


def _written(pdf: pikepdf.Pdf) -> bytes:
    _strip(pdf)
    out = BytesIO()
    pdf.save(out, deterministic_id=True, min_version="1.7", fix_metadata_version=False, encryption=False)
    return out.getvalue()


# ---------------------------------------------------------------- refusals


def _check_may_clean(inspection: Inspection, remove_active: bool, lift_restrictions: bool) -> None:
    signatures, active = inspection.signatures, inspection.active
    if signatures:
        raise Conflict(
            "pdf.signed",
            "PDF 已有签名，不能改写；请直接在其后加盖。",
            "The PDF is signed and must not be rewritten; add the seal after the earlier signatures.",
            signatures=signatures,
        )
    if inspection.restricted and not lift_restrictions:
        raise Conflict(
            "pdf.restricted",
            "PDF 设有权限限制（如禁止打印、复制或修改）。盖章后的副本不再带有这些限制；"
            "请确认您有权解除，或换一份文件。",
            "The PDF is restricted (printing, copying or changing may be forbidden). The sealed copy will "
            "have no such restrictions: agree that they are lifted, if you may, or use another file.",
        )
    if active and not remove_active:
        raise Conflict(
            "pdf.active_content",
            "PDF 含有脚本、附件、图层等动态内容，盖章前须移除；请确认移除，或换一份文件。",
            "The PDF has scripts, attachments, layers or other active content, which must go before "
            "sealing: agree to the removal, or use another file.",
            active=list(active),
        )


def _check_static(pdf: pikepdf.Pdf) -> None:
    # ISO 32000-2 annex K (XFA): the pages of a dynamic form are a placeholder, its text is XML.
    if pdf.Root.get("/NeedsRendering"):
        raise Invalid(
            "pdf.dynamic_form",
            "这是动态 XFA 表单，页面内容不在 PDF 中，请在 Acrobat 中「打印为 PDF」后再上传。",
            'This is a dynamic XFA form whose text is not in its pages; "print to PDF" in Acrobat first.',
        )


def _check_clean(cleaned: bytes) -> Inspection:
    inspection = inspect(cleaned)
    active = inspection.active
    if active:
        raise Invalid(
            "pdf.active_remains",
            "PDF 中有无法安全移除的动态内容，请用「打印为 PDF」重新导出后再上传。",
            "The PDF has active content that cannot be taken out safely; "
            'export it again with "print to PDF".',
            active=list(active),
        )
    return inspection


# ---------------------------------------------------------------- forms and comments


def _flatten(pdf: pikepdf.Pdf) -> set[str]:
    """Draw fields and comments into the pages; links stay. Returns the codes of what went."""
    kinds = {kind for page in pdf.pages for kind in _annotation_kinds(page)}
    form = pdf.Root.get("/AcroForm")
    # With this flag qpdf leaves fields alone. The drawn appearance is what most readers show.
    if isinstance(form, pikepdf.Dictionary) and "/NeedAppearances" in form:
        del form["/NeedAppearances"]
    if kinds - {"/Link"}:
        pdf.flatten_annotations("screen")
    if "/AcroForm" in pdf.Root:
        del pdf.Root["/AcroForm"]
    for page in pdf.pages:
        _keep_links(page)
    codes = {_FORM_CODE} if "/Widget" in kinds else set()
    if kinds - {"/Link", "/Widget", "/FileAttachment"} - MEDIA_ANNOTATIONS:
        codes.add(_COMMENT_CODE)
    return codes


def _annotation_kinds(page: pikepdf.Page) -> set[str]:
    return {str(item.get("/Subtype")) for item in annotations_of(page)}


def _keep_links(page: pikepdf.Page) -> None:
    if "/Annots" not in page.obj:
        return
    links = [item for item in annotations_of(page) if item.get("/Subtype") == pikepdf.Name.Link]
    if links:
        page.obj["/Annots"] = pikepdf.Array(links)
    else:
        del page.obj["/Annots"]


# ---------------------------------------------------------------- active and unused parts


def _strip(pdf: pikepdf.Pdf) -> None:
    for holder, kept in ((pdf.Root, _CATALOG_KEPT), (pdf.trailer, _TRAILER_KEPT)):
        for key in [key for key in holder.keys() if key not in kept]:  # noqa: SIM118 (a PDF object)
            del holder[key]
    names = pdf.Root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        pdf.Root["/Names"] = pikepdf.Dictionary({key: names[key] for key in ("/Dests",) if key in names})
    Sanitizer().remove_javascript().remove_attachments().remove_multimedia().remove_thumbnails().apply(pdf)
    Sanitizer().remove_private_app_data().apply(pdf)
    for item in pdf.objects:
        if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream, pikepdf.Array)):
            for part in list(direct_parts(item)):
                _strip_part(part)


def _strip_part(part: pikepdf.Object) -> None:
    for key in _ACTION_SLOTS:
        action = part.get(key)
        if isinstance(action, pikepdf.Dictionary) and "/S" in action:
            # A chain behind a harmless action is cut off, whatever is in it.
            if "/Next" in action:
                del action["/Next"]
            if not is_harmless_action(action):
                del part[key]
    unwanted = [*_DROPPED_KEYS]
    if isinstance(part, pikepdf.Stream):
        unwanted += PICTURE_KEYS
    if name_of(part.get("/S")) in ACTION_CODES:
        # An action that something else than a slot refers to: emptied where it stands.
        unwanted += ["/S", "/Next"]
    for key in unwanted:
        if key in part:
            del part[key]
    # A structure tree refers to the annotations that were drawn into the page, and would keep them alive.
    if part.get("/Type") == pikepdf.Name.OBJR and not _is_link(part.get("/Obj")) and "/Obj" in part:
        del part["/Obj"]


def _is_link(target: object) -> bool:
    return isinstance(target, pikepdf.Dictionary) and target.get("/Subtype") == pikepdf.Name.Link
