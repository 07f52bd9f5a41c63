"""Finding what makes a PDF do or show something by itself: the content that must not be under a seal.

Every object of the file is looked at, reachable or not: content hidden for a later swap counts too
(the "shadow" attacks, NDSS 2021). Web links (URI) and jumps within the document are harmless and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pikepdf

__all__ = [
    "ACTION_CODES",
    "MEDIA_ANNOTATIONS",
    "PICTURE_KEYS",
    "direct_parts",
    "find_active",
    "is_harmless_action",
    "name_of",
]

ACTION_CODES = {
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/SubmitForm": "submit_form",
    "/ImportData": "form_action",
    "/ResetForm": "form_action",
    "/Hide": "form_action",
    "/Movie": "multimedia",
    "/Sound": "multimedia",
    "/Rendition": "multimedia",
    "/RichMediaExecute": "multimedia",
    "/GoTo3DView": "multimedia",
    "/SetOCGState": "layers",
    "/GoToR": "external_link",
    "/GoToE": "external_link",
    "/GoToDp": "external_link",
}
"""Action types (ISO 32000-2 table 201) and the code each is reported under."""

MEDIA_ANNOTATIONS = frozenset({"/Movie", "/Sound", "/Screen", "/RichMedia", "/3D"})
_KEY_CODES = {
    "/JS": "javascript",
    "/XFA": "xfa",
    "/EF": "embedded_files",
    "/AA": "open_action",
}
PICTURE_KEYS = ("/Alternates", "/Ref", "/OPI")
"""On a form or image: another picture in its place, on paper or from another file."""
_NAME_TREE_CODES = {
    "/JavaScript": "javascript",
    "/EmbeddedFiles": "embedded_files",
    "/Renditions": "multimedia",
}
_ROOT_CODES = {"/OCProperties": "layers", "/Collection": "embedded_files", "/NeedsRendering": "xfa"}
_DEAD_SCHEMES = ("javascript:", "file:", "data:", "vbscript:")
_HARMLESS_NAMED = frozenset({"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"})

_names = {*ACTION_CODES, *MEDIA_ANNOTATIONS, *_KEY_CODES, *PICTURE_KEYS, "/FileAttachment", "/URI"}
_SUSPECT = re.compile(rb"(?:%s)(?![^\s/<>\[\]()])" % b"|".join(name.encode() for name in sorted(_names)))
"""Names in qpdf's normalised spelling (/J#61vaScript becomes /JavaScript): a fast first look."""


def find_active(pdf: pikepdf.Pdf) -> tuple[str, ...]:
    """The sorted codes of all active content: `javascript`, `launch`, `submit_form`, `form_action`,
    `multimedia`, `layers`, `external_link`, `external_content`, `embedded_files`, `xfa`, `open_action`.
    """
    found = set(_root_codes(pdf.Root))
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream):
            # ISO 32000-2 §7.3.8.2: a stream whose bytes lie in another file.
            if "/F" in item:
                found.add("external_content")
            text = item.stream_dict.unparse(resolved=True)
        elif isinstance(item, (pikepdf.Dictionary, pikepdf.Array)):
            text = item.unparse(resolved=True)
        else:
            continue
        if _SUSPECT.search(text):
            for part in direct_parts(item):
                found |= _codes_of(part)
    return tuple(sorted(found))


def direct_parts(item: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The dictionaries (and stream dictionaries) within one indirect object, references not followed."""
    pending = [item]
    while pending:
        part = pending.pop()
        if isinstance(part, (pikepdf.Dictionary, pikepdf.Stream)):
            yield part
            children = [value for _, value in part.items()]
        elif isinstance(part, pikepdf.Array):
            children = list(part)
        else:
            continue
        pending.extend(
            child
            for child in children
            if isinstance(child, (pikepdf.Dictionary, pikepdf.Array)) and not child.is_indirect
        )


def is_harmless_action(action: pikepdf.Object) -> bool:
    """Whether an action may stay: a jump within the document, page turning, a web link; nothing chained."""
    if not isinstance(action, pikepdf.Dictionary) or "/Next" in action:
        return False
    kind = name_of(action.get("/S"))
    if kind == "/URI":
        return not _is_dead_link(action)
    if kind == "/Named":
        return name_of(action.get("/N")) in _HARMLESS_NAMED
    return kind == "/GoTo"


def _root_codes(root: pikepdf.Object) -> Iterator[str]:
    for key, code in _ROOT_CODES.items():
        if root.get(key) not in (None, False):
            yield code
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        yield from (code for key, code in _NAME_TREE_CODES.items() if key in names)
    opening = root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and not is_harmless_action(opening):
        yield "open_action"


def _codes_of(part: pikepdf.Object) -> set[str]:
    found = {code for key, code in _KEY_CODES.items() if key in part}
    if isinstance(part, pikepdf.Stream) and any(key in part for key in PICTURE_KEYS):
        found.add("external_content")
    kind = name_of(part.get("/S"))
    if kind in ACTION_CODES:
        found.add(ACTION_CODES[kind])
    elif kind == "/URI" and _is_dead_link(part):
        found.add("javascript")
    subtype = name_of(part.get("/Subtype"))
    if subtype in MEDIA_ANNOTATIONS and "/Rect" in part:
        found.add("multimedia")
    elif subtype == "/FileAttachment":
        found.add("embedded_files")
    return found


def _is_dead_link(action: pikepdf.Object) -> bool:
    address = action.get("/URI")
    text = str(address) if isinstance(address, pikepdf.String) else ""
    return re.sub(r"[\x00-\x20]", "", text).lower().startswith(_DEAD_SCHEMES)


def name_of(value: object) -> str:
    """A PDF name as text ("/Launch"), "" for anything else."""
    return str(value) if isinstance(value, pikepdf.Name) else ""
