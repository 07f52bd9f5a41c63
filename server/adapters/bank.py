"""The platform's bank over HTTP: small payments to companies' accounts.

`PUT api/bank/payments/KEY {account, bank, name, amount: "0.37", remark}` → {key, reference}. The same key
with the same contents is the same payment; with others it is declined (409).
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from pydantic import BaseModel, Field

from auth.ports import SmallPayment
from server.adapters.http import HttpService

__all__ = ["HttpBank"]

REMARK = "e章通企业认证"


class _Paid(BaseModel):
    key: str
    reference: Annotated[str, Field(min_length=1, max_length=80)]


class HttpBank(HttpService):
    """The port `auth.ports.Bank`."""

    service = "bank"
    zh = "银行打款服务"
    en = "The bank"

    async def pay(self, payment: SmallPayment) -> str:
        """Pay once; returns the bank's reference. Safe to repeat."""
        body = {
            "account": payment.account,
            "bank": payment.bank,
            "name": payment.name,
            "amount": f"0.{payment.cents:02d}",
            "remark": REMARK,
        }
        path = f"api/bank/payments/{quote(payment.key, safe='')}"
        paid = await self._ask("PUT", path, _Paid, body=body, idempotent=True)
        if paid.key != payment.key:
            raise self._unavailable("answer about another payment")
        return paid.reference
