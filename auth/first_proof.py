"""That somebody is there himself who adds his first passkey: there is no other yet that could say so.

A session alone is no proof, for it may be a stolen one, and the first passkey ends all others of its owner.
He has logged in just now by text message or WeChat, or types a code that came to his mobile just now.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from auth.errors import Refused
from auth.models import LoginWay, Session
from auth.passkey_models import PasskeyPurpose, PasskeyQuestion
from auth.sessions import SessionView
from auth.tokens import hash_token, new_token

__all__ = ["PROOF_LIFE", "record", "require"]

PROOF_LIFE = timedelta(minutes=5)
"""So long after a proof passkeys may be changed."""

_FRESH_WAYS = (LoginWay.SMS, LoginWay.WECHAT)
"""Not by scan: that login hangs on another session, which may be the stolen one."""


async def record(session: SessionView, now: datetime) -> None:
    """The code was right; inside the transaction that uses it up."""
    await PasskeyQuestion.create(
        purpose=PasskeyPurpose.FIRST,
        subject=session.id,
        challenge_hash=hash_token(new_token(), "passkey_first"),
        created_at=now,
        expires_at=now + PROOF_LIFE,
        used_at=now,
        passed_at=now,
    )


async def require(session: SessionView, now: datetime) -> None:
    """Raises Refused `passkey.code_first` where the proof is missing or too old."""
    since = now - PROOF_LIFE
    if await Session.exists(id=session.id, way__in=_FRESH_WAYS, created_at__gt=since):
        return
    proven = PasskeyQuestion.filter(purpose=PasskeyPurpose.FIRST, subject=session.id, passed_at__gt=since)
    if not await proven.exists():
        raise Refused(
            "passkey.code_first",
            "添加第一把通行密钥前，请用短信验证码确认是您本人，或重新登录。",
            "Before the first passkey, confirm by a code by text message that it is you, or log in again.",
        )
