"""Tables of who may act for a company beside its legal representative: columns only, no behaviour."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from auth.models import ID, RESTRICT, Company, Person
from auth.tokens import new_id

__all__ = [
    "LIVE",
    "Grant",
    "GrantEnd",
    "GrantRole",
    "GrantState",
    "Member",
    "MemberEnd",
    "MemberRole",
    "MemberState",
]


class MemberRole(StrEnum):
    """证照管理员 (at most five) or 办事人."""

    MANAGER = "manager"
    AGENT = "agent"


class MemberState(StrEnum):
    """INVITED → ACTIVE → ENDED, from either by `MemberEnd`."""

    INVITED = "invited"
    ACTIVE = "active"
    ENDED = "ended"


class MemberEnd(StrEnum):
    """Why it ended: VOIDED with the change of the legal representative."""

    DECLINED = "declined"
    EXPIRED = "expired"
    REMOVED = "removed"
    VOIDED = "voided"


LIVE = (MemberState.INVITED, MemberState.ACTIVE)


class Member(Model):
    """Somebody who may act for a company, by its invitation: whom it named, as what, until when.

    matters: what an agent may do (`auth.authority.Matter`), null for everything an agent can. ends_at: of
    the invitation while INVITED, then of the membership, null for none. live: company and person while
    INVITED or ACTIVE, else null, so that nobody is a member twice.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField("auth.Company", on_delete=RESTRICT)
    company_id: str
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", on_delete=RESTRICT, related_name="memberships"
    )
    person_id: str
    role = fields.CharEnumField(MemberRole, max_length=10)
    matters: list[str] | None = fields.JSONField(null=True)
    name_sealed = fields.BinaryField()
    id_number_sealed = fields.BinaryField()
    state = fields.CharEnumField(MemberState, max_length=10)
    ended_by: MemberEnd | None = fields.CharEnumField(  # type: ignore[assignment]
        MemberEnd, max_length=10, null=True
    )
    live: str | None = fields.CharField(50, unique=True, null=True)  # type: ignore[assignment]
    days: int | None = fields.IntField(null=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()
    answered_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    ends_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    ended_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "member"
        indexes = (("company_id", "state"), ("person_id", "state"), ("state", "ends_at"))


class GrantRole(StrEnum):
    """保管人 (keeper: may also freeze, and let others use) or 用印人 of one seal."""

    KEEPER = "keeper"
    USER = "user"


class GrantState(StrEnum):
    """OFFERED (the sealer has not acted) → WAITING (to be collected) → ACTIVE → ENDED, by `GrantEnd`."""

    OFFERED = "offered"
    WAITING = "waiting"
    ACTIVE = "active"
    ENDED = "ended"


class GrantEnd(StrEnum):
    """Why it ended: LEFT with the membership, VOIDED with the change of the legal representative."""

    REVOKED = "revoked"
    EXPIRED = "expired"
    LEFT = "left"
    VOIDED = "voided"


class Grant(Model):
    """One seal granted to one member, within a scope and a period (R80).

    seal: its id. owner: who collected the seal. identity: the grantee's ID number as a keyed hash. scope: see
    `seals.scopes.Scope`. signature: the sealer's, over all that it believes of a grant, none while OFFERED.
    kept: the seal's secret, while WAITING, under the key-encryption key of the version kek_version. live:
    seal and person while not ENDED, else null.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField("auth.Company", on_delete=RESTRICT)
    company_id: str
    seal = fields.CharField(ID)
    generation = fields.IntField()
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField("auth.Member", on_delete=RESTRICT)
    member_id: str
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", on_delete=RESTRICT, related_name="grants"
    )
    person_id: str
    grantor: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", on_delete=RESTRICT, related_name="granted"
    )
    grantor_id: str
    owner = fields.CharField(ID)
    identity = fields.CharField(64)
    role = fields.CharEnumField(GrantRole, max_length=8)
    scope: dict[str, Any] = fields.JSONField()
    uses_taken = fields.IntField(default=0)
    state = fields.CharEnumField(GrantState, max_length=10)
    ended_by: GrantEnd | None = fields.CharEnumField(  # type: ignore[assignment]
        GrantEnd, max_length=10, null=True
    )
    live: str | None = fields.CharField(50, unique=True, null=True)  # type: ignore[assignment]
    signature: str | None = fields.CharField(120, null=True)  # type: ignore[assignment]
    kept: str | None = fields.CharField(120, null=True)  # type: ignore[assignment]
    kek_version: int | None = fields.IntField(null=True)  # type: ignore[assignment]
    check_id: str | None = fields.CharField(ID, null=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    collected_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    ended_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "seal_grant"
        indexes = (("company_id", "person_id"), ("seal", "state"), ("state", "ends_at"))
