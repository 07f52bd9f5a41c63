"""Tables of applications of companies that exist already: columns only, no behaviour. Times are UTC.

Columns named `…_sealed` hold personal data under the records key, see `auth/models.py`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from auth.models import ID, RESTRICT, Company, Person
from auth.tokens import new_id

__all__ = [
    "OPEN",
    "EntryApplication",
    "EntryMaterial",
    "EntryOutcome",
    "EntryRound",
    "EntryState",
    "EntryVerification",
    "EntryWay",
]


class EntryState(StrEnum):
    """DRAFT → SUBMITTED (→ RETURNED → SUBMITTED)* → APPROVED or REJECTED, exit WITHDRAWN while it is open,
    LAPSED from RETURNED, REJECTED from there too.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


OPEN = (EntryState.DRAFT, EntryState.SUBMITTED, EntryState.RETURNED)


class EntryOutcome(StrEnum):
    """What became of a round, WAITING until the reviewer decides or the applicant withdraws."""

    WAITING = "waiting"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class EntryWay(StrEnum):
    """How a company was verified (R112): its representative's face, or a small payment to its account."""

    FACE = "face"
    DEPOSIT = "deposit"


class EntryApplication(Model):
    """An application of a company that exists already, the form lies encrypted.

    case: what decides which materials are needed, `seals.entry.cases.Case` as JSON, without personal data.
    live_uscc: equal to uscc from submission on unless rejected, withdrawn or lapsed, else null, one live
    application of a company. formed_at: of the form as it stands, changed_at: of it or its files. round: 0
    before the first submission. reviewer: the id of the staff account that decided. declared_at: of the
    declaration of truth (R110), confirmed_at: of the company's will (R113), by the session confirmed_session.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    applicant: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    applicant_id: str
    request_id = fields.CharField(64)
    company_name = fields.CharField(120)
    uscc = fields.CharField(18, db_index=True)
    live_uscc: str | None = fields.CharField(18, unique=True, null=True)  # type: ignore[assignment]
    case: dict[str, Any] = fields.JSONField()
    form_sealed = fields.BinaryField()
    state = fields.CharEnumField(EntryState, max_length=12, db_index=True)
    round = fields.IntField(default=0)
    reason: str | None = fields.CharField(500, null=True)  # type: ignore[assignment]
    reviewer: str | None = fields.CharField(ID, null=True)  # type: ignore[assignment]
    company: fields.ForeignKeyNullableRelation[Company] = fields.ForeignKeyField(
        "auth.Company", on_delete=RESTRICT, null=True
    )
    company_id: str | None
    created_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()
    formed_at = fields.DatetimeField()
    declared_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    confirmed_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    confirmed_session: str | None = fields.CharField(ID, null=True)  # type: ignore[assignment]
    submitted_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    decided_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "entry_application"
        unique_together = (("applicant", "request_id"),)
        indexes = (("company_id",), ("state", "submitted_at"))


class EntryMaterial(Model):
    """A file given for one slot of an application, never changed, a new one takes its place.

    slot: `seals.entry.cases.Slot.key`. live: application and slot while it is the one that counts, else null.
    blob: of the file encrypted under the records key for this row. same_index: keyed hash of the file's
    SHA-256. lifted: the imprint taken off a scan of one (trace, measures, quality), else null.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    application: fields.ForeignKeyRelation[EntryApplication] = fields.ForeignKeyField(
        "seals.EntryApplication", on_delete=RESTRICT
    )
    application_id: str
    slot = fields.CharField(60)
    live: str | None = fields.CharField(90, unique=True, null=True)  # type: ignore[assignment]
    name = fields.CharField(200)
    media_type = fields.CharField(40)
    size = fields.IntField()
    pages = fields.IntField()
    blob = fields.CharField(64)
    same_index = fields.CharField(64, db_index=True)
    lifted: dict[str, Any] | None = fields.JSONField(null=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()
    replaced_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "entry_material"
        indexes = (("application_id", "created_at"),)


class EntryRound(Model):
    """One submission and what became of it, so that every round stays readable (R115).

    form_sealed: the form as it was submitted, under this row's id. materials: slot to material id.
    returned: slot to reason, of what has to be given anew. reason: of the whole.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    application: fields.ForeignKeyRelation[EntryApplication] = fields.ForeignKeyField(
        "seals.EntryApplication", on_delete=RESTRICT
    )
    application_id: str
    number = fields.IntField()
    form_sealed = fields.BinaryField()
    materials: dict[str, Any] = fields.JSONField()
    outcome = fields.CharEnumField(EntryOutcome, max_length=12)
    returned: dict[str, Any] = fields.JSONField(default=dict)
    reason: str | None = fields.CharField(500, null=True)  # type: ignore[assignment]
    reviewer: str | None = fields.CharField(ID, null=True)  # type: ignore[assignment]
    submitted_at = fields.DatetimeField()
    decided_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "entry_round"
        unique_together = (("application", "number"),)


class EntryVerification(Model):
    """That the company was verified (R112), which way, when and by whom, before it can be approved.

    reference: the identity check or the deposit. by: as an event's actor. live: application and way while it
    counts, null once the form named another company or representative.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    application: fields.ForeignKeyRelation[EntryApplication] = fields.ForeignKeyField(
        "seals.EntryApplication", on_delete=RESTRICT
    )
    application_id: str
    way = fields.CharEnumField(EntryWay, max_length=8)
    reference = fields.CharField(80)
    by = fields.CharField(40)
    live: str | None = fields.CharField(40, unique=True, null=True)  # type: ignore[assignment]
    at = fields.DatetimeField()

    class Meta:
        table = "entry_verification"
        indexes = (("application_id", "at"),)
