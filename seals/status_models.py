"""The table of certificate statuses: columns only, no behaviour. Times are UTC."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

__all__ = ["OcspAnswer"]


class OcspAnswer(Model):
    """The newest OCSP answer (DER, base64) about one of our certificates, by its serial number (hex).

    wanted_at: an answer from then or later is wanted. produced_at, der: None before the first.
    """

    serial = fields.CharField(48, primary_key=True)
    wanted_at = fields.DatetimeField()
    produced_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    der: str | None = fields.TextField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "ocsp_answer"
        indexes = (("produced_at",),)
