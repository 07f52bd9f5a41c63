"""Show a fresh QR code for a signing, or begin on the same phone (architecture §5.2)."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from auth import challenges, events, throttling
from auth.engine import transaction
from auth.errors import Conflict, Gone
from auth.models import Challenge, ChallengePurpose, ChallengeState
from auth.sessions import SessionView
from auth.throttling import Limit
from auth.tokens import hash_token, new_token
from seals import mandates
from seals.models import Document, Seal, Signing, SigningState
from seals.signing.preparing import base_of, live_key, prepare, require_collected
from seals.signing.views import OF_SIGNING, own_signing
from seals.signing.workshop import Workshop

__all__ = [
    "CLAIM_LIFE",
    "Opened",
    "intent",
    "not_pending",
    "open_challenge",
    "open_claimed",
    "place_of",
]

QR_LIFE = timedelta(seconds=180)
CLAIM_LIFE = timedelta(minutes=15)
STALE_AFTER = timedelta(minutes=30)
CHALLENGES_PER_SIGNING = Limit("challenge.signing", 60, 3600)
SHORT_CODE_DIGITS = 6


@dataclass(frozen=True)
class Opened:
    """A fresh challenge, told once: token for the QR code, short code to type, two digits to compare."""

    challenge_id: str
    token: str
    short_code: str
    digits: str
    expires_at: datetime


def intent(row: Signing, purpose: ChallengePurpose) -> str:
    """SHA-256 over what a challenge of this signing asks for: signing, digests, seal, place and field,
    claimed time, what the document is said to be, purpose."""
    said = {
        "purpose": purpose.value,
        "signing": row.id,
        "sha256": row.digest_sha256,
        "sm3": row.digest_sm3,
        "seal": row.seal_id,
        "place": place_of(row),
        # What the SES_Signature says beside the digest.
        "field": row.prepared["field_name"],
        "claimed_at": row.claimed_at.timestamp(),
        "document": [row.request.get(name) for name in ("document_kind", "amount", "counterparty")],
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def place_of(row: Signing) -> list[float]:
    """Where the seal is in the prepared bytes, place after place: page from 0, top-left corner, mm."""
    return [place[name] for place in row.places for name in ("page", "x_mm", "y_mm")]


def not_pending() -> Conflict:
    """The refusal of what only a waiting signing allows."""
    return Conflict(
        "signing.not_pending",
        "该用印任务已结束或正在签署。",
        "This signing has ended or is being signed.",
    )


def _require_pending(row: Signing, now: datetime) -> None:
    if row.state is not SigningState.PENDING:
        raise not_pending()
    if row.expires_at <= now:
        raise Gone(
            "signing.expired", "该用印任务已过期，请重新发起。", "This signing has expired; ask again."
        )


async def open_challenge(signing_id: str, session: SessionView, now: datetime, workshop: Workshop) -> Opened:
    """Make a QR challenge that replaces the last one; re-prepares what is stale.

    Raises NotFound, Conflict (`signing.not_pending`, `seal.frozen`), TooMany.
    """
    return await _open(signing_id, session, now, workshop, ChallengePurpose.SIGNING)


async def open_claimed(signing_id: str, session: SessionView, now: datetime, workshop: Workshop) -> str:
    """Make a challenge that this very session holds, without digits; returns its id."""
    return (await _open(signing_id, session, now, workshop, ChallengePurpose.SIGNING_HERE)).challenge_id


async def _open(
    signing_id: str, session: SessionView, now: datetime, workshop: Workshop, purpose: ChallengePurpose
) -> Opened:
    row = await own_signing(signing_id, session.person_id, now)
    here = purpose is ChallengePurpose.SIGNING_HERE
    if here:
        await mandates.of(session.person_id, row, now)
    _require_pending(row, now)
    await throttling.count(CHALLENGES_PER_SIGNING, row.id, now)
    row = await _fresh(row, now, workshop)
    opened = Opened(
        "",
        new_token(),
        f"{secrets.randbelow(10**SHORT_CODE_DIGITS):0{SHORT_CODE_DIGITS}d}",
        challenges.new_digits(),
        now + (CLAIM_LIFE if here else QR_LIFE),
    )
    async with transaction():
        await challenges.kill(row.id, *OF_SIGNING)
        made = await Challenge.create(
            purpose=purpose,
            subject=row.id,
            intent=intent(row, purpose),
            token_hash=hash_token(opened.token, purpose.value),
            short_code_hash=None if here else hash_token(opened.short_code, "short_code"),
            digits=None if here else opened.digits,
            state=ChallengeState.CLAIMED if here else ChallengeState.WAITING,
            opener_id=session.id,
            opener_agent=session.user_agent,
            opener_address=session.address,
            claimed_by_id=session.id if here else None,
            created_at=now,
            expires_at=opened.expires_at,
        )
        # The bytes may have been prepared anew since they were asked for: which ones are shown is on record.
        await events.append(
            events.company_stream(row.company_id),
            "signing.opened",
            actor=f"person:{session.person_id}",
            subject=f"signing:{row.id}",
            now=now,
            on_behalf=row.company_id,
            facts={"digest_sha256": row.digest_sha256, "same_device": here},
        )
    return Opened(**{**asdict(opened), "challenge_id": made.id})


async def _fresh(row: Signing, now: datetime, workshop: Workshop) -> Signing:
    """Prepare anew when the document moved on, the certificate changed or the claimed time is stale."""
    document = await Document.get(id=row.document_id)
    seal = await Seal.get(id=row.seal_id)
    require_collected(seal)
    key = await live_key(seal)
    same = base_of(document) == (row.base_blob, row.base_version) and key.id == row.key_id
    if same and row.claimed_at + STALE_AFTER > now:
        return row
    prepared = await prepare(document, seal, row.request, now, workshop)
    await Signing.filter(id=row.id, state=SigningState.PENDING, prepared_blob=row.prepared_blob).update(
        **asdict(prepared)
    )
    fresh = await Signing.get(id=row.id)
    _require_pending(fresh, now)
    return fresh
