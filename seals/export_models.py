"""The table of exports: files that were asked for and may be fetched for a short while."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from auth.models import ID, Session
from auth.tokens import new_id

__all__ = ["Export", "ExportForm"]


class ExportForm(StrEnum):
    """PDF, SES, EVIDENCE (zip) and REPORT (the evidence report) of a signing, ESL of a seal, PAPER of a
    company, and of its ledger XLSX and LEDGER (PDF, sealed by the platform).
    """

    PDF = "pdf"
    SES = "ses"
    ESL = "esl"
    EVIDENCE = "evidence"
    REPORT = "report"
    PAPER = "paper"
    XLSX = "xlsx"
    LEDGER = "ledger"


class Export(Model):
    """A file to be fetched by the session that asked. subject: the id of signing, seal, paper or company.

    wanted: which part of a ledger (`seals.ledger.wanting.Wanted`), else null.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    token_hash = fields.CharField(64, unique=True)
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "auth.Session", on_delete=OnDelete.RESTRICT
    )
    session_id: str
    form = fields.CharEnumField(ExportForm, max_length=8)
    subject = fields.CharField(ID)
    wanted: dict[str, Any] | None = fields.JSONField(null=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "export"
