"""Where everything stands in an imprint, kind of seal by kind of seal. Lengths in mm.

A layout is the imprint's parts by name, in the order they are painted; no part touches another. Sizes
of the round seals follow the industry tables (name 4.2 or 4.0 high, number 1.2 high and 1 from the
border); those of the invoice seal 国家税务总局公告2011年第7号.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from seals.drawing.arcs import ArcRule, lower_arc, oval, setting, upper_arc
from seals.drawing.bending import arc_text
from seals.drawing.names import name_square
from seals.drawing.outline import Outline, frame, ring, star
from seals.drawing.rows import even_digits, fitted_rows, ordinal_row, row
from seals.drawing.second_script import Shaped
from seals.glyphs import Glyph
from seals.kinds import Shape

__all__ = ["Parts", "RoundWords", "invoice_seal", "name_seal", "oval_seal", "round_seal"]

Parts = dict[str, list[Outline]]

_STAR_CLEAR, _STAR_NAME = 0.7, 4.2  # from the border to the name of a seal with a star; its height
_STAR_SPANS = ((4.0, 120.0), (8.0, 180.0), (20.0, 270.0), (40.0, 280.0))
_LEGEND_CLEAR, _LEGEND_NAME = 0.6, 4.0
_LEGEND_SPANS = ((4.0, 120.0), (8.0, 180.0), (20.0, 260.0), (40.0, 270.0))
_WIDEST, _NARROWEST = 0.78, 0.5  # width of an ideograph to its height, along a border

_LEGEND_WIDTH, _LEGEND_HEIGHT, _LEGEND_TOP, _LEGEND_GAP = 3.0, 4.0, 4.2, 0.5
_UNIT_CLEAR = 1.0  # from the star's lower tips to the unit
_UNIT_HEIGHTS = (3.6, 2.4)  # in one row, in two
_UNIT_WIDEST, _UNIT_NARROWEST, _UNIT_GAP = 0.8, 0.55, 0.35
_LOWER_TIPS = 0.809  # height of the star's lower tips under its centre, as a share of its radius
_ORDINAL_CLEAR, _ORDINAL_HEIGHT, _ORDINAL_DIGIT = 0.8, 2.2, 1.7
_NUMBER_CLEAR, _NUMBER_HEIGHT, _NUMBER_PITCH = 1.0, 1.2, 1.3  # from the inner edge of the border

_SECOND_CLEAR, _SECOND_BAND = 0.8, 3.2  # under the Chinese name; the depth it may take
_SECOND_SPAN_STAR, _SECOND_SPAN_ROWS = 250.0, 205.0  # a row of words under the centre leaves less

# the ellipse of a foreign-invested company: Chinese above, the second script below, the number between
_OVAL_CLEAR = 0.7
_OVAL_SPANS = ((4.0, 110.0), (8.0, 160.0), (20.0, 230.0), (40.0, 245.0))
_OVAL_SPANS_OF_TWO = ((4.0, 115.0), (8.0, 156.0), (20.0, 192.0), (40.0, 195.0))
_OVAL_SECOND_SPAN = 150.0
_OVAL_NUMBER = (2.0, 1.15, 1.75)  # height, width of a digit, pitch, in the middle

# 公告2011年第7号: the name 4.2 high, as wide as its count allows, 0.5 inside the border, over 210 to 260
# degrees (its feet reach a little further than its middle, so the rule ends before them); the number Arial
# 3.7 high, 1.3 a digit, 26 in all; the legend 4.6 x 3, its top 4.2 below the centre line; the ordinal
# 2.2 x 1.7 a digit, its top 10 below. Only a name of over 36 characters is set lower than 4.2: the
# announcement would have it shortened.
_INVOICE = ArcRule(inward=1.5, height=4.2, widest=0.8, narrowest=0.285, spans=((8, 211), (20, 255.5)))
_USCC_WIDTH, _USCC_HEIGHT, _USCC_DIGIT = 26.0, 3.7, 1.3
_INVOICE_LEGEND_WIDTH, _INVOICE_LEGEND_HEIGHT, _INVOICE_LEGEND_TOP, _INVOICE_LEGEND_GAP = 3.0, 4.6, 4.2, 0.3
_INVOICE_ORDINAL_TOP = 10.0

_NAME_INSET = 0.7  # between the border of a name seal and its characters


@dataclass(frozen=True, slots=True)
class RoundWords:
    """What stands in a round or elliptic seal besides its border and star.

    legend: the words of the kind, in a row of fixed size; unit: those of a department or branch, under the
    star; ordinal: 1 is not shown; second: the name in a second script.
    """

    name: Sequence[Glyph]
    number: Sequence[Glyph]
    legend: Sequence[Glyph] = ()
    unit: Sequence[Glyph] = ()
    ordinal: int = 1
    second: Shaped | None = None


def round_seal(measures: Shape, words: RoundWords) -> Parts:
    """The name along the border, star or blank centre, legend or unit, ordinal, number on the lower arc."""
    size = measures.width_mm
    middle, around = size / 2, oval(size, measures.height_mm)
    rule = _rule(measures, legend=bool(words.legend))
    parts: Parts = {"border": [ring(size, size, measures.border_mm)]}
    if measures.star_mm:
        parts["star"] = [star((middle, middle), measures.star_mm)]
    parts["name"] = upper_arc(words.name, around, rule)
    below = middle + _LEGEND_TOP
    if words.second:
        parts["second"] = arc_text(
            words.second,
            around,
            upper=True,
            inward=rule.inward + setting(words.name, around, rule).height + _SECOND_CLEAR,
            band=_SECOND_BAND,
            span=_SECOND_SPAN_ROWS if words.legend or words.unit else _SECOND_SPAN_STAR,
        )
    if words.legend:
        parts["legend"] = row(
            words.legend,
            centre=middle,
            top=below,
            width=_LEGEND_WIDTH,
            height=_LEGEND_HEIGHT,
            gap=_LEGEND_GAP,
        )
        below += _LEGEND_HEIGHT
    if words.unit:
        inner = middle - rule.inward - rule.height - _UNIT_GAP
        parts["legend"], below = fitted_rows(
            words.unit,
            centre=middle,
            top=middle + (measures.star_mm or 0) / 2 * _LOWER_TIPS + _UNIT_CLEAR,
            room=lambda bottom: 2 * sqrt(max(0.0, inner**2 - (bottom - middle) ** 2)),
            heights=_UNIT_HEIGHTS,
            widest=_UNIT_WIDEST,
            narrowest=_UNIT_NARROWEST,
            gap=_UNIT_GAP,
        )
    if words.ordinal > 1:
        parts["ordinal"] = _ordinal(words.ordinal, middle, below + _ORDINAL_CLEAR)
    inward = measures.border_mm + _NUMBER_CLEAR
    parts["number"] = lower_arc(
        words.number, around, inward=inward, height=_NUMBER_HEIGHT, pitch=_NUMBER_PITCH
    )
    return parts


def oval_seal(measures: Shape, words: RoundWords) -> Parts:
    """A foreign-invested company's ellipse: no star; a second script takes the lower arc from the number."""
    width, height = measures.width_mm, measures.height_mm
    around = oval(width, height)
    spans = _OVAL_SPANS_OF_TWO if words.second else _OVAL_SPANS
    rule = ArcRule(measures.border_mm + _OVAL_CLEAR, _STAR_NAME, _WIDEST, _NARROWEST, spans)
    parts: Parts = {
        "border": [ring(width, height, measures.border_mm)],
        "name": upper_arc(words.name, around, rule),
    }
    if not words.second:
        inward = measures.border_mm + _NUMBER_CLEAR
        number = lower_arc(words.number, around, inward=inward, height=_NUMBER_HEIGHT, pitch=_NUMBER_PITCH)
        return {**parts, "number": number}
    parts["second"] = arc_text(
        words.second,
        around,
        upper=False,
        inward=measures.border_mm + _OVAL_CLEAR,
        band=_SECOND_BAND,
        span=_OVAL_SECOND_SPAN,
    )
    tall, digit, pitch = _OVAL_NUMBER
    long = (len(words.number) - 1) * pitch + digit
    parts["number"] = even_digits(
        words.number,
        left=(width - long) / 2,
        top=(height - tall) / 2,
        width=long,
        height=tall,
        digit_width=digit,
    )
    return parts


def invoice_seal(
    measures: Shape, name: Sequence[Glyph], uscc: Sequence[Glyph], legend: Sequence[Glyph], ordinal: int
) -> Parts:
    """The taxpayer's name along the border, its number in the middle, legend and ordinal under it."""
    width, height = measures.width_mm, measures.height_mm
    parts: Parts = {
        "border": [ring(width, height, measures.border_mm)],
        "name": upper_arc(name, oval(width, height), _INVOICE),
        "number": even_digits(
            uscc,
            left=(width - _USCC_WIDTH) / 2,
            top=(height - _USCC_HEIGHT) / 2,
            width=_USCC_WIDTH,
            height=_USCC_HEIGHT,
            digit_width=_USCC_DIGIT,
        ),
        "legend": row(
            legend,
            centre=width / 2,
            top=height / 2 + _INVOICE_LEGEND_TOP,
            width=_INVOICE_LEGEND_WIDTH,
            height=_INVOICE_LEGEND_HEIGHT,
            gap=_INVOICE_LEGEND_GAP,
        ),
    }
    if ordinal > 1:
        parts["ordinal"] = _ordinal(ordinal, width / 2, height / 2 + _INVOICE_ORDINAL_TOP)
    return parts


def name_seal(measures: Shape, name: str) -> Parts:
    """A person's name filling a square."""
    size, inset = measures.width_mm, measures.border_mm + _NAME_INSET
    return {
        "border": [frame(0, 0, size, size, measures.border_mm)],
        "name": name_square(name, left=inset, top=inset, side=size - 2 * inset),
    }


def _rule(measures: Shape, *, legend: bool) -> ArcRule:
    if legend:
        return ArcRule(measures.border_mm + _LEGEND_CLEAR, _LEGEND_NAME, _WIDEST, _NARROWEST, _LEGEND_SPANS)
    return ArcRule(measures.border_mm + _STAR_CLEAR, _STAR_NAME, _WIDEST, _NARROWEST, _STAR_SPANS)


def _ordinal(ordinal: int, centre: float, top: float) -> list[Outline]:
    return ordinal_row(
        ordinal, centre=centre, top=top, digit_width=_ORDINAL_DIGIT, digit_height=_ORDINAL_HEIGHT
    )
