"""Which documents an approval rule asks for (R81)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from auth.errors import Invalid
from seals.rules import APPROVERS_MOST, NONE, Approver, Rule, checked
from seals.scopes import Stated

BOSS = (Approver("person", "member", "identity"),)


@pytest.mark.parametrize(
    ("rule", "said", "asked"),
    [
        (Rule(1, approvers=BOSS), Stated(), True),
        (Rule(1, Decimal(100), approvers=BOSS), Stated(amount=Decimal(100)), False),
        (Rule(1, Decimal(100), approvers=BOSS), Stated(amount=Decimal("100.01")), True),
        (Rule(1, Decimal(100), approvers=BOSS), Stated("contract"), True),
        (Rule(1, None, ("bid",), BOSS), Stated("bid"), True),
        (Rule(1, None, ("bid",), BOSS), Stated("contract"), False),
        (Rule(1, None, ("bid",), BOSS), Stated(), True),
        (Rule(1, Decimal(100), ("bid",), BOSS), Stated("bid", Decimal(1)), True),
        (Rule(1, Decimal(100), ("bid",), BOSS), Stated("contract", Decimal(1)), False),
        (Rule(1, Decimal(100)), Stated(), False),
        (NONE, Stated(), False),
    ],
)
def test_what_is_asked_for(rule: Rule, said: Stated, asked: bool) -> None:
    assert rule.asks(said, own=False) is asked
    assert rule.asks(said, own=True) is False


def test_with_four_eyes_the_representative_needs_one_for_the_same() -> None:
    rule = Rule(1, Decimal(100), (), BOSS, four_eyes=True)
    assert rule.asks(Stated(amount=Decimal(101)), own=True)
    assert not rule.asks(Stated(amount=Decimal(99)), own=True)


def test_there_is_an_end_of_approvers() -> None:
    assert checked("100", ["bid"], APPROVERS_MOST) == ("100.00", ["bid"])
    with pytest.raises(Invalid, match=r"rule\.approvers"):
        checked("100", ["bid"], APPROVERS_MOST + 1)
