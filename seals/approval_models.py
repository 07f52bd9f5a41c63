"""Tables of approval before a signing is confirmed (R81): columns only, no behaviour. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from auth.models import ID, Company, Person
from auth.tokens import new_id
from seals.models import Signing

__all__ = ["Approval", "ApprovalRule", "ApprovalState", "RuleState"]

RESTRICT = OnDelete.RESTRICT


class RuleState(StrEnum):
    """DRAFT (the sealer has not acted) → IN_FORCE → REPLACED by another version or representative."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    REPLACED = "replaced"


class ApprovalRule(Model):
    """For which documents a seal needs an approval, and by whom, one row for each version (R81).

    amount: above which, in 元, null for any. kinds: of which documents. approvers: see
    `seals.rules.Approver`, none for no approval. four_eyes: the representative needs one too. live: the seal
    while IN_FORCE, else null. signature: the sealer's, over all that it believes of a rule, none while DRAFT.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField("auth.Company", on_delete=RESTRICT)
    company_id: str
    seal = fields.CharField(ID, db_index=True)
    version = fields.IntField()
    amount: str | None = fields.CharField(20, null=True)  # type: ignore[assignment]
    kinds: list[str] = fields.JSONField()
    approvers: list[dict[str, Any]] = fields.JSONField()
    four_eyes = fields.BooleanField()
    setter: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    setter_id: str
    state = fields.CharEnumField(RuleState, max_length=10)
    live: str | None = fields.CharField(ID, unique=True, null=True)  # type: ignore[assignment]
    signature: str | None = fields.CharField(120, null=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()

    class Meta:
        table = "approval_rule"


class ApprovalState(StrEnum):
    """What an approver said."""

    APPROVED = "approved"
    REFUSED = "refused"


class Approval(Model):
    """An approver's word on one signing. It stands while the signing names it.

    rule: the version he acted under. signature: the sealer's, over what was approved, none of a refusal.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    signing: fields.ForeignKeyRelation[Signing] = fields.ForeignKeyField(
        "seals.Signing", on_delete=RESTRICT, related_name="approvals"
    )
    signing_id: str
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    rule = fields.IntField()
    state = fields.CharEnumField(ApprovalState, max_length=10)
    signature: str | None = fields.CharField(120, null=True)  # type: ignore[assignment]
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "approval"
        indexes = (("person_id", "signing_id"),)
