"""Tables of the second factor: passkeys, the questions put to them, and logins that wait for an answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from auth.models import ID, LoginWay, Person
from auth.tokens import new_id

__all__ = ["Passkey", "PasskeyPurpose", "PasskeyQuestion", "PendingLogin"]

RESTRICT = OnDelete.RESTRICT


class PasskeyPurpose(StrEnum):
    """What a question is asked for, an answer to one is nothing for another."""

    ADD = "add"
    PROVE = "prove"
    LOGIN = "login"
    FIRST = "first"
    STAFF = "staff"


class Passkey(Model):
    """A person's WebAuthn credential. credential_hash: SHA-256 of its id. public_key: as COSE."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    credential_hash = fields.CharField(64, unique=True)
    credential_id = fields.BinaryField()
    public_key = fields.BinaryField()
    sign_count = fields.BigIntField()
    name_sealed = fields.BinaryField()
    added_at = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "passkey"
        indexes = (("person_id", "added_at"),)


class PasskeyQuestion(Model):
    """A challenge to an authenticator, only its hash: good once, for one purpose and one subject.

    subject: the session that adds or proves, or the PendingLogin. passed_at: when it was answered rightly.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    purpose = fields.CharEnumField(PasskeyPurpose, max_length=8)
    subject = fields.CharField(ID)
    challenge_hash = fields.CharField(64, unique=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    used_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    passed_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "passkey_question"
        indexes = (("subject", "purpose"),)


class PendingLogin(Model):
    """Somebody who passed the first factor in one browser, and has yet to answer with a passkey.

    openid_index: a WeChat account that is bound to him with this login.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    token_hash = fields.CharField(64, unique=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    device = fields.CharField(64)
    user_agent = fields.CharField(300)
    way = fields.CharEnumField(LoginWay, max_length=10)
    openid_index: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    openid_sealed: bytes | None = fields.BinaryField(null=True)
    tries = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    used_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "pending_login"
        indexes = (("person_id",),)
