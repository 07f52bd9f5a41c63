"""Tables about the sealer's own keys: columns only, no behaviour. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from auth.models import ID
from auth.tokens import new_id
from seals.models import RESTRICT, Collection

__all__ = ["CertificateRequest", "Kek", "RequestState"]


class RequestState(StrEnum):
    """ASKED → ISSUED or REFUSED by the issuer, WITHDRAWN by the one that asked and waited in vain."""

    ASKED = "asked"
    ISSUED = "issued"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Kek(Model):
    """A version of the key-encryption key, which itself is in the vault and never here.

    used_at: when a row was last put under it. Nothing is put under a retired one.
    """

    version = fields.IntField(primary_key=True)
    made_at = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    retired_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "kek"


class CertificateRequest(Model):
    """What a sealer asks the issuing one for, signed with the sealer's identity key, and the answer.

    asked, proof, answer: see `seals/certificate_requests.py`. The answer is erased when it was taken.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    collection: fields.ForeignKeyRelation[Collection] = fields.ForeignKeyField(
        "seals.Collection", on_delete=RESTRICT
    )
    collection_id: str
    asked: list[dict[str, Any]] = fields.JSONField()
    proof: dict[str, str] = fields.JSONField()
    attestation = fields.CharField(120)
    state = fields.CharEnumField(RequestState, max_length=12, db_index=True)
    answer: dict[str, Any] | None = fields.JSONField(null=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    lease_owner: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    lease_until: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    fence = fields.IntField(default=0)

    class Meta:
        table = "certificate_request"
