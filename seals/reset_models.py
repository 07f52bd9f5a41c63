"""Tables of applications to reset a forgotten PIN: columns only, no behaviour. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from auth.models import ID, RESTRICT, Person
from auth.tokens import new_id

__all__ = ["PinReset", "PinResetState"]


class PinResetState(StrEnum):
    """APPLIED → SENT (to the authority) → DONE (approved, re-keyed) or REJECTED."""

    APPLIED = "applied"
    SENT = "sent"
    DONE = "done"
    REJECTED = "rejected"


class PinReset(Model):
    """An application to the public-security authority to reset a forgotten PIN (R56).

    open: the person's id while it is open, else null, one open application each. companies: of whom he
    was the representative when he applied, as the authority is told. reference: the authority's.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    open: str | None = fields.CharField(ID, unique=True, null=True)  # type: ignore[assignment]
    companies: list[dict[str, Any]] = fields.JSONField()
    state = fields.CharEnumField(PinResetState, max_length=12, db_index=True)
    reference: str | None = fields.CharField(80, null=True)  # type: ignore[assignment]
    reason: str | None = fields.CharField(500, null=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()
    decided_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    lease_owner: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    lease_until: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    fence = fields.IntField(default=0)

    class Meta:
        table = "pin_reset"
        indexes = (("person_id", "created_at"),)
