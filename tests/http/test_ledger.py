"""The ledger over HTTP: what was sealed stands there, and leaves as a spreadsheet and as a sealed paper."""

from __future__ import annotations

from io import BytesIO

import httpx
import openpyxl

from tests.http.site import Party, Site, joined_as, refused
from tests.seals.papers.test_setting import texts
from tests.seals.pdf.samples import contract


def test_a_use_stands_in_the_ledger_and_leaves_as_files(site: Site, a: Party, b: Party) -> None:
    member, number = joined_as(site, a, 7201, "agent", matters=["present"])
    grant = a.client.grant(a.seal("finance"), number, a.pin, "user")
    httpx.post(member.client.begin_joining(grant["id"])["url"], data={"outcome": "pass"})
    member.client.join(grant["id"], member.pin)
    done, _ = a.sign(contract(), "=采购合同.pdf", kind="finance", document_kind="contract", amount="1200")
    told = a.client.ledger(a.company, person=a.client.me()["id"], kind="contract")
    (use,) = [each for each in told["uses"] if each["signing"] == done["id"]]
    assert (use["state"], use["kind_zh"], use["amount"]) == ("signed", "合同协议", "¥1,200.00")
    assert (use["by_masked"], use["authority_zh"], use["channel"]) == ("王*", "法定代表人本人", "scan")
    assert use["device"], "the phone that confirmed"
    assert told["counted"]["weeks"][-1]["uses"] >= 1
    assert member.client.ledger(a.company)["uses"] == [], "nothing of others"
    acts = a.client.ledger(a.company, "acts", seal=a.seal("finance"))["acts"]
    assert {"制发", "领取", "授权他人使用", "被授权人领取"} <= {act["zh"] for act in acts}

    before = {card["id"] for card in a.client.thread()["cards"]}
    book = openpyxl.load_workbook(BytesIO(a.client.export_ledger(a.company, "xlsx")))
    said = {cell.value for row in book["用印登记"].iter_rows() for cell in row}
    assert "'=采购合同.pdf" in said
    paper = a.client.export_ledger(a.company, "pdf", kind="contract")
    whole = "".join(texts(paper))
    assert "印章使用台账" in whole
    assert "=采购合同.pdf" in whole
    assert b.client.verify("台账.pdf", paper)["verdict"] == "valid"
    (number,) = site.column("paper", "code", kind="ledger")
    assert httpx.get(f"{site.url}/v/{number}").status_code == 200
    cards = [card for card in a.client.thread()["cards"] if card["id"] not in before]
    assert [card["kind"] for card in cards] == ["ledger.exported"] * 2
    refused(lambda: a.client.export_ledger(a.company, "docx"), 404, "export.not_found")
    refused(lambda: a.client.export_ledger(a.company, "xlsx", begin="2026"), 422, "ledger.period")
    refused(lambda: b.client.export_ledger(a.company, "xlsx"), 404, "company.not_found")


def test_the_rule_book_in_force_is_named(site: Site) -> None:
    assert httpx.get(f"{site.url}/health/ready").json()["policy"] == "beijing-2019"
