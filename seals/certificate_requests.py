"""Certificate requests: the sealer that opened a collection's offer asks, the sealer that issues answers.

The row is the queue between the roles `sign` and `issue`, also where one process has both. A request is
signed with the sealer's identity key, so that one made up in the database gets nothing; an answer is
believed for the keys that it is of and for nothing more (`seals/making.py`).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from tortoise.expressions import F, Q

from auth.errors import DomainError, Refused, Unavailable
from auth.tokens import new_id
from seals import custody, devices, offers
from seals.collecting import collect_values
from seals.device_models import CodeState, ConfirmCode
from seals.key_models import CertificateRequest, RequestState
from seals.models import Collection, Offer, OfferPurpose
from seals.proofs import Possessed

__all__ = [
    "Answer",
    "Asked",
    "answered",
    "ask",
    "asked_of",
    "close",
    "forget_old",
    "proof_of",
    "refuse",
    "require_attested",
    "require_proof",
    "take",
]

LIFE = timedelta(seconds=15)
LEASE = timedelta(seconds=10)
POLL_S = 0.03
KEPT = timedelta(days=30)
ATTESTED_AS = "certificates"


@dataclass(frozen=True)
class Asked:
    """What is asked for one seal: certificates of its two public keys, and its structure.

    p256: SubjectPublicKeyInfo (DER, hex); sm2: x || y, hex; generation: the one that the keys begin.
    """

    seal: str
    generation: int
    p256: str
    sm2: str


@dataclass(frozen=True)
class Answer:
    """What is issued for one seal, DER in base64. version, valid_start, valid_end: of its structure."""

    seal: str
    p256: str
    sm2: str
    structure: str
    version: int
    valid_start: str
    valid_end: str

    def der(self, part: str) -> bytes:
        """One of the parts, decoded."""
        return base64.b64decode(getattr(self, part))


def proof_of(offer: Offer, possessed: Possessed) -> dict[str, str]:
    """What the phone proved, for the issuer: its key with the signature, or the code that stood in."""
    if possessed.code is not None:
        return {"way": possessed.way, "code": possessed.code.id}
    device = offer.device or {}
    return {"way": possessed.way, "key": device["public_key"], "signature": device["signature"]}


async def require_proof(row: CertificateRequest, collection: Collection) -> str:
    """In the issuer: the phone's key signed this very collection of these very seals, or the sealer that asks
    sent a code for it, which is not used yet. Returns the way, `device` or `sms`.

    Call `require_attested` first. Raises Refused `device.signature`, `device.missing`.
    """
    if row.proof.get("way") == "device":
        values = collect_values(collection, [each.seal for each in asked_of(row)])
        devices.require_signed(row.proof["key"], row.proof["signature"], values)
        return "device"
    sent = ConfirmCode.filter(purpose=OfferPurpose.COLLECT, subject=collection.id, state=CodeState.SENT)
    mine = sent.filter(id=row.proof.get("code", ""), person_id=collection.person_id, tries__gt=0)
    if not await mine.exists():
        raise Refused(
            "device.missing",
            "领取没有设备签名，也没有短信验证码，不能签发证书。",
            "Neither a device signed this collection nor was a code sent for it; no certificate is issued.",
        )
    return "sms"


async def ask(
    identity: Ed25519PrivateKey,
    collection: Collection,
    asked: Sequence[Asked],
    proof: Mapping[str, str],
    now: datetime,
) -> dict[str, Answer]:
    """Ask, and wait for the answer: by seal. proof: as `proof_of`. Raises what the issuer refused with.

    Raises Unavailable `issuing.slow` when nobody issues in time; the request is withdrawn then.
    """
    request_id, content = new_id(), [asdict(each) for each in asked]
    subject, said = _subject(collection.id, request_id), _digest(content, proof)
    signature = custody.attest(identity, ATTESTED_AS, subject, said)
    row = await CertificateRequest.create(
        id=request_id,
        collection_id=collection.id,
        asked=content,
        proof=dict(proof),
        attestation=base64.b64encode(signature).decode(),
        state=RequestState.ASKED,
        created_at=now,
        expires_at=now + LIFE,
    )
    loop = asyncio.get_running_loop()
    end = loop.time() + LIFE.total_seconds()
    while loop.time() < end:
        row = await CertificateRequest.get(id=request_id)
        if row.state is not RequestState.ASKED:
            break
        await asyncio.sleep(POLL_S)
    if row.state is RequestState.ASKED and not await CertificateRequest.filter(
        id=request_id, state=RequestState.ASKED
    ).update(state=RequestState.WITHDRAWN):
        row = await CertificateRequest.get(id=request_id)
    if row.state is RequestState.REFUSED:
        raise offers.revived(row.answer or {})
    if row.state is not RequestState.ISSUED:
        raise Unavailable(
            "issuing.slow",
            "证书服务繁忙，印章尚未领取，请稍后重试。",
            "The certificate service is busy and the seals are not collected yet; try again in a moment.",
        )
    return {each["seal"]: Answer(**each) for each in (row.answer or {})["issued"]}


async def take(owner: str, now: datetime) -> CertificateRequest | None:
    """Claim the oldest request whose lease is free; None when there is none."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    waiting = CertificateRequest.filter(free, state=RequestState.ASKED, expires_at__gt=now)
    for row in await waiting.order_by("created_at").limit(5):
        claimed = await CertificateRequest.filter(
            free, id=row.id, state=RequestState.ASKED, fence=row.fence
        ).update(lease_owner=owner, lease_until=now + LEASE, fence=F("fence") + 1)
        if claimed:
            return await CertificateRequest.get(id=row.id)
    return None


def require_attested(row: CertificateRequest, identity: Ed25519PublicKey) -> None:
    """A sealer asked exactly this, for this collection. Raises Refused `custody.not_attested`."""
    custody.check_attestation(
        identity,
        ATTESTED_AS,
        _subject(row.collection_id, row.id),
        _digest(row.asked, row.proof),
        base64.b64decode(row.attestation),
    )


def asked_of(row: CertificateRequest) -> list[Asked]:
    """What is asked; call `require_attested` first."""
    return [Asked(**each) for each in row.asked]


async def answered(row: CertificateRequest, answers: Sequence[Answer]) -> bool:
    """Write the answer, within the transaction of its events; False where it comes too late."""
    moved = await CertificateRequest.filter(id=row.id, state=RequestState.ASKED, fence=row.fence).update(
        state=RequestState.ISSUED, answer={"issued": [asdict(each) for each in answers]}
    )
    return bool(moved)


async def close(collection_id: str) -> None:
    """Within the transaction that stores what was issued: it stands there from now on, and here no more."""
    await CertificateRequest.filter(collection_id=collection_id).update(answer=None)


async def refuse(row: CertificateRequest, error: DomainError) -> None:
    """Write the refusal."""
    await CertificateRequest.filter(id=row.id, state=RequestState.ASKED, fence=row.fence).update(
        state=RequestState.REFUSED, answer=offers.told(error)
    )


async def forget_old(now: datetime) -> None:
    """Delete requests that are over for long; what was issued stands in keys, structures and events."""
    await CertificateRequest.filter(created_at__lt=now - KEPT).delete()


def _subject(collection: str, request: str) -> str:
    return f"{collection}/{request}"


def _digest(content: Sequence[Mapping[str, Any]], proof: Mapping[str, str]) -> bytes:
    text = json.dumps([content, proof], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()
