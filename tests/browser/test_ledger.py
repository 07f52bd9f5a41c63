"""The ledger on the phone: from the menu, uses and keeping, filters, a narrow screen, a file taken out."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import looking, steps
from tests.browser.windows import Window
from tests.http.site import Site

COMPANY = "北京台账仪器有限公司"


def test_the_ledger_is_read_filtered_and_taken_out(site: Site, phone: Window, contract: bytes) -> None:
    owner = site.owner(412, "韩书瑶", COMPANY)
    owner.sign(contract, "采购合同.pdf", document_kind="contract", amount="12000")
    owner.client.cancel(owner.ask(contract, "报价单.pdf", kind="finance", document_kind="bid")["id"])
    steps.enter_as(phone, site, owner)
    page = phone.go("/m")
    page.click(".menu-button >> nth=1")
    page.get_by_role("link", name="用印台账").click()
    rows = page.locator("#rows > li")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("采购合同.pdf")
    expect(rows.nth(1)).to_contain_text("法定代表人本人")
    expect(page.locator("#chart svg .bar-full")).to_have_count(1)
    assert not looking.too_wide(page, 320)
    page.click("#filters > summary")
    page.select_option("#kind", "bid")
    page.click("#form [type=submit]")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("已取消")
    page.click("#filters > summary")
    page.click("#clear")
    expect(rows).to_have_count(2)
    page.click("#part-acts")
    expect(page.locator("#rows")).to_contain_text("领取")
    with page.expect_download() as taken:
        page.click("#xlsx")
    assert taken.value.suggested_filename.endswith(".xlsx")
