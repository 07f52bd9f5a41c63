"""Verify a company by a small payment to its account (R112)."""

from __future__ import annotations

from sanic import Blueprint, Request

from seals.deposits import asking
from seals.deposits.asking import DepositView
from server.api.operation import Body, it, operation, session
from server.context import now

__all__ = ["deposits_api"]

deposits_api = Blueprint("deposits", url_prefix="/api/deposits")


class AccountGiven(Body):
    """The company's account, under its registered name, and the bank with its branch."""

    account: str
    bank: str


class AmountTyped(Body):
    """What arrived, as `0.37`."""

    amount: str


@operation(
    deposits_api,
    "GET",
    "/<entry:str>",
    "How the newest payment of an application stands",
    answer=DepositView,
)
async def deposit(request: Request, entry: str) -> DepositView:
    return await asking.look(entry, session(request), now())


@operation(
    deposits_api,
    "POST",
    "/<entry:str>/payments",
    "Have a small payment made to the company's account",
    answer=DepositView,
    body=AccountGiven,
    status=202,
    agreed=True,
)
async def ask_deposit(request: Request, entry: str, body: AccountGiven) -> DepositView:
    records = it(request).records
    return await asking.ask(entry, body.account, body.bank, session(request), now(), records)


@operation(
    deposits_api,
    "POST",
    "/<entry:str>/amount",
    "Type the amount that arrived; three tries",
    answer=DepositView,
    body=AmountTyped,
    agreed=True,
)
async def answer_deposit(request: Request, entry: str, body: AmountTyped) -> DepositView:
    return await asking.answer(entry, body.amount, session(request), now(), it(request).records)
