"""The phone names what it showed: a document exchanged between looking and confirming is not signed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from auth.models import ChallengePurpose
from seals.models import Signing
from seals.signing.opening import intent
from server.demo_contract import demo_contract
from tests.http.site import Party, Site, refused

COLUMNS = ("prepared_blob", "prepared", "digest_sha256", "digest_sm3", "claimed_at", "base_blob")


@pytest.fixture
def exchanged(site: Site, victim: Party) -> tuple[str, Any, str]:
    """A signing that was looked at and then became another, challenge and all; claim and digits."""
    signing = victim.ask(demo_contract("甲方"))["id"]
    other = victim.ask(demo_contract("乙方"))["id"]
    shown = victim.client.open_challenge(signing)
    claim = victim.client.claim(token=shown["url"].partition("#")[2])
    for column in COLUMNS:
        site.change(
            f'UPDATE signing SET "{column}" = (SELECT "{column}" FROM signing WHERE id = ?) WHERE id = ?',  # noqa: S608
            other,
            signing,
        )
    site.change("UPDATE challenge SET intent = ? WHERE id = ?", _intent(site, signing), claim["id"])
    return signing, claim, shown["digits"]


def _intent(site: Site, signing: str) -> str:
    """What the sealer would compute for the exchanged row, as the attacker does."""
    names = ("id", "digest_sha256", "digest_sm3", "seal_id", "prepared", "request", "claimed_at")
    values = {name: site.column("signing", name, id=signing)[0] for name in names}
    read = {
        "prepared": json.loads(values["prepared"]),
        "request": json.loads(values["request"]),
        "claimed_at": datetime.fromisoformat(values["claimed_at"]),
    }
    return intent(Signing.construct(**{**values, **read}), ChallengePurpose.SIGNING)


def test_another_document_than_the_phone_showed(
    victim: Party,
    exchanged: tuple[str, dict, str],  # type: ignore[type-arg]
) -> None:
    signing, claim, digits = exchanged
    refused(
        lambda: victim.client.confirm(claim["id"], victim.pin, digits, claim["intent"]),
        409,
        "signing.changed",
    )
    assert victim.client.signing(signing)["state"] == "pending"


def test_another_seal_than_the_phone_showed(site: Site, victim: Party) -> None:
    signing = victim.ask(demo_contract("戊方"))["id"]
    shown = victim.client.open_challenge(signing)
    claim = victim.client.claim(token=shown["url"].partition("#")[2])
    seal = victim.seal("finance")
    key = site.column("seal_key", "id", seal_id=seal)[0]
    site.change("UPDATE signing SET seal_id = ?, key_id = ? WHERE id = ?", seal, key, signing)
    site.change("UPDATE challenge SET intent = ? WHERE id = ?", _intent(site, signing), claim["id"])
    refused(
        lambda: victim.client.confirm(claim["id"], victim.pin, shown["digits"], claim["intent"]),
        409,
        "signing.changed",
    )


def test_pictures_of_another_document_than_the_phone_was_told(
    victim: Party,
    exchanged: tuple[str, dict, str],  # type: ignore[type-arg]
) -> None:
    signing, claim, _ = exchanged
    page = f"/api/signings/{signing}/pages/0.png"
    told = {"w": 300, "digest": claim["signing"]["digest_sha256"]}
    assert victim.http.get(page, params=told).status_code == 409
    now = {"w": 300, "digest": victim.client.signing(signing)["digest_sha256"]}
    assert victim.http.get(page, params=now).status_code == 200


def test_the_pictures_of_a_sealed_document_are_those_of_what_was_confirmed(victim: Party) -> None:
    done, _ = victim.sign(demo_contract("丙方"))
    page = f"/api/signings/{done['id']}/pages/0.png"
    right = {"w": 300, "digest": done["digest_sha256"]}
    assert victim.http.get(page, params=right).status_code == 200
    assert victim.http.get(page, params={**right, "digest": "0" * 64}).status_code == 409
