"""A company that the registrar calls otherwise, over HTTP: its seals, its card, what it sealed before."""

from __future__ import annotations

from tests.http.site import Site
from tests.main_job.stage import until
from tests.registering import rename
from tests.seals.pdf.samples import contract

OLD, NEW = "北京听澜文化有限公司", "北京观海智能科技有限公司"


def test_what_was_sealed_before_stays_good_under_the_old_name(site: Site) -> None:
    owner = site.owner(6911, "纪云深", OLD)
    done, file = owner.sign(contract())
    code = done["document"]["code"]
    pending = owner.ask(contract())["id"]
    old = {seal["number"] for seal in owner.client.company(owner.company)["seals"]}
    rename(owner.demo.sandbox, owner.client.company(owner.company)["uscc"], NEW)
    until(lambda: owner.client.company(owner.company)["name"] == NEW)

    (seal,) = owner.client.record(code)["seals"]
    assert (seal["company"], seal["company_now"]) == (OLD, NEW)
    assert (seal["seal_state_then"], seal["seal_state_now"]) == ("good", "cancelled")
    page = owner.client.http.get(f"/v/{code}").text
    assert OLD in page
    assert f"现名：{NEW}" in page
    verdict = owner.client.verify("合同.pdf", file)
    assert verdict["verdict"] == "valid"
    assert NEW in str(verdict["steps"])

    assert owner.client.signing(pending)["state"] == "failed"
    seals = owner.client.company(owner.company)["seals"]
    fresh = [seal for seal in seals if seal["state"] == "issued"]
    assert len(fresh) == 5
    assert not {seal["number"] for seal in fresh} & old
    assert {seal["ended_for"] for seal in seals if seal["state"] == "cancelled"} == {"rename"}
    (card,) = [card for card in owner.client.thread()["cards"] if card["kind"] == "company.renamed"]
    assert (card["title"], card["lines"][0]) == (f"企业已更名为{NEW}", f"原名称：{OLD}")
