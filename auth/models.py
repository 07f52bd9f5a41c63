"""Tables of who may: columns only, no behaviour.

Columns named `…_sealed` hold personal data encrypted under the records key (`auth/privacy.py`),
`…_index` its keyed hash. All times are UTC. Foreign keys say RESTRICT: nothing is deleted by cascade.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from auth.tokens import new_id

RESTRICT = OnDelete.RESTRICT
ID = 24


class ApplicationState(StrEnum):
    """SUBMITTED → SENT (the registrar has it) → APPROVED or REJECTED."""

    SUBMITTED = "submitted"
    SENT = "sent"
    APPROVED = "approved"
    REJECTED = "rejected"


class LicenceState(StrEnum):
    """ISSUED with the company, VALID once the sealer has signed it, REPLACED by the one after a change.

    REVOKED: the company was dissolved.
    """

    ISSUED = "issued"
    VALID = "valid"
    REVOKED = "revoked"
    REPLACED = "replaced"


class CompanyState(StrEnum):
    """As in the register: 存续 or 注销."""

    ACTIVE = "active"
    CLOSED = "closed"


class ChallengePurpose(StrEnum):
    """What a challenge may be used for, a token of one purpose is nothing for another."""

    SIGNING = "signing"
    SIGNING_HERE = "signing_here"
    LOGIN = "login"
    APPROVAL = "approval"
    ENTRY = "entry"


class ChallengeState(StrEnum):
    """WAITING → CLAIMED → SPENT, DEAD after a wrong digit, a replacement, a rejection or its end."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    SPENT = "spent"
    DEAD = "dead"


class LoginWay(StrEnum):
    """How a session began."""

    SMS = "sms"
    SCAN = "scan"
    WECHAT = "wechat"


class ScanLoginState(StrEnum):
    """WAITING → CONFIRMED (on the phone) → ENTERED (by the asking browser), exit REFUSED."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    ENTERED = "entered"
    REFUSED = "refused"


class Deployment(Model):
    """One row: the profile this database was made under. Nothing of one profile is opened by the other."""

    id = fields.IntField(primary_key=True)
    profile = fields.CharField(20)

    class Meta:
        table = "deployment"


class Person(Model):
    """A natural person, known by the mobile that received the login code."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    mobile_index = fields.CharField(64, unique=True)
    mobile_sealed = fields.BinaryField()
    name_sealed: bytes | None = fields.BinaryField(null=True)  # type: ignore[assignment]
    id_number_sealed: bytes | None = fields.BinaryField(null=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()

    class Meta:
        table = "person"


class SmsCode(Model):
    """One login code: its hash, its tries, its end."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    mobile_index = fields.CharField(64)
    code_hash = fields.CharField(64)
    tries = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "sms_code"
        indexes = (("mobile_index", "created_at"),)


class Session(Model):
    """A logged-in browser, only the hash of its token is here.

    device: hash of the device token that has to come with it (`auth/sessions.py`), no browser's when empty.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    token_hash = fields.CharField(64, unique=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    device = fields.CharField(64, default="")
    way = fields.CharEnumField(LoginWay, max_length=10, default=LoginWay.SMS)
    user_agent = fields.CharField(300)
    address = fields.CharField(64)
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "session"
        indexes = (("person_id", "device"),)


class ScanLogin(Model):
    """A browser that waits to be logged in by a phone, the subject of challenges with the purpose LOGIN.

    browser_hash: of the cookie that the browser got with its first QR code, nobody else is let in.
    person: who confirmed it, from which session.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    browser_hash = fields.CharField(64, unique=True)
    user_agent = fields.CharField(300)
    address = fields.CharField(64)
    state = fields.CharEnumField(ScanLoginState, max_length=12)
    confirmed_by: fields.ForeignKeyNullableRelation[Session] = fields.ForeignKeyField(
        "auth.Session", on_delete=RESTRICT, null=True
    )
    confirmed_by_id: str | None
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "scan_login"


class WeChatAccount(Model):
    """A WeChat account that logs a person in, one for each person: its openid, hashed and encrypted."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    person: fields.OneToOneRelation[Person] = fields.OneToOneField("auth.Person", on_delete=RESTRICT)
    person_id: str
    openid_index = fields.CharField(64, unique=True)
    openid_sealed = fields.BinaryField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "wechat_account"


class WeChatLogin(Model):
    """A way to WeChat and back: the state it carries, the browser that left, and whom WeChat named.

    openid_index: once the code was exchanged, for the binding to a mobile that may follow.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    state_hash = fields.CharField(64, unique=True)
    browser_hash = fields.CharField(64)
    openid_index: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    openid_sealed: bytes | None = fields.BinaryField(null=True)
    used_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    bound_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "wechat_login"
        indexes = (("browser_hash", "created_at"),)


class Throttle(Model):
    """Counters of rate limits, shared between workers: one row per key and window."""

    id = fields.CharField(160, primary_key=True)
    count = fields.IntField(default=0)
    ends_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "throttle"


class Company(Model):
    """A registered company."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    name = fields.CharField(120, unique=True)
    uscc = fields.CharField(18, unique=True)
    region = fields.CharField(6)
    state = fields.CharEnumField(CompanyState, max_length=12)
    representative: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", on_delete=RESTRICT, related_name="companies"
    )
    representative_id: str
    created_at = fields.DatetimeField()

    class Meta:
        table = "company"
        indexes = (("representative_id", "created_at"),)


class Application(Model):
    """An application to register a company, the form lies encrypted."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    applicant: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    applicant_id: str
    request_id = fields.CharField(64)
    company_name = fields.CharField(120)
    # Equal to company_name while the application is open or approved, else null: one live name only.
    live_name: str | None = fields.CharField(120, unique=True, null=True)  # type: ignore[assignment]
    form_sealed = fields.BinaryField()
    state = fields.CharEnumField(ApplicationState, max_length=12, db_index=True)
    reason: str | None = fields.CharField(500, null=True)  # type: ignore[assignment]
    registrar_reference: str | None = fields.CharField(80, null=True)  # type: ignore[assignment]
    company: fields.ForeignKeyNullableRelation[Company] = fields.ForeignKeyField(
        "auth.Company", on_delete=RESTRICT, null=True
    )
    company_id: str | None
    created_at = fields.DatetimeField()
    decided_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    lease_owner: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    lease_until: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    fence = fields.IntField(default=0)

    class Meta:
        table = "application"
        unique_together = (("applicant", "request_id"),)
        indexes = (("company_id",),)


class Licence(Model):
    """The electronic business licence: the registered data and the sealer's signature over it.

    version: from 1, a change of the representative makes the next. current: the company while it is the
    newest, else null. representative_ref: the representative's ID number as a keyed hash, so that who he is
    stands under the signature too, without the number itself. representative_sealed: `auth.licences`.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField("auth.Company", on_delete=RESTRICT)
    company_id: str
    version = fields.IntField(default=1)
    current: str | None = fields.CharField(ID, unique=True, null=True)  # type: ignore[assignment]
    number = fields.CharField(80)
    representative_ref = fields.CharField(64)
    representative_sealed = fields.BinaryField()
    data: dict[str, Any] = fields.JSONField()
    state = fields.CharEnumField(LicenceState, max_length=12, db_index=True)
    valid_from = fields.DatetimeField()
    valid_until: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    signature: str | None = fields.TextField(null=True)  # type: ignore[assignment]
    signed_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    replaced_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "licence"
        unique_together = (("company", "version"), ("number", "version"))


class Presentation(Model):
    """A licence held out to somebody (出示执照): a token that lives five minutes."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    licence: fields.ForeignKeyRelation[Licence] = fields.ForeignKeyField("auth.Licence", on_delete=RESTRICT)
    licence_id: str
    token_hash = fields.CharField(64, unique=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "presentation"


class Challenge(Model):
    """A question to a phone: bound to purpose, subject and what is to be confirmed, single use.

    subject: the id of the signing, the ScanLogin or the application. intent: SHA-256 over what the phone is
    asked to confirm, of an application its keyed digest. opener_id: the asking session, none yet at a login,
    opener_agent and opener_address: its browser as it asked. claimed_by_id: the session of the phone that
    took it.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    purpose = fields.CharEnumField(ChallengePurpose, max_length=16)
    subject = fields.CharField(ID, db_index=True)
    intent = fields.CharField(64)
    token_hash = fields.CharField(64, unique=True)
    short_code_hash: str | None = fields.CharField(64, null=True, db_index=True)  # type: ignore[assignment]
    digits: str | None = fields.CharField(2, null=True)  # type: ignore[assignment]
    state = fields.CharEnumField(ChallengeState, max_length=12)
    opener: fields.ForeignKeyNullableRelation[Session] = fields.ForeignKeyField(
        "auth.Session", on_delete=RESTRICT, null=True, related_name="opened"
    )
    opener_id: str | None
    opener_agent = fields.CharField(300, default="")
    opener_address = fields.CharField(64, default="")
    claimed_by: fields.ForeignKeyNullableRelation[Session] = fields.ForeignKeyField(
        "auth.Session", on_delete=RESTRICT, null=True, related_name="claimed"
    )
    claimed_by_id: str | None
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "challenge"


class StreamHead(Model):
    """The newest link of a stream, locked last in every transaction that appends."""

    stream = fields.CharField(40, primary_key=True)
    seq = fields.BigIntField()
    hash = fields.CharField(64)

    class Meta:
        table = "stream_head"


class HeadSignature(Model):
    """The sealer's countersignature of a stream's head (Ed25519, base64)."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    stream = fields.CharField(40)
    seq = fields.BigIntField()
    hash = fields.CharField(64)
    at = fields.DatetimeField()
    signature = fields.CharField(120)

    class Meta:
        table = "head_signature"
        unique_together = (("stream", "seq"),)


class Event(Model):
    """One change of state (architecture §4). private: text under the records key, salt: hex."""

    id = fields.BigIntField(primary_key=True, generated=True)
    stream = fields.CharField(40)
    seq = fields.BigIntField()
    kind = fields.CharField(40)
    at = fields.DatetimeField()
    actor = fields.CharField(40)
    on_behalf: str | None = fields.CharField(ID, null=True)  # type: ignore[assignment]
    subject = fields.CharField(40)
    facts: dict[str, Any] = fields.JSONField()
    private: bytes | None = fields.BinaryField(null=True)  # type: ignore[assignment]
    salt = fields.CharField(64)
    prev = fields.CharField(64)
    commitment = fields.CharField(64)
    hash = fields.CharField(64)

    class Meta:
        table = "event"
        unique_together = (("stream", "seq"),)
        indexes = (("stream", "at"),)


class ReadMark(Model):
    """How far a person has read a stream, shared by all his phones."""

    id = fields.CharField(80, primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    stream = fields.CharField(40)
    seq = fields.BigIntField()

    class Meta:
        table = "read_mark"
