"""Tables of the messages that ring a phone or a PC: who wants them where, and what is still to be told."""

from __future__ import annotations

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from auth.models import ID, Person
from auth.tokens import new_id

__all__ = ["PushNotice", "PushSubscription"]


class PushSubscription(Model):
    """A browser that is told (Web Push), by the address its push service gave it, which is as good as a name.

    sealed: address and keys of the browser, encrypted. device: hash of its device token.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", on_delete=OnDelete.RESTRICT
    )
    person_id: str
    device = fields.CharField(64)
    endpoint_index = fields.CharField(64, unique=True)
    sealed = fields.BinaryField()
    language = fields.CharField(2)
    created_at = fields.DatetimeField()

    class Meta:
        table = "push_subscription"


class PushNotice(Model):
    """An event that people are to be told of at once, gone when they were or when it is old news."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    stream = fields.CharField(80)
    kind = fields.CharField(40)
    subject = fields.CharField(80)
    company_id = fields.CharField(ID, default="")
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField(db_index=True)
    tries = fields.IntField(default=0)

    class Meta:
        table = "push_notice"
