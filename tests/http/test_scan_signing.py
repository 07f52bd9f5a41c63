"""The scan that seals, and every way of getting somebody to scan for somebody else (QRLjacking).

The login's twin is test_scan_login.py; expiry, replacement and the states are in tests/main_job.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from auth.throttling import Limit
from seals.signing.claiming import CLAIMS_PER_ADDRESS, SHORT_CODES_PER_ADDRESS
from seals.signing.offering import ANSWERS_PER_CHALLENGE
from server.client import Client
from tests.http.site import LOG, Party, Site, client_at, refused
from tests.seals.pdf.samples import contract

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0"
LONG_AGO = "2020-01-01 00:00:00+00:00"
NOT_FOUND = (404, "challenge.not_found")
Json = dict[str, Any]


@dataclass
class Scene:
    """A signing of A's, asked for on a PC that shows its code, and A's phone."""

    site: Site
    desk: Client
    phone: Party
    signing: str
    shown: Json

    @property
    def token(self) -> str:
        """The code's."""
        return str(self.shown["url"]).partition("#")[2]

    @property
    def wrong(self) -> str:
        """Two digits that are not those on the screen."""
        return f"{(int(self.shown['digits']) + 1) % 100:02d}"

    def claim(self) -> Json:
        """Scan."""
        return self.phone.client.claim(token=self.token)

    def confirm(self, claim: Json) -> Json:
        """Digits and PIN; until the file is signed, for what goes on behind changes rows."""
        digits, intent = self.shown["digits"], claim["intent"]
        self.phone.client.confirm(claim["id"], self.phone.pin, digits, intent)
        return Client.until(lambda: self.desk.signing(self.signing), "signed", "failed")


def copied(site: Site, party: Party, address: str | None = None) -> Client:
    """A browser with all cookies of another one."""
    client = client_at(site.url, address)
    client.http.cookies.update(party.http.cookies)
    return client


def neighbour(site: Site, party: Party) -> str:
    """Another address in the network of a party's phone."""
    own = str(site.column("session", "address", person_id=party.client.me()["id"])[0])
    network, _, host = own.rpartition(".")
    return f"{network}.{253 if host != '253' else 254}"


@pytest.fixture
def scene(site: Site, a: Party) -> Iterator[Scene]:
    site.change("DELETE FROM throttle WHERE id LIKE 'claim.%' OR id LIKE 'short_code.%' OR id LIKE 'told/%'")
    with copied(site, a, neighbour(site, a)) as desk:
        desk.http.headers["user-agent"] = CHROME
        signing = a.ask(contract())["id"]
        yield Scene(site, desk, a, signing, desk.open_challenge(signing))


def test_the_phone_shows_which_screen_asks_and_from_where(scene: Scene) -> None:
    assert scene.desk.signing(scene.signing)["scan"]["state"] == "waiting"
    claim = scene.claim()
    assert (claim["browser"], claim["same_network"]) == ("Chrome · Windows", True)
    assert claim["address_masked"].endswith(".*")
    assert claim["opened_at"] < claim["expires_at"]
    assert claim["signing"]["asker_address_masked"].endswith(".*")
    told = scene.desk.signing(scene.signing)["scan"]
    assert (told["state"], "*" in told["by_masked"]) == ("claimed", True)
    assert scene.phone.client.challenge(claim["id"]) == claim
    assert scene.confirm(claim)["state"] == "signed"


def test_the_code_of_another_company_is_nothing_in_the_hand_of_the_owner(
    site: Site, scene: Scene, b: Party
) -> None:
    """The attacker registers a company, asks for a seal of his own and gets the victim to scan."""
    theirs = b.ask(contract())["id"]
    shown = b.client.open_challenge(theirs)
    before = site.state(apart=LOG)
    refused(lambda: scene.phone.client.claim(token=shown["url"].partition("#")[2]), *NOT_FOUND)
    refused(lambda: scene.phone.client.claim(short_code=shown["short_code"]), *NOT_FOUND)
    assert site.state(apart=LOG) == before
    card = scene.phone.client.thread()["cards"][-1]
    assert (card["kind"], len(card["lines"])) == ("person.scan_refused", 4), "the victim is warned"
    assert b.client.claim(token=shown["url"].partition("#")[2])["signing"]["id"] == theirs


def test_whoever_photographs_or_is_sent_the_code_has_nothing(site: Site, scene: Scene, b: Party) -> None:
    """Without a session, or with that of somebody who may not confirm this seal; and nothing is consumed."""
    before = site.state(apart=LOG)
    with client_at(site.url) as nobody:
        refused(lambda: nobody.claim(token=scene.token), 401, "session.none")
    told = refused(lambda: b.client.claim(token=scene.token), *NOT_FOUND)
    unknown = refused(lambda: b.client.claim(token="A" * 43), *NOT_FOUND)
    assert (told.zh, told.en, told.facts) == (unknown.zh, unknown.en, unknown.facts)
    refused(lambda: b.client.claim(short_code=scene.shown["short_code"]), *NOT_FOUND)
    assert site.state(apart=LOG) == before
    assert scene.claim()


def test_a_link_preview_consumes_nothing_and_no_log_has_the_token(site: Site, scene: Scene) -> None:
    before = site.state()
    with client_at(site.url) as robot:
        assert robot.http.get(scene.shown["url"]).status_code == 200
        assert robot.http.head("/c").status_code == 405
    assert site.state() == before
    scene.claim()
    assert scene.token not in site.log.read_text(errors="replace")
    assert scene.token not in repr(list(site.rows()))


def test_the_first_phone_holds_it_and_a_second_of_the_same_person_gets_nothing(
    site: Site, scene: Scene
) -> None:
    claim = scene.claim()
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    with client_at(site.url) as second:
        second.send_code(scene.phone.demo.mobile)
        second.log_in(scene.phone.demo.mobile, scene.phone.code())
        refused(lambda: second.claim(token=scene.token), *NOT_FOUND)
        refused(lambda: second.challenge(claim["id"]), *NOT_FOUND)
        digits = scene.shown["digits"]
        refused(lambda: second.confirm(claim["id"], scene.phone.pin, digits, claim["intent"]), *NOT_FOUND)
    assert scene.confirm(claim)["state"] == "signed"


@pytest.mark.parametrize("moment", ["waiting", "claimed"])
def test_a_code_kept_for_later_is_over(site: Site, scene: Scene, moment: str) -> None:
    claim = scene.claim() if moment == "claimed" else None
    site.change("UPDATE challenge SET expires_at = ? WHERE subject = ?", LONG_AGO, scene.signing)
    if claim is None:
        refused(scene.claim, *NOT_FOUND)
    else:
        refused(lambda: scene.confirm(claim), *NOT_FOUND)
    scene.shown = scene.desk.open_challenge(scene.signing)
    assert scene.claim()


def test_a_replayed_code_and_a_replayed_confirmation_are_nothing(scene: Scene) -> None:
    claim = scene.claim()
    scene.confirm(claim)
    refused(scene.claim, *NOT_FOUND)
    refused(lambda: scene.confirm(claim), *NOT_FOUND)


def test_the_code_before_the_newest_is_nothing(scene: Scene) -> None:
    old, scene.shown = scene.token, scene.desk.open_challenge(scene.signing)
    refused(lambda: scene.phone.client.claim(token=old), *NOT_FOUND)
    assert scene.claim()


def test_one_wrong_digit_kills_and_is_told(scene: Scene) -> None:
    """The attacker's screen is elsewhere: its digits are not before the owner."""
    claim = scene.claim()
    phone = scene.phone
    refused(
        lambda: phone.client.confirm(claim["id"], phone.pin, scene.wrong, claim["intent"]),
        410,
        "challenge.digits_wrong",
    )
    refused(lambda: scene.confirm(claim), *NOT_FOUND)
    assert scene.desk.signing(scene.signing)["scan"]["state"] == "dead"
    assert scene.desk.signing(scene.signing)["state"] == "pending"
    assert phone.client.thread()["cards"][-1]["kind"] == "signing.digits_wrong"


def test_a_thief_of_all_cookies_who_shows_his_own_code_is_pointed_out(site: Site, scene: Scene) -> None:
    """He asks with the owner's own session; what is shown is where he asks, not where it logged in."""
    with copied(site, scene.phone, "127.9.8.7") as thief:
        thief.http.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64) Firefox/143.0"
        scene.shown = thief.open_challenge(scene.signing)
    claim = scene.claim()
    assert (claim["browser"], claim["address_masked"]) == ("Firefox · Linux", "127.9.8.*")
    assert claim["same_network"] is False
    card = scene.phone.client.thread()["cards"][-1]
    assert card["kind"] == "signing.scanned", card
    assert "不在同一个网络" in card["lines"][-1], card


def test_only_the_asking_company_can_follow_it(site: Site, scene: Scene, b: Party) -> None:
    path = f"/api/signings/{scene.signing}"
    for http in (b.http, client_at(site.url).http):
        statuses = {http.get(path + part).status_code for part in ("", "/events", "/pages/0.png")}
        assert statuses <= {401, 404}
        assert http.post(f"{path}/challenge").status_code in {401, 404}


def test_codes_lead_to_our_own_host_and_a_login_on_the_way_to_no_other(site: Site, scene: Scene) -> None:
    shown = urlsplit(scene.shown["url"])
    assert (f"{shown.scheme}://{shown.netloc}", shown.path, shown.query) == (site.url, "/c", "")
    evil = ("https://evil.example/c", "//evil.example/c", "/\\evil.example", "javascript:alert(1)")
    for onward in evil:
        answer = scene.phone.http.get("/m/login", params={"next": onward})
        assert (answer.status_code, answer.headers["location"]) == (302, "/m")


def filled(site: Site, limit: Limit, key: str) -> None:
    """Let a counter be full, in this window and the next."""
    window = int(time.time()) // limit.window_s
    for each in (window, window + 1):
        row = (f"{limit.name}/{each}/{key}", limit.most, "2100-01-01 00:00:00+00:00")
        site.change("INSERT OR REPLACE INTO throttle (id, count, ends_at) VALUES (?, ?, ?)", *row)


@pytest.mark.parametrize(
    ("limit", "claim"),
    [
        (CLAIMS_PER_ADDRESS, lambda client: client.claim(token="A" * 43)),
        (SHORT_CODES_PER_ADDRESS, lambda client: client.claim(short_code="000000")),
    ],
    ids=["tokens", "short codes"],
)
def test_guessing_is_limited_by_address_whoever_guesses(
    site: Site, scene: Scene, b: Party, limit: Limit, claim: Callable[[Client], object]
) -> None:
    with copied(site, scene.phone, "127.7.7.7") as one, copied(site, b, "127.7.7.7") as other:
        refused(lambda: claim(one), *NOT_FOUND)
        filled(site, limit, "127.7.7.7")
        for guesser in (one, other):
            answer = refused(lambda guesser=guesser: claim(guesser), 429, "rate.limited")
            assert answer.facts["retry_after_s"] <= limit.window_s + 1
    refused(lambda: claim(b.client), *NOT_FOUND)


def test_answers_to_one_challenge_are_limited(site: Site, scene: Scene) -> None:
    claim = scene.claim()
    client = scene.phone.client
    filled(site, ANSWERS_PER_CHALLENGE, claim["id"])
    refused(lambda: client.confirm(claim["id"], "12", scene.shown["digits"]), 429, "rate.limited")
