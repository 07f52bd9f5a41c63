"""The table of looks at a document's pages with the access code printed on paper."""

from __future__ import annotations

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from auth.models import ID
from auth.tokens import new_id
from seals.models import Record

__all__ = ["PrintedLook"]


class PrintedLook(Model):
    """For whom the pages stand open: the browser that holds the token, until then."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    token_hash = fields.CharField(64, unique=True)
    record: fields.ForeignKeyRelation[Record] = fields.ForeignKeyField(
        "seals.Record", on_delete=OnDelete.RESTRICT
    )
    record_id: str
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "printed_look"
