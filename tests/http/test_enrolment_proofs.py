"""A phone that is enrolled has signed with its key; where none is kept, a code that the sealer sent came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx
import pytest

from seals.devices import DEVICES_MOST
from server.client import ApiError, Client, DeviceKey, Json
from tests.checks import finish
from tests.http.site import Party, Site, client_at, joined, refused


@dataclass
class Begun:
    """A collection or the collecting of a grant whose identity check was passed."""

    site: Site
    party: Party
    path: str
    values: dict[str, str]

    @property
    def client(self) -> Client:
        return self.party.client

    def post(self, **said: object) -> ApiError | None:
        """Send the PIN; what was refused, or None."""
        self.site.change("DELETE FROM throttle")
        answer = self.client.http.post(f"{self.path}/pin", json={"pin": self.party.pin, **said})
        return None if answer.is_success else ApiError(answer.status_code, answer.json()["error"])

    def signed(self, key: DeviceKey, by: DeviceKey | None = None, /, **change: str) -> Json:
        signature = (by or key).sign({**self.values, "key": key.public_key, **change})
        return {"device_key": key.public_key, "signature": signature}


def collecting(site: Site, party: Party) -> Begun:
    begun = party.client.begin_collection(party.company)
    finish(begun["check_url"])
    view = party.client.collection(begun["id"])
    return Begun(site, party, f"/api/collections/{begun['id']}", Client.collect_values(view))


@pytest.fixture(scope="module")
def founder(site: Site) -> Party:
    """Whose seals wait, and are never collected here."""
    return site.founder(841, "温如玉", "北京如玉玉器有限公司")


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """The owner of a company whose seals are collected."""
    return site.owner(842, "温如玉", "北京温玉文化有限公司")


@pytest.fixture(params=["collection", "grant"])
def begun(request: pytest.FixtureRequest, site: Site) -> Begun:
    """Either."""
    site.change("DELETE FROM throttle")
    if request.param == "collection":
        return collecting(site, request.getfixturevalue("founder"))
    owner: Party = request.getfixturevalue("owner")
    number = 850 + len(owner.client.members(owner.company)["members"])
    member, grant = joined(site, owner, number)
    check = member.client.begin_joining(grant)
    finish(check["url"])
    values = {"purpose": "join", "grant": grant, "seal": owner.seal("finance"), "check": check["id"]}
    return Begun(site, member, f"/api/grants/{grant}", values)


def assert_nothing_made(begun: Begun) -> None:
    assert begun.client.devices() == []
    company = begun.party.company
    if "collection" in begun.values:
        collection = begun.values["collection"]
        assert begun.site.column("certificate_request", "id", collection_id=collection) == []
        assert {seal["state"] for seal in begun.client.company(company)["seals"]} == {"issued"}
    else:
        assert begun.client.granted(begun.values["grant"])["state"] == "waiting"


def test_a_key_that_its_sender_does_not_hold_is_not_enrolled(begun: Begun) -> None:
    """The PIN and the check are right; the public key is one that somebody saw."""
    key, thief = DeviceKey(), DeviceKey()
    other = {"collection": "0" * 24} if "collection" in begun.values else {"grant": "0" * 24}
    for said in (
        {"device_key": key.public_key},
        {"device_key": key.public_key, "signature": "AAAA"},
        begun.signed(key, thief),
        begun.signed(key, key=thief.public_key),
        begun.signed(key, **other),
        begun.signed(key, purpose="device"),
    ):
        told = begun.post(**said)
        assert told is not None
        assert (told.status, told.code) == (403, "device.signature")
        assert_nothing_made(begun)


def test_pin_and_check_without_a_device_need_a_code(begun: Begun) -> None:
    for said, code in (({}, "device.missing"), ({"code": "000000"}, "code.expired")):
        told = begun.post(**said)
        assert told is not None
        assert told.code == code
        assert_nothing_made(begun)


def test_what_its_key_signed_is_enrolled(site: Site, owner: Party) -> None:
    """Or the refusals above would prove nothing: the same, signed rightly."""
    member, grant = joined(site, owner, 848)
    check = member.client.begin_joining(grant)
    finish(check["url"])
    values = {"purpose": "join", "grant": grant, "seal": owner.seal("finance"), "check": check["id"]}
    begun = Begun(site, member, f"/api/grants/{grant}", values)
    key = DeviceKey()
    assert begun.post(**begun.signed(key)) is None
    assert [each["public_key"] for each in member.client.devices()] == [key.public_key]
    owner.client.revoke(grant)


def test_a_granted_seal_is_collected_by_a_code_that_names_it(site: Site, owner: Party) -> None:
    member, grant = joined(site, owner, 849)
    refused(lambda: member.client.send_join_code(grant), 403, "identity.not_passed")
    finish(member.client.begin_joining(grant)["url"])
    member.client.send_join_code(grant)
    inbox = f"{owner.demo.sandbox}/api/sms/messages"
    told = httpx.get(inbox, params={"mobile": member.demo.mobile}, trust_env=False).json()["messages"][0]
    assert all(part in told["text"] for part in ("领取确认码", owner.company_name, "财务专用章"))
    assert member.client.join(grant, member.pin, code=told["code"])["state"] == "active"
    assert member.client.devices() == []
    owner.client.revoke(grant)


def test_a_seal_that_came_meanwhile_was_not_signed(site: Site) -> None:
    """Whoever adds a seal, by the owner's cookies or in the database, has no keys made for it unseen."""
    party = site.founder(843, "温如玉", "北京如玉石材有限公司")
    begun = collecting(site, party)
    site.change("UPDATE seal SET state = 'declined' WHERE id = ?", party.seal("finance"))
    key = DeviceKey()
    told = begun.post(**begun.signed(key))
    assert told is not None
    assert told.code == "device.signature"
    begun.values = Client.collect_values(party.client.collection(begun.values["collection"]))
    assert len(begun.values["seals"].split(",")) == 4
    assert begun.post(**begun.signed(key)) is None
    assert party.client.company(party.company)["seals"][0]["state"] == "collected"


def test_too_many_devices_are_told_before_a_certificate_is_issued(site: Site) -> None:
    party = site.owner(844, "温如玉", "北京如玉珠宝有限公司")
    me = party.client.me()["id"]
    for number in range(DEVICES_MOST - 1):
        site.change(
            "INSERT INTO device_key (id, person_id, public_key, attestation, label, created_at)"
            " SELECT ?, person_id, ?, attestation, label, created_at FROM device_key"
            " WHERE person_id = ? LIMIT 1",
            f"{number:024d}",
            f"{number}",
            me,
        )
    first = party.company
    party.company = party.demo.register("北京如玉首饰有限公司", party.name, party.id_number)
    party.demo.licence_signed(party.company)
    begun = collecting(site, party)
    told = begun.post(**begun.signed(DeviceKey()))
    assert told is not None
    assert (told.status, told.code) == (409, "device.too_many")
    assert site.column("certificate_request", "id", collection_id=begun.values["collection"]) == []
    assert party.client.pin()["tries_left"] == 5
    # The phone that is enrolled already needs no room.
    assert begun.post(**begun.signed(party.client.device)) is None
    party.company = first


def test_a_further_device_signs_too(site: Site, owner: Party) -> None:
    with client_at(site.url) as phone:
        site.change("DELETE FROM throttle")
        owner.demo.log_in(phone)
        check = phone.begin_check("device")
        finish(check["url"])
        key, values = DeviceKey(), {"purpose": "device", "check": check["id"]}
        act: Callable[[Json], int] = lambda said: (  # noqa: E731
            phone.http.post("/api/devices", json={"check": check["id"], "pin": owner.pin, **said}).status_code
        )
        before = phone.devices()
        assert act({"device_key": key.public_key}) == 403
        signature = DeviceKey().sign({**values, "key": key.public_key})
        assert act({"device_key": key.public_key, "signature": signature}) == 403
        assert phone.devices() == before
        assert phone.pin()["tries_left"] == 5
        assert act(key.possession(values)) == 201
