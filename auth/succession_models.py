"""Tables of changes of legal representatives: columns only, no behaviour. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from auth.models import ID, RESTRICT, Company
from auth.tokens import new_id

__all__ = ["ChangeState", "RegisterCursor", "RepresentativeChange"]


class ChangeState(StrEnum):
    """REPORTED → APPLIED, or UNCHANGED where the register names whom the licence names already.

    HELD: the company has a name that cannot be drawn, for the operator. The next look asks again.
    """

    REPORTED = "reported"
    APPLIED = "applied"
    UNCHANGED = "unchanged"
    HELD = "held"


class RepresentativeChange(Model):
    """A reason to ask the registrar about a company, it says nothing more: what there is, is asked.

    number: the registrar's of the change, null for the looks that follow a founding and come every day.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField("auth.Company", on_delete=RESTRICT)
    company_id: str
    number: int | None = fields.BigIntField(null=True)  # type: ignore[assignment]
    state = fields.CharEnumField(ChangeState, max_length=12, db_index=True)
    created_at = fields.DatetimeField()
    decided_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    lease_owner: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    lease_until: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    fence = fields.IntField(default=0)

    class Meta:
        table = "representative_change"
        indexes = (("created_at", "company_id"),)


class RegisterCursor(Model):
    """How far the registrar's list of changes was read. after: the last number."""

    id = fields.CharField(20, primary_key=True)
    after = fields.BigIntField()

    class Meta:
        table = "register_cursor"
