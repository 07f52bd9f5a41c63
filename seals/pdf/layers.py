"""Optional content (layers): taking it out without changing what is shown.

A layer can be switched, or differ between screen and paper, so nothing may be sealed that has one
(ISO 32000-2 §8.11). Where every layer is shown by default, always and everywhere, dropping the switches
leaves exactly that picture. Anything else would need a guess at what the asker saw, so it is refused.
"""

from __future__ import annotations

import pikepdf

from auth.errors import Invalid

__all__ = ["drop_layers"]

_STATES = {"/View": "/ViewState", "/Print": "/PrintState", "/Export": "/ExportState"}
_SHOWN_POLICIES = ("/AnyOn", "/AllOn", "None")


def drop_layers(pdf: pikepdf.Pdf) -> None:
    """Remove all layer switches. Raises Invalid `pdf.hidden_layers` if some content is not always shown."""
    properties = pdf.Root.get("/OCProperties")
    if properties is not None:
        if not _all_shown(pdf, properties):
            raise Invalid(
                "pdf.hidden_layers",
                "PDF 含有隐藏的或仅在打印时显示的图层，请在原软件中合并图层后重新导出。",
                "The PDF has layers that are hidden or differ on paper; merge them in the program "
                "it came from and export it again.",
            )
        del pdf.Root["/OCProperties"]
    for item in pdf.objects:
        if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)) and "/OC" in item:
            del item["/OC"]


def _all_shown(pdf: pikepdf.Pdf, properties: pikepdf.Object) -> bool:
    if not isinstance(properties, pikepdf.Dictionary):
        return False
    groups = list(properties.get("/OCGs") or ())
    default = properties.get("/D")
    if not isinstance(default, pikepdf.Dictionary):
        return not groups
    return (
        not _hidden_by_default(default, groups)
        and not (default.get("/AS") and any(_switches_by_itself(group) for group in groups))
        and not any(_is_condition(item) for item in pdf.objects)
    )


def _hidden_by_default(default: pikepdf.Dictionary, groups: list[pikepdf.Object]) -> bool:
    if default.get("/BaseState") == pikepdf.Name.OFF:
        shown = pikepdf.ObjectSet(default.get("/ON") or ())
        return any(group not in shown for group in groups)
    return bool(default.get("/OFF"))


def _switches_by_itself(group: pikepdf.Object) -> bool:
    """Whether usage settings may show or hide it by zoom, language, user, on screen or on paper."""
    usage = group.get("/Usage") if isinstance(group, pikepdf.Dictionary) else None
    if not isinstance(usage, pikepdf.Dictionary):
        return False
    if any(key in usage for key in ("/Zoom", "/Language", "/User")):
        return True
    return any(usage[name].get(state) == pikepdf.Name.OFF for name, state in _STATES.items() if name in usage)


def _is_condition(item: pikepdf.Object) -> bool:
    """A membership dictionary that may hide content although every layer is on."""
    if not isinstance(item, pikepdf.Dictionary) or item.get("/Type") != pikepdf.Name.OCMD:
        return False
    return "/VE" in item or str(item.get("/P")) not in _SHOWN_POLICIES
