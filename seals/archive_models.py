"""The table of archived files: which bytes of a version are given out, until when they prove."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from seals.models import Version

__all__ = ["ArchivedFile"]


class ArchivedFile(Model):
    """A version's file with a document timestamp as its end. Number 0 as it was sealed, then one a renewal.

    units: certificates (DER, base64) of who made that timestamp, the unit's own first. made_with: algorithms
    of it, a space around each. proven_until: the first end among these. renew_at: when a further timestamp
    is due, or who works on it takes it to be left, null where there is a newer file or nothing helps.
    """

    sha256 = fields.CharField(64, primary_key=True)
    version: fields.ForeignKeyRelation[Version] = fields.ForeignKeyField(
        "seals.Version", on_delete=fields.RESTRICT
    )
    version_id: str
    number = fields.IntField()
    units: list[str] = fields.JSONField()
    made_with = fields.CharField(200)
    proven_until = fields.DatetimeField()
    renew_at: datetime | None = fields.DatetimeField(null=True, db_index=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()

    class Meta:
        table = "archived_file"
        unique_together = (("version", "number"),)
