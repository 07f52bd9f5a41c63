"""An existing company applies over HTTP: materials, verification, return, approval, collecting."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auth.errors import Conflict
from auth.privacy import RecordsKey
from seals.entry.deciding import approve, return_items
from server.adapters.registrar import HttpRegistrar
from server.client import Json
from tests.http.entering import decide, enter, entry_form, fill_all, material, verified
from tests.http.site import Party, Site, refused
from tests.seals.photo.papers import jpeg, sheet

COMPANY = "北京旧雨信息技术有限公司"
REVIEWER = "0123456789abcdef01234567"
SEALS = (
    {"kind": "legal_name", "style": "digitised"},
    {"kind": "contract"},
    {"kind": "contract"},
    {"kind": "representative"},
)
SLOTS = {
    "licence_copy",
    "representative_id_front",
    "representative_id_back",
    "name_letter.3",
    "name_authorisation.3",
    "imprint_scan.0",
    "making_confirmation",
}


def _now() -> datetime:
    return datetime.now(UTC)


def _approve(site: Site, entry: str) -> None:
    async def act(records: RecordsKey, registrar: HttpRegistrar) -> None:
        await approve(entry, REVIEWER, _now(), records, registrar)

    decide(site, act)


def _return(site: Site, entry: str, items: dict[str, str]) -> None:
    async def act(records: RecordsKey, _: HttpRegistrar) -> None:
        await return_items(entry, items, REVIEWER, _now(), records)

    decide(site, act)


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    return site.person(361, "沈怀瑾")


@pytest.fixture(scope="module")
def uscc(owner: Party) -> str:
    return enter(owner, 361, COMPANY)


@pytest.fixture(scope="module")
def draft(owner: Party, uscc: str) -> Json:
    return owner.client.begin_entry(entry_form(owner, COMPANY, uscc, *SEALS))


def test_a_draft_shows_what_this_case_needs_and_masks_what_is_personal(owner: Party, draft: Json) -> None:
    assert set(draft["missing"]) == SLOTS
    assert draft["state"] == "draft"
    assert owner.id_number not in str(draft)
    assert owner.demo.mobile not in str(draft)
    told = refused(lambda: owner.client.submit_entry(draft["id"]), 422, "entry.missing")
    assert set(told.facts["missing"]) == SLOTS


def test_from_the_form_to_collected_seals(site: Site, owner: Party, draft: Json) -> None:
    client, entry = owner.client, draft["id"]
    full = fill_all(owner, draft, "旧雨")
    assert full["missing"] == []
    refused(lambda: client.submit_entry(entry, declaration=False), 422, "declaration.missing")
    refused(lambda: client.submit_entry(entry, will=False), 422, "entry.will")
    assert client.submit_entry(entry)["state"] == "submitted"
    refused(lambda: client.submit_entry(entry), 409, "entry.state")
    refused(lambda: client.give_material(entry, "licence_copy", "a.jpg", b"x"), 409, "entry.state")

    _return(site, entry, {"licence_copy": "公章盖住了统一社会信用代码，请重新盖章拍照。"})
    back = client.entry(entry)
    assert (back["state"], back["missing"]) == ("returned", ["licence_copy"])
    refused(lambda: client.submit_entry(entry), 422, "entry.missing")
    old = next(slot for slot in back["slots"] if slot["key"] == "licence_copy")
    assert "公章盖住" in old["returned"]
    client.give_material(entry, "licence_copy", "again.jpg", jpeg(sheet("营业执照副本重拍", 9)))
    assert client.submit_entry(entry)["state"] == "submitted"
    first, second = client.entry(entry)["rounds"]
    assert (first["outcome"], list(first["returned"])) == ("returned", ["licence_copy"])
    assert first["materials"]["licence_copy"]["id"] == old["material"]["id"]
    assert client.material_file(entry, old["material"]["id"]) == material("licence_copy", "旧雨")
    assert second["outcome"] == "waiting"

    with pytest.raises(Conflict) as unverified:
        _approve(site, entry)
    assert unverified.value.code == "entry.not_verified"
    assert verified(owner, entry)["verified"] == ["face"]
    _approve(site, entry)
    done = client.entry(entry)
    assert done["state"] == "approved"
    company = done["company_id"]
    owner.demo.licence_signed(company)
    owner.demo.collect(company, owner.pin)
    seals = client.company(company)["seals"]
    assert {seal["state"] for seal in seals} == {"collected"}
    assert sorted(seal["name"] for seal in seals) == sorted(
        [
            f"{COMPANY}法定名称章",
            f"{COMPANY}合同专用章",
            f"{COMPANY}合同专用章（2）",
            "沈怀瑾法定代表人名章",
        ]
    )
    assert site.column("seal", "photo_id", id=next(s["id"] for s in seals if s["kind"] == "legal_name"))[0]
    with pytest.raises(Conflict) as late:
        _approve(site, entry)
    assert late.value.code == "entry.state"
