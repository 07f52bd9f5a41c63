"""Tables of filings (备案) with the public-security authority: columns only, no behaviour. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from auth.models import ID, RESTRICT, Company, Licence, Person
from auth.tokens import new_id
from seals.models import Seal

__all__ = [
    "CompanyFiling",
    "CompanyFilingKind",
    "CompanyFilingState",
    "FilingKind",
    "FilingState",
    "Maker",
    "MakerFiling",
]


class FilingKind(StrEnum):
    """What the maker files of a seal: MADE (制作), then what becomes of it. CERTIFIED: collected, with its
    certificates. REKEYED: its certificates were revoked, new ones are to be collected.
    """

    MADE = "made"
    CERTIFIED = "certified"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    REKEYED = "rekeyed"
    CANCELLED = "cancelled"


class FilingState(StrEnum):
    """WAITING (the authority does not have it) → SENT (it has) → ACCEPTED, or REFUSED, until it is filed
    again (WAITING). The next of the same seal goes when this one is accepted.
    """

    WAITING = "waiting"
    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class CompanyFilingKind(StrEnum):
    """FIRST; UPDATE after company, representative or certificates changed (R134); CORRECTION of what the
    receipt says wrongly (R130); RENEWAL before its validity ends (R135).
    """

    FIRST = "first"
    UPDATE = "update"
    CORRECTION = "correction"
    RENEWAL = "renewal"


class CompanyFilingState(StrEnum):
    """WAITING (to be handed in) → REVIEWING (both 待审) → APPROVED (通过) → REPLACED (by a later one) or
    ENDED (the seal was cancelled), exits REJECTED (驳回) and ENDED.

    That an approved one is over is told by the clock (`valid_until`), it is no state.
    """

    WAITING = "waiting"
    REVIEWING = "reviewing"
    APPROVED = "approved"
    REJECTED = "rejected"
    REPLACED = "replaced"
    ENDED = "ended"


class Maker(Model):
    """One row: the licence of the unit that makes the seals (公章制作单位, R30), as the settings say.

    number: of its licence (特种行业许可证). valid_until: the last day in China, empty for none named.
    """

    id = fields.IntField(primary_key=True)
    name = fields.CharField(120)
    number = fields.CharField(80)
    valid_until = fields.CharField(10)

    class Meta:
        table = "maker"


class MakerFiling(Model):
    """One fact about one seal, which the maker files with the authority of its district (R34, R40, R46).

    number: the seal's and `place`, with it nothing is filed twice. place: from 1, the order of a seal's
    facts. turn: the seal's id while this is the one to be filed, else null, so one of a seal at a time.
    change: by which (`seals.life.Change`), empty where it was made. licence: in force then, agent: who acted,
    null for the registrar and the clock. facts: what is filed, without personal data. sealed: all of it as it
    was handed in, encrypted. reference: the authority's. warned: that its end was told.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    number = fields.CharField(20, unique=True)
    seal: fields.ForeignKeyRelation[Seal] = fields.ForeignKeyField("seals.Seal", on_delete=RESTRICT)
    seal_id: str
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField("auth.Company", on_delete=RESTRICT)
    company_id: str
    licence: fields.ForeignKeyRelation[Licence] = fields.ForeignKeyField("auth.Licence", on_delete=RESTRICT)
    licence_id: str
    agent: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "auth.Person", on_delete=RESTRICT, null=True
    )
    agent_id: str | None
    place = fields.IntField()
    turn: str | None = fields.CharField(ID, unique=True, null=True)  # type: ignore[assignment]
    district = fields.CharField(6)
    kind = fields.CharEnumField(FilingKind, max_length=12)
    change = fields.CharField(12, default="")
    state = fields.CharEnumField(FilingState, max_length=12)
    facts: dict[str, Any] = fields.JSONField()
    sealed: bytes | None = fields.BinaryField(null=True)  # type: ignore[assignment]
    reference: str | None = fields.CharField(80, null=True)  # type: ignore[assignment]
    reason: str | None = fields.CharField(500, null=True)  # type: ignore[assignment]
    occurred_at = fields.DatetimeField()
    sent_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    decided_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    warned = fields.BooleanField(default=False)
    tries = fields.IntField(default=0)
    lease_owner: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    lease_until = fields.DatetimeField()
    fence = fields.IntField(default=0)

    class Meta:
        table = "maker_filing"
        unique_together = (("seal", "place"),)
        indexes = (("state", "lease_until"),)


class CompanyFiling(Model):
    """A company's own filing of a seal (备案管理, R119-R135), one row for each time it was handed in.

    number: ours, with it nothing is handed in twice. request_id: of the phone. instead_of: the approved one
    that it takes the place of. open: the seal's id while it waits or is reviewed, current: while it is the
    one that stands, else null. name, scope: as filed, kind_of_seal: as it was. licence, generation: of what
    it was filed. declared_at: that what it says is complete and true (R121). receipt_number, valid_from,
    valid_until: of the receipt (回执). update_due: why it is to be updated, null for nothing, in the order
    in which it came. warned: so many days before its end its company was last told.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    number = fields.CharField(24, unique=True)
    request_id = fields.CharField(64)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField("auth.Company", on_delete=RESTRICT)
    company_id: str
    seal: fields.ForeignKeyRelation[Seal] = fields.ForeignKeyField("seals.Seal", on_delete=RESTRICT)
    seal_id: str
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    licence: fields.ForeignKeyRelation[Licence] = fields.ForeignKeyField("auth.Licence", on_delete=RESTRICT)
    licence_id: str
    instead_of: str | None = fields.CharField(ID, null=True)  # type: ignore[assignment]
    open: str | None = fields.CharField(ID, unique=True, null=True)  # type: ignore[assignment]
    current: str | None = fields.CharField(ID, unique=True, null=True)  # type: ignore[assignment]
    kind = fields.CharEnumField(CompanyFilingKind, max_length=12)
    state = fields.CharEnumField(CompanyFilingState, max_length=12)
    name = fields.CharField(160)
    kind_of_seal = fields.CharField(20)
    scope = fields.CharField(200)
    note = fields.CharField(300, default="")
    generation = fields.IntField()
    sealed: bytes | None = fields.BinaryField(null=True)  # type: ignore[assignment]
    reference: str | None = fields.CharField(80, null=True)  # type: ignore[assignment]
    receipt_number: str | None = fields.CharField(80, unique=True, null=True)  # type: ignore[assignment]
    valid_from: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    valid_until: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    reason: str | None = fields.CharField(500, null=True)  # type: ignore[assignment]
    update_due: list[str] | None = fields.JSONField(null=True)
    warned: int | None = fields.IntField(null=True)  # type: ignore[assignment]
    declared_at = fields.DatetimeField()
    created_at = fields.DatetimeField()
    decided_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    checked_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    tries = fields.IntField(default=0)
    lease_owner: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    lease_until = fields.DatetimeField()
    fence = fields.IntField(default=0)

    class Meta:
        table = "company_filing"
        unique_together = (("company", "request_id"),)
        indexes = (("seal_id", "created_at"), ("state", "lease_until"))
