"""Tables of what is sealed: columns only, no behaviour. Times are UTC; binary values are base64 text."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from auth.models import ID, Challenge, Company, Person, Session
from auth.ports import IdentityWay
from auth.tokens import new_id

RESTRICT = OnDelete.RESTRICT


class SealState(StrEnum):
    """HELD (for review) → ISSUED (number and imprint, no key) → COLLECTED (keys made, signs) ⇄ FROZEN
    (suspended, 暂停). DECLINED: the review said no. CANCELLED (停止使用、注销): it never signs again.

    How a seal goes from one to another, and what that ends, is one table: `seals/life.py`.
    """

    HELD = "held"
    DECLINED = "declined"
    ISSUED = "issued"
    COLLECTED = "collected"
    FROZEN = "frozen"
    CANCELLED = "cancelled"


GIVEN_UP = (SealState.DECLINED, SealState.CANCELLED)
"""It never signs again, and holds neither its ordinal nor the place of the only one of its kind."""


class CollectionState(StrEnum):
    """CHECKING (identity, then the PIN is awaited) → MAKING → COLLECTED, exit FAILED."""

    CHECKING = "checking"
    MAKING = "making"
    COLLECTED = "collected"
    FAILED = "failed"


class OfferState(StrEnum):
    """OFFERED → DONE (opened and acted on) or REFUSED (wrong PIN, changed intent, too late)."""

    OFFERED = "offered"
    DONE = "done"
    REFUSED = "refused"


class OfferPurpose(StrEnum):
    """What the sealer may do with what it opens."""

    COLLECT = "collect"
    CONFIRM = "confirm"
    GRANT = "grant"
    JOIN = "join"
    DEVICE = "device"
    CHANGE_PIN = "change_pin"
    UNLOCK = "unlock"
    UNFREEZE = "unfreeze"
    RESET = "reset"
    RULE = "rule"
    APPROVE = "approve"
    CHANGE = "seal_change"


class SigningState(StrEnum):
    """PENDING → CONFIRMED → KEYED → SIGNED, exits REJECTED, EXPIRED, CANCELLED, FAILED."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    KEYED = "keyed"
    SIGNED = "signed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"


class SealNumber(Model):
    """The next serial of a district's 13-digit seal numbers, never goes back."""

    district = fields.CharField(6, primary_key=True)
    next = fields.IntField()

    class Meta:
        table = "seal_number"


class Seal(Model):
    """An electronic seal. imprint: SVG path data in mm (see `seals.imprint.Imprint`).

    bearer: the department, branch or person it is the seal of, else empty: ordinals (R20) count within one.
    design: what it was drawn from (`seals.design.Design`). sole: company and kind while this is the one
    that may live (R19), else null. photo: whence the imprint comes, if it was not drawn. reason: why it
    is held or was declined, in both languages. rotation_due: a grant has ended, so its secret changes at the
    next confirm. state_since: when it came into its state, null for as long as it stands, ended_for: by which
    change (`seals.life.Change`) it was cancelled, warned: so many days before its end, or its certificates',
    its company was last told, warned_at: when.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField("auth.Company", on_delete=RESTRICT)
    company_id: str
    kind = fields.CharField(20)
    bearer = fields.CharField(60)
    ordinal = fields.IntField()
    name = fields.CharField(160)
    number = fields.CharField(13, unique=True)
    width_mm = fields.FloatField()
    height_mm = fields.FloatField()
    imprint = fields.TextField()
    design: dict[str, Any] = fields.JSONField()
    sole: str | None = fields.CharField(48, null=True, unique=True)  # type: ignore[assignment]
    photo: fields.ForeignKeyNullableRelation[SealPhoto] = fields.ForeignKeyField(
        "seals.SealPhoto", on_delete=RESTRICT, null=True
    )
    photo_id: str | None
    request_id: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    reason: str | None = fields.CharField(500, null=True)  # type: ignore[assignment]
    state = fields.CharEnumField(SealState, max_length=12)
    generation = fields.IntField(default=0)
    rotation_due = fields.BooleanField(default=False)
    created_at = fields.DatetimeField()
    collected_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    state_since: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    ended_for: str | None = fields.CharField(12, null=True)  # type: ignore[assignment]
    warned: int | None = fields.IntField(null=True)  # type: ignore[assignment]
    warned_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "seal"
        unique_together = (("company", "kind", "bearer", "ordinal"), ("company", "request_id"))


class SealPhoto(Model):
    """An imprint taken from a photo of a stamped sheet (R9).

    blob: its transparent PNG. trace: its outlines, as `Seal.imprint`. quality: what the photo was worth.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField("auth.Company", on_delete=RESTRICT)
    company_id: str
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    blob = fields.CharField(64)
    width_mm = fields.FloatField()
    height_mm = fields.FloatField()
    trace = fields.TextField()
    quality: dict[str, Any] = fields.JSONField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "seal_photo"


class Likeness(Model):
    """How an imprint looks, to find those it is too like (R79), see `seals/likeness.py`.

    bands: drawn imprints with the same words share at least one. ink: the strip they are compared by
    (base64).
    """

    seal: fields.OneToOneRelation[Seal] = fields.OneToOneField(
        "seals.Seal", on_delete=RESTRICT, primary_key=True
    )
    seal_id: str
    band1 = fields.CharField(24, db_index=True)
    band2 = fields.CharField(24, db_index=True)
    band3 = fields.CharField(24, db_index=True)
    band4 = fields.CharField(24, db_index=True)
    ink = fields.TextField()

    class Meta:
        table = "likeness"


class SesSeal(Model):
    """A seal's GB/T 38540 structure (SESeal, DER, base64), one for each generation of its keys."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    seal: fields.ForeignKeyRelation[Seal] = fields.ForeignKeyField("seals.Seal", on_delete=RESTRICT)
    seal_id: str
    generation = fields.IntField()
    version = fields.IntField()
    der = fields.TextField()
    valid_start = fields.DatetimeField()
    valid_end = fields.DatetimeField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "ses_seal"
        unique_together = (("seal", "generation"),)


class Holder(Model):
    """A person's holder key pair, the private half opens only with PIN, web pepper and sealer pepper.

    identity_ref, mobile_ref: ID number and mobile of the check by which the keys came to be, as keyed hashes.
    attestation: the sealer's signature over them and the public key (`seals.holders`). tries, wait_until,
    locked_at: see `seals/tries.py`. reminded_at: when the PIN's age was last told.
    """

    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "auth.Person", on_delete=RESTRICT, primary_key=True
    )
    person_id: str
    public_key = fields.CharField(64)
    sealed_private = fields.CharField(200)
    salt = fields.CharField(64)
    identity_ref = fields.CharField(64)
    mobile_ref = fields.CharField(64)
    attestation = fields.CharField(120)
    tries = fields.IntField(default=0)
    wait_until: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    locked_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    pin_set_at = fields.DatetimeField()
    reminded_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "holder"


class RevokedFor(StrEnum):
    """Why a certificate was revoked, as reasons of RFC 5280 are named."""

    SUPERSEDED = "superseded"
    AFFILIATION_CHANGED = "affiliation_changed"
    CESSATION_OF_OPERATION = "cessation_of_operation"


class SealKey(Model):
    """A seal's private key, twice wrapped, and its certificate (DER, base64).

    epoch: how often the seal's secret has changed under these keys, it is in the wraps' associated data too.
    revoked_for: why, once it is revoked, the private key is erased then.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    seal: fields.ForeignKeyRelation[Seal] = fields.ForeignKeyField("seals.Seal", on_delete=RESTRICT)
    seal_id: str
    generation = fields.IntField()
    algorithm = fields.CharField(20)
    epoch = fields.IntField(default=0)
    sealed_private = fields.TextField()
    kek_version = fields.IntField()
    certificate = fields.TextField()
    serial = fields.CharField(48, unique=True)
    not_before = fields.DatetimeField()
    not_after = fields.DatetimeField()
    revoked_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    revoked_for: RevokedFor | None = fields.CharEnumField(RevokedFor, max_length=24, null=True)  # type: ignore[assignment]

    class Meta:
        table = "seal_key"
        unique_together = (("seal", "generation", "algorithm"),)


class SealWrap(Model):
    """A seal's secret, wrapped to one holder's public key. grant: by which, empty for the owner."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    seal: fields.ForeignKeyRelation[Seal] = fields.ForeignKeyField("seals.Seal", on_delete=RESTRICT)
    seal_id: str
    generation = fields.IntField()
    holder: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    holder_id: str
    grant = fields.CharField(ID, default="")
    wrapped = fields.TextField()

    class Meta:
        table = "seal_wrap"
        unique_together = (("seal", "generation", "holder"),)


class SealerKey(Model):
    """The sealer's HPKE key of the day, signed by its identity key, private half under the KEK."""

    day = fields.CharField(10, primary_key=True)
    public_key = fields.CharField(64)
    sealed_private = fields.CharField(200)
    kek_version = fields.IntField()
    signature = fields.CharField(120)
    created_at = fields.DatetimeField()

    class Meta:
        table = "sealer_key"


class Collection(Model):
    """Collecting (领取) a company's seals: identity check, PIN, keys."""

    id = fields.CharField(ID, primary_key=True, default=new_id)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField("auth.Company", on_delete=RESTRICT)
    company_id: str
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    state = fields.CharEnumField(CollectionState, max_length=12)
    check_id: str | None = fields.CharField(80, null=True)  # type: ignore[assignment]
    check_url: str | None = fields.CharField(500, null=True)  # type: ignore[assignment]
    check_way = fields.CharEnumField(IdentityWay, max_length=8)
    reason: str | None = fields.CharField(500, null=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]

    class Meta:
        table = "collection"
        indexes = (("company_id", "person_id"),)


class Record(Model):
    """What a verification code stands for: a document and all its sealed versions."""

    code = fields.CharField(16, primary_key=True)
    newest = fields.IntField(default=0)
    created_at = fields.DatetimeField()

    class Meta:
        table = "record"


class Document(Model):
    """A company's uploaded document. blob: address of its current bytes in the blob store, original: of those
    that were brought, which all later ones begin with. blob is empty, and name and inspection are, once its
    company deleted it (`seals/deleting.py`). printed_off: this party wants no pages shown to who holds the
    paper (`seals/printed.py`).
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField("auth.Company", on_delete=RESTRICT)
    company_id: str
    uploader: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    uploader_id: str
    record: fields.ForeignKeyRelation[Record] = fields.ForeignKeyField("seals.Record", on_delete=RESTRICT)
    record_id: str
    name = fields.CharField(200)
    blob = fields.CharField(64)
    original = fields.CharField(64)
    version = fields.IntField(default=0)
    inspection: dict[str, Any] = fields.JSONField()
    removed: list[str] = fields.JSONField()
    printed_off = fields.BooleanField(default=False)
    created_at = fields.DatetimeField()

    class Meta:
        table = "document"


class Signing(Model):
    """One signing (一次签署), from the request to the sealed file.

    ses_signature: the SES_Signature (DER, base64) while KEYED, then stamped in `Version.ses`. grant: by which
    it was confirmed, empty for the owner. approval: the one that stands, empty for none. confirmer: who
    confirmed it, document_kind: as the asker stated it, both empty for none, to look for in the ledger.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField("auth.Company", on_delete=RESTRICT)
    company_id: str
    seal: fields.ForeignKeyRelation[Seal] = fields.ForeignKeyField("seals.Seal", on_delete=RESTRICT)
    seal_id: str
    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "seals.Document", on_delete=RESTRICT
    )
    document_id: str
    asker: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField("auth.Session", on_delete=RESTRICT)
    asker_id: str
    request_id = fields.CharField(64)
    state = fields.CharEnumField(SigningState, max_length=12, db_index=True)
    reason: str | None = fields.CharField(500, null=True)  # type: ignore[assignment]
    request: dict[str, Any] = fields.JSONField()
    base_blob = fields.CharField(64)
    base_version = fields.IntField()
    prepared_blob = fields.CharField(64)
    prepared: dict[str, Any] = fields.JSONField()
    digest_sha256 = fields.CharField(64)
    digest_sm3 = fields.CharField(64)
    key: fields.ForeignKeyRelation[SealKey] = fields.ForeignKeyField("seals.SealKey", on_delete=RESTRICT)
    key_id: str
    claimed_at = fields.DatetimeField()
    signed_attributes: str | None = fields.TextField(null=True)  # type: ignore[assignment]
    signature_value: str | None = fields.CharField(200, null=True)  # type: ignore[assignment]
    ses_signature: str | None = fields.TextField(null=True)  # type: ignore[assignment]
    grant = fields.CharField(ID, default="")
    approval = fields.CharField(ID, default="")
    confirmer = fields.CharField(ID, default="")
    document_kind = fields.CharField(12, default="")
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    attempts = fields.IntField(default=0)
    lease_owner: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    lease_until: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    fence = fields.IntField(default=0)

    @property
    def places(self) -> list[dict[str, Any]]:
        """Where the seal is in the prepared bytes, the signature's own first: page from 0, x_mm, y_mm."""
        return [self.prepared, *self.prepared.get("also", ())]

    class Meta:
        table = "signing"
        unique_together = (("company", "request_id"),)
        indexes = (("document_id",), ("company_id", "created_at"), ("seal_id", "created_at"))


class Version(Model):
    """One sealed version of a recorded document, known by the SHA-256 of the whole file.

    signed_sha256: of the file before its archive revision. ses: the GB/T 38540 signature kept beside it
    (SES_Signature, DER, base64).
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    record: fields.ForeignKeyRelation[Record] = fields.ForeignKeyField("seals.Record", on_delete=RESTRICT)
    record_id: str
    number = fields.IntField()
    sha256 = fields.CharField(64, unique=True)
    signed_sha256 = fields.CharField(64, unique=True)
    signing: fields.OneToOneRelation[Signing] = fields.OneToOneField("seals.Signing", on_delete=RESTRICT)
    signing_id: str
    ses = fields.TextField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "version"
        unique_together = (("record", "number"),)


class Offer(Model):
    """A PIN offer: the Argon2id value, sealed (HPKE) to the sealer's key of the day, erased when done.

    device: what the phone adds. To be enrolled: id, public_key, signature, label. Confirming: id, signature.
    Changing the PIN: expires as well. None: a
    code by text message, if any, lies sealed behind the Argon2id value.
    What rests on an identity check instead of a PIN comes without one: subject is the check, sealed is null.
    new_salt: of the PIN that is to come, at a change.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    purpose = fields.CharEnumField(OfferPurpose, max_length=12)
    subject = fields.CharField(ID, db_index=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("auth.Person", on_delete=RESTRICT)
    person_id: str
    challenge: fields.ForeignKeyNullableRelation[Challenge] = fields.ForeignKeyField(
        "auth.Challenge", on_delete=RESTRICT, null=True
    )
    challenge_id: str | None
    key_day = fields.CharField(10)
    salt = fields.CharField(64)
    new_salt: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    sealed: str | None = fields.TextField(null=True)  # type: ignore[assignment]
    device: dict[str, str] | None = fields.JSONField(null=True)  # type: ignore[assignment]
    state = fields.CharEnumField(OfferState, max_length=12, db_index=True)
    outcome: dict[str, Any] | None = fields.JSONField(null=True)  # type: ignore[assignment]
    counted = fields.BooleanField(default=False)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    lease_owner: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    lease_until: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    fence = fields.IntField(default=0)

    class Meta:
        table = "offer"


class Crl(Model):
    """A certificate revocation list as published (DER, base64). entries: how many it revokes."""

    id = fields.CharField(40, primary_key=True)
    authority = fields.CharField(12)
    number = fields.IntField()
    entries = fields.IntField()
    der = fields.TextField()
    this_update = fields.DatetimeField()
    next_update = fields.DatetimeField()

    class Meta:
        table = "crl"
        unique_together = (("authority", "number"),)
