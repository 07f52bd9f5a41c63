"""The tables of papers that the platform makes and seals itself (ADR 33). Times are UTC."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from auth.models import ID, Company, Person
from auth.tokens import new_id

__all__ = ["Paper", "PaperKind", "PaperNumber", "PaperState"]

RESTRICT = OnDelete.RESTRICT


class PaperKind(StrEnum):
    """EVIDENCE: the evidence report of a signing (证据报告). The others are a company's.

    LEDGER: of its seals (用印台账), for the export that asked for it.

    MAKING: of seals that were collected together (制作证书), CANCELLING: of seals that ended together
    (注销证书), LICENCE: a print of the licence for one purpose and time (执照打印件), FILING: the receipt of
    a filing (备案回执). The rest are forms to be signed (`seals/papers/forms.py`).
    """

    EVIDENCE = "evidence"
    LEDGER = "ledger"
    MAKING = "making"
    CANCELLING = "cancelling"
    LICENCE = "licence"
    FILING = "filing"
    APPLICATION = "application"
    MANDATE = "mandate"
    CONFIRMATION = "confirmation"
    CONTRACT = "contract"
    NEEDS = "needs"


class PaperState(StrEnum):
    """WAITING (to be set and sealed) → MADE, exit FAILED, from which asking again leads back."""

    WAITING = "waiting"
    MADE = "made"
    FAILED = "failed"


class PaperNumber(Model):
    """The next serial of a kind of paper, never goes back."""

    kind = fields.CharField(12, primary_key=True)
    next = fields.IntField()

    class Meta:
        table = "paper_number"


class Paper(Model):
    """A paper about something, one for each China day on which it was asked for.

    subject: the id of what it is about: of a signing, of a collection, of the first of the seals that ended
    together, of the export that asked for a ledger, its own for what is made as often as it is asked for.
    about: the verification code of the document, empty for a company's papers. company: null for a form of
    an application whose company is not here yet. code: its own. asker: for whom, of what comes by itself the
    representative. day: China's, as it was asked for. said: what it was ordered with, by kind. valid_until:
    the end of what it states. sha256: of the sealed file in the blob store, empty before. reason: why it
    failed (code, zh, en). attempts: how often it was begun since it was asked for. lease_until: of one that
    comes by itself also the moment before which it is not made, unless somebody wants it.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    kind = fields.CharEnumField(PaperKind, max_length=12)
    number = fields.CharField(24, unique=True)
    code = fields.CharField(16, unique=True)
    company: fields.ForeignKeyNullableRelation[Company] = fields.ForeignKeyField(
        "auth.Company", on_delete=RESTRICT, null=True
    )
    company_id: str | None
    asker: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    asker_id: str
    subject = fields.CharField(ID)
    about = fields.CharField(16)
    day = fields.CharField(10)
    said: dict[str, Any] = fields.JSONField(default=dict)
    valid_until: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    state = fields.CharEnumField(PaperState, max_length=8, db_index=True)
    reason: dict[str, str] | None = fields.JSONField(null=True)
    sha256 = fields.CharField(64, default="", db_index=True)
    created_at = fields.DatetimeField()
    made_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    attempts = fields.IntField(default=0)
    lease_owner: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    lease_until: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    fence = fields.IntField(default=0)

    class Meta:
        table = "paper"
        unique_together = (("kind", "subject", "day"),)
        indexes = (("company_id", "created_at"),)
