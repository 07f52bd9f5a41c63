"""A company files its seals on the phone (R119–R135), from the form to the receipt, with its people."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import httpx
import pytest

from server import filings_command
from server.client import Client, Json
from tests.http.site import Party, Site, joined_as, refused
from tests.main_job.stage import until


def all_accepted(site: Site, party: Party) -> None:
    """The sealer's own loop has filed all that happened to his seals."""
    until(lambda: set(site.column("maker_filing", "state", company_id=party.company)) == {"accepted"})


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    made = site.owner(970, "备书宁", "北京备案山水文化有限公司")
    all_accepted(site, made)  # what comes while an officer sits at the desk waits for him
    return made


@pytest.fixture
def manual(owner: Party) -> Iterator[httpx.Client]:
    """The desk with an officer at it."""
    with httpx.Client(base_url=owner.demo.sandbox, trust_env=False) as desk:
        desk.post("/_control", json={"filing_desk_mode": "manual"}).raise_for_status()
        yield desk
        desk.post("/_control", json={"filing_desk_mode": "automatic"}).raise_for_status()


def cards(client: Client, kind: str) -> list[Json]:
    return [each for each in client.thread()["cards"] if each["kind"] == kind]


def decide(site: Site, desk: httpx.Client, filing: str, decision: str, **form: str) -> None:
    """The officer presses a button, once the filing is on his desk."""
    until(lambda: site.column("company_filing", "reference", id=filing) != [None])
    (reference,) = site.column("company_filing", "reference", id=filing)
    assert desk.post(f"/filings/{reference}/{decision}", data=form).status_code == 303


def test_a_seal_is_filed_reviewed_rejected_filed_again_and_receipted(
    site: Site, owner: Party, manual: httpx.Client
) -> None:
    client, seal = owner.client, owner.seal()
    before = client.filings(owner.company)
    assert (before["filings"], len(before["to_file"])) == ([], 5)
    refused(lambda: client.file_seal(owner.company, seal, declared=False), 422, "filing.declared")
    asked = {"request_id": "once"}
    made = client.file_seal(owner.company, seal, **asked)
    assert client.file_seal(owner.company, seal, **asked)["id"] == made["id"]
    assert (made["state"], made["kind_of_seal"]) == ("waiting", "contract")
    refused(lambda: client.file_seal(owner.company, seal), 409, "filing.open")
    decide(site, manual, made["id"], "reject", reason="使用范围填写不规范")
    until(lambda: client.filing(made["id"])["state"] == "rejected")
    (card,) = cards(client, "filing.rejected")
    assert "原因：使用范围填写不规范" in card["lines"]
    assert card["actions"][0]["href"] == f"/m/filing/{made['id']}"

    again = client.file_seal(owner.company, seal, scope="与供应商签订合同")
    refused(lambda: client.check_filing(again["id"]), 409, "filing.no_receipt")
    decide(site, manual, again["id"], "approve")
    until(lambda: client.filing(again["id"])["state"] == "approved")
    found = client.check_filing(again["id"])
    assert found["checked_at"]
    assert (found["receipt"]["company_name"], found["receipt"]["scope"]) == (
        owner.company_name,
        "与供应商签订合同",
    )
    (card,) = cards(client, "filing.approved")
    assert f"回执编号：{found['receipt']['number']}" in card["lines"]
    assert len(cards(client, "filing.submitted")) == 2
    shown = manual.get("/filings").text
    assert owner.id_number not in shown
    assert found["receipt"]["number"] in shown
    assert len(client.filings(owner.company)["to_file"]) == 4
    assert client.filings(owner.company)["filings"][0]["may_update"]


def test_a_manager_files_what_the_representative_sees_and_an_agent_does_not(site: Site, owner: Party) -> None:
    manager, _ = joined_as(site, owner, 971, "manager")
    agent, _ = joined_as(site, owner, 972, "agent")
    manager.company, seal = owner.company, owner.seal("finance")
    made = manager.client.file_seal(owner.company, seal, scope="财务收支")
    until(lambda: owner.client.filing(made["id"])["state"] == "approved")
    assert owner.client.filing(made["id"])["receipt"]["filed_by"] != manager.name
    assert cards(manager.client, "filing.approved")
    assert cards(agent.client, "filing.approved") == []
    refused(lambda: agent.client.filings(owner.company), 403, "access.denied")
    refused(lambda: agent.client.filing(made["id"]), 403, "access.denied")


def test_all_that_happened_to_the_seals_is_filed_and_counted(site: Site, owner: Party) -> None:
    """By the sealer's own loop: made, certified, suspended; the metrics say so."""
    client, seal = owner.client, owner.seal("invoice")
    client.freeze(seal)
    until(lambda: site.column("maker_filing", "id", seal_id=seal, kind="suspended"))
    all_accepted(site, owner)
    kinds = site.column("maker_filing", "kind", seal_id=seal)
    assert sorted(kinds) == ["certified", "made", "suspended"]
    assert len(site.column("maker_filing", "id", company_id=owner.company, kind="certified")) == 5
    told = httpx.get(f"{site.url}/metrics", trust_env=False).text
    assert 'ezhang_filings{state="overdue"} 0' in told


def test_the_operator_lists_what_was_refused_and_files_it_again(
    site: Site, owner: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EZHANG_DATA", str(site.data))
    monkeypatch.delenv("EZHANG_DATABASE", raising=False)
    control = f"{owner.demo.sandbox}/_control"
    httpx.post(control, json={"faults": {"filing_desk": "refuse"}}, trust_env=False).raise_for_status()
    owner.client.freeze(owner.seal("representative"))
    until(lambda: site.column("maker_filing", "number", state="refused", company_id=owner.company))
    httpx.post(control, json={"faults": {"filing_desk": "none"}}, trust_env=False).raise_for_status()
    (number,) = site.column("maker_filing", "number", state="refused", company_id=owner.company)
    told = io.StringIO()
    assert filings_command.listed(told) == 0
    (line,) = [json.loads(each) for each in told.getvalue().splitlines() if number in each]
    assert (line["kind"], line["state"], line["reason"]) == (
        "suspended",
        "refused",
        "沙箱设定：备案材料不符，退回",
    )
    assert owner.id_number not in told.getvalue()
    assert filings_command.again(number, io.StringIO()) == 0
    until(lambda: site.column("maker_filing", "state", number=number) == ["accepted"])
    assert filings_command.again(number, told) == 1
    assert filings_command.lapsed(io.StringIO()) == 0


def test_the_conversation_leads_there(site: Site, owner: Party) -> None:
    said = owner.http.post("/api/thread/messages", json={"text": "我要备案"}).json()["cards"][-1]
    assert said["actions"][0]["href"] == f"/m/filings/{owner.company}"
