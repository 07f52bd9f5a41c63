"""Log a PC in by the phone, and every way of doing it to somebody else (QRLjacking)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from auth.scan_login import CLAIMS_PER_PERSON
from server.client import Client
from tests.http.site import Party, Site, client_at, refused
from tests.seals.pdf.samples import contract

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0"
LONG_AGO = "2020-01-01 00:00:00+00:00"
UNKNOWN = "0" * 24


@dataclass
class Scene:
    """A PC that shows a code, and the phone of a person who is logged in."""

    site: Site
    desk: Client
    phone: Party
    shown: dict[str, Any]

    @property
    def token(self) -> str:
        """The code's."""
        return str(self.shown["url"]).partition("#")[2]

    @property
    def wrong(self) -> str:
        """Two digits that are not those on the screen."""
        return f"{(int(self.shown['digits']) + 1) % 100:02d}"

    def claim(self) -> dict[str, Any]:
        """Scan."""
        return self.phone.client.claim_login(self.token)

    def confirm(self, claim: dict[str, Any], digits: str | None = None) -> None:
        """Say yes on the phone."""
        self.phone.client.confirm_login(claim["id"], digits or self.shown["digits"], claim["intent"])

    def nobody_is_in(self) -> bool:
        """Whether the PC has got no session, even if it asks for one."""
        refused(self.desk.enter_scanned, 404, "login.not_confirmed")
        refused(self.desk.me, 401, "session.none")
        return True


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    return site.person(221, "何清越")


@pytest.fixture
def scene(site: Site, owner: Party) -> Iterator[Scene]:
    site.change("DELETE FROM throttle WHERE id LIKE 'scan_login.%'")
    with client_at(site.url) as desk:
        desk.http.headers["user-agent"] = CHROME
        yield Scene(site, desk, owner, desk.ask_login_code())


def test_the_whole_way(site: Site, scene: Scene) -> None:
    assert scene.desk.login_standing() == {"state": "waiting", "by_masked": None}
    claim = scene.claim()
    assert claim["browser"] == "Chrome · Windows"
    assert claim["address_masked"].endswith(".*")
    assert claim["host"] == urlsplit(site.url).netloc
    assert claim["asked_at"] < claim["expires_at"]
    told = scene.desk.login_standing()
    assert (told["state"], "*" in told["by_masked"]) == ("claimed", True)
    assert scene.phone.client.scanned_login(claim["id"]) == claim
    scene.confirm(claim)
    assert scene.desk.login_standing()["state"] == "confirmed"
    before = {each["id"] for each in scene.phone.client.sessions()}
    assert scene.desk.enter_scanned()["id"] == scene.phone.client.me()["id"]
    (new,) = [each for each in scene.desk.sessions() if each["here"]]
    assert (new["way"], new["browser"]) == ("scan", "Chrome · Windows")
    assert new["id"] not in before
    tokens = {client.http.cookies["ezhang_session"] for client in (scene.desk, scene.phone.client)}
    assert len(tokens) == 2, "a session of its own"
    assert scene.phone.client.thread()["cards"][-1]["kind"] == "person.new_device"


def test_the_cookie_of_the_asking_browser_is_out_of_reach_of_scripts(site: Site) -> None:
    with client_at(site.url) as desk:
        (told,) = desk.http.post("/api/login/scan").headers.get_list("set-cookie")
    name, _, rest = told.partition("=")
    assert name == "ezhang_scan"
    assert {"path=/", "httponly", "samesite=lax"} <= {each.strip().lower() for each in rest.split(";")}


def test_tokens_are_kept_as_hashes_only(site: Site, scene: Scene) -> None:
    stored = repr(list(site.rows()))
    assert scene.token not in stored
    assert scene.desk.http.cookies["ezhang_scan"] not in stored


def test_looking_at_the_code_changes_nothing(site: Site, scene: Scene) -> None:
    before = site.state()
    for path in ("/q", "/api/login/scan", f"/api/logins/{UNKNOWN}"):
        scene.phone.http.get(path)
    scene.desk.login_standing()
    assert site.state() == before


@pytest.mark.parametrize("moment", ["waiting", "claimed", "confirmed"])
def test_another_browser_that_polls_gets_nothing(site: Site, scene: Scene, moment: str) -> None:
    if moment != "waiting":
        claim = scene.claim()
        if moment == "confirmed":
            scene.confirm(claim)
    with client_at(site.url) as bare, client_at(site.url) as another:
        another.ask_login_code()
        for thief, state in ((bare, "none"), (another, "waiting")):
            assert thief.login_standing() == {"state": state, "by_masked": None}
            refused(thief.enter_scanned, 404, "login.not_confirmed")
            refused(thief.me, 401, "session.none")
    if moment == "confirmed":
        assert scene.desk.enter_scanned()


def test_another_browser_with_the_stolen_cookie_is_not_the_one_that_was_shown(
    site: Site, scene: Scene
) -> None:
    scene.confirm(scene.claim())
    with client_at(site.url) as thief:
        thief.http.cookies.set("ezhang_scan", str(scene.desk.http.cookies["ezhang_scan"]))
        refused(thief.enter_scanned, 404, "login.not_confirmed")


def test_a_code_without_a_login_on_the_phone_is_nothing(site: Site, scene: Scene) -> None:
    with client_at(site.url) as stranger:
        refused(lambda: stranger.claim_login(scene.token), 401, "session.none")
    assert scene.claim(), "and nothing was consumed"


def test_the_second_who_claims_a_code_gets_nothing(scene: Scene, b: Party) -> None:
    claim = scene.claim()
    scene.site.change("DELETE FROM throttle WHERE id LIKE 'told/%'")
    refused(lambda: b.client.claim_login(scene.token), 404, "challenge.not_found")
    assert b.client.thread()["cards"][-1]["kind"] == "person.scan_refused"
    refused(lambda: b.client.scanned_login(claim["id"]), 404, "challenge.not_found")
    digits, intent = scene.shown["digits"], claim["intent"]
    refused(lambda: b.client.confirm_login(claim["id"], digits, intent), 404, "challenge.not_found")
    refused(lambda: b.client.cancel_login(claim["id"]), 404, "challenge.not_found")
    scene.confirm(claim)
    assert scene.desk.enter_scanned()["id"] == scene.phone.client.me()["id"]


def test_a_used_code_and_a_used_confirmation_are_over(scene: Scene, b: Party) -> None:
    claim = scene.claim()
    scene.confirm(claim)
    refused(lambda: scene.confirm(claim), 404, "challenge.not_found")
    for who in (scene.phone, b):
        refused(lambda who=who: who.client.claim_login(scene.token), 404, "challenge.not_found")
    kept = str(scene.desk.http.cookies["ezhang_scan"])
    assert scene.desk.enter_scanned()
    assert "ezhang_scan" not in scene.desk.http.cookies
    scene.desk.log_out()
    scene.desk.http.cookies.set("ezhang_scan", kept)
    assert scene.desk.login_standing()["state"] == "none"
    assert scene.nobody_is_in()


def test_an_expired_code_cannot_be_claimed(site: Site, scene: Scene) -> None:
    site.change("UPDATE challenge SET expires_at = ? WHERE state = 'waiting'", LONG_AGO)
    unknown = refused(lambda: scene.phone.client.claim_login("A" * 43), 404, "challenge.not_found")
    expired = refused(scene.claim, 404, "challenge.not_found")
    assert (expired.zh, expired.facts) == (unknown.zh, unknown.facts)
    assert scene.desk.login_standing()["state"] == "expired"


def test_an_expired_claim_and_an_expired_confirmation_let_nobody_in(site: Site, scene: Scene) -> None:
    claim = scene.claim()
    site.change("UPDATE challenge SET expires_at = ? WHERE id = ?", LONG_AGO, claim["id"])
    refused(lambda: scene.confirm(claim), 404, "challenge.not_found")
    scene.shown = scene.desk.ask_login_code()
    scene.confirm(scene.claim())
    site.change("UPDATE scan_login SET expires_at = ? WHERE state = 'confirmed'", LONG_AGO)
    assert scene.nobody_is_in()


def test_one_wrong_digit_kills_and_is_told(scene: Scene) -> None:
    claim = scene.claim()
    refused(lambda: scene.confirm(claim, scene.wrong), 410, "challenge.digits_wrong")
    refused(lambda: scene.confirm(claim), 404, "challenge.not_found")
    assert scene.desk.login_standing()["state"] == "refused"
    assert scene.nobody_is_in()
    card = scene.phone.client.thread()["cards"][-1]
    assert (card["kind"], "Chrome · Windows" in "".join(card["lines"])) == ("person.login_refused", True)


def test_cancelled_on_the_phone_it_is_over(scene: Scene) -> None:
    claim = scene.claim()
    scene.phone.client.cancel_login(claim["id"])
    refused(lambda: scene.confirm(claim), 404, "challenge.not_found")
    assert scene.desk.login_standing()["state"] == "refused"
    assert scene.nobody_is_in()
    fresh = scene.desk.ask_login_code()
    assert scene.desk.login_standing()["state"] == "waiting"
    assert fresh["url"] != scene.shown["url"]


def test_a_fresh_code_ends_the_one_before_for_the_same_browser(scene: Scene) -> None:
    cookie = scene.desk.http.cookies["ezhang_scan"]
    first = scene.token
    scene.shown = scene.desk.ask_login_code()
    assert scene.desk.http.cookies["ezhang_scan"] == cookie
    refused(lambda: scene.phone.client.claim_login(first), 404, "challenge.not_found")
    scene.confirm(scene.claim())
    assert scene.desk.enter_scanned()


def test_what_was_shown_is_what_is_confirmed(site: Site, scene: Scene) -> None:
    claim = scene.claim()
    other = {**claim, "intent": "0" * 64}
    refused(lambda: scene.confirm(other), 409, "login.changed")
    site.change("UPDATE scan_login SET address = '198.51.100.7' WHERE state = 'waiting'")
    refused(lambda: scene.confirm(claim), 409, "login.changed")
    assert scene.nobody_is_in()


def test_another_network_is_pointed_out(site: Site, scene: Scene) -> None:
    site.change("UPDATE scan_login SET address = '198.51.100.7' WHERE state = 'waiting'")
    shown = scene.claim()
    assert (shown["same_network"], shown["address_masked"]) == (False, "198.51.100.*")


def test_a_confirmer_who_logs_out_everywhere_takes_the_pc_along(site: Site) -> None:
    phone = site.person(222, "何清越")
    with client_at(site.url) as desk:
        scene = Scene(site, desk, phone, desk.ask_login_code())
        scene.confirm(scene.claim())
        phone.client.end_sessions()
        assert scene.nobody_is_in()


def test_the_session_that_the_pc_had_ends(site: Site, scene: Scene, b: Party) -> None:
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    scene.desk.send_code(b.demo.mobile)
    scene.desk.log_in(b.demo.mobile, b.code())
    old, device = (str(scene.desk.http.cookies[f"ezhang_{name}"]) for name in ("session", "device"))
    scene.confirm(scene.claim())
    scene.desk.enter_scanned()
    with client_at(site.url) as thief:
        thief.http.cookies.update({"ezhang_session": old, "ezhang_device": device})
        refused(thief.me, 401, "session.none")


def test_a_login_code_confirms_no_signing(scene: Scene, a: Party) -> None:
    """Neither its token where signings are claimed, nor its id where they are confirmed."""
    refused(lambda: a.client.claim(token=scene.token), 404, "challenge.not_found")
    claim = a.client.claim_login(scene.token)
    digits = scene.shown["digits"]
    refused(lambda: a.client.confirm(claim["id"], a.pin, digits), 404, "challenge.not_found")
    refused(lambda: a.client.confirm(claim["id"], a.pin, None, claim["intent"]), 404, "challenge.not_found")
    refused(lambda: a.client.reject(claim["id"], "不对"), 404, "challenge.not_found")
    assert a.http.get(f"/api/challenges/{claim['id']}").status_code == 404
    assert a.client.scanned_login(claim["id"]) == claim, "and it is as alive as before"
    a.client.cancel_login(claim["id"])


def test_a_signing_code_logs_nobody_in(a: Party, scene: Scene) -> None:
    shown = a.client.open_challenge(a.ask(contract())["id"])
    token = shown["url"].partition("#")[2]
    refused(lambda: a.client.claim_login(token), 404, "challenge.not_found")
    claim = a.client.claim(token=token)
    act = a.client.confirm_login
    refused(lambda: act(claim["id"], shown["digits"], claim["intent"]), 404, "challenge.not_found")
    refused(lambda: a.client.cancel_login(claim["id"]), 404, "challenge.not_found")
    refused(lambda: a.client.scanned_login(claim["id"]), 404, "challenge.not_found")
    done = a.client.confirm(claim["id"], a.pin, shown["digits"])
    assert done["state"] != "pending", "the signing it was made for can be confirmed by it"


def test_tokens_of_other_things_are_no_codes(scene: Scene) -> None:
    cookies = scene.phone.http.cookies
    for token in (cookies["ezhang_session"], cookies["ezhang_device"], scene.shown["digits"], "", "密"):
        refused(lambda token=token: scene.phone.client.claim_login(token), 404, "challenge.not_found")


def test_claims_are_counted_by_person(scene: Scene) -> None:
    answers = [
        scene.phone.http.post("/api/logins/claim", json={"token": "A" * 43}).status_code
        for _ in range(2 * CLAIMS_PER_PERSON.most + 1)
    ]
    assert 429 in answers[CLAIMS_PER_PERSON.most :]
    assert 429 not in answers[: CLAIMS_PER_PERSON.most]
