"""Which characters may stand in an imprint, and one spelling for each text before it is drawn.

Registered names are Chinese characters, Latin letters, digits and a few marks (企业名称登记管理规定
art. 8). Whatever could make an imprint read otherwise than it is (controls, overrides of direction,
invisible and private characters, emoji, heaps of combining marks) is refused by its code point.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from auth.errors import Invalid
from auth.names import COMPANY_FOLD, FULL_WIDTH_LETTERS, HAN_RANGES, SEPARATOR, SEPARATOR_LIKES

__all__ = [
    "MAX_COMPANY_NAME",
    "MAX_PERSON_NAME",
    "MAX_UNIT",
    "MIN_COMPANY_NAME",
    "MIN_PERSON_NAME",
    "MIN_UNIT",
    "bad_character",
    "bad_length",
    "company_name",
    "is_han",
    "is_latin",
    "person_name",
    "unit_name",
]

MIN_COMPANY_NAME, MAX_COMPANY_NAME = 4, 60
MIN_PERSON_NAME, MAX_PERSON_NAME = 2, 30
MIN_UNIT, MAX_UNIT = 2, 24

_LOOKED_AT = 400  # characters; a longer text is refused by its length before any work
_MARKS = frozenset(" ·（）《》〈〉【】“”‘’、，。：；—–-&+'./!@#%*々")
_POINTS = f".．{SEPARATOR_LIKES}"  # written between the parts of a Chinese name


def company_name(name: str) -> str:
    """As on the licence; half-width brackets and full-width letters become what they are printed as.

    Raises Invalid("imprint.company_name") for its length, Invalid("imprint.character").
    """
    zh, en = "企业名称", "company name"
    return _checked(name, COMPANY_FOLD, "company_name", zh, en, MIN_COMPANY_NAME, MAX_COMPANY_NAME)


def unit_name(name: str) -> str:
    """A department's or branch's name.

    Raises Invalid("imprint.unit") for its length or the name of a seal, Invalid("imprint.character").
    """
    zh, en = "部门或分支机构名称", "name of the department or branch"
    unit = _checked(name, COMPANY_FOLD, "unit", zh, en, MIN_UNIT, MAX_UNIT)
    # Its words stand where a legend stands: 「财务专用章」 as a unit would look like that seal.
    if unit.rstrip("）").endswith(("章", "印", "专用")):
        raise Invalid(
            "imprint.unit",
            "请填写部门或分支机构的名称，不要填写印章的名称。",
            "Give the name of the department or branch, not that of a seal.",
            field="unit",
        )
    return unit


def person_name(name: str) -> str:
    """With every separator in use written as the registered one, U+00B7, between two characters.

    Raises Invalid("imprint.person_name") for its length, Invalid("imprint.character").
    """
    text = name[: _LOOKED_AT + 1]
    if any(map(is_han, text)):
        text = re.sub(rf"[{re.escape(_POINTS)}]", SEPARATOR, text).replace(" ", "")
    text = re.sub(rf"{SEPARATOR}+", SEPARATOR, text).strip(f"{SEPARATOR} ")
    zh, en = "姓名", "person's name"
    return _checked(text, FULL_WIDTH_LETTERS, "person_name", zh, en, MIN_PERSON_NAME, MAX_PERSON_NAME)


def is_han(char: str) -> bool:
    """A unified ideograph up to extension H (by range: the tables of older Pythons end before it), or 〇."""
    return any(low <= ord(char) <= high for low, high in HAN_RANGES)


def is_latin(char: str) -> bool:
    """A letter, digit or sign of Latin script; the separator of names (·) belongs to Chinese."""
    return (char < "\u0250" and char != SEPARATOR) or "\u1e00" <= char < "\u1f00"


def bad_character(char: str, field: str) -> Invalid:
    """The error that names a character by its code point, and shows it if it can be shown."""
    point = f"U+{ord(char):04X}"
    shown = f"「{char}」（{point}）" if char.isprintable() else point
    return Invalid(
        "imprint.character",
        f"印模中不能有字符{shown}，请删除或改用规范汉字后重试。",
        f"An imprint cannot have the character {shown}; remove it, or use the standard Chinese character.",
        field=field,
        code_point=point,
    )


def bad_length(field: str, zh: str, en: str, count: int, least: int, most: int) -> Invalid:
    """The error of a text that is too short or too long to be set."""
    return Invalid(
        f"imprint.{field}",
        f"{zh}应为 {least} 至 {most} 个字，现为 {count} 个字；过长时请使用规范化简称。",
        f"The {en} must have {least} to {most} characters, not {count}; use the standard short form.",
        field=field,
        least=least,
        most=most,
    )


def _checked(
    typed: str, fold: Mapping[int, str | int], field: str, zh: str, en: str, least: int, most: int
) -> str:
    if len(typed) > _LOOKED_AT:
        raise bad_length(field, zh, en, len(typed), least, most)
    text = re.sub(r"[ \u3000]+", " ", unicodedata.normalize("NFC", typed).translate(fold)).strip(" ")
    for char in text:
        if not (is_han(char) or char in _MARKS or _is_letter_or_digit(char)):
            raise bad_character(char, field)
    if not least <= len(text) <= most:
        raise bad_length(field, zh, en, len(text), least, most)
    return text


def _is_letter_or_digit(char: str) -> bool:
    if char.isascii():
        return char.isalnum()
    return char.isalpha() and unicodedata.name(char, "").startswith("LATIN ")
