"""What a grant of a seal reaches: kinds of documents, amount, counterparties, number of uses (R80, R81).

Pure: values in, values out. A limit that is not set does not limit.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from auth.errors import DomainError, Invalid, Refused
from seals import excluded

__all__ = [
    "DOCUMENT_KINDS",
    "MAX_USES",
    "Scope",
    "Stated",
    "amount_of",
    "amount_words",
    "checked_scope",
    "checked_stated",
]

DOCUMENT_KINDS: Mapping[str, tuple[str, str]] = {
    "contract": ("合同协议", "Contract or agreement"),
    "bid": ("投标、报价文件", "Bid or quotation"),
    "letter": ("函件、证明", "Letter or certificate"),
    "finance": ("财务报表、票据", "Financial statement or voucher"),
    "personnel": ("人事文件", "Personnel document"),
    "filing": ("申报材料", "Filing to an authority"),
    "other": ("其他", "Other"),
}
MAX_AMOUNT = Decimal("999999999999.99")
MAX_COUNTERPARTIES = 20
MAX_NAME = 120
MAX_USES = 100_000


@dataclass(frozen=True)
class Stated:
    """What a document to be sealed is said to be.

    kind: of DOCUMENT_KINDS or ""; amount: in 元 (CNY), None for none.
    """

    kind: str = ""
    amount: Decimal | None = None
    counterparty: str = ""


@dataclass(frozen=True)
class Scope:
    """The limits of a grant; empty or None: not limited. amount: at most so much, in 元 (CNY)."""

    kinds: tuple[str, ...] = ()
    amount: Decimal | None = None
    counterparties: tuple[str, ...] = ()
    uses: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As the column holds it and the sealer signs it."""
        amount = None if self.amount is None else str(self.amount)
        return {
            "kinds": list(self.kinds),
            "amount": amount,
            "counterparties": list(self.counterparties),
            "uses": self.uses,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Scope:
        """The scope of a column."""
        amount = stored["amount"]
        return cls(
            tuple(stored["kinds"]),
            None if amount is None else Decimal(amount),
            tuple(stored["counterparties"]),
            stored["uses"],
        )

    def require(self, stated: Stated) -> None:
        """Raises Refused `grant.scope` (field: what does not fit) unless a document is within the limits.

        What a limit asks for and the request does not say is not within it.
        """
        if self.kinds and stated.kind not in self.kinds:
            raise _beyond("document_kind", "文件种类", "kind of document")
        if self.amount is not None and (stated.amount is None or stated.amount > self.amount):
            raise _beyond("amount", "金额", "amount")
        if self.counterparties and stated.counterparty not in self.counterparties:
            raise _beyond("counterparty", "相对方", "counterparty")

    def within(self, outer: Scope) -> bool:
        """Whether this reaches no further than another scope."""
        kinds = not outer.kinds or (bool(self.kinds) and set(self.kinds) <= set(outer.kinds))
        parties = not outer.counterparties or (
            bool(self.counterparties) and set(self.counterparties) <= set(outer.counterparties)
        )
        amount = outer.amount is None or (self.amount is not None and self.amount <= outer.amount)
        uses = outer.uses is None or (self.uses is not None and self.uses <= outer.uses)
        return kinds and parties and amount and uses


def _beyond(field: str, zh: str, en: str) -> Refused:
    return Refused(
        "grant.scope",
        f"该文件的{zh}不在您的用印授权范围内，或没有填写。请核对填写的内容，或请法定代表人用印。",
        f"The {en} is not within your grant, or was not stated. Correct it, or let the representative seal.",
        field=field,
    )


def amount_words(amount: Decimal | str) -> str:
    """An amount in 元 as it is shown everywhere: ¥1,200.00."""
    return f"¥{Decimal(amount):,.2f}"


def amount_of(text: str | None, field: str) -> Decimal | None:
    """An amount in 元 with at most two decimals; None for none. Raises Invalid `amount.range`."""
    if text is None or not text.strip():
        return None
    try:
        amount = Decimal(text.strip().replace(",", "")[:40])
    except InvalidOperation:
        amount = Decimal("NaN")
    exponent = amount.as_tuple().exponent
    if not amount.is_finite() or not 0 <= amount <= MAX_AMOUNT or int(exponent) < -2:
        raise Invalid(
            "amount.range",
            "金额应为不小于 0 的数字，单位元，最多两位小数。",
            "An amount is a number from 0, in CNY, with at most two decimals.",
            field=field,
        )
    return amount.quantize(Decimal("0.01"))


def _name(text: str, field: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if len(name) > MAX_NAME or any(unicodedata.category(c)[0] == "C" for c in name):
        raise Invalid(
            "counterparty.name",
            f"相对方名称最多 {MAX_NAME} 个字，且不含控制字符。",
            f"A counterparty's name has at most {MAX_NAME} characters, without control characters.",
            field=field,
        )
    return name


def _kind(kind: str, field: str) -> str:
    if kind in excluded.EXCLUDED:
        raise excluded.refused(kind, field)
    if kind not in DOCUMENT_KINDS:
        raise Invalid("document_kind.unknown", "请选择文件种类。", "Choose a kind of document.", field=field)
    return kind


def checked_stated(kind: str, amount: str | None, counterparty: str) -> Stated:
    """What somebody says of a document, in its normal form. Raises Invalid with the field that is wrong;
    Refused `document_kind.excluded` for what the law keeps to paper.
    """
    return Stated(
        _kind(kind, "document_kind") if kind else "",
        amount_of(amount, "amount"),
        _name(counterparty, "counterparty"),
    )


def checked_scope(
    kinds: Sequence[str], amount: str | None, counterparties: Sequence[str], uses: int | None
) -> Scope:
    """The limits of a grant in their normal form. Raises Invalid with the field that is wrong."""
    names = sorted({name for each in counterparties if (name := _name(each, "counterparties"))})
    if len(names) > MAX_COUNTERPARTIES:
        raise _too_many()
    if uses is not None and not 1 <= uses <= MAX_USES:
        raise Invalid(
            "grant.uses",
            f"用印次数为 1 至 {MAX_USES} 次。",
            f"The number of uses is 1 to {MAX_USES}.",
            field="uses",
        )
    return Scope(
        tuple(sorted({_kind(kind, "kinds") for kind in kinds})),
        amount_of(amount, "amount"),
        tuple(names),
        uses,
    )


def _too_many() -> DomainError:
    return Invalid(
        "grant.counterparties",
        f"相对方最多 {MAX_COUNTERPARTIES} 个。",
        f"There are at most {MAX_COUNTERPARTIES} counterparties.",
        field="counterparties",
    )
