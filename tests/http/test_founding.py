"""Registration gives the licence and, free and at once, exactly five seals (R1-R5, R27, R28)."""

from __future__ import annotations

import json
import re

from auth import identifiers
from server.demo_contract import demo_contract
from tests.http.site import Site, refused

KINDS = ["legal_name", "finance", "invoice", "contract", "representative"]


def test_a_founded_company_has_exactly_the_five_seals_free_and_at_once(site: Site) -> None:
    owner = site.founder(61, "孟思远", "北京思远工程技术有限公司")
    company = owner.client.company(owner.company)
    assert sorted(seal["kind"] for seal in company["seals"]) == sorted(KINDS)
    assert {seal["state"] for seal in company["seals"]} == {"issued"}
    numbers = [seal["number"] for seal in company["seals"]]
    assert len(set(numbers)) == 5
    assert all(re.fullmatch(r"110105\d{7}", number) for number in numbers)
    assert identifiers.uscc(company["uscc"]) == company["uscc"]
    # One moment for company and seals: they were written by one transaction.
    assert len({*site.column("seal", "created_at", company_id=owner.company)}) == 1
    assert (
        site.column("company", "created_at", id=owner.company)
        == site.column("seal", "created_at", company_id=owner.company)[:1]
    )


def test_the_seals_say_what_the_registrar_said(site: Site) -> None:
    owner = site.founder(62, "叶知秋", "北京知秋文化传播有限公司")
    company = owner.client.company(owner.company)
    by_kind = {seal["kind"]: seal for seal in company["seals"]}
    assert by_kind["contract"]["name"] == "北京知秋文化传播有限公司合同专用章"
    assert by_kind["representative"]["name"] == "叶知秋法定代表人名章"
    assert company["licence"]["state"] == "valid"
    assert company["licence"]["data"]["uscc"] == company["uscc"]
    assert company["licence"]["data"]["representative_name"] == "叶知秋"


def test_each_seal_arrives_as_an_event_of_the_company(site: Site) -> None:
    owner = site.founder(63, "袁清和", "北京清和医药科技有限公司")
    stream = f"company:{owner.company}"
    issued = [
        json.loads(facts)["kind"]
        for facts in site.column("event", "facts", stream=stream, kind="seal.issued")
    ]
    assert issued == KINDS


def test_an_uncollected_seal_signs_nothing(site: Site) -> None:
    owner = site.founder(64, "程若水", "北京若水环保科技有限公司")
    before = site.column("signing", "id")
    refused(lambda: owner.ask(demo_contract(owner.company_name)), 409, "seal.not_collected")
    assert site.column("signing", "id") == before
    assert site.column("seal_key", "id", seal_id=owner.seal()) == []
