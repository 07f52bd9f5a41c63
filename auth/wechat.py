"""Log in by WeChat: there and back with a state, a code exchanged for an openid, once bound to a mobile.

The state is good once, for ten minutes, and only in the browser that left with it: a login that somebody
else began ends in nobody's browser. WeChat tells no mobile here, so that a WeChat account that is not known
yet is bound to a person by the code sent to his mobile; then it logs him in by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from auth import identifiers, throttling
from auth.browsers import Browser
from auth.engine import transaction
from auth.errors import Gone
from auth.login import LOGINS_PER_ADDRESS, check_code, person_by_mobile, use_code
from auth.models import LoginWay, WeChatAccount, WeChatLogin
from auth.ports import WeChat
from auth.privacy import RecordsKey
from auth.second_factor import Entered, let_in
from auth.throttling import Limit
from auth.tokens import hash_token, new_token
from auth.wechat_accounts import OpenId

__all__ = ["STATE_LIFE", "Begun", "begin", "bind", "enter", "forget_old"]

STATE_LIFE = timedelta(minutes=10)
BEGINS_PER_ADDRESS = Limit("wechat.address", 120, 600)
STATE_PURPOSE, BROWSER_PURPOSE = "wechat_state", "wechat_browser"


@dataclass(frozen=True)
class Begun:
    """A way to WeChat. browser: for the cookie; state: goes there and comes back."""

    browser: str = field(repr=False)
    state: str = field(repr=False)


async def begin(cookie: str, address: str, now: datetime) -> Begun:
    """Begin in a browser; cookie: what it has from last time, or nothing. Raises TooMany."""
    await throttling.count(BEGINS_PER_ADDRESS, address, now)
    begun = Begun(cookie or new_token(), new_token())
    await WeChatLogin.create(
        state_hash=hash_token(begun.state, STATE_PURPOSE),
        browser_hash=hash_token(begun.browser, BROWSER_PURPOSE),
        created_at=now,
        expires_at=now + STATE_LIFE,
    )
    return begun


def _gone() -> Gone:
    return Gone(
        "wechat.state",
        "微信登录已失效，或不是在这个浏览器中发起的。请重新点「微信登录」。",
        "This login by WeChat is over, or was not begun in this browser. Please begin again.",
    )


async def enter(
    code: str, state: str, cookie: str, browser: Browser, now: datetime, records: RecordsKey, wechat: WeChat
) -> Entered | None:
    """Come back from WeChat: a session or a waiting login, or None where a mobile must be bound first.

    Raises Gone `wechat.state`; Refused `wechat.refused`; Unavailable; TooMany.
    """
    await throttling.count(LOGINS_PER_ADDRESS, browser.address, now)
    fresh = WeChatLogin.filter(
        state_hash=hash_token(state, STATE_PURPOSE),
        browser_hash=hash_token(cookie, BROWSER_PURPOSE),
        used_at=None,
        expires_at__gt=now,
    )
    if not cookie or not await fresh.update(used_at=now):
        raise _gone()
    row = await WeChatLogin.get(state_hash=hash_token(state, STATE_PURPOSE))
    user = await wechat.code2session(code)
    openid = OpenId.of(user.openid, records)
    account = await WeChatAccount.get_or_none(openid_index=openid.index)
    if account is None:
        await WeChatLogin.filter(id=row.id).update(openid_index=openid.index, openid_sealed=openid.sealed)
        return None
    async with transaction():
        return await let_in(account.person_id, browser, LoginWay.WECHAT, now)


async def bind(
    mobile: str, code: str, cookie: str, browser: Browser, now: datetime, records: RecordsKey
) -> Entered:
    """Bind the WeChat account that just came back to the person of a mobile, and log him in.

    An account that he had bound before is his no more. Where he has a passkey, both wait for it.
    Raises Gone `wechat.state`; Invalid `login.code_wrong`; Conflict `wechat.bound`; TooMany.
    """
    number = identifiers.mobile(mobile)
    row = (
        await WeChatLogin.filter(
            browser_hash=hash_token(cookie, BROWSER_PURPOSE),
            openid_index__not_isnull=True,
            bound_at=None,
            expires_at__gt=now,
        )
        .order_by("-created_at")
        .first()
    )
    if not cookie or row is None:
        raise _gone()
    sms = await check_code(number, code, browser, now, records)
    async with transaction():
        await use_code(sms, now)
        if not await WeChatLogin.filter(id=row.id, bound_at=None).update(bound_at=now):
            raise _gone()
        person = await person_by_mobile(number, now, records)
        openid = OpenId.kept(row.openid_index, row.openid_sealed)
        return await let_in(person.id, browser, LoginWay.WECHAT, now, openid)


async def forget_old(now: datetime) -> None:
    """Delete ways to WeChat that are over for a day; what the bound ones say is in an event."""
    await WeChatLogin.filter(expires_at__lt=now - timedelta(days=1)).delete()
