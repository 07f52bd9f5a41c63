"""Where a document asks for a seal: 「盖章处」, 「（公章）」, 「甲方（盖章）」 and their like, by its text.

A help for whoever places a seal, never a promise: text in pictures is not read, and a page whose text cannot
be read has no such places.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from ctypes import byref, c_int
from dataclasses import dataclass
from itertools import islice

import pypdfium2 as pdfium
import pypdfium2.raw as raw

__all__ = ["MAX_FOUND", "MAX_WORDS", "Phrase", "find_phrases"]

MAX_FOUND = 40
MAX_SEARCHED_PAGES = 300  # from the end, where documents are sealed
MAX_CHARACTERS = 20_000  # of a page; beyond that it is no page of a contract
MAX_WORDS = 24
NEAR_MM = 70.0  # between a company's name and the words that ask for its seal
LINES_APART = 3
_FINE = 100_000  # pdfium gives places as whole numbers
_PT_MM = 25.4 / 72

_SIDE = (
    "(?:[甲乙丙丁戊己买卖供需借贷]方|[出承]租[方人]|"
    "[发承]包[方人]|委托[方人]|[受代]托[方人]|采购方|供应方|单位|公司)"
)
_SEAL = "(?:盖章|签章|印章|用印|公章|专用章)"
_ASKS = re.compile(
    rf"(?:{_SIDE}:?)?(?:\([^()\n]{{0,6}}{_SEAL}[^()\n]{{0,4}}\)|{_SEAL}[处栏]|加盖(?:单位|企业)?[公印]章处?)"
    rf"|{_SIDE}:?{_SEAL}(?=:|$)"
    r"|\((?:company)?(?:seal|stamp|chop)\)|(?:company)?(?:seal|stamp)here",
    re.IGNORECASE | re.MULTILINE,
)
_FOLD = str.maketrans("（）【】[]：﹕\r", "()()()::\n")
_DOTS = "·•‧∙・"
_BLANK = frozenset("CZ")  # Unicode categories: controls and spaces


@dataclass(frozen=True)
class Phrase:
    """Words that ask for a seal. page: from 0; across, down: their middle, as parts (0 to 1) of the page's
    width from its left and of its height from its top, as shown.

    own: they ask for the seal of the name that was asked about, whose side (甲方) the text says they are;
    else the nearest to that name on its page.
    """

    words: str
    page: int
    across: float
    down: float
    own: bool


def find_phrases(data: bytes, name: str = "") -> tuple[Phrase, ...]:
    """All such places in order of reading, `MAX_FOUND` at most; none in what cannot be read.

    name: of the company that would seal, to tell its own place from the others'.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        return ()
    try:
        return tuple(islice(_all(document, _compact(name)[0].strip("\n")), MAX_FOUND))
    finally:
        document.close()


def _all(document: pdfium.PdfDocument, name: str) -> Iterator[Phrase]:
    sides: set[str] = set()
    for number in range(max(0, len(document) - MAX_SEARCHED_PAGES), len(document)):
        with suppress(pdfium.PdfiumError):
            yield from _of_page(document[number], number, name, sides)


def _of_page(page: pdfium.PdfPage, number: int, name: str, sides: set[str]) -> list[Phrase]:
    """sides: what the pages before said that the name is, to which this page may add."""
    width, height = (side * _PT_MM for side in page.get_size())
    text = page.get_textpage()
    try:
        count = min(text.count_chars(), MAX_CHARACTERS)
        shown = "".join(chr(raw.FPDFText_GetUnicode(text, at)) for at in range(count))
        compact, at = _compact(shown)
        asking = list(_ASKS.finditer(compact))
        places = [_middle(page, text, at[found.start() : found.end()]) for found in asking]
        names = [_middle(page, text, at[found.start() : found.end()]) for found in _named(compact, name)]
    finally:
        text.close()
    sides.update(_sides(compact, name))
    near = _nearest([(x * width, y * height) for x, y in places], [(x * width, y * height) for x, y in names])
    own = [_side(found[0]) in sides if sides else place in near for place, found in enumerate(asking)]
    return [
        Phrase(_words(shown, at, found), number, *places[place], own[place])
        for place, found in enumerate(asking)
    ]


def _sides(text: str, name: str) -> list[str]:
    """What the text says that a name is: 甲方 of 「甲方（采购方）：name」."""
    said = rf"({_SIDE})(?:\([^()\n]{{0,20}}\))?(?:名称)?:{_over_lines(name)}"
    return [found[1] for found in re.finditer(said, text)] if name else []


def _side(words: str) -> str:
    found = re.match(_SIDE, words)
    return found[0] if found else ""


def _words(shown: str, at: Sequence[int], found: re.Match[str]) -> str:
    """The words as they stand in the document, without what lies between their characters."""
    return "".join(shown[place] for place in at[found.start() : found.end()])[:MAX_WORDS]


def _compact(text: str) -> tuple[str, list[int]]:
    """The text without spaces, in one form of brackets and colons, by lines; where each character was."""
    folded = text.translate(_FOLD)
    kept = [at for at, c in enumerate(folded) if c == "\n" or unicodedata.category(c)[0] not in _BLANK]
    return "".join(folded[at] for at in kept), kept


def _named(text: str, name: str) -> list[re.Match[str]]:
    return list(re.finditer(_over_lines(name), text)) if name else []


def _over_lines(name: str) -> str:
    """The name as a pattern: a long one is broken, and the dot in a minority name is written in many ways."""
    return "\\n{0,2}".join(f"[{_DOTS}]" if c in _DOTS else re.escape(c) for c in name)


def _middle(page: pdfium.PdfPage, text: pdfium.PdfTextPage, places: Sequence[int]) -> tuple[float, float]:
    """The middle of some characters, as parts of the page as shown."""
    boxes = [text.get_charbox(place) for place in places]
    left, bottom = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
    x, y = c_int(), c_int()
    middle = ((left + right) / 2, (bottom + top) / 2)
    raw.FPDF_PageToDevice(page, 0, 0, _FINE, _FINE, 0, *middle, byref(x), byref(y))
    return x.value / _FINE, y.value / _FINE


def _nearest(asking: Sequence[tuple[float, float]], names: Sequence[tuple[float, float]]) -> set[int]:
    """Which of the places is nearest to each name, where one is near at all; lines apart count threefold."""
    own = set()
    for name in names:
        far = [math.hypot(name[0] - x, LINES_APART * (name[1] - y)) for x, y in asking]
        if far and min(far) <= NEAR_MM:
            own.add(far.index(min(far)))
    return own
