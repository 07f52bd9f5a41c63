"""A stolen session and the right PIN: without the owner's own device they confirm nothing.

The thief may write the database too. What he sends goes through the real web process to the real sealer.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from server.client import Client, DeviceKey, Json
from server.demo_contract import demo_contract
from tests.http.site import Party, Site, client_at, refused

CONTRACT = demo_contract("甲方")
MALFORMED = [
    "",
    "AAAA",
    "!" * 88,
    base64.b64encode(bytes(64)).decode(),
    base64.b64encode(b"\xff" * 64).decode(),
]


@dataclass
class Scene:
    """A claimed signing of the victim's, and a thief with all cookies of his browser."""

    site: Site
    victim: Party
    thief: Client
    signing: str
    claim: Json
    digits: str

    def values(self, device: str) -> dict[str, str]:
        return {**self.thief.confirm_values(self.claim), "device": device}

    def send(self, **proof: str) -> Json:
        """The right PIN, digits and intent, with this proof."""
        said = {"pin": self.victim.pin, "digits": self.digits, "intent": self.claim["intent"], **proof}
        path = f"/api/challenges/{self.claim['id']}/confirm"
        return self.thief._read(self.thief.http.post(path, json=said))

    def signed_by(self, key: DeviceKey, device: str, **changed: str) -> dict[str, str]:
        """A signature of this key in this device's name, over what the claim says or something near it."""
        values = {**self.values(device), **changed}
        return {"device": device, "signature": key.sign({k: v for k, v in values.items() if v})}

    def own(self) -> dict[str, str]:
        """The id of the victim's own device."""
        return next(
            d for d in self.victim.client.devices() if d["public_key"] == self.victim.client.device.public_key
        )

    def refused(self, code: str, **proof: str) -> None:
        """What is sent is refused, signs nothing, and does not bring the owner's PIN nearer to its lock."""
        refused(lambda: self.send(**proof), 403, code)
        assert self.victim.client.signing(self.signing)["state"] == "pending"
        assert self.site.column("holder", "tries", person_id=self.victim.client.me()["id"]) == [0]


@pytest.fixture
def scene(site: Site, victim: Party) -> Iterator[Scene]:
    """Afterwards everything stands as before, and the victim can seal: nothing locked him out."""
    site.change("DELETE FROM throttle")
    signing = victim.ask(CONTRACT)["id"]
    shown = victim.client.open_challenge(signing)
    claim = victim.client.claim(token=shown["url"].partition("#")[2])
    thief = client_at(site.url)
    thief.http.cookies.update(victim.http.cookies)
    before = [row for table, row in site.rows() if table == "device_key"]
    try:
        yield Scene(site, victim, thief, signing, claim, shown["digits"])
    finally:
        thief.close()
        site.change("DELETE FROM device_key WHERE label = 'invented'")
        for row in before:
            site.change(
                "UPDATE device_key SET person_id = ?, public_key = ?, attestation = ?, revoked_at = ?"
                " WHERE id = ?",
                *(row[name] for name in ("person_id", "public_key", "attestation", "revoked_at", "id")),
            )
    if victim.client.signing(signing)["state"] == "pending":
        victim.client.confirm(claim["id"], victim.pin, shown["digits"], claim["intent"])
    ended = Client.until(lambda: victim.client.signing(signing), "signed", "failed")
    assert ended["state"] == "signed"


@pytest.fixture(scope="module")
def other(site: Site) -> Party:
    """Another company's owner, with an enrolled device of his own."""
    return site.owner(3, "赵启明", "上海启明贸易有限公司")


def test_the_pin_alone(scene: Scene) -> None:
    scene.refused("device.missing")


def test_a_device_without_a_signature_and_a_signature_without_a_device(scene: Scene) -> None:
    good = scene.victim.client.signed(scene.claim["id"])
    scene.refused("device.missing", device=good["device"])
    scene.refused("device.missing", signature=good["signature"])


def test_a_key_that_was_never_enrolled(scene: Scene) -> None:
    key = DeviceKey()
    scene.refused("device.unknown", **scene.signed_by(key, secrets.token_hex(12)))
    scene.refused("device.signature", **scene.signed_by(key, scene.own()["id"]))


def test_more_tries_than_a_pin_has_lock_nothing(scene: Scene) -> None:
    """The fixture confirms afterwards."""
    key = DeviceKey()
    for _ in range(7):
        scene.refused("device.signature", **scene.signed_by(key, scene.own()["id"]))


def test_another_persons_device(scene: Scene, other: Party) -> None:
    device = other.client.devices()[0]["id"]
    signed = scene.signed_by(other.client.device, device)
    scene.refused("device.unknown", **signed)
    scene.site.change(
        "UPDATE device_key SET person_id = ? WHERE id = ?", scene.victim.client.me()["id"], device
    )
    scene.refused("custody.not_attested", **signed)


def test_a_device_invented_in_the_database(scene: Scene) -> None:
    key, device = DeviceKey(), secrets.token_hex(12)
    attested = scene.site.column("device_key", "attestation", id=scene.own()["id"])[0]
    scene.site.change(
        "INSERT INTO device_key (id, person_id, public_key, attestation, label, created_at)"
        " SELECT ?, person_id, ?, ?, 'invented', created_at FROM device_key WHERE id = ?",
        device,
        key.public_key,
        attested,
        scene.own()["id"],
    )
    scene.refused("custody.not_attested", **scene.signed_by(key, device))


def test_the_key_of_a_device_exchanged_in_the_database(scene: Scene) -> None:
    key, device = DeviceKey(), scene.own()["id"]
    scene.site.change("UPDATE device_key SET public_key = ? WHERE id = ?", key.public_key, device)
    scene.refused("custody.not_attested", **scene.signed_by(key, device))


def test_a_signature_for_another_signing_and_for_another_code_of_the_same(scene: Scene) -> None:
    victim = scene.victim
    elsewhere = victim.client.open_here(victim.ask(CONTRACT)["id"])
    scene.refused("device.signature", **victim.client.signed(elsewhere["id"]))
    before = victim.client.signed(scene.claim["id"])
    shown = victim.client.open_challenge(scene.signing)
    claim = victim.client.claim(token=shown["url"].partition("#")[2])
    again = Scene(scene.site, victim, scene.thief, scene.signing, claim, shown["digits"])
    again.refused("device.signature", **before)
    victim.client.confirm(claim["id"], victim.pin, shown["digits"])


@pytest.mark.parametrize(
    "name", ["purpose", "challenge", "intent", "signing", "seal", "sha256", "sm3", "expires", "device"]
)
def test_every_value_of_what_is_confirmed_counts(scene: Scene, name: str) -> None:
    key, own = scene.victim.client.device, scene.own()["id"]
    changed = scene.values(own)[name][:-1] + "x"
    signature = key.sign({**scene.values(own), name: changed})
    scene.refused("device.signature", device=own, signature=signature)
    left_out = {other: value for other, value in scene.values(own).items() if other != name}
    scene.refused("device.signature", device=own, signature=key.sign(left_out))


@pytest.mark.parametrize("signature", MALFORMED)
def test_what_is_no_signature_at_all(scene: Scene, signature: str) -> None:
    scene.refused("device.signature", device=scene.own()["id"], signature=signature)


def test_a_device_that_was_removed(scene: Scene) -> None:
    own = scene.own()["id"]
    scene.victim.client.remove_device(own)
    scene.refused("device.removed", **scene.signed_by(scene.victim.client.device, own))
    # The owner himself, too: the fixture puts the device back for the tests that follow.
    act: Callable[[], Any] = partial(scene.send, **scene.signed_by(scene.victim.client.device, own))
    refused(act, 403, "device.removed")


def test_the_event_says_which_way_and_which_device(scene: Scene) -> None:
    own = scene.own()["id"]
    scene.send(**scene.signed_by(scene.victim.client.device, own))
    (facts,) = scene.site.column(
        "event", "facts", kind="signing.confirmed", subject=f"signing:{scene.signing}"
    )
    assert '"way":"device"' in facts
    assert f'"device":"{own}"' in facts
    assert scene.site.column("device_key", "last_used_at", id=own) != [None]
