"""The imprint of a seal, drawn from geometry: the same input gives the same outlines, to the µm.

Sizes: circle 38 to 42 mm, border 1 or 1.2 mm, star 14 mm (industry tables under 国发〔1999〕25号), a
foreign-invested company's ellipse 45 x 30 mm; the invoice seal by 国家税务总局公告2011年第7号; the name
seal a square of 20 mm. Characters come from fonts as outlines, so a document that carries the imprint
needs no font.
"""

from __future__ import annotations

import re

from auth.errors import Invalid
from seals.design import Design
from seals.drawing import layouts
from seals.drawing.layouts import Parts, RoundWords
from seals.drawing.outline import path_data
from seals.drawing.output import BLACK, RED, Colour, Imprint, to_pdf_operators, to_png, to_svg
from seals.drawing.preview import to_preview_png, to_preview_svg
from seals.drawing.second_script import shaped
from seals.drawing.words import company_name, person_name, unit_name
from seals.glyphs import Glyph, glyph
from seals.kinds import SealClass, SealKind, shape, spec

__all__ = [
    "BLACK",
    "MAX_ORDINAL",
    "RED",
    "Colour",
    "Imprint",
    "draw",
    "parts",
    "to_pdf_operators",
    "to_png",
    "to_preview_png",
    "to_preview_svg",
    "to_svg",
]

MAX_ORDINAL = 99


def draw(design: Design) -> Imprint:
    """The imprint of one seal.

    Each kind shows only what belongs in it: a name seal the person, the invoice seal the USCC, the others
    the 13-digit seal number and, if there is one, the name in a second script; an ordinal stands under
    the legend or unit, so neither the legal-name seal nor a name seal shows one.

    Raises Invalid with the code imprint.no_glyph or imprint.character (facts: code_point),
    imprint.company_name, imprint.person_name, imprint.unit, imprint.foreign_text, imprint.uscc,
    imprint.seal_number or imprint.ordinal, and Unavailable("imprint.no_font").
    """
    measures = shape(design.kind, design.form)
    outlines = [outline for part in parts(design).values() for outline in part]
    return Imprint(measures.width_mm, measures.height_mm, path_data(outlines))


def parts(design: Design) -> Parts:
    """The outlines of each part of the imprint, in the order they are painted; raises as `draw` does."""
    known, measures = spec(design.kind), shape(design.kind, design.form)
    _require_ordinal(design.ordinal, single=known.single)
    if known.seal_class is SealClass.NAME:
        return layouts.name_seal(measures, person_name(design.person_name))
    name, legend = _glyphs(company_name(design.company_name)), _glyphs(known.legend or "")
    if design.kind is SealKind.INVOICE:
        return layouts.invoice_seal(measures, name, _uscc(design.uscc), legend, design.ordinal)
    words = RoundWords(
        name=name,
        number=_seal_number(design.seal_number),
        legend=legend,
        unit=_glyphs(unit_name(design.unit)) if known.names_unit else (),
        ordinal=design.ordinal,
        second=shaped(design.foreign_text) if design.foreign_text else None,
    )
    is_round = measures.width_mm == measures.height_mm
    return layouts.round_seal(measures, words) if is_round else layouts.oval_seal(measures, words)


def _glyphs(text: str) -> list[Glyph]:
    return [glyph(char) for char in text]


def _require_ordinal(ordinal: int, *, single: bool) -> None:
    most = 1 if single else MAX_ORDINAL
    if not 1 <= ordinal <= most:
        raise Invalid(
            "imprint.ordinal",
            f"这类印章的序号应为 1 至 {most}，请核对同类印章的数量。",
            f"The number of a seal of this kind lies between 1 and {most}; check how many there are.",
            field="ordinal",
            least=1,
            most=most,
        )


def _uscc(uscc: str) -> list[Glyph]:
    if not re.fullmatch("[0-9A-Z]{18}", uscc):
        raise Invalid(
            "imprint.uscc",
            "发票专用章需要 18 位统一社会信用代码，请核对。",
            "The invoice seal needs the unified social credit code of 18 digits and capitals; check it.",
            field="uscc",
        )
    return _glyphs(uscc)


def _seal_number(number: str) -> list[Glyph]:
    if not re.fullmatch("[0-9]{13}", number):
        raise Invalid(
            "imprint.seal_number",
            "印章编码应为 13 位数字，请核对。",
            "The seal number must be 13 digits; check it.",
            field="seal_number",
        )
    return _glyphs(number)
