"""Identity without the face: by bank card or at a counter, wherever the product begins a check."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server.client import Client, DeviceKey, Json
from tests.authenticator import Authenticator
from tests.checks import finish
from tests.http.site import Party, Site, client_at, joined, refused

WAYS = {"face": "人脸核验", "bank": "银行卡核验", "counter": "窗口核验"}
every_way = pytest.mark.parametrize("way", WAYS)


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """The owner of a company whose seals are collected."""
    return site.owner(821, "顾清和", "北京清和园艺有限公司")


@pytest.fixture(autouse=True)
def limits(site: Site) -> None:
    site.change("DELETE FROM throttle")


def card(client: Client, kind: str) -> Json:
    return next(each for each in reversed(client.thread()["cards"]) if each["kind"] == kind)


def move(sandbox: Path, url: str, minutes: int) -> None:
    """As if the check with this page had been decided so many minutes earlier."""
    page = url.rpartition("/")[2]
    with closing(sqlite3.connect(sandbox, timeout=20)) as db, db:
        found = db.execute("SELECT decided_at FROM identity_check WHERE page = ?", (page,)).fetchone()
        at = datetime.fromisoformat(found[0]) - timedelta(minutes=minutes)
        db.execute("UPDATE identity_check SET decided_at = ? WHERE page = ?", (at.isoformat(), page))


def says(told: Json, way: str) -> bool:
    return f"身份核验：{WAYS[way]}" in told["lines"]


def test_all_seals_are_collected_without_a_face(site: Site) -> None:
    for number, way in enumerate(("bank", "counter"), 822):
        party = site.founder(number, "顾清和", f"北京清和{number}号园艺有限公司")
        client = party.client
        begun = client.begin_collection(party.company, way)
        assert (begun["state"], begun["way"]) == ("checking", way)
        refused(lambda begun=begun: client.set_pin(begun["id"], party.pin), 409, "collection.state")  # noqa: B023
        finish(begun["check_url"], "refuse")
        told = client.collection(begun["id"])
        assert told["state"] == "refused"
        assert {"bank": "银行卡", "counter": "窗口"}[way] in told["reason"]
        begun = client.begin_collection(party.company, way)
        finish(begun["check_url"])
        assert client.set_pin(begun["id"], party.pin)["state"] == "collected"
        assert says(card(client, "seal.collected"), way)
        assert says(card(client, "device.enrolled"), way)


@every_way
def test_a_lock_a_frozen_seal_a_device_and_a_reset(site: Site, owner: Party, way: str) -> None:
    client, seal = owner.client, owner.seal("invoice")
    client.freeze(seal)
    for purpose, subject, kind in (("unlock", None, "pin.unlocked"), ("unfreeze", seal, "seal.unfrozen")):
        failed = client.begin_check(purpose, subject, way)
        finish(failed["url"], "refuse")
        assert client.identity_check(failed["id"])["state"] == "refused"
        refused(lambda failed=failed: client.use_check(failed["id"]), 403, "identity.not_passed")
        begun = client.begin_check(purpose, subject, way)
        assert (begun["state"], begun["way"]) == ("pending", way)
        refused(lambda begun=begun: client.use_check(begun["id"]), 403, "identity.not_passed")
        finish(begun["url"])
        assert client.use_check(begun["id"])["state"] == "used"
        assert says(card(client, kind), way)
    with client_at(site.url) as phone:
        owner.demo.log_in(phone)
        check = phone.begin_check("device", way=way)
        finish(check["url"])
        phone.device = DeviceKey()
        enrolled = phone.enrol_device(check["id"], owner.pin)
        assert says(card(phone, "device.enrolled"), way)
        phone.remove_device(enrolled["id"])


@every_way
def test_a_granted_seal_is_collected_by_each_way(site: Site, owner: Party, way: str) -> None:
    member, grant = joined(site, owner, 830 + list(WAYS).index(way))
    begun = member.client.begin_joining(grant, way)
    assert member.client.granted(grant)["check"] == begun["id"]
    assert owner.client.granted(grant)["check"] is None
    finish(begun["url"])
    assert member.client.join(grant, member.pin)["state"] == "active"
    assert says(card(member.client, "grant.collected"), way)
    owner.client.revoke(grant)


@every_way
def test_lost_passkeys_are_replaced_by_each_way(site: Site, owner: Party, way: str) -> None:
    key = Authenticator(site.url, urlsplit(site.url).hostname or "")
    owner.client.add_passkey("手机", key.make(owner.client.begin_passkey()))
    with client_at(site.url) as browser:
        browser.send_code(owner.demo.mobile)
        refused(lambda: browser.log_in(owner.demo.mobile, owner.code()), 401, "login.factor_needed")
        begun = browser.begin_lost(way)
        waits = refused(browser.enter_lost, 409, "identity.pending")
        assert waits.facts["url"] == begun["url"]
        finish(begun["url"])
        browser.enter_lost()
        assert says(card(browser, "person.passkeys_lost"), way)


def test_a_counter_takes_its_time_and_is_come_back_to(site: Site, owner: Party) -> None:
    client = owner.client
    begun = client.begin_check("unlock", way="counter")
    told = card(client, "identity.begun")
    assert told["actions"][0]["href"] == f"/m/identity/{begun['id']}"
    # A day later, from another browser: the code's page is still there, and what the clerk decides counts.
    site.change(
        "UPDATE identity_check SET created_at = datetime(created_at, '-1 day') || '+00:00' WHERE id = ?",
        begun["id"],
    )
    with client_at(site.url) as other:
        owner.demo.log_in(other)
        found = other.identity_check(begun["id"])
        assert (found["state"], found["url"]) == ("pending", begun["url"])
        finish(found["url"])
        assert other.use_check(begun["id"])["state"] == "used"


@pytest.mark.parametrize(("way", "state"), [("face", "expired"), ("bank", "expired"), ("counter", "passed")])
def test_only_a_counter_has_longer_than_half_an_hour(site: Site, owner: Party, way: str, state: str) -> None:
    begun = owner.client.begin_check("unlock", way=way)
    finish(begun["url"])
    site.change(
        "UPDATE identity_check SET created_at = datetime(created_at, '-31 minutes') || '+00:00' WHERE id = ?",
        begun["id"],
    )
    assert owner.client.identity_check(begun["id"])["state"] == state


def test_a_row_that_says_counter_prolongs_no_other_check(site: Site, owner: Party) -> None:
    """The service says by which way and when; whoever writes the database gains no time."""
    begun = owner.client.begin_check("unlock", way="bank")
    finish(begun["url"])
    sandbox = site.data / "sandbox" / "sandbox.db"
    move(sandbox, begun["url"], 31)
    site.change("UPDATE identity_check SET way = 'counter' WHERE id = ?", begun["id"])
    refused(lambda: owner.client.use_check(begun["id"]), 403, "identity.not_passed")
    counter = owner.client.begin_check("unlock", way="counter")
    finish(counter["url"])
    move(sandbox, counter["url"], 31)
    assert owner.client.use_check(counter["id"])["state"] == "used"
    late = owner.client.begin_check("unlock", way="counter")
    finish(late["url"])
    move(sandbox, late["url"], 121)
    assert owner.client.identity_check(late["id"])["state"] == "expired"
    refused(lambda: owner.client.use_check(late["id"]), 403, "identity.not_passed")


def test_there_is_no_other_way(owner: Party) -> None:
    refused(lambda: owner.client.begin_check("unlock", way="oath"), 422, "form.invalid")
