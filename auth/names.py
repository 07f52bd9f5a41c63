"""Names of companies and people: which characters they may have, and one spelling for each name.

What is typed is never repeated in a message, except the single character that a name may not have.
"""

from __future__ import annotations

import re
import unicodedata

from auth.errors import Invalid

__all__ = [
    "COMPANY_NAME_MAX",
    "COMPANY_NAME_MIN",
    "PERSON_NAME_MAX",
    "PERSON_NAME_MIN",
    "company_name",
    "mask_name",
    "person_name",
]

COMPANY_NAME_MIN = 4
COMPANY_NAME_MAX = 60
COMPANY_NAME_MIN_HAN = 2
PERSON_NAME_MIN = 2
PERSON_NAME_MAX = 50
TYPED_MAX = 200  # nothing longer is looked at: a limit before any work

# Unified ideographs up to extension H; the Unicode tables of Python 3.11 end before it.
HAN_RANGES = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x323AF), (0x3007, 0x3007))
COMPANY_PUNCTUATION = frozenset("（）《》“”·、—-&")
LATIN_NAME_PUNCTUATION = frozenset(" '-.")
SEPARATOR = "·"
SEPARATOR_LIKES = "•‧・．･∙⋅"
FULL_WIDTH_LETTERS = {
    full: full - 0xFEE0 for full in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
COMPANY_FOLD = {
    **FULL_WIDTH_LETTERS,
    **dict.fromkeys(map(ord, SEPARATOR_LIKES), SEPARATOR),
    ord("("): "（",
    ord(")"): "）",
}


def company_name(value: str, *, field: str = "company_name") -> str:
    """A company's registered name: Chinese characters (企业名称登记管理规定 art. 8), 4 to 60 characters.

    Trimmed, NFC, half-width brackets and full-width letters made regular, so that two spellings of
    one name are one name. Raises Invalid `company_name.length`, `.character` or `.brackets`.
    """
    name = unicodedata.normalize("NFC", _text(value)).strip().translate(COMPANY_FOLD)
    han = sum(map(_is_han, name))
    if not COMPANY_NAME_MIN <= len(name) <= COMPANY_NAME_MAX:
        raise Invalid(
            "company_name.length",
            f"企业名称应为 {COMPANY_NAME_MIN} 至 {COMPANY_NAME_MAX} 个字。",
            f"A company name has {COMPANY_NAME_MIN} to {COMPANY_NAME_MAX} characters.",
            field=field,
            minimum=COMPANY_NAME_MIN,
            maximum=COMPANY_NAME_MAX,
        )
    for char in name:
        if not (_is_han(char) or _is_ascii_letter_or_digit(char) or char in COMPANY_PUNCTUATION):
            raise _bad_character("company_name.character", "企业名称", "A company name", char, field)
    if han < COMPANY_NAME_MIN_HAN:
        raise Invalid(
            "company_name.character",
            "企业名称应当使用规范汉字。",
            "A company name is written in Chinese characters.",
            field=field,
        )
    if not re.fullmatch(r"(?:[^（）]*（[^（）]+）)*[^（）]*", name):
        raise Invalid(
            "company_name.brackets",
            "企业名称中的括号不成对，请核对。",
            "The brackets in the company name do not pair; please check them.",
            field=field,
        )
    return name


def person_name(value: str, *, field: str = "name") -> str:
    """A person's name as on the identity document: Chinese with the separator ·, or Latin letters.

    The look-alikes • ‧ ・ ． and a full stop between Chinese characters become · (U+00B7); runs of
    spaces in a Latin name become one. Raises Invalid `name.length`, `name.character` or `name.separator`.
    """
    name = unicodedata.normalize("NFC", _text(value)).strip().translate(FULL_WIDTH_LETTERS)
    name = re.sub(" +", " ", re.sub(rf"[{SEPARATOR_LIKES}]", SEPARATOR, name))
    chinese = any(map(_is_han, name))
    if chinese:
        name = name.replace(".", SEPARATOR)
    if not PERSON_NAME_MIN <= len(name) <= PERSON_NAME_MAX:
        raise Invalid(
            "name.length",
            f"姓名应为 {PERSON_NAME_MIN} 至 {PERSON_NAME_MAX} 个字，请按身份证件填写。",
            f"A name has {PERSON_NAME_MIN} to {PERSON_NAME_MAX} characters, as on the identity document.",
            field=field,
            minimum=PERSON_NAME_MIN,
            maximum=PERSON_NAME_MAX,
        )
    for char in name:
        good = _is_han(char) or char == SEPARATOR if chinese else _is_latin_name_character(char)
        if not good:
            raise _bad_character("name.character", "姓名", "A name", char, field)
    if not name[0].isalpha() or (chinese and not re.fullmatch(r"[^·]+(?:·[^·]+)*", name)):
        raise Invalid(
            "name.separator",
            "姓名中的间隔号“·”应在两个字之间，请按身份证件填写。",
            "The separator · stands between two characters of a name, as on the identity document.",
            field=field,
        )
    return name


def mask_name(name: str) -> str:
    """张*: the first character and one star, whatever the length."""
    return f"{name[:1]}*"


def _text(value: str) -> str:
    """The typed text; a giant becomes nothing, which every length refuses."""
    return value if len(value) <= TYPED_MAX else ""


def _is_han(char: str) -> bool:
    return any(low <= ord(char) <= high for low, high in HAN_RANGES)


def _is_ascii_letter_or_digit(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _is_latin_name_character(char: str) -> bool:
    return char in LATIN_NAME_PUNCTUATION or (
        char.isalpha() and unicodedata.name(char, "").startswith("LATIN ")
    )


def _bad_character(code: str, zh: str, en: str, char: str, field: str) -> Invalid:
    """An error that names the character; unprintable ones (controls, bidi overrides) by code point only."""
    point = f"U+{ord(char):04X}"
    shown = f"“{char}”（{point}）" if char.isprintable() else point
    return Invalid(
        code,
        f"{zh}中不能有字符 {shown}，请删除后重试。",
        f"{en} cannot contain the character {shown}; please remove it.",
        field=field,
        character=point,
    )
