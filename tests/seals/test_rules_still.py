"""What was judged before a transaction is judged once more under its locks: rule and approver (R81)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auth.errors import Conflict
from seals import rules
from seals.approval_models import Approval, ApprovalRule, ApprovalState, RuleState
from seals.approved import Judged, require_still
from seals.models import Signing, SigningState
from tests.seals.signing.rows import person, signing

NOW = datetime(2026, 11, 29, 4, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("database")


async def in_force(row: Signing, approver: str) -> rules.Rule:
    """A rule of the signing's seal, by which somebody approves who is no member of the company."""
    await ApprovalRule.create(
        company_id=row.company_id,
        seal=row.seal_id,
        version=1,
        kinds=[],
        approvers=[{"person": approver, "member": "m", "identity": "i"}],
        four_eyes=False,
        setter_id=approver,
        state=RuleState.IN_FORCE,
        live=row.seal_id,
        created_at=NOW,
    )
    return await rules.of(row.seal_id)


async def test_a_rule_that_changed_since() -> None:
    row = await signing(SigningState.CONFIRMED)
    judged = Judged(await in_force(row, (await person()).id), None)
    await require_still(row, judged, NOW)
    await ApprovalRule.filter(live=row.seal_id).update(version=2)
    with pytest.raises(Conflict, match=r"approval\.rule_changed"):
        await require_still(row, judged, NOW)


async def test_an_approver_who_may_no_more() -> None:
    row = await signing(SigningState.CONFIRMED)
    who = (await person()).id
    rule = await in_force(row, who)
    given = Approval(signing_id=row.id, person_id=who, rule=1, state=ApprovalState.APPROVED, created_at=NOW)
    with pytest.raises(Conflict, match=r"approval\.missing"):
        await require_still(row, Judged(rule, given), NOW)
