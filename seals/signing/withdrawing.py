"""The ways out of a waiting signing: rejected on the phone, cancelled on the PC, expired."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from auth import challenges, events
from auth.engine import transaction
from auth.errors import Conflict, Invalid
from auth.privacy import RecordsKey
from auth.sessions import SessionView
from seals.models import Signing, SigningState
from seals.signing.claiming import claimed
from seals.signing.opening import not_pending
from seals.signing.views import SigningView, own_signing, view

__all__ = ["REASON_LENGTH", "cancel", "checked_reason", "expire", "reject"]

REASON_LENGTH = 200
EXPIRE_AT_ONCE = 50


async def reject(
    challenge_id: str, reason: str, session: SessionView, now: datetime, records: RecordsKey
) -> SigningView:
    """Reject on the phone that claimed it, with a reason. Raises NotFound, Invalid, Conflict."""
    _, row = await claimed(challenge_id, session, now)
    await _end(row, SigningState.REJECTED, checked_reason(reason), f"person:{session.person_id}", now)
    return await view(await Signing.get(id=row.id), now, records)


def checked_reason(reason: str) -> str:
    """Why somebody says no, in its normal form. Raises Invalid `reject.reason`."""
    text = reason.strip()
    if not 1 <= len(text) <= REASON_LENGTH or any(unicodedata.category(c)[0] == "C" for c in text):
        raise Invalid(
            "reject.reason",
            f"请填写拒绝原因（1 至 {REASON_LENGTH} 个字）。",
            f"Give a reason (1 to {REASON_LENGTH} characters).",
            field="reason",
        )
    return text


async def cancel(signing_id: str, session: SessionView, now: datetime, records: RecordsKey) -> SigningView:
    """Cancel from the asking side. Raises NotFound, Conflict `signing.not_pending`."""
    row = await own_signing(signing_id, session.person_id, now)
    await _end(row, SigningState.CANCELLED, None, f"person:{session.person_id}", now)
    return await view(await Signing.get(id=row.id), now, records)


async def expire(now: datetime) -> int:
    """End waiting signings whose time is over; returns how many."""
    late = await Signing.filter(state=SigningState.PENDING, expires_at__lte=now).limit(EXPIRE_AT_ONCE)
    for row in late:
        try:
            await _end(row, SigningState.EXPIRED, None, "sealer", now)
        except Conflict:
            continue  # confirmed or cancelled meanwhile
    return len(late)


async def _end(row: Signing, state: SigningState, reason: str | None, actor: str, now: datetime) -> None:
    async with transaction():
        moved = await Signing.filter(id=row.id, state=SigningState.PENDING).update(
            state=state, reason=reason, ended_at=now
        )
        if not moved:
            raise not_pending()
        await challenges.kill(row.id)
        await events.append(
            events.company_stream(row.company_id),
            f"signing.{state.value}",
            actor=actor,
            subject=f"signing:{row.id}",
            now=now,
            on_behalf=row.company_id,
        )
