"""The table of consents: columns only, no behaviour. Times are UTC."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from auth.models import ID, RESTRICT, Person
from auth.tokens import new_id

__all__ = ["Consent"]


class Consent(Model):
    """Which text somebody accepted, and when. digest: of the very text (`auth/texts`).

    live: person and text while it holds, null once a newer version was accepted or it was withdrawn.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    text = fields.CharField(12)
    version = fields.IntField()
    digest = fields.CharField(64)
    accepted_at = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    live: str | None = fields.CharField(40, unique=True, null=True)  # type: ignore[assignment]

    class Meta:
        table = "consent"
        indexes = (("person_id", "accepted_at"),)
