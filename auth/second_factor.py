"""Let somebody in who passed the first factor: at once, or after an answer by one of his passkeys.

A login that waits is known by a token in a cookie, stored as a hash, for five minutes, good once, and only
in the browser that began it: the same device cookie, the same words for itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tortoise.expressions import F

from auth import sessions, throttling
from auth.authenticators import Asserted, Party, Unproven, request_options
from auth.browsers import Browser, device_hash
from auth.engine import transaction
from auth.errors import NotFound
from auth.models import LoginWay
from auth.passkey_models import Passkey, PasskeyPurpose, PendingLogin
from auth.passkeys import answered, ask, known_to, refused
from auth.people import lock
from auth.privacy import RecordsKey
from auth.refusals import tell
from auth.throttling import Limit
from auth.tokens import hash_token, new_token
from auth.wechat_accounts import OpenId, bind

__all__ = [
    "PENDING_LIFE",
    "Entered",
    "complete",
    "let_in",
    "not_found",
    "options",
    "waiting",
    "waiting_for_check",
]

PENDING_LIFE = timedelta(minutes=5)
MAX_TRIES = 5
FACTORS_PER_ADDRESS = Limit("factor.address", 120, 600)
FACTORS_PER_PERSON = Limit("factor.person", 40, 600)
COOKIE_PURPOSE = "pending_login"


@dataclass(frozen=True)
class Entered:
    """What a first factor gave: the token of a session, or of a login that waits for a passkey."""

    session: str | None = field(default=None, repr=False)
    pending: str | None = field(default=None, repr=False)


async def let_in(
    person_id: str, browser: Browser, way: LoginWay, now: datetime, openid: OpenId | None = None
) -> Entered:
    """Open a session, or a waiting login where the person has a passkey; last in a transaction.

    openid: a WeChat account to be bound to him as he comes in, and not before.
    """
    await lock(person_id)
    if not await Passkey.exists(person_id=person_id):
        return Entered(session=await _enter(person_id, browser, way, now, openid))
    token = new_token()
    await PendingLogin.create(
        token_hash=hash_token(token, COOKIE_PURPOSE),
        person_id=person_id,
        device=device_hash(browser.device),
        user_agent=browser.kept_agent,
        way=way,
        openid_index=openid.index if openid else None,
        openid_sealed=openid.sealed if openid else None,
        created_at=now,
        expires_at=now + PENDING_LIFE,
    )
    return Entered(pending=token)


async def _enter(
    person_id: str, browser: Browser, way: LoginWay, now: datetime, openid: OpenId | None
) -> str:
    token = await sessions.begin(person_id, browser, way, now)
    if openid is not None:
        await bind(person_id, openid, now)
    return token


async def waiting(cookie: str, browser: Browser, now: datetime) -> PendingLogin:
    """The login that waits in this browser for a passkey, five minutes at most.

    Raises NotFound `login.factor_not_found` for anything else.
    """
    row = await waiting_for_check(cookie, browser, now)
    if row.created_at + PENDING_LIFE <= now:
        raise not_found()
    return row


async def waiting_for_check(cookie: str, browser: Browser, now: datetime) -> PendingLogin:
    """The same, or one that waits longer, for an identity check in the place of lost passkeys."""
    row = await PendingLogin.get_or_none(
        token_hash=hash_token(cookie, COOKIE_PURPOSE),
        device=device_hash(browser.device),
        user_agent=browser.kept_agent,
        used_at=None,
        tries__lt=MAX_TRIES,
        expires_at__gt=now,
    )
    if row is None:
        raise not_found()
    return row


def not_found() -> NotFound:
    """The one answer where no login waits."""
    return NotFound(
        "login.factor_not_found",
        "没有等待验证的登录，或已超过 5 分钟。请重新登录。",
        "No login waits for a passkey here, or that was over 5 minutes ago. Please log in again.",
    )


async def options(cookie: str, browser: Browser, party: Party, now: datetime) -> dict[str, Any]:
    """What the browser needs to have a passkey answer. Raises NotFound; TooMany."""
    await throttling.count(FACTORS_PER_ADDRESS, browser.address, now)
    row = await waiting(cookie, browser, now)
    await throttling.count(FACTORS_PER_PERSON, row.person_id, now)
    challenge = await ask(PasskeyPurpose.LOGIN, row.id, now)
    return request_options(party, challenge, await known_to(row.person_id))


async def complete(
    said: Asserted, cookie: str, browser: Browser, party: Party, now: datetime, records: RecordsKey
) -> str:
    """Take the answer and open the session; returns its token.

    Raises NotFound `login.factor_not_found`; Refused `passkey.refused`, `passkey.count`, which the person
    sees in his conversation; Conflict `wechat.bound`; TooMany.
    """
    await throttling.count(FACTORS_PER_ADDRESS, browser.address, now)
    row = await waiting(cookie, browser, now)
    await throttling.count(FACTORS_PER_PERSON, row.person_id, now)
    # Counted before it is looked at, so that parallel answers cannot exceed the limit.
    open_still = PendingLogin.filter(id=row.id, used_at=None)
    if not await open_still.filter(tries__lt=MAX_TRIES).update(tries=F("tries") + 1):
        raise not_found()
    try:
        await answered(said, PasskeyPurpose.LOGIN, row.id, row.person_id, party, now)
    except Unproven as unproven:
        facts = {"reason": unproven.reason}
        await tell(row.person_id, "person.passkey_failed", browser, now, records, facts)
        raise refused(unproven.reason) from None
    async with transaction():
        await lock(row.person_id)
        if not await open_still.update(used_at=now):
            raise not_found()
        openid = OpenId.kept(row.openid_index, row.openid_sealed)
        return await _enter(row.person_id, browser, row.way, now, openid)
