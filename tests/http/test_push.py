"""Being told at once: what goes to a push service when a seal is asked for, read as the browser reads it."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import http_ece
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from auth.push import MAX_BROWSERS, allowed
from auth.wechat_accounts import OpenId
from server.client import Client
from server.secret_files import records_key
from server.settings import Settings
from tests.http.site import Party, Site, client_at, refused
from tests.seals.pdf.samples import contract

WAIT_S = 20.0
HOSTS = ("fcm.googleapis.com", "*.push.apple.com", "http://127.0.0.1:8001")


def url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


@dataclass
class Browser:
    """A browser with a push service: the sandbox."""

    name: str
    sandbox: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"sixteen bytes ok"

    @property
    def endpoint(self) -> str:
        return f"{self.sandbox}/push/{self.name}"

    @property
    def keys(self) -> tuple[str, str]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return url64(point), url64(self.secret)

    def subscribe(self, client: Client) -> None:
        client.subscribe(self.endpoint, *self.keys)

    def came(self) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = httpx.get(f"{self.sandbox}/api/push/{self.name}").json()["messages"]
        return told

    def read(self, message: dict[str, Any]) -> dict[str, Any]:
        body = base64.b64decode(message["body"])
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        said: dict[str, Any] = json.loads(plain)
        return said

    def wait(self, count: int) -> list[dict[str, Any]]:
        until(lambda: len(self.came()) >= count)
        assert len(self.came()) == count
        return self.came()


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """Somebody with five seals."""
    return site.owner(981, "钟响", "北京有响钟表有限公司")


@pytest.fixture
def phone(owner: Party, site: Site) -> Iterator[Client]:
    """Another browser in which he is logged in."""
    site.change("DELETE FROM throttle")
    with client_at(site.url) as client:
        owner.demo.log_in(client)
        yield client


@pytest.fixture(scope="module")
def sandbox(site: Site) -> str:
    """The sandbox beside the site."""
    host, _, port = site.url.rpartition(":")
    return f"{host}:{int(port) + 1}"


def test_who_is_asked_for_a_seal_is_told_at_once_in_words_that_name_nobody(
    owner: Party, phone: Client, site: Site, sandbox: str
) -> None:
    person = owner.client.me()["id"]
    browser, gone = Browser("phone", sandbox), Browser("gone-1", sandbox)
    for each in (browser, gone):
        each.subscribe(phone)
    assert len(site.column("push_subscription", "id", person_id=person)) == 2
    asked = owner.ask(contract())
    (message,) = browser.wait(1)
    headers = message["headers"]
    assert (headers["content-encoding"], headers["urgency"]) == ("aes128gcm", "high")
    assert headers["authorization"].endswith(f",k={owner.client.push_key()}")
    assert Vapid02.verify(headers["authorization"])
    said = browser.read(message)
    assert said["path"] == f"/m?company={owner.company}"
    assert "用印" in said["title"]
    whole = json.dumps(said, ensure_ascii=False)
    assert not [name for name in (owner.name, "有响", asked["document"]["name"]) if name in whole]
    until(lambda: len(site.column("push_subscription", "id", person_id=person)) == 1)  # one was gone
    phone.end_session(next(each["id"] for each in phone.sessions() if each["here"]))
    assert site.column("push_subscription", "id", person_id=person) == []


def test_the_browser_that_asks_is_not_told(owner: Party, phone: Client, site: Site, sandbox: str) -> None:
    here, there = Browser("here", sandbox), Browser("there", sandbox)
    here.subscribe(owner.client)
    there.subscribe(phone)
    owner.ask(contract())
    there.wait(1)
    assert here.came() == []
    owner.client.unsubscribe(here.endpoint)
    owner.ask(contract())
    there.wait(2)


def test_a_service_that_is_down_is_asked_again(owner: Party, phone: Client, site: Site, sandbox: str) -> None:
    browser = Browser("later", sandbox)
    browser.subscribe(phone)
    httpx.post(f"{sandbox}/_control", json={"faults": {"push": "down"}})
    try:
        owner.ask(contract())
        until(lambda: site.column("push_notice", "tries") == [1])
    finally:
        httpx.post(f"{sandbox}/_control", json={"faults": {"push": "none"}})
    assert browser.came() == []
    site.change("UPDATE push_notice SET due_at = created_at")
    browser.wait(1)
    until(lambda: site.column("push_notice", "id") == [])


def test_a_person_has_so_many_browsers(owner: Party, site: Site, sandbox: str) -> None:
    person = owner.client.me()["id"]
    for number in range(MAX_BROWSERS + 2):
        Browser(f"many-{number}", sandbox).subscribe(owner.client)
    assert len(site.column("push_subscription", "id", person_id=person)) == MAX_BROWSERS
    owner.client.end_sessions()
    assert site.column("push_subscription", "id", person_id=person) == []


def test_who_logs_in_by_wechat_is_told_there_without_a_name(owner: Party, site: Site, sandbox: str) -> None:
    settings = Settings.from_env({"EZHANG_PROFILE": "development", "EZHANG_DATA": str(site.data)})
    openid = OpenId.of("oSB_ring_here", records_key(settings))
    owner.demo.log_in()
    values = "11" * 12, owner.client.me()["id"], openid.index, openid.sealed, "2026-11-29 00:00:00+00:00"
    insert = "INSERT INTO wechat_account (id, person_id, openid_index, openid_sealed, created_at)"
    site.change(f"{insert} VALUES (?, ?, ?, ?, ?)", *values)

    def came() -> list[dict[str, Any]]:
        told = httpx.get(f"{sandbox}/cgi-bin/_messages").json()["messages"]
        return [each for each in told if each["touser"] == "oSB_ring_here"]

    owner.ask(contract())
    until(lambda: len(came()) == 1)
    assert came()[0]["page"] == f"pages/web/web?path=%2Fm%3Fcompany%3D{owner.company}"
    assert came()[0]["data"]["thing1"]["value"] == "有文件等您用印"
    assert "有响" not in json.dumps(came(), ensure_ascii=False)
    site.change("DELETE FROM wechat_account")


def test_pages_use_wechat_only_where_it_is_set(stranger: Client, site: Site) -> None:
    assert stranger.sign_page(f"{site.url}/verify") is None


@pytest.mark.parametrize(
    "address",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evil.example/fcm.googleapis.com",
        "https://evilpush.apple.com/x",
        "https://user@fcm.googleapis.com/x",
        "http://127.0.0.1:8000/api/logout",
        "http://169.254.169.254/latest",
        "https://[::1/x",
        "",
    ],
)
def test_nothing_but_push_services_is_ever_asked(address: str) -> None:
    assert not allowed(address, HOSTS)


@pytest.mark.parametrize(
    "address",
    ["https://fcm.googleapis.com/fcm/send/x", "https://web.push.apple.com/x", "http://127.0.0.1:8001/push/x"],
)
def test_push_services_are_asked(address: str) -> None:
    assert allowed(address, HOSTS)


def test_wrong_addresses_and_keys_are_refused_in_words(site: Site, sandbox: str) -> None:
    party = site.person(982, "钟静")
    good = Browser("good", sandbox)
    refused(lambda: party.client.subscribe(f"{site.url}/api/me", *good.keys), 422, "push.address")
    odd = "https://fcm.googleapis.com/a\u0001"
    refused(lambda: party.client.subscribe(odd, *good.keys), 422, "push.address")
    refused(lambda: party.client.subscribe(good.endpoint, "AAAA", good.keys[1]), 422, "push.keys")
    refused(lambda: party.client.subscribe(good.endpoint, good.keys[0], "AAAA"), 422, "push.keys")
