"""A company's name in a second script, shaped by HarfBuzz into one line (R26).

Joined letters (Arabic, Mongolian) come in their joined forms, Tibetan in its stacks, all in the order
they are seen from left to right. Mongolian is written downwards; in a line it lies on its side, as its
fonts have it, and along an arc its columns still follow one another from left to right.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import uharfbuzz as hb

from auth.errors import Invalid
from auth.names import FULL_WIDTH_LETTERS
from seals.drawing.faces import Face, folder, font, outline
from seals.drawing.outline import Matrix, Outline
from seals.drawing.words import bad_character, bad_length
from seals.glyphs import no_glyph

__all__ = ["FIELD", "MAX_SECOND_TEXT", "MIN_SECOND_TEXT", "Shaped", "shaped"]

MIN_SECOND_TEXT, MAX_SECOND_TEXT = 2, 100
MAX_MARKS = 4  # one after another: a Tibetan stack has three or four; more is a flood
FIELD = "foreign_text"
_DOTTED_CIRCLE = 0x25CC  # what a shaper shows a mark on that has no letter under it
_COMMON = frozenset(" .,()-–&'’/+·0123456789")


@dataclass(frozen=True, slots=True)
class _Script:
    """ISO 15924 tag, language, face, mm of the em when there is room, whether letters join.

    signs: invisible characters that choose a letter's form in this script.
    """

    tag: str
    language: str
    face: Face
    em: float
    joined: bool = False
    right_to_left: bool = False
    signs: str = ""


_SCRIPTS = {  # by the first word of its characters' names in Unicode
    "LATIN": _Script("Latn", "en", Face.ARIAL, 2.7),
    "CYRILLIC": _Script("Cyrl", "kk", Face.SANS, 2.6),
    "ARABIC": _Script("Arab", "ug", Face.NASKH, 3.6, joined=True, right_to_left=True, signs="\u200d"),
    "TIBETAN": _Script("Tibt", "bo", Face.TIBETAN, 3.2),
    "MONGOLIAN": _Script(
        "Mong", "mn", Face.MONGOLIAN, 3.3, joined=True, signs="\u180b\u180c\u180d\u180e\u180f\u200d\u202f"
    ),
    "HANGUL": _Script("Hang", "ko", Face.SONG, 2.7),
    "YI": _Script("Yiii", "ii", Face.YI, 3.2),
}


class Piece(NamedTuple):
    """Ink that is placed as one, in em, on the line's baseline; `middle` is the point it turns about."""

    middle: float
    outline: Outline


@dataclass(frozen=True, slots=True)
class Shaped:
    """A line of text in em, y up from the baseline.

    length: from its first edge to its last; bottom, top: how far its ink reaches; em: mm it is liked at;
    joined: whether its pieces touch, so that they must be bent and not turned.
    """

    pieces: tuple[Piece, ...]
    length: float
    bottom: float
    top: float
    em: float
    joined: bool


class _Glyph(NamedTuple):
    outline: Outline | None
    advance: float
    cluster: int


def shaped(text: str) -> Shaped:
    """The line. Raises Invalid("imprint.foreign_text") for its length or a mixture of scripts,
    Invalid("imprint.character"), Invalid("imprint.no_glyph"), Unavailable("imprint.no_font").
    """
    if not MIN_SECOND_TEXT <= len(text) <= MAX_SECOND_TEXT:
        raise _bad_length(len(text))
    return _shaped(text, folder())


@lru_cache(maxsize=64)
def _shaped(typed: str, place: str | None) -> Shaped:
    text = " ".join(
        filter(None, unicodedata.normalize("NFC", typed).translate(FULL_WIDTH_LETTERS).split(" "))
    )
    script = _script(text)
    pieces: list[Piece] = []
    length = 0.0
    for run, face, right_to_left in _runs(text, script, place):
        glyphs = _glyphs(run, script, font(face, place), right_to_left)
        for _cluster, group in groupby(glyphs, key=lambda each: each.cluster):
            start, inks = length, []
            for glyph in group:
                if glyph.outline:
                    inks.append(glyph.outline.placed(Matrix(1, 0, 0, 1, length, 0)))
                length += glyph.advance
            if inks:
                pieces.append(Piece((start + length) / 2, _together(inks)))
    if not pieces or length <= 0:
        raise _bad_length(0)
    boxes = [each.outline.box() for each in pieces]
    bottom, top = min(box.top for box in boxes), max(box.bottom for box in boxes)
    return Shaped(tuple(pieces), length, bottom, top, script.em, script.joined)


def _script(text: str) -> _Script:
    """The script of the text's letters, which are all of one; every character is one of it or common."""
    found, marks, lettered = "", 0, False
    for char in text:
        if char in _COMMON:
            lettered = False
            continue
        category = unicodedata.category(char)
        of = unicodedata.name(char, "").partition(" ")[0].partition("-")[0]
        marks = marks + 1 if category[0] == "M" else 0
        sign = found and char in _SCRIPTS[found].signs
        drawn = of in _SCRIPTS and category[0] in "LMNPS"
        if marks > MAX_MARKS or (marks and not lettered) or not (drawn or sign):
            raise bad_character(char, FIELD)
        if found and not sign and of != found:
            raise _mixed()
        found, lettered = found or of, True
    if not found:
        raise _mixed()
    return _SCRIPTS[found]


def _runs(text: str, script: _Script, place: str | None) -> list[tuple[str, Face, bool]]:
    """Parts of one face and one direction, in the order they are seen: numbers run from the left."""
    own = font(script.face, place)

    def kind(char: str) -> tuple[Face, bool]:
        if char in script.signs or own.get_nominal_glyph(ord(char)):
            face = script.face
        elif char in _COMMON:
            face = Face.ARIAL
        else:
            raise no_glyph(char)
        return face, script.right_to_left and unicodedata.bidirectional(char) not in ("EN", "AN")

    runs = [("".join(chars), *key) for key, chars in groupby(text, key=kind)]
    return runs[::-1] if script.right_to_left else runs


def _glyphs(run: str, script: _Script, of: hb.Font, right_to_left: bool) -> Iterator[_Glyph]:
    buffer = hb.Buffer()
    buffer.add_str(run)
    buffer.direction, buffer.script, buffer.language = (
        "rtl" if right_to_left else "ltr",
        script.tag,
        script.language,
    )
    hb.shape(of, buffer)
    em, dotted_circle = of.face.upem, of.get_nominal_glyph(_DOTTED_CIRCLE)
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        if not info.codepoint:
            raise no_glyph(run[info.cluster])
        if info.codepoint == dotted_circle:
            raise bad_character(run[info.cluster], FIELD)
        drawn = outline(of, info.codepoint)
        yield _Glyph(
            drawn
            and drawn.placed(Matrix(1 / em, 0, 0, 1 / em, position.x_offset / em, position.y_offset / em)),
            position.x_advance / em,
            info.cluster,
        )


def _together(inks: list[Outline]) -> Outline:
    return Outline(
        "".join(each.commands for each in inks), tuple(point for each in inks for point in each.points)
    )


def _mixed() -> Invalid:
    return Invalid(
        f"imprint.{FIELD}",
        "印模上的外文或民族文字名称应当且只能用一种文字，请改用一种文字填写。",
        "The name in a second script must be written in one script; write it in one.",
        field=FIELD,
    )


def _bad_length(count: int) -> Invalid:
    return bad_length(
        FIELD, "外文或民族文字名称", "name in a second script", count, MIN_SECOND_TEXT, MAX_SECOND_TEXT
    )
