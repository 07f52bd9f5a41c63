"""Passkeys as a second factor: the whole way, and every answer that proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from auth.second_factor import MAX_TRIES
from server.client import Client
from tests.authenticator import PRESENT, Authenticator, b64
from tests.http.site import Party, Site, client_at, refused

LONG_AGO = "2020-01-01 00:00:00+00:00"
NEEDED = (401, "login.factor_needed")
REFUSED = (403, "passkey.refused")
Json = dict[str, Any]
numbers = iter(range(500, 560))


def device(site: Site, **how: Any) -> Authenticator:
    """An authenticator for this site."""
    return Authenticator(site.url, urlsplit(site.url).hostname or "", **how)


@dataclass
class Person:
    """Somebody with one passkey."""

    site: Site
    party: Party
    key: Authenticator

    @property
    def client(self) -> Client:
        """His browser, logged in."""
        return self.party.client

    def first_factor(self, browser: Client) -> None:
        """Pass the text message in a browser; the passkey is still asked."""
        self.site.change("DELETE FROM throttle WHERE id LIKE 'sms.%' OR id LIKE 'told/%'")
        browser.send_code(self.party.demo.mobile)
        refused(lambda: browser.log_in(self.party.demo.mobile, self.party.code()), *NEEDED)

    def cards(self) -> list[Json]:
        """His newest cards, the newest first."""
        return list(reversed(self.client.thread()["cards"]))

    def proof(self) -> None:
        """Prove in his browser."""
        self.client.prove(self.key.answer(self.client.begin_proof()))


@pytest.fixture(scope="module")
def person(site: Site) -> Person:
    party = site.person(next(numbers), "江望舒")
    key = device(site)
    party.client.add_passkey("我的手机", key.make(party.client.begin_passkey()))
    return Person(site, party, key)


@pytest.fixture
def browser(site: Site) -> Iterator[Client]:
    """A browser without a session."""
    with client_at(site.url) as client:
        yield client


def test_the_whole_way(site: Site) -> None:
    party, key = site.person(next(numbers), "江望舒"), device(site)
    client = party.client
    told = client.passkeys()
    assert told == {"rp_id": urlsplit(site.url).hostname, "origin": site.url, "passkeys": []}
    options = client.begin_passkey()
    asked = options["public_key"]
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["attestation"] == "none"
    added = client.add_passkey("  我的  手机 ", key.make(options))
    assert (added["name"], added["used_at"]) == ("我的 手机", None)
    assert client.passkeys()["passkeys"] == [added]
    card = client.thread()["cards"][-1]
    assert (card["kind"], "我的 手机" in card["title"]) == ("person.passkey_added", True)
    who = Person(site, party, key)
    with client_at(site.url) as browser:
        who.first_factor(browser)
        refused(browser.me, 401, "session.none")
        asked = browser.begin_factor()
        assert [each["id"] for each in asked["public_key"]["allowCredentials"]] == [b64(key.identifier)]
        assert browser.enter_factor(key.answer(asked))["id"] == client.me()["id"]
        assert browser.me()["id"] == client.me()["id"]
        assert "ezhang_factor" not in browser.http.cookies
    assert client.passkeys()["passkeys"][0]["used_at"]


def age(site: Site, client: Client) -> None:
    """As if this browser had logged in an hour ago."""
    site.change("UPDATE session SET created_at = ? WHERE id = ?", LONG_AGO, client.sessions()[0]["id"])


def test_a_first_passkey_needs_a_code_that_came_to_the_owners_mobile_just_now(site: Site) -> None:
    """A session, stolen with all its cookies, adds none."""
    party, key = site.person(next(numbers), "江望舒"), device(site)
    client = party.client
    options = client.begin_passkey()  # he has logged in just now
    age(site, client)
    refused(client.begin_passkey, 403, "passkey.code_first")
    refused(lambda: client.add_passkey("手机", key.make(options)), 403, "passkey.code_first")
    refused(lambda: client.prove_first("000000"), 422, "login.code_wrong")
    site.change("DELETE FROM throttle")
    client.send_code(party.demo.mobile)  # a code to log in proves nothing here
    refused(lambda: client.prove_first(party.code()), 422, "login.code_wrong")
    site.change("DELETE FROM throttle")
    client.send_first_code()
    code = party.code()
    with client_at(site.url) as other:
        refused(lambda: other.log_in(party.demo.mobile, code), 422, "login.code_wrong")
    client.prove_first(code)
    refused(lambda: client.prove_first(code), 422, "login.code_wrong")
    site.change("UPDATE passkey_question SET passed_at = ? WHERE purpose = 'first'", LONG_AGO)
    refused(client.begin_passkey, 403, "passkey.code_first")
    site.change("DELETE FROM throttle")
    client.send_first_code()
    client.prove_first(party.code())
    assert client.add_passkey("手机", key.make(client.begin_passkey()))["name"] == "手机"
    # For the second one the first is asked, and no code will do.
    client.send_first_code()
    client.prove_first(party.code())
    refused(client.begin_passkey, 403, "passkey.prove_first")


def test_the_code_of_another_session_proves_nothing(site: Site) -> None:
    party = site.person(next(numbers), "江望舒")
    age(site, party.client)
    with client_at(site.url) as thief:
        site.change("DELETE FROM throttle")
        party.demo.log_in(thief)
        age(site, thief)
        site.change("DELETE FROM throttle")
        party.client.send_first_code()
        refused(lambda: thief.prove_first(party.code()), 422, "login.code_wrong")
        refused(thief.begin_passkey, 403, "passkey.code_first")


def test_a_login_by_scan_is_no_proof_of_its_own(site: Site) -> None:
    """It hangs on the phone's session, which may be the stolen one."""
    party = site.person(next(numbers), "江望舒")
    with client_at(site.url) as desk:
        shown = desk.ask_login_code()
        claim = party.client.claim_login(shown["url"].partition("#")[2])
        party.client.confirm_login(claim["id"], shown["digits"], claim["intent"])
        desk.enter_scanned()
        refused(desk.begin_passkey, 403, "passkey.code_first")


def test_adding_the_first_ends_all_other_logins_and_the_second_none(site: Site) -> None:
    party = site.person(next(numbers), "江望舒")
    who = Person(site, party, device(site))
    with client_at(site.url) as other:
        site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
        other.send_code(party.demo.mobile)
        other.log_in(party.demo.mobile, party.code())
        party.client.add_passkey("一", who.key.make(party.client.begin_passkey()))
        refused(other.me, 401, "session.none")
        who.first_factor(other)
        other.enter_factor(who.key.answer(other.begin_factor()))
        refused(party.client.begin_passkey, 403, "passkey.prove_first")
        who.proof()
        party.client.add_passkey("二", device(site).make(party.client.begin_passkey()))
        assert other.me()
        assert len(other.passkeys()["passkeys"]) == 2


def test_a_scan_confirmed_by_a_phone_that_passed_asks_for_nothing_more(
    site: Site, person: Person, browser: Client
) -> None:
    shown = browser.ask_login_code()
    claim = person.client.claim_login(shown["url"].partition("#")[2])
    person.client.confirm_login(claim["id"], shown["digits"], claim["intent"])
    assert browser.enter_scanned()["id"] == person.client.me()["id"]


def test_a_scan_confirmed_before_the_first_passkey_lets_nobody_in(site: Site, browser: Client) -> None:
    party = site.person(next(numbers), "江望舒")
    with client_at(site.url) as phone:
        site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
        phone.send_code(party.demo.mobile)
        phone.log_in(party.demo.mobile, party.code())
        shown = browser.ask_login_code()
        claim = phone.claim_login(shown["url"].partition("#")[2])
        phone.confirm_login(claim["id"], shown["digits"], claim["intent"])
    party.client.add_passkey("一", device(site).make(party.client.begin_passkey()))
    refused(browser.enter_scanned, 404, "login.not_confirmed")


def test_wechat_needs_it_too_and_binds_nothing_before(site: Site, person: Person, browser: Client) -> None:
    """Neither an account that is known, nor one that is to be bound by a text message."""

    def back_from_wechat() -> Json:
        address = httpx.URL(browser.begin_wechat()["url"])
        allowed = httpx.post(address, data={"user": "丙"}, trust_env=False)
        came = httpx.URL(allowed.headers["location"]).params
        return browser.enter_wechat(came["code"], came["state"])

    accounts = site.column("wechat_account", "id")
    assert back_from_wechat() == {"bound": False}
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    browser.send_code(person.party.demo.mobile)
    code = person.party.code()
    refused(lambda: browser.bind_wechat(person.party.demo.mobile, code), *NEEDED)
    refused(lambda: browser.enter_factor(device(site).answer(browser.begin_factor())), *REFUSED)
    assert site.column("wechat_account", "id") == accounts
    browser.enter_factor(person.key.answer(browser.begin_factor()))
    assert len(site.column("wechat_account", "id")) == len(accounts) + 1
    assert person.cards()[0]["kind"] == "person.wechat_bound"
    browser.log_out()
    refused(back_from_wechat, *NEEDED)
    refused(browser.me, 401, "session.none")
    browser.enter_factor(person.key.answer(browser.begin_factor()))
    assert browser.me()["id"] == person.client.me()["id"]


# ---------------------------------------------------------------- answers that prove nothing


def flagged(flags: int) -> Callable[[Person, Json], Json]:
    def answer(person: Person, options: Json) -> Json:
        return Authenticator(
            person.key.origin, person.key.rp_id, 0, flags, person.key.identifier, person.key.key
        ).answer(options)

    return answer


def elsewhere(origin: str | None = None, rp_id: str | None = None) -> Callable[[Person, Json], Json]:
    def answer(person: Person, options: Json) -> Json:
        key = person.key
        other = Authenticator(origin or key.origin, rp_id or key.rp_id, 0, key.flags, key.identifier, key.key)
        return other.answer(options)

    return answer


def another_key(person: Person, options: Json) -> Json:
    return Authenticator(person.key.origin, person.key.rp_id, identifier=person.key.identifier).answer(
        options
    )


def unknown_credential(person: Person, options: Json) -> Json:
    return Authenticator(person.key.origin, person.key.rp_id).answer(options)


WRONG: dict[str, Callable[[Person, Json], Json]] = {
    "another origin": elsewhere(origin="https://ezhang.example.cn"),
    "another port": elsewhere(origin="http://127.0.0.1:1"),
    "another party": elsewhere(rp_id="example.cn"),
    "nobody was verified": flagged(PRESENT),
    "nobody was there": flagged(0x04),
    "another key": another_key,
    "an unknown credential": unknown_credential,
    "another challenge": lambda p, o: p.key.answer({"public_key": {"challenge": b64(b"x" * 32)}}),
    "made, not asked": lambda p, o: p.key.answer(o, kind="webauthn.create"),
    "in a frame of another site": lambda p, o: p.key.answer(o, crossOrigin=True),
    "a signature cut": lambda p, o: {**p.key.answer(o), "signature": "MEUC"},
    "no bytes": lambda p, o: {"id": "", "client_data": "", "authenticator_data": "", "signature": ""},
    "no base64": lambda p, o: dict.fromkeys(("id", "client_data", "authenticator_data", "signature"), "密"),
    "no JSON": lambda p, o: {**p.key.answer(o), "client_data": b64(b"\xff[")},
    "a list": lambda p, o: {**p.key.answer(o), "client_data": b64(b"[]")},
    "deep JSON": lambda p, o: {**p.key.answer(o), "client_data": b64(b"[" * 2900)},
    "a number for a challenge": lambda p, o: {
        **p.key.answer(o),
        "client_data": b64(b'{"type":"webauthn.get","challenge":7,"origin":"x"}'),
    },
    "short data": lambda p, o: {**p.key.answer(o), "authenticator_data": b64(b"x" * 12)},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_an_answer_that_proves_nothing_opens_nothing_and_is_told(
    site: Site, person: Person, browser: Client, wrong: str
) -> None:
    site.change("DELETE FROM throttle WHERE id LIKE 'factor.%' OR id LIKE 'passkey.%'")
    person.first_factor(browser)
    options = browser.begin_factor()
    refused(lambda: browser.enter_factor(WRONG[wrong](person, options)), *REFUSED)
    refused(browser.me, 401, "session.none")
    card = person.cards()[0]
    assert (card["kind"], len(card["lines"])) == ("person.passkey_failed", 4)
    browser.enter_factor(person.key.answer(browser.begin_factor()))


def test_another_persons_passkey_opens_only_his_own(site: Site, person: Person, browser: Client) -> None:
    party, key = site.person(next(numbers), "江望舒"), device(site)
    party.client.add_passkey("一", key.make(party.client.begin_passkey()))
    person.first_factor(browser)
    refused(lambda: browser.enter_factor(key.answer(browser.begin_factor())), *REFUSED)
    refused(browser.me, 401, "session.none")


def test_an_answer_is_good_once(site: Site, person: Person, browser: Client) -> None:
    person.first_factor(browser)
    kept = dict(browser.http.cookies)
    answer = person.key.answer(browser.begin_factor())
    browser.enter_factor(answer)
    browser.log_out()
    refused(lambda: browser.enter_factor(answer), 404, "login.factor_not_found")
    browser.http.cookies.set("ezhang_factor", kept["ezhang_factor"])
    refused(lambda: browser.enter_factor(answer), 404, "login.factor_not_found")
    person.first_factor(browser)
    refused(lambda: browser.enter_factor(answer), *REFUSED)


def test_a_refused_question_is_spent_and_tries_are_counted(
    site: Site, person: Person, browser: Client
) -> None:
    person.first_factor(browser)
    before = {card["id"] for card in person.cards()}
    options = browser.begin_factor()
    refused(lambda: browser.enter_factor(another_key(person, options)), *REFUSED)
    refused(lambda: browser.enter_factor(person.key.answer(options)), *REFUSED)
    for _ in range(MAX_TRIES - 2):
        refused(lambda: browser.enter_factor(another_key(person, options)), *REFUSED)
    refused(browser.begin_factor, 404, "login.factor_not_found")
    told = [card["at_text"] for card in person.cards() if card["id"] not in before]
    assert len(told) == len(set(told)) <= 2, "one card for the five of a minute"


def test_a_fresh_question_replaces_the_one_before(person: Person, browser: Client) -> None:
    person.first_factor(browser)
    old = browser.begin_factor()
    browser.begin_factor()
    refused(lambda: browser.enter_factor(person.key.answer(old)), *REFUSED)


@pytest.mark.parametrize("table", ["passkey_question", "pending_login"])
def test_after_five_minutes_it_is_over(site: Site, person: Person, browser: Client, table: str) -> None:
    person.first_factor(browser)
    answer = person.key.answer(browser.begin_factor())
    site.change(f"UPDATE {table} SET expires_at = ?", LONG_AGO)  # noqa: S608  (a name of ours)
    wanted = REFUSED if table == "passkey_question" else (404, "login.factor_not_found")
    refused(lambda: browser.enter_factor(answer), *wanted)


def test_a_question_of_one_purpose_is_nothing_for_another(person: Person, browser: Client) -> None:
    person.first_factor(browser)
    login, proof = browser.begin_factor(), person.client.begin_proof()
    refused(lambda: person.client.prove(person.key.answer(login)), *REFUSED)
    refused(lambda: browser.enter_factor(person.key.answer(proof)), *REFUSED)
    person.proof()
    adding = person.client.begin_passkey()
    refused(lambda: person.client.prove(person.key.answer(adding)), *REFUSED)
    made = device(person.site).make(person.client.begin_proof())
    refused(lambda: person.client.add_passkey("一", made), *REFUSED)


def test_a_login_that_waits_is_good_in_its_own_browser_only(
    site: Site, person: Person, browser: Client
) -> None:
    person.first_factor(browser)
    answer = person.key.answer(browser.begin_factor())
    token, own = (str(browser.http.cookies[f"ezhang_{name}"]) for name in ("factor", "device"))
    for device_token, agent in (("another", None), (own, "Another/1.0")):
        with client_at(site.url) as thief:
            thief.http.cookies.update({"ezhang_factor": token, "ezhang_device": device_token})
            thief.http.headers["user-agent"] = agent or thief.http.headers["user-agent"]
            refused(lambda thief=thief: thief.enter_factor(answer), 404, "login.factor_not_found")
    assert browser.enter_factor(answer)


def test_its_cookie_is_out_of_reach_of_scripts_and_its_token_kept_as_a_hash(
    site: Site, person: Person, browser: Client
) -> None:
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    browser.send_code(person.party.demo.mobile)
    said = {"mobile": person.party.demo.mobile, "code": person.party.code()}
    told = browser.http.post("/api/login", json=said).headers.get_list("set-cookie")
    assert {each.partition("=")[0] for each in told} == {"ezhang_factor", "ezhang_device"}
    for each in told:
        assert {"httponly", "samesite=lax"} <= {part.strip().lower() for part in each.split(";")}
    challenge = browser.begin_factor()["public_key"]["challenge"]
    stored = repr(list(site.rows()))
    assert str(browser.http.cookies["ezhang_factor"]) not in stored
    assert challenge not in stored


def test_a_counter_that_does_not_go_up_is_a_copy(site: Site, browser: Client) -> None:
    party, key = site.person(next(numbers), "江望舒"), device(site, count=5)
    party.client.add_passkey("会数数的", key.make(party.client.begin_passkey()))
    who = Person(site, party, key)
    who.first_factor(browser)
    for count in (5, 4, 0):
        key.count = count
        refused(lambda: browser.enter_factor(key.answer(browser.begin_factor())), 403, "passkey.count")
    assert "复制" in who.cards()[0]["lines"][-1]
    key.count = 6
    browser.enter_factor(key.answer(browser.begin_factor()))
    who.first_factor(browser)
    refused(lambda: browser.enter_factor(key.answer(browser.begin_factor())), 403, "passkey.count")


# ---------------------------------------------------------------- adding and removing


ATTACKS: dict[str, Callable[[Authenticator, Json], Json]] = {
    "another origin": lambda key, o: Authenticator("https://ezhang.example.cn", key.rp_id).make(o),
    "another party": lambda key, o: Authenticator(key.origin, "example.cn").make(o),
    "nobody was verified": lambda key, o: Authenticator(key.origin, key.rp_id, flags=PRESENT).make(o),
    "another id": lambda key, o: {**key.make(o), "id": b64(b"another")},
    "in a frame of another site": lambda key, o: key.make(o, crossOrigin=True),
    "another challenge": lambda key, o: key.make({"public_key": {"challenge": b64(b"x" * 32)}}),
    "no attestation": lambda key, o: {**key.make(o), "attestation": ""},
    "no CBOR": lambda key, o: {**key.make(o), "attestation": b64(b"\xff\xff\x00")},
    "CBOR of something else": lambda key, o: {**key.make(o), "attestation": b64(b"\x81\x01")},
    "deep CBOR": lambda key, o: {**key.make(o), "attestation": b64(b"\x81" * 2900)},
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_not_made_for_us_is_not_added(site: Site, attack: str) -> None:
    party = site.person(next(numbers), "江望舒")
    made = ATTACKS[attack](device(site), party.client.begin_passkey())
    refused(lambda: party.client.add_passkey("一", made), *REFUSED)
    assert party.client.passkeys()["passkeys"] == []


def test_what_was_made_is_added_once_and_for_one_person(site: Site, person: Person) -> None:
    party = site.person(next(numbers), "江望舒")
    refused(
        lambda: party.client.add_passkey("一", person.key.make(party.client.begin_passkey())),
        409,
        "passkey.known",
    )
    key, options = device(site), party.client.begin_passkey()
    refused(lambda: party.client.add_passkey("\u200b", key.make(options)), 422, "passkey.name")
    made = key.make(options)
    assert party.client.add_passkey("一", made)
    refused(lambda: party.client.add_passkey("一", made), *REFUSED)


def test_a_question_is_good_in_the_session_that_asked(site: Site, person: Person) -> None:
    party = site.person(next(numbers), "江望舒")
    made = device(site).make(party.client.begin_passkey())
    other = site.person(next(numbers), "江望舒")
    refused(lambda: other.client.add_passkey("一", made), *REFUSED)


def test_removing_needs_a_proof_and_with_the_last_one_logins_are_as_before(
    site: Site, person: Person, browser: Client
) -> None:
    party, key = site.person(next(numbers), "江望舒"), device(site)
    added = party.client.add_passkey("一", key.make(party.client.begin_passkey()))
    refused(lambda: party.client.remove_passkey(added["id"]), 403, "passkey.prove_first")
    refused(lambda: person.client.remove_passkey(added["id"]), 404, "passkey.not_found")
    who = Person(site, party, key)
    who.proof()
    site.change("UPDATE passkey_question SET passed_at = ?", LONG_AGO)
    refused(lambda: party.client.remove_passkey(added["id"]), 403, "passkey.prove_first")
    who.proof()
    party.client.remove_passkey(added["id"])
    assert party.client.passkeys()["passkeys"] == []
    card = who.cards()[0]
    assert (card["kind"], "「一」" in card["title"]) == ("person.passkey_removed", True)
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    browser.send_code(party.demo.mobile)
    assert browser.log_in(party.demo.mobile, party.code())["id"] == party.client.me()["id"]
    refused(party.client.begin_proof, 404, "passkey.none")


# ---------------------------------------------------------------- all of them lost


@pytest.fixture(scope="module")
def holder(site: Site) -> Person:
    """A seal's holder with a passkey: whom an identity check must be about is known of him."""
    party = site.owner(next(numbers), "纪晓岚", "北京晓岚文化有限公司")
    key = device(site)
    party.client.add_passkey("丢了的", key.make(party.client.begin_passkey()))
    return Person(site, party, key)


def look_at(check: Json, outcome: str) -> None:
    """Finish an identity check on its page."""
    httpx.post(check["url"], data={"outcome": outcome}, trust_env=False)


def test_without_the_check_or_after_a_failed_one_nobody_comes_in(holder: Person, browser: Client) -> None:
    holder.first_factor(browser)
    refused(browser.enter_lost, 403, "identity.not_passed")
    check = browser.begin_lost()
    refused(browser.enter_lost, 409, "identity.pending")
    look_at(check, "fail")
    refused(browser.enter_lost, 403, "identity.not_passed")
    assert holder.client.passkeys()["passkeys"]
    browser.enter_factor(holder.key.answer(browser.begin_factor()))


def test_a_check_for_something_else_or_of_somebody_else_is_nothing(
    site: Site, holder: Person, browser: Client
) -> None:
    holder.first_factor(browser)
    look_at(browser.begin_lost(), "pass")
    owner = holder.client.me()["id"]
    for column, table, wrong in (
        ("identity_ref", "holder", "0" * 64),
        ("mobile_ref", "holder", "0" * 64),
        ("purpose", "identity_check", "unlock"),
        ("subject", "identity_check", "0" * 24),
    ):
        (was,) = set(site.column(table, column, person_id=owner)[-1:])
        change = f"UPDATE {table} SET {column} = ? WHERE person_id = ? AND {column} = ?"  # noqa: S608
        site.change(change, wrong, owner, was)
        refused(browser.enter_lost, 403, "identity.not_passed")
        site.change(change, was, owner, wrong)
    with client_at(site.url) as other:
        refused(other.enter_lost, 404, "login.factor_not_found")
        holder.first_factor(other)
        refused(other.enter_lost, 403, "identity.not_passed")


def test_a_counter_keeps_no_login_open_for_a_passkey_and_is_begun_once(
    holder: Person, browser: Client
) -> None:
    """After five minutes only the check itself lets him in."""
    holder.site.change("UPDATE throttle SET count = 0 WHERE id LIKE 'identity.%'")
    holder.first_factor(browser)
    answer = holder.key.answer(browser.begin_factor())
    begun = browser.begin_lost("counter")
    refused(lambda: browser.begin_lost("counter"), 409, "passkey.counter_begun")
    created = datetime.now(UTC) - timedelta(minutes=6)
    holder.site.change("UPDATE pending_login SET created_at = ? WHERE used_at IS NULL", str(created))
    refused(browser.begin_factor, 404, "login.factor_not_found")
    refused(lambda: browser.enter_factor(answer), 404, "login.factor_not_found")
    refused(browser.enter_lost, 409, "identity.pending")
    assert begun["way"] == "counter"


def test_by_the_check_he_comes_in_once_and_all_passkeys_are_gone(holder: Person, browser: Client) -> None:
    holder.first_factor(browser)
    holder.site.change("UPDATE throttle SET count = 0 WHERE id LIKE 'identity.%'")
    look_at(browser.begin_lost(), "pass")
    assert browser.enter_lost()["id"] == holder.client.me()["id"]
    refused(browser.enter_lost, 404, "login.factor_not_found")
    assert holder.client.passkeys()["passkeys"] == []
    told = [card["kind"] for card in holder.cards()]
    assert "person.passkeys_lost" in told[:3], "his other devices, still logged in, are told"


def test_who_never_collected_a_seal_cannot_be_compared(person: Person, browser: Client) -> None:
    person.first_factor(browser)
    refused(browser.begin_lost, 409, "passkey.no_holder")
