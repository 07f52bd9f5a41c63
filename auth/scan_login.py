"""Log a PC in by the phone (扫码登录): a QR code on the one, two digits typed on the other.

WAITING → CONFIRMED (by the phone) → ENTERED (by the asking browser), exit REFUSED. The new session goes
only to the browser that holds the cookie it got with its first QR code; whoever has the code alone has
nothing. Against a code that was shown to the wrong person (QRLjacking) the phone says which browser asks,
from which network, at which host, and the two digits have to be read on that very screen.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from auth import challenges, events, sessions, throttling
from auth.browsers import Browser, browser_name, masked_address, same_network
from auth.engine import transaction
from auth.errors import Conflict, NotFound
from auth.login import LOGINS_PER_ADDRESS
from auth.models import (
    Challenge,
    ChallengePurpose,
    ChallengeState,
    LoginWay,
    Person,
    ScanLogin,
    ScanLoginState,
    Session,
)
from auth.people import lock, masked_name
from auth.privacy import RecordsKey
from auth.refusals import tell
from auth.sessions import SessionView
from auth.throttling import Limit
from auth.tokens import hash_token, new_id, new_token, same

__all__ = [
    "CLAIM_LIFE",
    "ENTER_LIFE",
    "QR_LIFE",
    "WAIT_LIFE",
    "Asked",
    "ScanLoginView",
    "ScanStanding",
    "ask",
    "cancel",
    "claim",
    "confirm",
    "enter",
    "forget_old",
    "show",
    "stands",
]

QR_LIFE = timedelta(seconds=120)
CLAIM_LIFE = timedelta(seconds=180)
ENTER_LIFE = timedelta(seconds=60)  # from the phone's yes to the browser's fetching its session
WAIT_LIFE = timedelta(minutes=15)  # of the browser's cookie, over several QR codes
FORGET_AFTER = timedelta(hours=1)
FORGET_AT_ONCE = 500
CODES_PER_ADDRESS = Limit("scan_login.address", 300, 600)
CODES_PER_LOGIN = Limit("scan_login.login", 30, 900)
CLAIMS_PER_PERSON = Limit("scan_login.person", 30, 600)
CLAIMS_PER_ADDRESS = Limit("scan_login.claims", 120, 600)
COOKIE_PURPOSE = "scan_login"


@dataclass(frozen=True)
class Asked:
    """A fresh QR code. browser: what the asking browser has to come back with; digits: for its screen."""

    browser: str = field(repr=False)
    token: str = field(repr=False)
    digits: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class ScanStanding:
    """How a browser's login stands, for this browser only.

    state: none, waiting, claimed, confirmed, expired, dead or refused; by_masked: who scanned.
    """

    state: str
    by_masked: str | None = None


@dataclass(frozen=True)
class ScanLoginView:
    """A login in the hand of the phone that scanned it.

    intent: what is shown here, as one hash; the phone sends it back to confirm. browser: in two words;
    address_masked: its network; same_network: whether the phone is in it; host: ours, where it logs in.
    """

    id: str
    intent: str
    browser: str
    address_masked: str
    same_network: bool
    host: str
    asked_at: datetime
    expires_at: datetime


def _intent(row: ScanLogin, challenge_id: str, host: str) -> str:
    said = {
        "purpose": ChallengePurpose.LOGIN.value,
        "login": row.id,
        "challenge": challenge_id,
        "host": host,
        "user_agent": row.user_agent,
        "address": row.address,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


async def ask(cookie: str, browser: Browser, host: str, now: datetime) -> Asked:
    """A fresh QR code for a browser; it replaces the one before. Raises TooMany.

    cookie: what the browser got last time, or nothing.
    """
    await throttling.count(CODES_PER_ADDRESS, browser.address, now)
    known = await _of(cookie)
    if known is not None:
        await throttling.count(CODES_PER_LOGIN, known.id, now)
    asked = Asked(new_token(), new_token(), challenges.new_digits(), now + QR_LIFE)
    challenge_id = new_id()
    async with transaction():
        row = await _renewed(known, browser, now) if known is not None else None
        if row is None:
            row = await _new(asked.browser, browser, now)
        else:
            asked = replace(asked, browser=cookie)
        await challenges.kill(row.id)
        await Challenge.create(
            id=challenge_id,
            purpose=ChallengePurpose.LOGIN,
            subject=row.id,
            intent=_intent(row, challenge_id, host),
            token_hash=hash_token(asked.token, ChallengePurpose.LOGIN.value),
            digits=asked.digits,
            state=ChallengeState.WAITING,
            created_at=now,
            expires_at=asked.expires_at,
        )
    return asked


async def _new(cookie: str, browser: Browser, now: datetime) -> ScanLogin:
    return await ScanLogin.create(
        browser_hash=hash_token(cookie, COOKIE_PURPOSE),
        user_agent=browser.kept_agent,
        address=browser.address,
        state=ScanLoginState.WAITING,
        created_at=now,
        expires_at=now + WAIT_LIFE,
    )


async def _renewed(row: ScanLogin, browser: Browser, now: datetime) -> ScanLogin | None:
    """The same waiting browser, where it is now; None when it waits no more."""
    waiting = ScanLogin.filter(id=row.id, state=ScanLoginState.WAITING, expires_at__gt=now)
    moved = await waiting.update(
        user_agent=browser.kept_agent, address=browser.address, expires_at=now + WAIT_LIFE
    )
    return await ScanLogin.get(id=row.id) if moved else None


async def _of(cookie: str) -> ScanLogin | None:
    return await ScanLogin.get_or_none(browser_hash=hash_token(cookie, COOKIE_PURPOSE)) if cookie else None


async def stands(cookie: str, now: datetime, records: RecordsKey) -> ScanStanding:
    """How the login of the browser with this cookie stands; `none` for any other."""
    row = await _of(cookie)
    if row is None or row.expires_at <= now or row.state is ScanLoginState.ENTERED:
        return ScanStanding("none")
    if row.state is not ScanLoginState.WAITING:
        return ScanStanding(row.state.value)
    newest = await Challenge.filter(subject=row.id).order_by("-created_at").first()
    if newest is None:
        return ScanStanding("none")
    by = None
    if newest.claimed_by_id is not None:
        holder = await Session.get(id=newest.claimed_by_id)
        by = masked_name(await Person.get(id=holder.person_id), records)
    over = newest.state in challenges.LIVE and newest.expires_at <= now
    return ScanStanding("expired" if over else newest.state.value, by)


async def claim(
    token: str, session: SessionView, address: str, host: str, now: datetime, records: RecordsKey
) -> ScanLoginView:
    """Take the login of a scanned code. address: the phone's now.

    Raises NotFound `challenge.not_found`, which its person sees in his conversation too.
    """
    await throttling.count(CLAIMS_PER_ADDRESS, address, now)
    await throttling.count(CLAIMS_PER_PERSON, session.person_id, now)
    try:
        challenge = await challenges.by_token(token, ChallengePurpose.LOGIN)
        async with transaction():
            if await challenges.take(challenge, session, CLAIM_LIFE, now):
                await _event(session, "person.login_scanned", challenge.subject, now)
        return await show(challenge.id, session, address, host, now)
    except NotFound:
        await tell(session.person_id, "person.scan_refused", session, now, records)
        raise


async def _held(challenge_id: str, session: SessionView, now: datetime) -> tuple[Challenge, ScanLogin]:
    challenge = await challenges.held(challenge_id, (ChallengePurpose.LOGIN,), session, now)
    row = await ScanLogin.get_or_none(id=challenge.subject, state=ScanLoginState.WAITING)
    if row is None:
        raise challenges.not_found()
    return challenge, row


async def show(
    challenge_id: str, session: SessionView, address: str, host: str, now: datetime
) -> ScanLoginView:
    """The claimed login again, for the phone that holds it."""
    challenge, row = await _held(challenge_id, session, now)
    return ScanLoginView(
        challenge.id,
        _intent(row, challenge.id, host),
        browser_name(row.user_agent),
        masked_address(row.address),
        same_network(row.address, address),
        host,
        challenge.created_at,
        challenge.expires_at,
    )


async def confirm(
    challenge_id: str, digits: str, intent: str, session: SessionView, host: str, now: datetime
) -> None:
    """Let the asking browser in. Raises NotFound; Conflict `login.changed`; Gone `challenge.digits_wrong`."""
    challenge, row = await _held(challenge_id, session, now)
    if not challenge.intent == intent == _intent(row, challenge.id, host):
        raise Conflict(
            "login.changed",
            "登录请求已变化，请在电脑上换新二维码后重新扫描。",
            "The request has changed. Show a new code on the PC and scan it.",
        )
    if not same(challenge.digits or "", digits):
        await _refuse(challenge, row, session, "digits", now)
        raise challenges.digits_wrong()
    async with transaction():
        spent = await Challenge.filter(id=challenge.id, state=ChallengeState.CLAIMED).update(
            state=ChallengeState.SPENT
        )
        moved = await ScanLogin.filter(id=row.id, state=ScanLoginState.WAITING).update(
            state=ScanLoginState.CONFIRMED, confirmed_by_id=session.id, expires_at=now + ENTER_LIFE
        )
        if not (spent and moved):
            raise challenges.not_found()
        await _event(session, "person.login_confirmed", row.id, now)


async def cancel(challenge_id: str, session: SessionView, now: datetime) -> None:
    """Refuse the login on the phone that scanned it. Raises NotFound `challenge.not_found`."""
    challenge, row = await _held(challenge_id, session, now)
    await _refuse(challenge, row, session, "cancelled", now)


async def _refuse(
    challenge: Challenge, row: ScanLogin, session: SessionView, reason: str, now: datetime
) -> None:
    async with transaction():
        if await challenges.kill_held(challenge):
            waiting = ScanLogin.filter(id=row.id, state=ScanLoginState.WAITING)
            await waiting.update(state=ScanLoginState.REFUSED)
            await _event(session, "person.login_refused", row.id, now, {"reason": reason})


async def enter(cookie: str, browser: Browser, now: datetime) -> str:
    """Give the asking browser its session; returns the session's token.

    Raises NotFound `login.not_confirmed` for every browser but the one that was shown on the phone, and for
    that one too unless the login is confirmed, fresh, not used yet and its confirmer still logged in.
    """
    await throttling.count(LOGINS_PER_ADDRESS, browser.address, now)
    row = await _of(cookie)
    if row is None or row.user_agent != browser.kept_agent or row.confirmed_by_id is None:
        raise _not_confirmed()
    confirmer = await Session.get(id=row.confirmed_by_id)
    async with transaction():
        await lock(confirmer.person_id)  # a first passkey ends what did not pass it, and this must see that
        confirmed = ScanLogin.filter(id=row.id, state=ScanLoginState.CONFIRMED, expires_at__gt=now)
        if not await sessions.lives(confirmer.id, now) or not await confirmed.update(
            state=ScanLoginState.ENTERED
        ):
            raise _not_confirmed()
        return await sessions.begin(confirmer.person_id, browser, LoginWay.SCAN, now)


async def forget_old(now: datetime) -> None:
    """Delete browsers that nobody's phone answered, an hour after their time, and their codes."""
    alone = Challenge.filter(
        purpose=ChallengePurpose.LOGIN, claimed_by_id=None, expires_at__lt=now - FORGET_AFTER
    )
    await alone.delete()
    gone = ScanLogin.filter(state=ScanLoginState.WAITING, expires_at__lt=now - FORGET_AFTER)
    subjects = [str(row) for row in await gone.limit(FORGET_AT_ONCE).values_list("id", flat=True)]
    told = await Challenge.filter(subject__in=subjects).values_list("subject", flat=True)
    await ScanLogin.filter(id__in=sorted(set(subjects) - set(map(str, told)))).delete()


def _not_confirmed() -> NotFound:
    return NotFound(
        "login.not_confirmed",
        "登录没有得到确认，或确认已过期。请换新二维码重新扫描。",
        "The login was not confirmed, or that was too long ago. Show a new code and scan it.",
    )


async def _event(
    session: SessionView, kind: str, login_id: str, now: datetime, facts: dict[str, object] | None = None
) -> None:
    await events.append(
        events.person_stream(session.person_id),
        kind,
        actor=f"person:{session.person_id}",
        subject=f"scan_login:{login_id}",
        now=now,
        facts=facts,
    )
