"""The tables of daily roots: what binds the heads of all chains of events, and when it was so."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from auth.models import ID
from auth.tokens import new_id

__all__ = ["Root", "RootLeaf", "RootState"]


class RootState(StrEnum):
    """GATHERING (takes heads) → BOUND (signed by the sealer) → PUBLISHED (has its timestamp)."""

    GATHERING = "gathering"
    BOUND = "bound"
    PUBLISHED = "published"


class Root(Model):
    """A daily root (see `seals/roots.py`). day: the China day that had ended when it was begun.

    text: what is published, empty while GATHERING. sha256: of the text. signature: the sealer's (Ed25519).
    token: the RFC 3161 timestamp of the text. Both are base64. chains: how many leaves it has so far.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    number = fields.IntField(unique=True)
    day = fields.CharField(10, unique=True)
    state = fields.CharEnumField(RootState, max_length=12, db_index=True)
    chains = fields.IntField(default=0)
    text = fields.CharField(1000, default="")
    sha256 = fields.CharField(64, default="")
    signature = fields.CharField(120, default="")
    token: str | None = fields.TextField(null=True)  # type: ignore[assignment]
    begun_at = fields.DatetimeField()
    stamped_at: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    lease_owner: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    lease_until: datetime | None = fields.DatetimeField(null=True)  # type: ignore[assignment]
    fence = fields.IntField(default=0)

    class Meta:
        table = "root"


class RootLeaf(Model):
    """A chain that grew since it was bound last. root: its number. place: from 0, in the root's tree.

    from_seq, to_seq: what is new. hash: of the event `to_seq`, the chain's head. events: the root of the
    tree over the hashes of those events.
    """

    id = fields.CharField(ID, primary_key=True, default=new_id)
    root = fields.IntField()
    place = fields.IntField()
    stream = fields.CharField(40)
    from_seq = fields.BigIntField()
    to_seq = fields.BigIntField()
    hash = fields.CharField(64)
    events = fields.CharField(64)

    class Meta:
        table = "root_leaf"
        unique_together = (("root", "place"), ("stream", "to_seq"))
