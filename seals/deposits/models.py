"""Table of small payments to companies' accounts: columns only, no behaviour. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from auth.models import ID, RESTRICT, Person
from auth.tokens import new_id
from seals.entry.models import EntryApplication

__all__ = ["BankDeposit", "DepositState"]


class DepositState(StrEnum):
    """WAITING (to be paid) → SENT → PASSED, or FAILED (tries), EXPIRED, REFUSED (by the bank)."""

    WAITING = "waiting"
    SENT = "sent"
    PASSED = "passed"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUSED = "refused"


class BankDeposit(Model):
    """A small payment to the account of a company that applies. Its amount is in no column.

    uscc, company_name: as the form named the company when it was asked for, a payment proves no other. live:
    the application while WAITING or SENT, else null. account_sealed, bank_sealed: as typed, tail: the
    account's last four digits. expires_at: of the amount, from the payment on. reference: the bank's.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    application: fields.ForeignKeyRelation[EntryApplication] = fields.ForeignKeyField(
        "seals.EntryApplication", on_delete=RESTRICT
    )
    application_id: str
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    uscc = fields.CharField(18)
    company_name = fields.CharField(120)
    live: str | None = fields.CharField(ID, unique=True, null=True)  # type: ignore[assignment]
    account_sealed = fields.BinaryField()
    bank_sealed = fields.BinaryField()
    tail = fields.CharField(4)
    state = fields.CharEnumField(DepositState, max_length=10, db_index=True)
    tries = fields.IntField(default=0)
    reference: str | None = fields.CharField(80, null=True)  # type: ignore[assignment]
    reason: str | None = fields.CharField(200, null=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()
    sent_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    expires_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    ended_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    lease_owner: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    lease_until: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    fence = fields.IntField(default=0)

    class Meta:
        table = "bank_deposit"
        indexes = (("application_id", "created_at"),)
