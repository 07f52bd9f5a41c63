"""A login by scan where only the database decides: races, and what is forgotten; on both engines."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime, timedelta

import pytest

from auth import scan_login, sessions
from auth.browsers import Browser
from auth.engine import transaction
from auth.errors import NotFound
from auth.login import person_by_mobile
from auth.models import Challenge, ChallengeState, LoginWay, ScanLogin, ScanLoginState, Session
from auth.privacy import RecordsKey
from auth.scan_login import WAIT_LIFE, Asked
from auth.sessions import SessionView

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
HOST = "seal.example.cn"
DESK = Browser("Chrome/140 Windows", "203.0.113.7", "desk")
RECORDS = RecordsKey(secrets.token_bytes(32))

pytestmark = pytest.mark.usefixtures("database")


async def phone(mobile: str = "13812345678") -> SessionView:
    person = await person_by_mobile(mobile, NOW, RECORDS)
    async with transaction():
        token = await sessions.begin(person.id, Browser("Safari", "203.0.113.9", mobile), LoginWay.SMS, NOW)
    found = await sessions.find(token, mobile, NOW)
    assert found is not None
    return found


async def claimed(asked: Asked, who: SessionView) -> tuple[str, str]:
    view = await scan_login.claim(asked.token, who, who.address, HOST, NOW, RECORDS)
    assert view.same_network
    return view.id, view.intent


async def test_of_many_claims_one_wins() -> None:
    asked = await scan_login.ask("", DESK, HOST, NOW)
    phones = [await phone(f"1381234567{number}") for number in range(8)]
    results = await asyncio.gather(*(claimed(asked, each) for each in phones), return_exceptions=True)
    assert sum(isinstance(result, tuple) for result in results) == 1
    assert all(isinstance(result, tuple | NotFound) for result in results)


async def test_of_many_entries_one_gets_a_session() -> None:
    asked, who = await scan_login.ask("", DESK, HOST, NOW), await phone()
    scan, intent = await claimed(asked, who)
    await scan_login.confirm(scan, asked.digits, intent, who, HOST, NOW)
    entries = (scan_login.enter(asked.browser, DESK, NOW) for _ in range(8))
    results = await asyncio.gather(*entries, return_exceptions=True)
    assert sum(isinstance(result, str) for result in results) == 1
    assert await Session.filter(way=LoginWay.SCAN).count() == 1


async def test_of_many_confirms_one_counts() -> None:
    asked, who = await scan_login.ask("", DESK, HOST, NOW), await phone()
    scan, intent = await claimed(asked, who)
    confirms = (scan_login.confirm(scan, asked.digits, intent, who, HOST, NOW) for _ in range(8))
    results = await asyncio.gather(*confirms, return_exceptions=True)
    assert results.count(None) == 1


async def test_a_confirmed_browser_that_asks_for_another_code_begins_anew() -> None:
    """What the phone confirmed stays with the cookie that it was confirmed for."""
    asked, who = await scan_login.ask("", DESK, HOST, NOW), await phone()
    scan, intent = await claimed(asked, who)
    await scan_login.confirm(scan, asked.digits, intent, who, HOST, NOW)
    fresh = await scan_login.ask(asked.browser, DESK, HOST, NOW)
    assert fresh.browser != asked.browser
    with pytest.raises(NotFound):
        await scan_login.enter(fresh.browser, DESK, NOW)
    assert await scan_login.enter(asked.browser, DESK, NOW)


async def test_a_confirmer_whose_session_ended_lets_nobody_in() -> None:
    asked, who = await scan_login.ask("", DESK, HOST, NOW), await phone()
    scan, intent = await claimed(asked, who)
    await scan_login.confirm(scan, asked.digits, intent, who, HOST, NOW)
    await sessions.end(who, NOW)
    with pytest.raises(NotFound):
        await scan_login.enter(asked.browser, DESK, NOW)


async def test_codes_that_nobody_scanned_are_forgotten_and_all_others_stay() -> None:
    await scan_login.ask("", DESK, HOST, NOW)
    refused = await scan_login.ask("", DESK, HOST, NOW)
    who = await phone()
    scan, _ = await claimed(refused, who)
    await scan_login.cancel(scan, who, NOW)
    await scan_login.forget_old(NOW + WAIT_LIFE)
    assert await ScanLogin.all().count() == 2
    await scan_login.forget_old(NOW + WAIT_LIFE + timedelta(hours=2))
    assert await ScanLogin.all().values_list("state", flat=True) == [ScanLoginState.REFUSED]
    assert await Challenge.all().values_list("state", flat=True) == [ChallengeState.DEAD]
