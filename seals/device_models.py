"""Tables of what a phone adds to the PIN: device keys, and codes sent by text message. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from auth.models import ID, Person
from auth.tokens import new_id
from seals.models import OfferPurpose

__all__ = ["CodeState", "ConfirmCode", "DeviceKey"]

RESTRICT = OnDelete.RESTRICT


class DeviceKey(Model):
    """A key that a person's phone keeps and never gives out, it signs what he confirms.

    public_key: P-256, uncompressed point, base64. attestation: the sealer's signature over it and the row's
    id (`seals.devices`). label: the browser it lives in, for people to recognise.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    public_key = fields.CharField(88)
    attestation = fields.CharField(120)
    label = fields.CharField(80)
    created_at = fields.DatetimeField()
    last_used_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    revoked_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "device_key"
        unique_together = (("person", "public_key"),)


class CodeState(StrEnum):
    """WAITING (for a sealer) → SENT → USED, or REFUSED where it could not be sent."""

    WAITING = "waiting"
    SENT = "sent"
    USED = "used"
    REFUSED = "refused"


class ConfirmCode(Model):
    """A one-time code that the sealer sends to the holder's own mobile, in place of a device key.

    subject: what it is for, of a confirmation the challenge. mac: of the code, under the sealer's pepper.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    purpose = fields.CharEnumField(OfferPurpose, max_length=12)
    subject = fields.CharField(ID, db_index=True)
    state = fields.CharEnumField(CodeState, max_length=12, db_index=True)
    mac = fields.CharField(64, default="")
    tries = fields.IntField(default=0)
    outcome: dict[str, Any] | None = fields.JSONField(null=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    lease_owner: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    lease_until: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    fence = fields.IntField(default=0)

    class Meta:
        table = "confirm_code"
