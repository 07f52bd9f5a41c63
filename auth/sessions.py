"""Sessions: a random token in a cookie, its hash in a row, one device, a short idle life, an end.

A token is good only together with the device token of the browser it was given to, so that it opens
nothing when it turns up alone. A new one is made at every login and when privileges change (`rotate`),
and the old one dies.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth import events
from auth.browsers import Browser, browser_name, device_hash, is_handset, kept_agent, masked_address
from auth.engine import transaction
from auth.errors import NotFound
from auth.models import LoginWay, Session, WeChatAccount
from auth.passkey_models import PendingLogin
from auth.push_models import PushSubscription
from auth.tokens import hash_token, new_token

__all__ = [
    "ABSOLUTE_LIFE",
    "IDLE_LIFE",
    "LoggedIn",
    "SessionView",
    "begin",
    "end",
    "end_all",
    "end_one",
    "find",
    "listed",
    "lives",
    "on_handset",
    "open_session",
    "rotate",
]

IDLE_LIFE = timedelta(minutes=30)
ABSOLUTE_LIFE = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)
LISTED_MOST = 100
PURPOSE = "session"


@dataclass(frozen=True)
class SessionView:
    """Who is asking: session and person; user_agent and address as this very request says them."""

    id: str
    person_id: str
    user_agent: str
    address: str


@dataclass(frozen=True)
class LoggedIn:
    """A live session as its owner sees it.

    browser: in two words; address_masked: its network when it logged in; way: sms, scan or wechat;
    here: it is the one that asks. It ends at ends_at, or sooner when it is not used.
    """

    id: str
    browser: str
    address_masked: str
    way: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    here: bool


async def open_session(person_id: str, browser: Browser, now: datetime, way: LoginWay = LoginWay.SMS) -> str:
    """Make a session; returns its token, which only the cookie keeps."""
    token, _ = await _open(person_id, browser, now, way)
    return token


async def _open(person_id: str, browser: Browser, now: datetime, way: LoginWay) -> tuple[str, Session]:
    token = new_token()
    row = await Session.create(
        token_hash=hash_token(token, PURPOSE),
        person_id=person_id,
        device=device_hash(browser.device),
        way=way,
        user_agent=browser.kept_agent,
        address=browser.address,
        created_at=now,
        seen_at=now,
        expires_at=now + ABSOLUTE_LIFE,
    )
    return token, row


async def begin(person_id: str, browser: Browser, way: LoginWay, now: datetime) -> str:
    """Log a person in; last in a transaction. The session that the browser had until now ends.

    A device that the person never logged in from, after the first one, is an event that he sees.
    """
    if browser.session is not None:
        await Session.filter(id=browser.session, ended_at=None).update(ended_at=now)
    before = Session.filter(person_id=person_id)
    new_device = (
        await before.exists() and not await before.filter(device=device_hash(browser.device)).exists()
    )
    token, row = await _open(person_id, browser, now, way)
    await _event(person_id, "person.logged_in", row.id, now)
    if new_device:
        await _event(person_id, "person.new_device", row.id, now)
    return token


async def _event(
    person_id: str, kind: str, session_id: str, now: datetime, facts: dict[str, object] | None = None
) -> None:
    await events.append(
        events.person_stream(person_id),
        kind,
        actor=f"person:{person_id}",
        subject=f"session:{session_id}",
        now=now,
        facts=facts,
    )


async def find(
    token: str, device: str, now: datetime, user_agent: str | None = None, address: str | None = None
) -> SessionView | None:
    """The live session of a token on this device, or None. Notes that it was seen, at most once a minute.

    user_agent, address: of the request; left out, they are those of the login.
    """
    row = await Session.get_or_none(token_hash=hash_token(token, PURPOSE), device=device_hash(device))
    if row is None or row.ended_at is not None or row.expires_at <= now or row.seen_at + IDLE_LIFE <= now:
        return None
    if row.seen_at + TOUCH_EVERY <= now:
        await Session.filter(id=row.id).update(seen_at=now)
    agent = row.user_agent if user_agent is None else kept_agent(user_agent)
    return SessionView(row.id, row.person_id, agent, row.address if address is None else address)


async def rotate(session: SessionView) -> str:
    """Give a session a new token after its person's privileges changed; the old one is nobody's."""
    token = new_token()
    await Session.filter(id=session.id).update(token_hash=hash_token(token, PURPOSE))
    return token


async def lives(session_id: str, now: datetime) -> bool:
    """Whether a session has neither been ended nor run out, for a page that stays open for long."""
    return bool(
        await Session.exists(id=session_id, ended_at=None, expires_at__gt=now, seen_at__gt=now - IDLE_LIFE)
    )


async def on_handset(session: SessionView) -> bool:
    """Whether it is a phone's: its browser says so now, said so as it logged in, and no phone let it in."""
    row = await Session.get(id=session.id)
    agents = (row.user_agent, session.user_agent)
    return row.way is not LoginWay.SCAN and all(map(is_handset, agents))


async def listed(session: SessionView, now: datetime) -> tuple[LoggedIn, ...]:
    """The person's live sessions, the one that asks first, then the last used."""
    rows = (
        await Session.filter(
            person_id=session.person_id, ended_at=None, expires_at__gt=now, seen_at__gt=now - IDLE_LIFE
        )
        .order_by("-seen_at", "id")
        .limit(LISTED_MOST)
    )
    views = [
        LoggedIn(
            row.id,
            browser_name(row.user_agent),
            masked_address(row.address),
            row.way.value,
            row.created_at,
            row.seen_at,
            row.expires_at,
            row.id == session.id,
        )
        for row in rows
    ]
    return tuple(sorted(views, key=lambda view: not view.here))


async def end(session: SessionView, now: datetime) -> None:
    """Log out; this browser is told nothing more (`auth/push.py`)."""
    async with transaction():
        if await Session.filter(id=session.id, ended_at=None).update(ended_at=now):
            await _tell_no_more(session.id)
            await _event(session.person_id, "person.logged_out", session.id, now)


async def _tell_no_more(session_id: str) -> None:
    row = await Session.get(id=session_id)
    await PushSubscription.filter(person_id=row.person_id, device=row.device).delete()


async def end_one(session_id: str, session: SessionView, now: datetime) -> None:
    """End one of one's own sessions, this one or another. Raises NotFound `session.not_found`."""
    async with transaction():
        mine = Session.filter(id=session_id, person_id=session.person_id, ended_at=None, expires_at__gt=now)
        if not await mine.update(ended_at=now):
            raise NotFound(
                "session.not_found",
                "没有这个登录，或它已经退出。请刷新列表。",
                "There is no such login, or it has ended. Reload the list.",
            )
        await _tell_no_more(session_id)
        await _event(session.person_id, "person.session_ended", session_id, now)


async def end_all(session: SessionView, now: datetime) -> None:
    """Log out everywhere, this session included.

    A WeChat account logs nobody in any more until it is bound again: it may have been bound by whoever the
    person wants to be rid of.
    """
    async with transaction():
        await WeChatAccount.filter(person_id=session.person_id).delete()
        await PendingLogin.filter(person_id=session.person_id, used_at=None).update(used_at=now)
        await PushSubscription.filter(person_id=session.person_id).delete()
        mine = Session.filter(person_id=session.person_id, ended_at=None, expires_at__gt=now)
        ended = await mine.update(ended_at=now)
        await _event(session.person_id, "person.sessions_ended", session.id, now, {"count": ended})
