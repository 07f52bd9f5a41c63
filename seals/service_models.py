"""Tables of what users and supervisors say to the platform, and it to them: columns only. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from auth.models import ID, RESTRICT, Company, Person
from auth.tokens import new_id

__all__ = [
    "Addressee",
    "Guidance",
    "Notice",
    "NoticeKind",
    "NoticeRead",
    "Supervisor",
    "Ticket",
    "TicketAnswer",
    "TicketKind",
    "TicketState",
    "Topic",
]


class TicketKind(StrEnum):
    """What is said: a question, a complaint, an idea, a wish about one's own data, a report of abuse."""

    QUESTION = "question"
    COMPLAINT = "complaint"
    FEEDBACK = "feedback"
    PRIVACY = "privacy"
    ABUSE = "abuse"


class TicketState(StrEnum):
    """RECEIVED → WORKING → ANSWERED → CLOSED; closed from any of them. An answer is no verdict on a seal."""

    RECEIVED = "received"
    WORKING = "working"
    ANSWERED = "answered"
    CLOSED = "closed"


class Ticket(Model):
    """A question, complaint or report. secret_hash: of the code by which it is looked up without a login.

    code: the document's that a report is about, empty otherwise. due_at: when an answer was promised for.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    number = fields.CharField(12, unique=True)
    secret_hash = fields.CharField(64)
    kind = fields.CharEnumField(TicketKind, max_length=12)
    state = fields.CharEnumField(TicketState, max_length=12)
    code = fields.CharField(16, default="", db_index=True)
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "auth.Person", on_delete=RESTRICT, null=True
    )
    person_id: str | None
    text_sealed = fields.BinaryField()
    contact_sealed: bytes | None = fields.BinaryField(null=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    answered_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    asked_freeze_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "ticket"
        indexes = (("state", "due_at"), ("person_id", "created_at"))


class TicketAnswer(Model):
    """What the platform answered. staff: the account's id."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    ticket: fields.ForeignKeyRelation[Ticket] = fields.ForeignKeyField("seals.Ticket", on_delete=RESTRICT)
    ticket_id: str
    text_sealed = fields.BinaryField()
    staff = fields.CharField(ID)
    at = fields.DatetimeField()

    class Meta:
        table = "ticket_answer"
        indexes = (("ticket_id", "at"),)


class NoticeKind(StrEnum):
    """A change of rules, of the service, or a training."""

    POLICY = "policy"
    SERVICE = "service"
    TRAINING = "training"


class Topic(StrEnum):
    """The five topics of training (R60)."""

    BUSINESS = "business"
    TECHNOLOGY = "technology"
    OPERATION = "operation"
    SECURITY = "security"
    STANDARDS = "standards"


class Notice(Model):
    """Something all users are told, from shown_from to its end. topic: of a training, null otherwise."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    kind = fields.CharEnumField(NoticeKind, max_length=12)
    topic: Topic | None = fields.CharEnumField(Topic, max_length=12, null=True)  # type: ignore[assignment]
    title_zh = fields.CharField(100)
    title_en = fields.CharField(100)
    text_zh = fields.TextField()
    text_en = fields.TextField()
    shown_from = fields.DatetimeField()
    shown_until: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    staff = fields.CharField(ID)
    created_at = fields.DatetimeField()

    class Meta:
        table = "notice"
        indexes = (("shown_from",),)


class NoticeRead(Model):
    """That somebody read a notice, once. Of a training it is the record of who took part."""

    id = fields.CharField(60, primary_key=True)
    notice: fields.ForeignKeyRelation[Notice] = fields.ForeignKeyField("seals.Notice", on_delete=RESTRICT)
    notice_id: str
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    company: fields.ForeignKeyNullableRelation[Company] = fields.ForeignKeyField(
        "auth.Company", on_delete=RESTRICT, null=True
    )
    company_id: str | None
    at = fields.DatetimeField()

    class Meta:
        table = "notice_read"
        indexes = (("notice_id", "company_id"),)


class Supervisor(Model):
    """Which authority (`seals.service.supervision`) a regulator's role belongs to. id: the role's."""

    id = fields.CharField(ID, primary_key=True)
    authority = fields.CharField(24)

    class Meta:
        table = "supervisor"


class Addressee(StrEnum):
    """Whom guidance is for: the maker of the seals, or the platform."""

    MAKER = "maker"
    PLATFORM = "platform"


class Guidance(Model):
    """What a supervising authority asks to be put right, and the answer. Once answered it stays as it is."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    authority = fields.CharField(24)
    addressee = fields.CharEnumField(Addressee, max_length=12)
    text = fields.TextField()
    by = fields.CharField(ID)
    at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    answer: str | None = fields.TextField(null=True)  # type: ignore[assignment]
    answered_by: str | None = fields.CharField(ID, null=True)  # type: ignore[assignment]
    answered_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "guidance"
        indexes = (("at",),)
