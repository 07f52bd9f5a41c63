"""What all challenges have in common, whatever they confirm (architecture §5.2, 5.3).

A challenge is a question shown on one screen and answered on a phone. Its token is in the hash with its
purpose, so that a code made to log in is nothing where a signing is confirmed, and the other way round;
its id finds it only under the purposes that the asker names. The first session that takes it holds it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from auth.errors import Gone, NotFound
from auth.models import Challenge, ChallengePurpose, ChallengeState
from auth.sessions import SessionView
from auth.tokens import hash_token

__all__ = ["LIVE", "by_token", "digits_wrong", "held", "kill", "kill_held", "new_digits", "not_found", "take"]

LIVE = (ChallengeState.WAITING, ChallengeState.CLAIMED)


def new_digits() -> str:
    """Two digits for the asking screen, to be typed on the phone."""
    return f"{secrets.randbelow(100):02d}"


def not_found() -> NotFound:
    """The one answer to codes that are unknown, expired, taken, of another purpose or another tenant's."""
    return NotFound(
        "challenge.not_found",
        "二维码无效、已过期或已被他人扫描。请在电脑上换新二维码。",
        "This code is unknown, has expired or was scanned by somebody else. Show a new one on the PC.",
    )


def digits_wrong() -> Gone:
    """The answer to digits that are not those on the asking screen; one wrong entry kills."""
    return Gone(
        "challenge.digits_wrong",
        "数字与电脑上显示的不一致，该二维码已作废。如不是您本人发起，请勿继续。",
        "These are not the digits on the PC, so this code is dead. If you did not ask for it, stop here.",
        field="digits",
    )


async def kill(subject: str, *purposes: ChallengePurpose) -> None:
    """No code of this subject, for these purposes or for any, is good any more; inside a transaction."""
    wanted = {"purpose__in": purposes} if purposes else {}
    await Challenge.filter(subject=subject, state__in=LIVE, **wanted).update(state=ChallengeState.DEAD)


async def kill_held(challenge: Challenge) -> bool:
    """End a claimed challenge; inside a transaction. Whether it was still alive."""
    claimed = Challenge.filter(id=challenge.id, state=ChallengeState.CLAIMED)
    return bool(await claimed.update(state=ChallengeState.DEAD))


async def by_token(token: str, purpose: ChallengePurpose) -> Challenge:
    """The challenge of a scanned token, in whatever state. Raises NotFound `challenge.not_found`."""
    row = await Challenge.get_or_none(token_hash=hash_token(token, purpose.value), purpose=purpose)
    if row is None:
        raise not_found()
    return row


async def take(challenge: Challenge, session: SessionView, life: timedelta, now: datetime) -> bool:
    """Claim a waiting challenge for so long; inside a transaction. False: somebody has it, or it is over."""
    free = Challenge.filter(
        id=challenge.id, state=ChallengeState.WAITING, claimed_by_id=None, expires_at__gt=now
    )
    return bool(
        await free.update(state=ChallengeState.CLAIMED, claimed_by_id=session.id, expires_at=now + life)
    )


async def held(
    challenge_id: str, purposes: Collection[ChallengePurpose], session: SessionView, now: datetime
) -> Challenge:
    """The live challenge of one of these purposes that this session holds.

    Raises NotFound `challenge.not_found` for anything else.
    """
    row = await Challenge.get_or_none(
        id=challenge_id,
        purpose__in=list(purposes),
        claimed_by_id=session.id,
        state=ChallengeState.CLAIMED,
        expires_at__gt=now,
    )
    if row is None:
        raise not_found()
    return row
