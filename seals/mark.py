"""The verification mark that goes into a document: a QR code and, below it, what a person can type.

All of it is outlines in black, in true size, so it prints sharp and needs no font. The QR code proves
nothing by itself; the host stands in letters because a forged document can carry a forged code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from urllib.parse import urlsplit

import qrcode
from qrcode.constants import ERROR_CORRECT_M

from auth.errors import Invalid, TooLarge
from seals.drawing.outline import Outline, path_data, polygon
from seals.drawing.output import BLACK, Imprint
from seals.drawing.rows import row
from seals.glyphs import CAPITAL_HEIGHT, Face, Glyph, glyph

__all__ = ["ACCESS", "BLACK", "CAPTION", "Imprint", "draw_mark"]

CAPTION = "扫码验真"
ACCESS = "访问码 "
MAX_URL = 300
_QUIET_ZONE = 4  # modules, ISO/IEC 18004
_SIZE_UM, _MIN_MODULE_UM = 22_000, 500  # µm: whole ones keep every edge of the code on the grid
_Corner = tuple[int, int]
_CODE = re.compile(r"[0-9A-Z]{16}")

_CAPTION_HEIGHT, _CODE_HEIGHT, _HOST_HEIGHT, _LEAST_HOST_HEIGHT = 2.4, 1.5, 1.3, 1.0  # mm
_LINE_GAP = 0.8  # mm
_MARGIN = 0.5  # mm, left and right of a line of text


def draw_mark(url: str, code: str, access: str | None = None) -> Imprint:
    """QR of `url`, then 「扫码验真」, the code as 4-4-4-4 and the host, centred; paint it BLACK.

    access: what else stands below the code, 「访问码 XXXX-XXXX」, None for nothing.

    code: the document's 16 digits and capitals, with or without hyphens. The QR code has error
    correction M and its quiet zone of 4 modules inside the box; it is 22 mm wide, or more where a long
    URL would bring a module under 0.5 mm. Raises Invalid("mark.code"), Invalid("mark.url"),
    TooLarge("mark.url_too_long").
    """
    plain = code.replace("-", "").upper()
    if not _CODE.fullmatch(plain):
        raise Invalid(
            "mark.code",
            "验真码应为 16 位数字和大写字母。",
            "The code must be 16 digits and capitals.",
            field="code",
        )
    host = urlsplit(url).netloc
    if not host:
        raise Invalid("mark.url", "验真网址不完整。", "The verification URL is not complete.", field="url")
    modules = _modules(url)
    count = len(modules) + 2 * _QUIET_ZONE
    module = max(_MIN_MODULE_UM, _SIZE_UM // count) / 1000
    width = round(count * module, 3)
    outlines = list(_outlines_of(modules, module))
    grouped = "-".join(plain[i : i + 4] for i in range(0, 16, 4))
    text, height = _lines(grouped, access, host, width)
    return Imprint(width, height, path_data([*outlines, *text]))


def _modules(url: str) -> list[list[bool]]:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    if len(url) > MAX_URL:
        raise TooLarge(
            "mark.url_too_long",
            f"验真网址超过 {MAX_URL} 个字符，请缩短平台网址。",
            f"The verification URL is over {MAX_URL} characters: shorten the platform's address.",
            field="url",
            limit=MAX_URL,
        )
    code.add_data(url)
    code.make(fit=True)
    return [[bool(dark) for dark in line] for line in code.get_matrix()]


def _outlines_of(modules: Sequence[Sequence[bool]], module: float) -> Iterator[Outline]:
    """The borders of the dark areas, each as one contour; holes run the other way round.

    Squares or bars set side by side show hairlines between them in viewers that antialias.
    """
    for corners in _contours(modules):
        yield polygon([((x + _QUIET_ZONE) * module, (y + _QUIET_ZONE) * module) for x, y in corners])


def _contours(modules: Sequence[Sequence[bool]]) -> Iterator[list[_Corner]]:
    onward = _edges(modules)
    while onward:
        start = next(iter(onward))
        walked = [start]
        while True:
            here = walked[-1]
            following = onward[here].pop()
            if not onward[here]:
                del onward[here]
            if following == start:
                break
            walked.append(following)
        around = zip([walked[-1], *walked], walked, [*walked[1:], start], strict=False)
        yield [here for before, here, after in around if _turns(before, here, after)]


def _edges(modules: Sequence[Sequence[bool]]) -> dict[_Corner, list[_Corner]]:
    """From each corner to the next, along every border, with the dark side on the right."""
    size = len(modules)
    onward: dict[_Corner, list[_Corner]] = {}

    def dark(x: int, y: int) -> bool:
        return 0 <= x < size and 0 <= y < size and modules[y][x]

    for y in range(size):
        for x in range(size):
            if not dark(x, y):
                continue
            corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)]
            beyond = [(x, y - 1), (x + 1, y), (x, y + 1), (x - 1, y)]
            for neighbour, (start, end) in zip(beyond, pairwise(corners), strict=True):
                if not dark(*neighbour):
                    onward.setdefault(start, []).append(end)
    return onward


def _turns(before: _Corner, here: _Corner, after: _Corner) -> bool:
    return (here[0] - before[0], here[1] - before[1]) != (after[0] - here[0], after[1] - here[1])


def _lines(code: str, access: str | None, host: str, width: float) -> tuple[list[Outline], float]:
    """Caption, code and host from `width` mm down, centred, and where the last of them ends."""
    cell = 1 / CAPITAL_HEIGHT  # a line's cell is higher than its capitals
    room = width - 2 * _MARGIN
    code_height = min(_CODE_HEIGHT * cell, _fitting(code, room))
    parts = _broken(host, room / (_LEAST_HOST_HEIGHT * cell))
    host_height = min(_HOST_HEIGHT * cell, *(_fitting(part, room) for part in parts))
    lines = [(CAPTION, _CAPTION_HEIGHT), (code, code_height)]
    if access:
        second = f"{ACCESS}{access}"
        lines.append((second, min(_CODE_HEIGHT * cell, _fitting(second, room))))
    lines += [(part, host_height) for part in parts]
    outlines, top = [], width
    for line, height in lines:
        outlines += row(_text(line), centre=width / 2, top=top, width=height, height=height)
        top += height + _LINE_GAP
    return outlines, round(top, 3)


def _text(text: str) -> list[Glyph]:
    return [glyph(char, Face.HEI) for char in text]


def _units(text: str) -> float:
    return sum(each.width for each in _text(text))


def _fitting(text: str, room: float) -> float:
    """The cell height at which the text is `room` wide."""
    return room / _units(text)


def _broken(host: str, units: float) -> list[str]:
    """A host too long for one line, broken before its dots where that helps."""
    lines = [""]
    for part in re.split(r"(?=\.)", host):
        if lines[-1] and _units(lines[-1] + part) > units:
            lines.append("")
        for char in part:
            if _units(lines[-1] + char) > units:
                lines.append("")
            lines[-1] += char
    return lines
