"""By what right a person uses a seal: as the company's representative, or by a grant that reaches so far.

Web asks with rows; the sealer believes a grant only under its own signature (`verified`), so that whoever
writes the database can neither invent a grant nor widen one.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from tortoise.expressions import F, Q

from auth.authority import Act, Role, live_grant, live_member, standing
from auth.errors import Conflict, DomainError, Refused
from auth.member_models import Grant, Member
from auth.models import Company
from seals import custody
from seals.models import Signing
from seals.scopes import Scope, Stated, checked_stated

__all__ = [
    "attest",
    "is_representative",
    "may_confirm",
    "of",
    "require_live",
    "require_reached",
    "stated",
    "statement",
    "take_use",
    "verified",
]

_LABEL = "grant"


def stated(request: Mapping[str, Any]) -> Stated:
    """What a signing's request says of its document."""
    return checked_stated(
        request.get("document_kind", ""), request.get("amount"), request.get("counterparty", "")
    )


async def of(person_id: str, signing: Signing, now: datetime) -> Grant | None:
    """The grant by which a person confirms this signing; None: he is the representative.

    Raises Refused `access.denied`, `grant.scope`, `grant.used_up`.
    """
    his = await standing(person_id, signing.company_id, now, signing.seal_id)
    if Role.REPRESENTATIVE in his.roles:
        return None
    if not his.may(Act.CONFIRM_SIGNING):
        raise _not_granted()
    return await require_reached(person_id, signing.seal_id, stated(signing.request), now)


async def require_reached(person_id: str, seal_id: str, said: Stated, now: datetime) -> Grant:
    """A person's grant of a seal, if it reaches such a document. Raises as `of`."""
    row = await Grant.get_or_none(live_grant(now), seal=seal_id, person_id=person_id)
    if row is None:
        raise _not_granted()
    scope = Scope.from_json(row.scope)
    scope.require(said)
    if scope.uses is not None and row.uses_taken >= scope.uses:
        raise _used_up()
    return row


async def may_confirm(person_id: str, signing: Signing, now: datetime) -> bool:
    """Whether a person may confirm this very signing."""
    try:
        await of(person_id, signing, now)
    except DomainError:
        return False
    return True


async def is_representative(person_id: str, company_id: str) -> bool:
    """Whether a person represents a company."""
    return await Company.exists(id=company_id, representative_id=person_id)


def _not_granted() -> Refused:
    """The refusal to a member who may ask for this seal, but not confirm it: who can, he is told."""
    return Refused(
        "access.denied",
        "这枚印章没有授权给您。请由法定代表人或被授权的用印人扫码确认，或请法定代表人把它授权给您。",
        "This seal is not granted to you. Let the representative or a user of the seal scan and confirm, "
        "or ask the representative to grant it to you.",
    )


def statement(row: Grant) -> bytes:
    """What the sealer signs of a grant: all that it goes by."""
    said = {
        "grant": row.id,
        "company": row.company_id,
        "seal": row.seal,
        "generation": row.generation,
        "member": row.member_id,
        "grantee": row.person_id,
        "identity": row.identity,
        "grantor": row.grantor_id,
        "owner": row.owner,
        "role": row.role.value,
        "scope": row.scope,
        "from": row.created_at.timestamp(),
        "until": row.ends_at.timestamp(),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()


def attest(row: Grant, identity: Ed25519PrivateKey) -> str:
    """The sealer's signature over a grant."""
    return base64.b64encode(custody.attest(identity, _LABEL, row.id, statement(row))).decode()


def verified(row: Grant, identity: Ed25519PublicKey) -> Scope:
    """The scope of a grant, once the sealer's signature holds; raises Refused `custody.not_attested`."""
    signature = base64.b64decode(row.signature or "")
    custody.check_attestation(identity, _LABEL, row.id, statement(row), signature)
    return Scope.from_json(row.scope)


async def require_live(grant_id: str, now: datetime) -> Grant:
    """Lock a grant after its seal, in a transaction; raises Conflict `grant.ended` unless it counts."""
    row = await Grant.filter(live_grant(now), id=grant_id).select_for_update().get_or_none()
    if row is None or not await Member.exists(live_member(now), id=row.member_id):
        raise _ended()
    return row


async def take_use(grant_id: str, scope: Scope, now: datetime, count: int = 1) -> None:
    """Take one of the uses, or as many as are passed on, inside the transaction that acts.

    A use is taken by the confirmation or the grant, also if what follows fails. Raises Refused
    `grant.used_up`.
    """
    left = Q() if scope.uses is None else Q(uses_taken__lte=scope.uses - count)
    if not await Grant.filter(left, live_grant(now), id=grant_id).update(uses_taken=F("uses_taken") + count):
        raise _used_up()


def _used_up() -> Refused:
    return Refused(
        "grant.used_up",
        "您的用印授权次数已用完，请法定代表人重新授权。",
        "All uses of your grant are taken; ask the representative for another.",
    )


def _ended() -> Conflict:
    return Conflict(
        "grant.ended",
        "您的用印授权已结束，本次未用印。",
        "Your grant has ended; nothing was sealed.",
    )
