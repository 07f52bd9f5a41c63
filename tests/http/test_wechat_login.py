"""Log in by WeChat: there, back, the mobile; and what becomes of a state in the wrong hands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from server.client import Client
from server.sandbox.wechat import openid_of
from server.settings import SANDBOX_APP_ID
from tests.http.site import Site, client_at, refused

LONG_AGO = "2020-01-01 00:00:00+00:00"


@dataclass
class Phone:
    """A phone with one user of the sandbox's WeChat, and a mobile of its own."""

    site: Site
    client: Client
    user: str
    mobile: str
    seen: list[str] = field(default_factory=list)

    @property
    def sandbox(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.site.port + 1}"

    def go(self, user: str | None = None) -> dict[str, str]:
        """To WeChat, and allow (or with an empty user refuse); what it sends the browser back with."""
        url = self.client.begin_wechat()["url"]
        assert url.startswith(f"{self.sandbox}/wechat/authorize?")
        answer = httpx.post(url, data={"user": self.user if user is None else user}, trust_env=False)
        back = httpx.URL(answer.headers["location"])
        assert str(back).startswith(f"{self.site.url}/m/wechat?")
        return dict(back.params)

    def enter(self) -> dict[str, Any]:
        """There and back."""
        told = self.go()
        self.seen += [told["code"], told["state"], str(self.client.http.cookies["ezhang_wechat"])]
        return self.client.enter_wechat(told["code"], told["state"])

    def sms(self) -> str:
        """The code of a text message."""
        self.site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
        self.client.send_code(self.mobile)
        inbox = httpx.get(f"{self.sandbox}/api/sms/messages", params={"mobile": self.mobile}, trust_env=False)
        return str(inbox.json()["messages"][0]["code"])


@pytest.fixture
def phone(site: Site) -> Iterator[Phone]:
    """With WeChat user 甲, whom nobody knows yet."""
    site.change("DELETE FROM wechat_account")
    site.change("DELETE FROM throttle WHERE id LIKE 'wechat.%' OR id LIKE 'login.%'")
    with client_at(site.url) as client:
        yield Phone(site, client, "甲", "13900000241")


def test_a_new_account_is_bound_to_a_mobile_and_then_logs_in_by_itself(site: Site, phone: Phone) -> None:
    assert phone.enter() == {"bound": False}
    refused(phone.client.me, 401, "session.none")
    me = phone.client.bind_wechat(phone.mobile, phone.sms())
    assert "ezhang_wechat" not in phone.client.http.cookies
    assert phone.client.thread()["cards"][-1]["kind"] == "person.wechat_bound"
    phone.client.log_out()
    assert phone.enter() == {"bound": True}
    assert phone.client.me()["id"] == me["id"]
    assert phone.client.sessions()[0]["way"] == "wechat"
    stored = repr(list(site.rows()))
    assert not [secret for secret in phone.seen if secret in stored]
    openid = openid_of(phone.user, SANDBOX_APP_ID)
    assert openid not in stored, "the openid is kept as its keyed hash"


def test_it_is_the_person_of_the_mobile_whoever_he_logged_in_as_before(phone: Phone) -> None:
    phone.client.log_in(phone.mobile, phone.sms())
    mine = phone.client.me()["id"]
    phone.client.log_out()
    phone.enter()
    assert phone.client.bind_wechat(phone.mobile, phone.sms())["id"] == mine


def test_nothing_is_bound_without_the_code_of_the_mobile(site: Site, phone: Phone) -> None:
    phone.enter()
    wrong = f"{(int(phone.sms()) + 1) % 10**6:06d}"
    refused(lambda: phone.client.bind_wechat(phone.mobile, wrong), 422, "login.code_wrong")
    refused(phone.client.me, 401, "session.none")
    assert site.column("wechat_account", "id") == []


def test_another_wechat_account_takes_the_place_of_the_first(site: Site, phone: Phone) -> None:
    for user in ("甲", "乙"):
        phone.user = user
        phone.enter()
        phone.client.bind_wechat(phone.mobile, phone.sms())
        phone.client.log_out()
    phone.user = "甲"
    assert phone.enter() == {"bound": False}
    phone.user = "乙"
    assert phone.enter() == {"bound": True}


def test_whoever_logs_out_everywhere_is_rid_of_an_account_that_another_bound(
    site: Site, phone: Phone
) -> None:
    """A code that was read to a stranger on the telephone bound the stranger's WeChat account."""
    phone.enter()
    phone.client.bind_wechat(phone.mobile, phone.sms())
    with client_at(site.url) as owner:
        owner.log_in(phone.mobile, phone.sms())
        owner.end_sessions()
    assert phone.enter() == {"bound": False}
    refused(phone.client.me, 401, "session.none")


@pytest.mark.parametrize("cookie", ["none", "of another"])
def test_a_state_is_good_in_the_browser_that_left_with_it_only(site: Site, phone: Phone, cookie: str) -> None:
    """Or an attacker could have a victim's browser logged in as himself, or take a victim's code."""
    told = phone.go()
    with client_at(site.url) as other:
        if cookie == "of another":
            other.begin_wechat()
        refused(lambda: other.enter_wechat(told["code"], told["state"]), 410, "wechat.state")
        refused(lambda: other.bind_wechat(phone.mobile, "000000"), 410, "wechat.state")
    assert phone.client.enter_wechat(told["code"], told["state"]) == {"bound": False}, "nothing was consumed"


def test_a_state_is_good_once_and_for_ten_minutes(site: Site, phone: Phone) -> None:
    told = phone.go()
    phone.client.enter_wechat(told["code"], told["state"])
    refused(lambda: phone.client.enter_wechat(told["code"], told["state"]), 410, "wechat.state")
    late = phone.go()
    site.change("UPDATE wechat_login SET expires_at = ? WHERE used_at IS NULL", LONG_AGO)
    refused(lambda: phone.client.enter_wechat(late["code"], late["state"]), 410, "wechat.state")
    for state in ("", "A" * 43, "密"):
        refused(lambda state=state: phone.client.enter_wechat("x", state), 410, "wechat.state")


def test_a_binding_is_made_once_and_in_time(site: Site, phone: Phone) -> None:
    phone.enter()
    kept = str(phone.client.http.cookies["ezhang_wechat"])
    phone.client.bind_wechat(phone.mobile, phone.sms())
    with client_at(site.url) as again:
        again.http.cookies.set("ezhang_wechat", kept)
        refused(lambda: again.bind_wechat("13900000242", "000000"), 410, "wechat.state")
    site.change("DELETE FROM wechat_account")
    phone.enter()
    site.change("UPDATE wechat_login SET expires_at = ?", LONG_AGO)
    refused(lambda: phone.client.bind_wechat(phone.mobile, "000000"), 410, "wechat.state")


def test_a_code_that_wechat_refuses_lets_nobody_in(phone: Phone) -> None:
    told = phone.go()
    refused(lambda: phone.client.enter_wechat("invented", told["state"]), 403, "wechat.refused")
    refused(lambda: phone.client.bind_wechat(phone.mobile, "000000"), 410, "wechat.state")
    assert "code" not in phone.go(user="")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("refuse", 403, "wechat.refused"),
        ("down", 503, "wechat.unavailable"),
        ("nonsense", 503, "wechat.unavailable"),
    ],
)
def test_when_wechat_fails_it_says_so_and_the_text_message_still_works(
    phone: Phone, fault: str, status: int, code: str
) -> None:
    told = phone.go()
    switches = f"{phone.sandbox}/_control"
    httpx.post(switches, json={"faults": {"wechat": fault}}, trust_env=False).raise_for_status()
    try:
        refused(lambda: phone.client.enter_wechat(told["code"], told["state"]), status, code)
        assert phone.client.log_in(phone.mobile, phone.sms())
    finally:
        httpx.post(switches, json={"faults": {"wechat": "none"}}, trust_env=False)


def test_the_session_and_the_cookies_are_those_of_every_login(site: Site, phone: Phone) -> None:
    begun = phone.client.http.post("/api/login/wechat")
    (told,) = begun.headers.get_list("set-cookie")
    assert told.startswith("ezhang_wechat=")
    assert {"path=/", "httponly", "samesite=lax"} <= {each.strip().lower() for each in told.split(";")}
    phone.enter()
    phone.client.bind_wechat(phone.mobile, phone.sms())
    old, device = (str(phone.client.http.cookies[f"ezhang_{name}"]) for name in ("session", "device"))
    phone.enter()
    with client_at(site.url) as thief:
        thief.http.cookies.update({"ezhang_session": old, "ezhang_device": device})
        refused(thief.me, 401, "session.none")
