"""Tables of identity checks: columns only, no behaviour. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from auth.models import ID, RESTRICT, Person
from auth.ports import IdentityWay
from auth.tokens import new_id

__all__ = ["IdentityCheck", "IdentityPurpose"]


class IdentityPurpose(StrEnum):
    """What a passed check may be used for, a check of one purpose is nothing for another."""

    COLLECT = "collect"
    JOIN = "join"
    UNLOCK = "unlock"
    UNFREEZE = "unfreeze"
    DEVICE = "device"
    RESET = "reset"
    LOGIN = "login"
    ENTRY = "entry"


class IdentityCheck(Model):
    """One check of a person's identity, begun for one purpose and subject, used once.

    subject: the id of what it is for (a seal, a grant, the person himself). check_id and check_url are the
    identity service's. way: as the person chose it, what counts is what the service says.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    purpose = fields.CharEnumField(IdentityPurpose, max_length=12)
    subject = fields.CharField(ID)
    way = fields.CharEnumField(IdentityWay, max_length=8)
    check_id = fields.CharField(80)
    check_url = fields.CharField(500)
    created_at = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "identity_check"
        indexes = (("person_id", "purpose"),)
