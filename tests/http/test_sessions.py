"""Log in, the cookie, the end of a session."""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from auth.sessions import ABSOLUTE_LIFE, IDLE_LIFE
from auth.tokens import new_id
from server.api.cookies import DEVICE_LIFE_S
from server.app import create_app
from server.client import Client
from server.settings import Settings
from tests.http.site import Party, Site, client_at, refused

PUBLIC = "https://seal.example.cn"


def token_of(party: Party) -> str:
    return str(party.http.cookies["ezhang_session"])


def with_token(site: Site, token: str, of: Party | None = None) -> Client:
    """Somebody with a session's token, and the device cookie of whoever he took it from."""
    client = client_at(site.url)
    if of is not None:
        client.http.cookies.set("ezhang_device", str(of.http.cookies["ezhang_device"]))
    client.http.cookies.set("ezhang_session", token)
    return client


def log_in_elsewhere(site: Site, party: Party, agent: str = "") -> Client:
    """The same person on another device."""
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    other = client_at(site.url)
    other.http.headers["user-agent"] = agent
    other.send_code(party.demo.mobile)
    other.log_in(party.demo.mobile, party.code())
    return other


def ago(life: timedelta) -> str:
    return (datetime.now(UTC) - life).isoformat(sep=" ")


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(site: Site) -> None:
    party = site.newcomer(21)
    party.client.send_code(party.demo.mobile)
    login = {"mobile": party.demo.mobile, "code": party.code()}
    told = party.http.post("/api/login", json=login).headers.get_list("set-cookie")
    assert len(told) == 2
    for cookie, life_s in zip(told, (int(ABSOLUTE_LIFE.total_seconds()), DEVICE_LIFE_S), strict=True):
        name, _, rest = cookie.partition("=")
        attributes = {each.strip().lower() for each in rest.split(";")[1:]}
        assert name == ("ezhang_session" if cookie is told[0] else "ezhang_device")
        assert {"path=/", "httponly", "samesite=lax"} <= attributes
        assert f"max-age={life_s}" in attributes
        assert "secure" not in attributes, "over plain http the browser would drop it"
        assert not [each for each in attributes if each.startswith("domain")], "for this very host only"


def test_the_token_is_long_random_and_stored_as_a_hash_only(site: Site, a: Party, b: Party) -> None:
    tokens = [token_of(party) for party in (a, b)]
    for token in tokens:
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
        digest = hashlib.sha256(b"ezhang/session\0" + token.encode()).hexdigest()
        assert len(site.column("session", "id", token_hash=digest)) == 1
        assert token not in repr(list(site.rows()))
    assert len(set(tokens)) == 2


def test_logging_out_ends_this_session_only(site: Site) -> None:
    party = site.person(22)
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    with client_at(site.url) as other:
        other.send_code(party.demo.mobile)
        other.log_in(party.demo.mobile, party.code())
        kept = token_of(party)
        answer = party.http.post("/api/logout")
        assert answer.status_code == 204
        assert "max-age=0" in answer.headers["set-cookie"].lower()
        with with_token(site, kept, party) as thief:
            refused(thief.me, 401, "session.none")
        assert other.me()["mobile_masked"]


@pytest.mark.parametrize(
    ("change", "life"),
    [
        ("seen_at", IDLE_LIFE + timedelta(seconds=1)),
        ("expires_at", timedelta(seconds=1)),
        ("ended_at", timedelta(seconds=1)),
    ],
)
def test_a_session_ends_with_its_time(site: Site, change: str, life: timedelta) -> None:
    party = site.person({"seen_at": 23, "expires_at": 24, "ended_at": 25}[change])
    mine = party.client.me()["id"]
    site.change(f"UPDATE session SET {change} = ? WHERE person_id = ?", ago(life), mine)  # noqa: S608
    refused(party.client.me, 401, "session.none")
    assert party.http.get("/m").headers["location"].startswith("/m/login?next=")


def test_being_used_keeps_a_session_alive_but_not_for_ever(site: Site) -> None:
    party = site.person(26)
    mine = party.client.me()["id"]
    site.change("UPDATE session SET seen_at = ? WHERE person_id = ?", ago(IDLE_LIFE / 2), mine)
    before = site.column("session", "expires_at", person_id=mine)
    party.client.me()
    assert site.column("session", "seen_at", person_id=mine)[0] > ago(timedelta(minutes=1))
    assert site.column("session", "expires_at", person_id=mine) == before


def test_a_token_of_another_purpose_is_no_session(site: Site, a: Party) -> None:
    presented = a.client.present(a.company)["url"].rpartition("/")[2]
    for token in (presented, "", "x", "A" * 43, "A" * 5000, token_of(a)[:-1]):
        with with_token(site, token, a) as client:
            refused(client.me, 401, "session.none")


def test_a_token_is_good_on_its_own_device_only(site: Site, a: Party, b: Party) -> None:
    for device_of in (None, b):
        with with_token(site, token_of(a), device_of) as thief:
            refused(thief.me, 401, "session.none")
    with with_token(site, token_of(a), a) as same:
        assert same.me()["id"] == a.client.me()["id"]


def test_a_login_replaces_the_session_that_the_browser_had(site: Site) -> None:
    party = site.person(201)
    old, device = token_of(party), party.http.cookies["ezhang_device"]
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    party.client.send_code(party.demo.mobile)
    party.client.log_in(party.demo.mobile, party.code())
    assert token_of(party) != old
    assert party.http.cookies["ezhang_device"] == device
    with with_token(site, old, party) as thief:
        refused(thief.me, 401, "session.none")
    assert len(party.client.sessions()) == 1


def test_collecting_seals_gives_the_session_a_new_token(site: Site) -> None:
    party = site.founder(202, "郑云舒", "北京云舒陶艺有限公司")
    before, (listed,) = token_of(party), party.client.sessions()
    party.demo.collect(party.company, party.pin)
    assert token_of(party) != before
    with with_token(site, before, party) as thief:
        refused(thief.me, 401, "session.none")
    assert party.client.sessions()[0]["id"] == listed["id"], "the same login goes on"


def test_logins_are_listed_for_their_owner(site: Site) -> None:
    party = site.person(203)
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0"
    with log_in_elsewhere(site, party, agent) as other:
        here, there = party.client.sessions()
        assert (here["here"], there["here"]) == (True, False)
        assert there["browser"] == "Chrome · Windows"
        assert there["address_masked"].endswith(".*")
        assert there["address_masked"].count(".") == 3
        assert (there["way"], there["began_at"] <= there["seen_at"] < there["ends_at"]) == ("sms", True)
        assert [each["id"] for each in other.sessions()] == [there["id"], here["id"]]
    told = repr(party.client.sessions())
    assert not [token for token in party.http.cookies.values() if token in told]


def test_a_login_is_ended_from_another_device_and_told(site: Site, b: Party) -> None:
    party = site.person(204)
    with log_in_elsewhere(site, party) as other:
        there = party.client.sessions()[1]["id"]
        refused(lambda: b.client.end_session(there), 404, "session.not_found")
        assert other.me()
        party.client.end_session(there)
        refused(other.me, 401, "session.none")
        refused(lambda: party.client.end_session(there), 404, "session.not_found")
    assert [each["here"] for each in party.client.sessions()] == [True]
    kinds = [card["kind"] for card in party.client.thread()["cards"]]
    assert kinds[-2:] == ["person.new_device", "person.session_ended"]


def test_ending_this_very_login_is_logging_out(site: Site) -> None:
    party = site.person(205)
    party.client.end_session(party.client.sessions()[0]["id"])
    assert "ezhang_session" not in party.http.cookies
    refused(party.client.me, 401, "session.none")


def test_log_out_everywhere(site: Site, b: Party) -> None:
    party = site.person(206)
    with log_in_elsewhere(site, party) as other:
        party.client.end_sessions()
        assert "ezhang_session" not in party.http.cookies
        for client in (party.client, other):
            refused(client.me, 401, "session.none")
    assert b.client.me(), "nobody else is logged out"
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    party.client.send_code(party.demo.mobile)
    party.client.log_in(party.demo.mobile, party.code())
    told = party.client.thread()["cards"][-1]
    assert (told["kind"], "2" in told["title"]) == ("person.sessions_ended", True)


def test_a_new_device_is_told_once_and_a_known_one_never(site: Site) -> None:
    party = site.person(207)

    def told() -> list[dict[str, Any]]:
        return [card for card in party.client.thread()["cards"] if card["kind"] == "person.new_device"]

    assert told() == [], "the first login of all is nobody else's"
    with log_in_elsewhere(site, party, "Mozilla/5.0 (iPhone) Safari/604.1") as other:
        (card,) = told()
        lines = "".join(card["lines"])
        assert "Safari · iPhone" in lines
        assert re.search(r"127\.0\.\d+\.\*", lines), "the address is masked"
        assert card["actions"][0]["href"] == "/m/sessions"
        site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
        other.send_code(party.demo.mobile)
        other.log_in(party.demo.mobile, party.code())
    assert len(told()) == 1


def test_a_login_code_works_once_and_guesses_are_counted(site: Site) -> None:
    party = site.newcomer(27)
    party.client.send_code(party.demo.mobile)
    code = party.code()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    refused(lambda: party.client.log_in(party.demo.mobile, wrong), 422, "login.code_wrong")
    party.client.log_in(party.demo.mobile, code)
    refused(lambda: party.client.log_in(party.demo.mobile, code), 422, "login.code_wrong")
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    party.client.send_code(party.demo.mobile)
    code = party.code()
    for _ in range(5):
        refused(lambda: party.client.log_in(party.demo.mobile, wrong), 422, "login.code_wrong")
    refused(lambda: party.client.log_in(party.demo.mobile, code), 422, "login.code_wrong")
    told = [card for card in party.client.thread()["cards"] if card["kind"] == "person.login_failed"]
    assert 1 <= len(told) == len({card["at_text"] for card in told}), "one card for all of a minute"
    assert "127.0." in told[0]["lines"][1]


@pytest.fixture
async def under_https(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """The same data behind a proxy that speaks TLS, as the public address says."""
    named = {"EZHANG_DATA": str(site.data), "PORT": str(site.port), "PUBLIC_URL": PUBLIC}
    settings = Settings.from_env({"EZHANG_PROFILE": "development", **named})
    app = create_app(settings, name=f"under-https-{new_id()}")
    listening = socket.create_server(("127.0.0.1", 0))
    server = await app.create_server(sock=listening, return_asyncio_server=True)
    assert server is not None
    await server.startup()
    await server.before_start()
    await server.start_serving()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
        yield client
    await server.before_stop()
    server.close()
    await server.wait_closed()
    await server.after_stop()


async def test_under_https_the_cookie_is_bound_to_host_and_tls(
    site: Site, under_https: httpx.AsyncClient
) -> None:
    party = site.newcomer(28)
    await asyncio.to_thread(party.client.send_code, party.demo.mobile)
    login = {"mobile": party.demo.mobile, "code": await asyncio.to_thread(party.code)}
    refusal = await under_https.post("/api/login", json=login, headers={"origin": "http://seal.example.cn"})
    assert refusal.status_code == 403
    answer = await under_https.post("/api/login", json=login, headers={"origin": PUBLIC})
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    for cookie, name in zip(answer.headers.get_list("set-cookie"), ("session", "device"), strict=True):
        attributes = {each.strip().lower() for each in cookie.split(";")[1:]}
        assert cookie.startswith(f"__Host-ezhang_{name}=")
        assert {"path=/", "httponly", "samesite=lax", "secure"} <= attributes


async def test_under_https_nobody_plants_the_cookie_of_the_language(
    under_https: httpx.AsyncClient,
) -> None:
    (cookie,) = (await under_https.get("/verify?lang=en")).headers.get_list("set-cookie")
    assert cookie.startswith("__Host-ezhang_lang=en;")
    attributes = {each.strip().lower() for each in cookie.split(";")[1:]}
    assert {"path=/", "httponly", "samesite=lax", "secure"} <= attributes
    under_https.cookies.clear()
    kept = {"cookie": "__Host-ezhang_lang=en", "accept-language": "zh"}
    assert '<html lang="en">' in (await under_https.get("/verify", headers=kept)).text
    planted = {"cookie": "ezhang_lang=en", "accept-language": "zh"}
    assert '<html lang="zh-CN">' in (await under_https.get("/verify", headers=planted)).text


async def test_under_https_nobody_plants_the_cookie_of_the_look(under_https: httpx.AsyncClient) -> None:
    (cookie,) = (await under_https.get("/verify?look=dark&text=huge")).headers.get_list("set-cookie")
    assert cookie.startswith("__Host-ezhang_look=dark-normal;")
    attributes = {each.strip().lower() for each in cookie.split(";")[1:]}
    assert {"path=/", "httponly", "samesite=lax", "secure"} <= attributes
    kept = {"cookie": "__Host-ezhang_look=dark-normal"}
    assert 'content="#f3f1ec"' not in (await under_https.get("/verify", headers=kept)).text
    under_https.cookies.clear()
    for planted in ("ezhang_look=dark-large", "__Host-ezhang_look=night-huge"):
        text = (await under_https.get("/verify", headers={"cookie": planted})).text
        assert 'content="#f3f1ec" media="(prefers-color-scheme: light)"' in text
        assert '<html lang="zh-CN">' in text


@pytest.mark.parametrize("page", ["/m/pin", "/m/devices"])
def test_where_a_factor_is_changed_other_logins_can_be_ended(a: Party, page: str) -> None:
    assert 'href="/m/sessions"' in a.http.get(page).text
