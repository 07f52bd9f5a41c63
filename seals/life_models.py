"""Table of what representatives ask of their seals' life: columns only, no behaviour. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from auth.models import ID, RESTRICT, Company, Person
from auth.tokens import new_id
from seals.models import Seal, SealState

__all__ = ["AskedState", "SealChange"]


class AskedState(StrEnum):
    """DRAFT (to be confirmed with the PIN) → DONE."""

    DRAFT = "draft"
    DONE = "done"


class SealChange(Model):
    """A change (`seals.life.Change`) that is asked of a seal as it is, in this state and generation.

    It is bound to both: one that was drafted before something else happened is good for nothing. ask, letter:
    the member's request that it carries out, and the digest of his letter of authorisation, else empty.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField("auth.Company", on_delete=RESTRICT)
    company_id: str
    seal: fields.ForeignKeyRelation[Seal] = fields.ForeignKeyField("seals.Seal", on_delete=RESTRICT)
    seal_id: str
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    change = fields.CharField(12)
    found = fields.CharEnumField(SealState, max_length=12)
    generation = fields.IntField()
    ask = fields.CharField(ID, default="")
    letter = fields.CharField(64, default="")
    state = fields.CharEnumField(AskedState, max_length=8)
    created_at = fields.DatetimeField()
    done_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "seal_change"
        indexes = (("state", "created_at"),)
