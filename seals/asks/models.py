"""Table of what members ask of seals' life: columns only, no behaviour. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from auth.member_models import Member
from auth.models import ID, RESTRICT, Company, Person
from auth.tokens import new_id
from seals.models import Seal
from seals.paper_models import Paper

__all__ = ["AskState", "SealAsk"]


class AskState(StrEnum):
    """WAITING → DONE (it was carried out), DECLINED, LAPSED (nobody decided in time, or the letter ended),
    MOOT (the seal's state does not allow it any more).
    """

    WAITING = "waiting"
    DONE = "done"
    DECLINED = "declined"
    LAPSED = "lapsed"
    MOOT = "moot"


class SealAsk(Model):
    """A change (`seals.life.Change`) that a member asks of a seal, on a letter of authorisation.

    paper, letter_number, letter_sha256: the letter as it was sealed. open: seal and change while it waits, so
    that one waits of each. reason, answer: his, and why it was declined, encrypted.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField("auth.Company", on_delete=RESTRICT)
    company_id: str
    seal: fields.ForeignKeyRelation[Seal] = fields.ForeignKeyField("seals.Seal", on_delete=RESTRICT)
    seal_id: str
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField("auth.Member", on_delete=RESTRICT)
    member_id: str
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    change = fields.CharField(12)
    reason_sealed = fields.BinaryField()
    paper: fields.ForeignKeyRelation[Paper] = fields.ForeignKeyField("seals.Paper", on_delete=RESTRICT)
    paper_id: str
    letter_number = fields.CharField(24)
    letter_sha256 = fields.CharField(64)
    state = fields.CharEnumField(AskState, max_length=10)
    open: str | None = fields.CharField(40, unique=True, null=True)  # type: ignore[assignment]
    answer_sealed: bytes | None = fields.BinaryField(null=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    decided_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "seal_ask"
        indexes = (("company_id", "created_at"), ("state", "ends_at"))
