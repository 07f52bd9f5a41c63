"""Identifiers of companies and people: their real check algorithms, one normal form each, and masks.

Every reader takes what a person typed, forgives spaces, full-width digits and small letters, returns
the one form that is stored and compared, or raises `Invalid` for the named form field. Nothing typed is
ever repeated in a message. The readers of names live in `auth/names.py` and are offered here too.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from stdnum import numdb
from stdnum.cn import ric
from stdnum.cn import uscc as stdnum_uscc
from stdnum.exceptions import ValidationError

from auth.errors import Invalid
from auth.names import company_name, mask_name, person_name

__all__ = [
    "birth_date",
    "company_name",
    "mask_id",
    "mask_mobile",
    "mask_name",
    "mobile",
    "person_name",
    "region",
    "region_name",
    "resident_id",
    "uscc",
    "uscc_check",
]

TYPED_MAX = 200  # nothing longer is looked at: a limit before any work

PROVINCES = frozenset(
    str(code)
    for code in (
        *(*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47)),
        *(*range(50, 55), *range(61, 66), 71, 81, 82),
    )
)
TAIWAN_RESIDENT = "83"  # residence permit for Taiwan residents: 18 digits, prefix 83
FOREIGN_RESIDENT = "9"  # permanent residence card of 2023: 9, then the province, then the nationality

USCC_FORM = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714
MOBILE_FORM = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")


def uscc(value: str, *, field: str = "uscc") -> str:
    """A unified social credit code (统一社会信用代码, GB 32100-2015), 18 characters, upper case.

    Both checks must hold: the outer one modulo 31 and the organisation code's own inside it
    (GB 11714, modulo 11). Raises Invalid `uscc.format` or `uscc.check`.
    """
    code = stdnum_uscc.compact(_folded(value))
    # stdnum's validate() wants eight leading digits; the standard allows letters in the first two
    # (A, N and Y are registering authorities), so only its check digit is used.
    if not USCC_FORM.fullmatch(code):
        raise Invalid(
            "uscc.format",
            "统一社会信用代码应为 18 位数字或大写字母（不含 I、O、S、V、Z），请对照营业执照核对。",
            "A unified social credit code has 18 digits or letters (no I, O, S, V, Z);"
            " please compare it with the licence.",
            field=field,
        )
    if code != uscc_check(code[:8], code[8:16]):
        raise Invalid(
            "uscc.check",
            "统一社会信用代码的校验位不符，可能有一位输错了，请核对。",
            "The check character of the unified social credit code does not fit;"
            " one character may be mistyped.",
            field=field,
        )
    return code


def uscc_check(head: str, organisation: str) -> str:
    """The whole code for its first 8 characters and the 8 characters of the organisation code.

    Adds the organisation code's check (GB 11714) and the outer check (GB 32100-2015).
    """
    total = sum(int(c, 36) * w for c, w in zip(organisation, ORGANISATION_WEIGHTS, strict=True))
    body = f"{head}{organisation}{'0X987654321'[total % 11]}"
    return body + stdnum_uscc.calc_check_digit(body)


def resident_id(value: str, today: date, *, field: str = "id_number") -> str:
    """A resident identity number (公民身份号码, GB 11643-1999), 18 characters, upper case.

    Also the residence permit for Taiwan residents (83…) and the permanent residence card for
    foreigners (9…), which have the same length and check. `today` is the date in China. The area is
    checked to the province only: a code abolished since, or given after the birth, is a good code.
    Raises Invalid `id_number.format`, `id_number.check`, `id_number.date` or `id_number.province`.
    """
    number = ric.compact(re.sub(r"\s", "", _folded(value)))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise Invalid(
            "id_number.format",
            "身份证号码应为 18 位，末位可以是 X，请核对。",
            "An identity number has 18 digits, the last may be X; please check it.",
            field=field,
        )
    if number[-1] != ric.calc_check_digit(number):
        raise Invalid(
            "id_number.check",
            "身份证号码的校验位不符，可能有一位输错了，请核对。",
            "The check digit of the identity number does not fit; one digit may be mistyped.",
            field=field,
        )
    _check_id_province(number, field)
    try:
        born = birth_date(number)
    except ValidationError:
        born = None
    if born is None or born > today:
        raise Invalid(
            "id_number.date",
            "身份证号码中的出生日期不存在或在将来，请核对。",
            "The date of birth in the identity number does not exist or lies in the future.",
            field=field,
        )
    return number


def _check_id_province(number: str, field: str) -> None:
    foreign = number[0] == FOREIGN_RESIDENT
    province = number[1:3] if foreign else number[:2]
    if province not in PROVINCES and (foreign or province != TAIWAN_RESIDENT):
        raise Invalid(
            "id_number.province",
            "身份证号码的前几位不是任何省份的代码，请核对。",
            "The first digits of the identity number are no province's; please check them.",
            field=field,
        )


def birth_date(number: str) -> date:
    """The date of birth in a number that `resident_id` has returned."""
    return ric.get_birth_date(number)


def mobile(value: str, *, field: str = "mobile") -> str:
    """A mobile number of mainland China, 11 digits; a leading +86 is dropped. Invalid `mobile.format`."""
    typed = re.sub(r"[\s()-]", "", _folded(value))
    match = MOBILE_FORM.fullmatch(typed)
    if match is None:
        raise Invalid(
            "mobile.format",
            "请填写 11 位中国内地手机号码。",
            "Please give a mobile number of mainland China, 11 digits.",
            field=field,
        )
    return match[1]


def region(value: str, *, field: str = "region") -> str:
    """A code of an administrative division (行政区划代码, GB/T 2260), 6 digits of a known province.

    County codes come and go every year, so only the province is held against a list.
    Raises Invalid `region.format` or `region.province`.
    """
    code = _folded(value).strip()
    if not re.fullmatch(r"[0-9]{6}", code):
        raise Invalid(
            "region.format",
            "行政区划代码应为 6 位数字，请重新选择登记地。",
            "A region code has 6 digits; please choose the place of registration again.",
            field=field,
        )
    if code[:2] not in PROVINCES:
        raise Invalid(
            "region.province",
            "没有这个省份代码，请重新选择登记地。",
            "There is no such province; please choose the place of registration again.",
            field=field,
        )
    return code


def region_name(code: str, on: date) -> str:
    """The Chinese name of a region as of a date, from the province down: 广东省深圳市南山区.

    `code` as `region` returns it. Levels that the table does not know are left out.
    """
    names = [_division(f"{code[:4]}00", "county", on), _division(code, "county", on)]
    if code[2:] != "0000":  # there the table repeats the province
        names.insert(0, _division(code, "province", on))
    # Levels that are only for order in the table: 市辖区，县，省直辖县级行政单位.
    return "".join(n for n in dict.fromkeys(names) if n not in ("市辖区", "县") and "直辖县级" not in n)


def _division(code: str, key: str, on: date) -> str:
    """A name from stdnum's table, whose entries read `[1983-1989]旧名,[1990-]新名`."""
    properties = {k: v for _, found in numdb.get("cn/loc").info(code) for k, v in found.items()}
    for entry in properties.get(key, "").split(","):
        match = re.fullmatch(r"(?:\[(\d*)-(\d*)\])?(.*)", entry)
        if match and int(match[1] or 0) <= on.year <= int(match[2] or 9999):
            return match[3]
    return ""


def mask_mobile(number: str) -> str:
    """138****5678."""
    return f"{number[:3]}****{number[-4:]}"


def mask_id(number: str) -> str:
    """1****************X: the first and the last character; no birthday, no place, no sex."""
    return f"{number[:1]}{'*' * (len(number) - 2)}{number[-1:]}"


def _folded(value: str) -> str:
    """Full-width digits and letters to plain ones; a giant to nothing, which no form accepts."""
    return unicodedata.normalize("NFKC", value) if len(value) <= TYPED_MAX else ""
