"""A company's bank account as typed: forgiven spaces, one normal form, and its mask.

Corporate accounts have no check digit that all banks share, so only digits and length are held to.
"""

from __future__ import annotations

import re
import unicodedata

from auth.errors import Invalid

__all__ = ["account_number", "bank_name", "cents"]

TYPED_MAX = 200
BANK_MIN, BANK_MAX = 4, 60
ACCOUNT_FORM = re.compile(r"[0-9]{8,32}")
BANK_FORM = re.compile(r"[\u3400-\u9fffA-Za-z0-9（）·-]+")
AMOUNT_FORM = re.compile(r"0?\.([0-9]{2})")


def _folded(value: str) -> str:
    return unicodedata.normalize("NFKC", value) if len(value) <= TYPED_MAX else ""


def account_number(value: str, *, field: str = "account") -> str:
    """8 to 32 digits; spaces and dashes are dropped. Raises Invalid `bank_account.format`."""
    number = re.sub(r"[\s-]", "", _folded(value))
    if not ACCOUNT_FORM.fullmatch(number):
        raise Invalid(
            "bank_account.format",
            "对公账号应为 8 至 32 位数字，请对照开户许可证或基本存款账户信息核对。",
            "A corporate account has 8 to 32 digits; compare it with the bank's account certificate.",
            field=field,
        )
    return number


def bank_name(value: str, *, field: str = "bank") -> str:
    """The bank with its branch, 4 to 60 characters. Raises Invalid `bank_name.format`."""
    name = "".join(_folded(value).split()).replace("(", "（").replace(")", "）")
    if not BANK_MIN <= len(name) <= BANK_MAX or not BANK_FORM.fullmatch(name):
        raise Invalid(
            "bank_name.format",
            f"请填写开户银行全称，到支行，{BANK_MIN} 至 {BANK_MAX} 个字。",
            f"Give the bank's full name with its branch, {BANK_MIN} to {BANK_MAX} characters.",
            field=field,
        )
    return name


def cents(value: str, *, field: str = "amount") -> int:
    """An amount from 0.01 to 0.99 CNY, as fen. Raises Invalid `deposit.amount_format`."""
    found = AMOUNT_FORM.fullmatch(_folded(value).strip().removesuffix("元").strip())
    if found is None or int(found[1]) == 0:
        raise Invalid(
            "deposit.amount_format",
            "请按银行流水填写收到的金额，如 0.37。",
            "Type the amount that arrived as the bank shows it, like 0.37.",
            field=field,
        )
    return int(found[1])
