"""The square of a name seal: which characters stand where, and their outlines.

Two to four characters stand in two columns read from the right, filled up with 印 or 之印; longer names
in more columns. A name with a separator (阿卜杜拉·买买提) or in Latin letters is read in rows from the
left, because columns would tear it.
"""

from __future__ import annotations

import re
from math import ceil, isqrt, log

from seals.drawing.outline import Outline
from seals.drawing.rows import row
from seals.glyphs import Face, glyph, is_latin

__all__ = ["name_square"]

_SEPARATOR = "·"
_GAP, _LETTER_GAP = 0.45, 0.2
_LIKED_RATIO = 0.8  # width to height of a character in a row
_LIKED_LATIN_RATIO = 0.5  # the same of a letter
_NARROWEST, _WIDEST = 0.45, 1.6  # bounds of that ratio


def name_square(name: str, *, left: float, top: float, side: float) -> list[Outline]:
    """Outlines of the whole name filling a square, mm. `name` is normalised already."""
    if all(map(is_latin, name)):
        return _fill_rows(_words_of(name), left, top, side)
    if _SEPARATOR in name:
        return _fill_rows(_rows_of(name.split(_SEPARATOR)), left, top, side)
    return _fill_columns(_columns_of(name), left, top, side)


def _words_of(name: str) -> list[str]:
    """Rows of a Latin name, cut at spaces and hyphens so that they make a square together."""
    words = re.findall(r"[^ -]*-+|[^ -]+| ", name)

    def filled(longest: int) -> list[str]:
        rows = [""]
        for word in words:
            if len((rows[-1] + word).rstrip()) > longest and rows[-1]:
                rows.append("")
            rows[-1] = (rows[-1] + word).lstrip()
        return [row.rstrip() for row in rows if row.strip()]

    def oddness(rows: list[str]) -> float:
        return abs(log(len(rows) / max(map(len, rows)) / _LIKED_LATIN_RATIO))

    return min((filled(longest) for longest in range(max(map(len, words)), len(name) + 1)), key=oddness)


def _columns_of(name: str) -> list[str]:
    """Columns from the right. 印 or 之印 is added when it completes the grid."""
    down = max(2, isqrt(len(name) - 1) + 1)
    across = max(2, ceil(len(name) / down))
    missing = down * across - len(name)
    padded = name + {1: "印", 2: "之印"}.get(missing, "")
    return _evenly(padded, across)


def _evenly(text: str, parts: int) -> list[str]:
    """Cut into parts whose lengths differ by one at most, the longer first."""
    size, longer = divmod(len(text), parts)
    cuts = [size + (1 if index < longer else 0) for index in range(parts)]
    ends = [sum(cuts[: index + 1]) for index in range(parts)]
    return [text[end - cut : end] for end, cut in zip(ends, cuts, strict=True)]


def _rows_of(parts: list[str]) -> list[str]:
    """Rows from the top, cut at the separators; a part is cut only where rows would get too narrow."""

    def cut(longest: int) -> list[str]:
        rows = []
        for index, part in enumerate(parts):
            lines = _evenly(part, ceil(len(part) / longest))
            if index < len(parts) - 1:
                lines[-1] += _SEPARATOR
            rows += lines
        missing = max(len(line.strip(_SEPARATOR)) for line in rows) - len(rows[-1])
        return [*rows[:-1], rows[-1] + {1: "印", 2: "之印"}.get(missing, "")]

    def oddness(rows: list[str]) -> float:
        counts = [len(line.strip(_SEPARATOR)) for line in rows]
        return abs(log(len(rows) / max(counts) / _LIKED_RATIO)) + log(max(counts) / min(counts))

    candidates = [cut(longest) for longest in range(2, max(2, *map(len, parts)) + 1)]
    return min(candidates, key=oddness)


def _fill_columns(columns: list[str], left: float, top: float, side: float) -> list[Outline]:
    width = _share(side, len(columns))
    outlines: list[Outline] = []
    for index, column in enumerate(columns):
        height = _share(side, len(column))
        centre = left + side - width / 2 - index * (width + _GAP)
        for down, char in enumerate(column):
            cell = [glyph(char, Face.SONG_BOLD)]
            outlines += row(cell, centre=centre, top=top + down * (height + _GAP), width=width, height=height)
    return outlines


def _fill_rows(rows: list[str], left: float, top: float, side: float) -> list[Outline]:
    """Rows over the whole square, save that no character is drawn too tall or too wide."""
    lines = [[glyph(char, Face.SONG_BOLD) for char in line] for line in rows]
    latin = all(map(is_latin, "".join(rows)))
    gap = _LETTER_GAP if latin else _GAP
    widths = [(side - (len(line) - 1) * gap) / sum(each.width for each in line) for line in lines]
    height = min(min(widths) / _NARROWEST, _share(side, len(rows)))
    # Latin words keep one width of letter; Chinese rows fill up, within reason
    widest = min(*widths, height * _WIDEST) if latin else height * _WIDEST
    top += (side - len(rows) * height - (len(rows) - 1) * _GAP) / 2
    outlines: list[Outline] = []
    for index, (line, width) in enumerate(zip(lines, widths, strict=True)):
        start = top + index * (height + _GAP)
        outlines += row(
            line, centre=left + side / 2, top=start, width=min(width, widest), height=height, gap=gap
        )
    return outlines


def _share(side: float, parts: int) -> float:
    return (side - (parts - 1) * _GAP) / parts
