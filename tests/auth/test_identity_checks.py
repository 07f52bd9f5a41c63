"""A result of the identity service is believed for one purpose, one row and a short time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from auth import identity_checks
from auth.identity_checks import FRESH
from auth.identity_models import IdentityPurpose
from auth.ports import IdentityResult, IdentityState, IdentityWay

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ROW, OTHER = "0" * 24, "1" * 24
GOOD = IdentityResult(
    IdentityState.PASSED,
    "张三",
    "11010519491231002X",
    "13812345678",
    identity_checks.reference(IdentityPurpose.COLLECT, ROW),
    IdentityWay.FACE,
    NOW - timedelta(minutes=5),
)


def good(result: IdentityResult) -> bool:
    return identity_checks.is_for(result, IdentityPurpose.COLLECT, ROW, NOW)


def test_a_fresh_check_for_this_very_row_is_good() -> None:
    assert good(GOOD)


@pytest.mark.parametrize(
    "change",
    [
        {"state": IdentityState.PENDING},
        {"state": IdentityState.REFUSED},
        {"decided_at": None},
        {"decided_at": NOW - FRESH[IdentityWay.FACE] - timedelta(seconds=1)},
        {"decided_at": NOW + timedelta(hours=1)},
        {"reference": identity_checks.reference(IdentityPurpose.COLLECT, OTHER)},
        {"reference": identity_checks.reference(IdentityPurpose.UNLOCK, ROW)},
        {"reference": ""},
    ],
    ids=["pending", "refused", "no time", "old", "of tomorrow", "another row", "another purpose", "no word"],
)
def test_any_other_is_not(change: dict[str, object]) -> None:
    assert not good(replace(GOOD, **change))  # type: ignore[arg-type]
