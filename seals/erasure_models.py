"""The register of what was erased after its time: columns only, no behaviour. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from auth.models import ID
from auth.tokens import new_id

__all__ = ["Erasure"]


class Erasure(Model):
    """One erasing: of whom, under which rule, what. It is never changed and holds nothing of what is gone.

    subject: `company:<id>` or `person:<id>`. rule: its name (`seals/archiving`). kept_until: the day in
    China before which it was not allowed, null where nothing had to be kept. what: ids of rows, files by
    their SHA-256, and events by stream and numbers. rest: SHA-256 of all that these events still say. digest:
    of this row, as it stands in the platform's own chain of events too.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    number = fields.IntField(unique=True)
    subject = fields.CharField(40, db_index=True)
    rule = fields.CharField(40)
    kept_until: str | None = fields.CharField(10, null=True)  # type: ignore[assignment]
    what: dict[str, Any] = fields.JSONField()
    rest = fields.CharField(64)
    digest = fields.CharField(64)
    at: datetime = fields.DatetimeField()

    class Meta:
        table = "erasure"
