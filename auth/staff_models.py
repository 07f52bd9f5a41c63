"""Tables of the platform's own people: columns only, no behaviour."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from auth.models import ID, RESTRICT, Person
from auth.tokens import new_id

__all__ = ["StaffOpening", "StaffRole", "StaffRoleName"]


class StaffRoleName(StrEnum):
    """平台审核员 of the review desk, 监管人员 of the regulator's desk."""

    OPERATOR = "operator"
    REGULATOR = "regulator"


class StaffRole(Model):
    """Somebody who works at one of the platform's desks, as the host's account added_by said.

    live: person and role until it ends, else null. code_hash: of the code that the host's terminal showed, by
    which one passkey becomes the desk's, null once used. passkey: that one's credential hash.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    role = fields.CharEnumField(StaffRoleName, max_length=10)
    name_sealed = fields.BinaryField()
    added_by = fields.CharField(31)
    live: str | None = fields.CharField(40, unique=True, null=True)  # type: ignore[assignment]
    code_hash: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    code_ends_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    passkey: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "staff_role"
        indexes = (("person_id", "ended_at"),)


class StaffOpening(Model):
    """That somebody opened his desk in one session. by: the passkey's credential hash, or `code`."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    staff: fields.ForeignKeyRelation[StaffRole] = fields.ForeignKeyField("auth.StaffRole", on_delete=RESTRICT)
    staff_id: str
    session = fields.CharField(ID)
    by = fields.CharField(64)
    at = fields.DatetimeField()

    class Meta:
        table = "staff_opening"
        indexes = (("staff_id", "session", "at"),)
