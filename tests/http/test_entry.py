"""An existing company applies over HTTP: materials, verification, return, approval, collecting."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from auth.engine import transaction
from auth.errors import Conflict, DomainError, Refused, Unavailable
from auth.models import Deployment
from auth.privacy import RecordsKey
from seals.entry.deciding import approve, reject, return_items
from seals.entry.lapsing import lapse
from seals.entry.models import EntryApplication, EntryWay
from seals.entry.starting import change
from seals.entry.verified import record_here
from server.adapters.registrar import HttpRegistrar
from server.api.entries import Entry
from server.client import Json
from tests.http.entering import begun, code_of, decide, enter, entry_form, fill_all, material, verified
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


def _unlicensed(site: Site, entry: str) -> None:
    """Without a maker's licence in force nothing is approved, and no number is spent (R30)."""

    async def act(records: RecordsKey, registrar: HttpRegistrar) -> None:
        await Deployment.filter(id=1).update(profile="production")
        try:
            await approve(entry, REVIEWER, _now(), records, registrar)
        finally:
            await Deployment.filter(id=1).update(profile="development")

    before = site.column("seal_number", "next")
    with pytest.raises(Unavailable) as refusal:
        decide(site, act)
    assert refusal.value.code == "maker.unlicensed"
    assert site.column("seal_number", "next") == before


def _return(site: Site, entry: str, items: dict[str, str]) -> None:
    async def act(records: RecordsKey, _: HttpRegistrar) -> None:
        await return_items(entry, items, REVIEWER, _now(), records)

    decide(site, act)


def _reject(site: Site, entry: str) -> None:
    async def act(records: RecordsKey, _: HttpRegistrar) -> None:
        await reject(entry, "材料不实。", REVIEWER, _now(), records)

    decide(site, act)


def _lapse(site: Site) -> None:
    async def act(_: RecordsKey, __: HttpRegistrar) -> None:
        await lapse(_now())

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
    refused(lambda: client.submit_entry(entry), 409, "entry.not_verified")
    assert verified(owner, entry)["verified"] == ["face"]
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

    (live,) = site.column("entry_verification", "live", application_id=entry)
    site.change("UPDATE entry_verification SET live = NULL WHERE application_id = ?", entry)
    with pytest.raises(Conflict) as unverified:
        _approve(site, entry)
    assert unverified.value.code == "entry.not_verified"
    site.change("UPDATE entry_verification SET live = ? WHERE application_id = ?", live, entry)
    _unlicensed(site, entry)
    _approve(site, entry)
    done = client.entry(entry)
    assert done["state"] == "approved"
    company = done["company_id"]
    (applicant,) = site.column("entry_application", "applicant_id", id=entry)
    assert site.column("maker_filing", "agent_id", company_id=company, kind="made") == [applicant] * 4
    told = next(card for card in client.thread()["cards"] if card["kind"] == "entry.approved")
    assert any(COMPANY in line for line in told["lines"])
    assert {f"/m/collect/{company}", f"/m/licence/{company}"} <= {each["href"] for each in told["actions"]}
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


def _differs(site: Site, party: Party, uscc: str, company: str, **changes: str) -> tuple[str, list[str]]:
    """Why a verified application is not approved, and in what it differs."""
    entry = party.client.begin_entry({**entry_form(party, company, uscc), **changes})
    fill_all(party, entry, company[2:6])
    verified(party, entry["id"])
    party.client.submit_entry(entry["id"])
    with pytest.raises(Refused) as refusal:
        _approve(site, entry["id"])
    party.client.withdraw_entry(entry["id"])
    return refusal.value.code, list(refusal.value.facts.get("differs", []))


def test_what_the_register_does_not_say_is_not_approved(site: Site) -> None:
    party = site.person(362, "程以安")
    uscc = enter(party, 362, "北京以安仓储有限公司", company_type="股份有限公司")
    name = "北京以安物流有限公司"
    assert _differs(site, party, uscc, name) == (
        "entry.registrar_differs",
        ["company_name", "company_type"],
    )
    unknown = _differs(site, party, code_of(363), "北京无此登记有限公司")
    assert unknown == ("entry.registrar_unknown", [])
    other = enter(site.newcomer(364, "郭若虚"), 364, "北京若虚餐饮有限公司")
    assert _differs(site, party, other, "北京若虚餐饮有限公司") == (
        "entry.registrar_differs",
        ["representative_name", "representative_id_number"],
    )


def test_files_of_another_company_and_what_changes_with_the_form(site: Site) -> None:
    party, agent = site.person(365, "贺知微"), site.person(366, "万里路")
    first = begun(party, 365)
    seals = [{"kind": "legal_name"}, {"kind": "finance_head", "person_name": "贺小满"}]
    form = entry_form(agent, "北京知微旧书有限公司", code_of(366), *seals)
    asked = {**form, "applicant": "agent", "agent_name": agent.name}
    asked |= {"agent_id_number": agent.id_number, "agent_mobile": agent.demo.mobile, "superior": True}
    entry = agent.client.begin_entry(asked)
    assert {"agent_id_front", "authorisation", "superior_letter", "name_id_front.1"} <= set(entry["missing"])
    copied = material("licence_copy", "365")
    agent.client.give_material(entry["id"], "licence_copy", "x.jpg", copied)  # a draft says nothing of whose
    verified(party, first["entry"])
    refused(
        lambda: agent.client.give_material(entry["id"], "licence_copy", "x.jpg", copied),
        422,
        "material.another_companys",
    )
    refused(
        lambda: agent.client.give_material(entry["id"], "industry_permit", "x.jpg", copied),
        404,
        "entry.no_slot",
    )
    agent.client.give_material(entry["id"], "name_letter.1", "x.jpg", material("name_letter.1", "知微"))
    blank = {"representative_id_number": "", "agent_id_number": ""}
    other = [{"kind": "legal_name"}, {"kind": "finance_head", "person_name": "贺大满"}]
    changed = agent.client.change_entry(entry["id"], {**asked, **blank, "seals": other})
    assert "name_letter.1" in changed["missing"], "a letter for one person is none for another"
    assert changed["agent_id_number"] == entry["agent_id_number"], "left empty, it stays"
    elsewhere = {**form, "owner_type": "state_organ"}
    refused(lambda: agent.client.begin_entry(elsewhere), 403, "entry.elsewhere")
    stored = site.column("entry_material", "blob", id=first["material"])[0]
    at_rest = next(path for path in (site.data / "blobs").rglob(stored)).read_bytes()
    assert copied[:64] not in at_rest, "encrypted at rest"


def test_one_application_of_a_company_and_one_decision_of_a_round(site: Site) -> None:
    one, two = site.person(367, "季无涯"), site.person(368, "卫知行")
    uscc = enter(one, 367, "北京无涯体育有限公司")
    entries = []
    for party in (one, two):
        entry = party.client.begin_entry(entry_form(one, "北京无涯体育有限公司", uscc))
        fill_all(party, entry, "无涯")
        verified(party, entry["id"])
        entries.append(entry["id"])
    assert one.client.submit_entry(entries[0])["state"] == "submitted"
    refused(lambda: two.client.submit_entry(entries[1]), 409, "entry.company_applies")

    async def at_once(records: RecordsKey, registrar: HttpRegistrar) -> list[str]:
        acts = [
            approve(entries[0], REVIEWER, _now(), records, registrar),
            return_items(entries[0], {"licence_copy": "请重拍。"}, REVIEWER, _now(), records),
            reject(entries[0], "材料不实。", REVIEWER, _now(), records),
        ]
        done = await asyncio.gather(*acts, return_exceptions=True)
        return sorted(each.code if isinstance(each, DomainError) else "done" for each in done)

    assert decide(site, at_once) == ["done", "entry.state", "entry.state"]


def test_a_form_that_changed_is_not_verified_as_it_was_judged(site: Site) -> None:
    party = site.person(369, "尤若谷")
    entry = begun(party, 369)["entry"]
    other = Entry(**entry_form(party, "北京若谷别家有限公司", code_of(370))).form()

    async def act(records: RecordsKey, _: HttpRegistrar) -> str:
        judged = await EntryApplication.get(id=entry)
        await change(entry, other, judged.applicant_id, _now(), records)
        with pytest.raises(Conflict) as late:
            async with transaction():
                await record_here(judged, EntryWay.DEPOSIT, "a deposit", "person:x", _now())
        return late.value.code

    assert decide(site, act) == "entry.changed"
    assert party.client.entry(entry)["verified"] == []


def test_what_was_returned_is_rejected_or_ends_and_another_may_apply(site: Site) -> None:
    one, two = site.person(371, "钟离秋"), site.person(372, "钟离春")
    company = "北京离秋园艺有限公司"
    uscc = enter(one, 371, company)
    entries = []
    for party in (one, one, two):
        entry = party.client.begin_entry(entry_form(one, company, uscc))
        fill_all(party, entry, "离秋")
        verified(party, entry["id"])
        entries.append(entry["id"])
    for entry in entries[:2]:
        one.client.submit_entry(entry)
        _return(site, entry, {"licence_copy": "请重拍。"})
        refused(lambda: two.client.submit_entry(entries[2]), 409, "entry.company_applies")
        if entry == entries[0]:
            _reject(site, entry)
            assert one.client.entry(entry)["state"] == "rejected"
            assert one.client.entry(entry)["rounds"][0]["outcome"] == "returned"
    site.change(
        "UPDATE entry_application SET submitted_at = '2020-01-01 00:00:00+00:00' WHERE id = ?", entries[1]
    )
    _lapse(site)
    assert one.client.entry(entries[1])["state"] == "returned", "counted from the return"
    site.change(
        "UPDATE entry_round SET decided_at = '2020-01-01 00:00:00+00:00' WHERE application_id = ?", entries[1]
    )
    _lapse(site)
    assert one.client.entry(entries[1])["state"] == "lapsed"
    (card,) = [each for each in one.client.thread()["cards"] if each["kind"] == "entry.lapsed"]
    assert "30 天" in str(card)
    assert two.client.submit_entry(entries[2])["state"] == "submitted"
