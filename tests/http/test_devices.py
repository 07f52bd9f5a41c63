"""A later device: an identity check of the holder's own, for this, once, and his PIN. Others are told."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import httpx
import pytest

from auth.people import place
from seals.devices import DEVICES_MOST
from server.client import Client, DeviceKey, Json
from server.secret_files import records_key
from server.settings import Settings
from tests.http.site import Party, Site, client_at, refused
from tests.seals.pdf.samples import contract

WRONG = "271828"


@dataclass
class Second:
    """The owner's second phone, logged in, with a key of its own."""

    site: Site
    owner: Party
    phone: Client

    def check(self, outcome: str = "pass") -> str:
        """An identity check for a device, finished in the sandbox."""
        begun = self.phone.begin_check("device")
        assert begun["state"] == "pending"
        httpx.post(begun["url"], data={"outcome": outcome})
        return str(begun["id"])

    def enrol(self, check: str | None = None, pin: str | None = None) -> Json:
        return self.phone.enrol_device(check or self.check(), pin or self.owner.pin)

    def refused(self, check: str, status: int, code: str, pin: str | None = None) -> None:
        before = self.phone.devices()
        refused(lambda: self.enrol(check, pin), status, code)
        assert self.phone.devices() == before


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """The owner of a company whose seals are collected."""
    return site.owner(471, "陈可欣", "北京可欣食品有限公司")


@pytest.fixture
def second(site: Site, owner: Party) -> Iterator[Second]:
    site.change("DELETE FROM throttle")
    with client_at(site.url) as phone:
        owner.demo.log_in(phone)
        yield Second(site, owner, phone)
    mine, first = owner.client.me()["id"], owner.client.device.public_key
    others = "UPDATE device_key SET revoked_at = created_at WHERE person_id = ? AND public_key <> ?"
    site.change(others, mine, first)
    site.change("UPDATE holder SET tries = 0, wait_until = NULL, locked_at = NULL WHERE person_id = ?", mine)


def signed_with(phone: Client, owner: Party) -> Json:
    claim = phone.open_here(owner.ask(contract())["id"])
    phone.confirm(claim["id"], owner.pin, None, claim["intent"])
    return Client.until(lambda: phone.signing(claim["signing"]["id"]), "signed", "failed")


def newest_message(party: Party) -> str:
    inbox = f"{party.demo.sandbox}/api/sms/messages"
    told = httpx.get(inbox, params={"mobile": party.demo.mobile}, trust_env=False)
    return str(told.json()["messages"][0]["text"])


def cards(party: Party, kind: str) -> list[Json]:
    return [card for card in party.client.thread()["cards"] if card["kind"] == kind]


def test_it_confirms_once_it_is_enrolled_and_every_phone_is_told(second: Second, owner: Party) -> None:
    claim = second.phone.open_here(owner.ask(contract())["id"])
    refused(partial(second.phone.confirm, claim["id"], owner.pin), 403, "device.missing")
    told = len(cards(owner, "device.enrolled"))
    view = second.enrol()
    assert (view["public_key"], view["last_used_at"]) == (second.phone.device.public_key, None)
    assert [each["id"] for each in owner.client.devices()][-1] == view["id"]
    card = cards(owner, "device.enrolled")[-1]
    assert len(cards(owner, "device.enrolled")) == told + 1
    assert any("经身份核验和口令登记" in line for line in card["lines"])
    assert signed_with(second.phone, owner)["state"] == "signed"
    assert second.phone.devices()[-1]["last_used_at"] is not None


def test_removing_one_needs_no_pin_and_works_at_once(second: Second, owner: Party) -> None:
    view = second.enrol()
    owner.client.remove_device(view["id"])
    claim = second.phone.open_here(owner.ask(contract())["id"])
    key = second.phone.device
    values = {**second.phone.confirm_values(claim), "device": view["id"]}
    said = {"pin": owner.pin, "device": view["id"], "signature": key.sign(values)}
    answer = second.phone.http.post(f"/api/challenges/{claim['id']}/confirm", json=said)
    assert answer.json()["error"]["code"] == "device.removed"
    refused(partial(owner.client.remove_device, view["id"]), 404, "device.not_found")
    assert cards(owner, "device.removed")[-1]["title"] == "一台设备不再能确认用印"
    # Its key is not enrolled a second time: whoever removed it meant it.
    second.refused(second.check(), 403, "device.removed")
    assert signed_with(owner.client, owner)["state"] == "signed"


def test_a_wrong_pin_is_a_try_and_the_check_is_still_good(second: Second, owner: Party) -> None:
    check = second.check()
    second.refused(check, 403, "pin.wrong", WRONG)
    person = owner.client.me()["id"]
    assert second.site.column("holder", "tries", person_id=person) == [1]
    second.enrol(check)
    assert second.site.column("holder", "tries", person_id=person) == [0]


def test_a_check_that_was_not_passed(second: Second) -> None:
    begun = second.phone.begin_check("device")["id"]
    second.refused(begun, 403, "identity.not_passed")
    assert second.phone.identity_check(begun)["state"] == "pending"
    failed = second.check("fail")
    second.refused(failed, 403, "identity.not_passed")
    assert second.phone.identity_check(failed)["state"] == "refused"


def test_a_check_is_good_once(second: Second) -> None:
    check = second.check()
    second.enrol(check)
    second.phone.device = DeviceKey()
    second.refused(check, 410, "identity.expired")
    assert second.phone.identity_check(check)["state"] == "used"


def test_a_check_passed_for_something_else(second: Second, site: Site) -> None:
    """Its row is made to fit in the database; the identity service knows what it was for."""
    check, other = second.check(), second.check()
    passed = site.column("identity_check", "check_id", id=other)[0]
    site.change("UPDATE identity_check SET check_id = ? WHERE id = ?", passed, check)
    second.refused(check, 403, "identity.not_passed")
    collected = site.column("collection", "check_id", id=second.owner.collection)[0]
    site.change("UPDATE identity_check SET check_id = ? WHERE id = ?", collected, check)
    second.refused(check, 403, "identity.not_passed")
    site.change("UPDATE identity_check SET purpose = 'unlock' WHERE id = ?", other)
    second.refused(other, 403, "identity.not_passed")


def test_a_check_of_another_person(second: Second, site: Site) -> None:
    """The holder's row names another by then: it is not what the sealer signed."""
    thief = site.owner(472, "何小偷", "北京小偷咨询有限公司")
    mine, his = second.owner.client.me()["id"], thief.client.me()["id"]
    own, other = (site.column("holder", "identity_ref", person_id=one)[0] for one in (mine, his))
    change = "UPDATE holder SET identity_ref = ? WHERE person_id = ?"
    check = second.check()
    site.change(change, other, mine)
    second.refused(check, 403, "custody.not_attested")
    site.change(change, own, mine)
    # And where the person's row names another, the check is another's.
    kept = [site.column("person", column, id=mine)[0] for column in ("name_sealed", "id_number_sealed")]
    rename = "UPDATE person SET name_sealed = ?, id_number_sealed = ? WHERE id = ?"
    try:
        site.change(rename, *sealed_as(site, mine), mine)
        second.refused(second.check(), 403, "identity.not_passed")
    finally:
        site.change(rename, *kept, mine)
    second.enrol(check)


def sealed_as(site: Site, person: str) -> tuple[bytes, bytes]:
    """Another's name and ID number in a person's row, by somebody who has web's records key."""
    records = records_key(Settings.from_env({"EZHANG_PROFILE": "development", "EZHANG_DATA": str(site.data)}))
    sealed = {"name": "何小偷", "id_number": "110105199002021117"}
    name, number = (records.seal(value, place(person, column)) for column, value in sealed.items())
    return name, number


def test_a_check_that_is_too_old(second: Second, site: Site) -> None:
    check = second.check()
    site.change("UPDATE identity_check SET created_at = '2026-01-01 00:00:00+00:00' WHERE id = ?", check)
    second.refused(check, 410, "identity.expired")


def test_a_person_has_so_many_devices_and_no_more(second: Second, site: Site) -> None:
    for _ in range(DEVICES_MOST - len(second.phone.devices())):
        site.change("DELETE FROM throttle")
        second.phone.device = DeviceKey()
        second.enrol()
    site.change("DELETE FROM throttle")
    second.phone.device = DeviceKey()
    check = second.check()
    second.refused(check, 409, "device.too_many")
    assert second.owner.client.pin()["tries_left"] == 5, "the PIN was right"
    second.owner.client.remove_device(second.phone.devices()[-1]["id"])
    second.enrol(check)


@pytest.mark.parametrize("key", ["", "AAAA", base64.b64encode(b"\4" + bytes(64)).decode(), "x" * 4000])
def test_what_is_no_key(second: Second, owner: Party, key: str) -> None:
    said = {"check": second.check(), "device_key": key, "pin": owner.pin}
    answer = second.phone.http.post("/api/devices", json=said)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "device.key")


def test_the_session_has_a_new_token_once_it_may_confirm(second: Second) -> None:
    before = second.phone.http.cookies["ezhang_session"]
    second.enrol()
    assert second.phone.http.cookies["ezhang_session"] != before


def test_without_seals_there_is_nothing_to_confirm(site: Site) -> None:
    party = site.founder(73, "邓无章", "北京无章贸易有限公司")
    refused(lambda: party.client.begin_check("device"), 403, "seal.not_collected")


def test_collecting_without_a_key_leaves_the_way_by_message(site: Site) -> None:
    party = site.founder(74, "罗无钥", "北京无钥科技有限公司")
    begun = party.client.begin_collection(party.company)
    httpx.post(begun["check_url"], data={"outcome": "pass"})
    refused(lambda: party.client.set_pin(begun["id"], party.pin, code="12"), 422, "code.format")
    refused(lambda: party.client.set_pin(begun["id"], party.pin, code="000000"), 403, "code.expired")
    party.client.send_collection_code(begun["id"])
    text = newest_message(party)
    assert all(part in text for part in (party.company_name, "5 枚印章", "领取确认码"))
    code = party.demo.sms_code()
    refused(
        lambda: party.client.set_pin(begun["id"], party.pin, code=f"{(int(code) + 1) % 10**6:06d}"),
        403,
        "code.wrong",
    )
    assert party.client.set_pin(begun["id"], party.pin, code=code)["state"] == "collected"
    card = cards(party, "seal.certified")[-1]
    assert "领取由短信验证码确认" in card["lines"]
    assert party.client.devices() == []
    claim = party.client.open_here(party.ask(contract())["id"])
    party.client.send_confirm_code(claim["id"])
    party.client.confirm(claim["id"], party.pin, code=party.demo.sms_code())
    ended = Client.until(lambda: party.client.signing(claim["signing"]["id"]), "signed", "failed")
    assert ended["state"] == "signed"


def test_a_second_collection_on_the_same_phone_enrols_nothing_anew(site: Site, owner: Party) -> None:
    before = owner.client.devices()
    company = owner.demo.register("北京可欣饮料有限公司", owner.name, owner.id_number)
    owner.demo.licence_signed(company)
    owner.demo.collect(company, owner.pin)
    assert owner.client.devices() == before


def test_a_device_key_is_kept_as_pem_and_comes_back() -> None:
    key = DeviceKey()
    assert DeviceKey(key.pem).public_key == key.public_key
