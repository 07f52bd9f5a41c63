"""The review desk in a browser: opened, taken, returned item by item, given anew, verified, approved."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.browser import looking, steps
from tests.browser.windows import DESK, PHONE, Window
from tests.http.desks import host
from tests.http.entering import enter, entry_form, fill_all
from tests.http.site import Site
from tests.seals.photo.papers import card as card_of
from tests.seals.photo.papers import jpeg

COMPANY = "北京听松信息技术有限公司"
ALPHA_OF_CORNER = """(picture) => {
  const paper = document.createElement("canvas").getContext("2d");
  paper.drawImage(picture, 0, 0);
  return paper.getImageData(0, 0, 1, 1).data[3];
}"""


def _seen(page: Page, name: str) -> None:
    """No barriers and nothing too wide; a picture of it where a folder is named."""
    assert not looking.barriers(page)
    assert not [wrong for width in (320, 390, 1280) for wrong in looking.too_wide(page, width)]
    if folder := os.environ.get("EZHANG_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_day_at_the_desk(site: Site, open_window: Callable[..., Window]) -> None:
    owner, reviewer = site.person(7121, "林听松"), site.person(7122, "沈砚秋")
    uscc = enter(owner, 7121, COMPANY)
    wanted = {"kind": "contract", "foreign_text": "TINGSONG", "translation": "听松"}
    wanted |= {"translation_confirmed": True}
    scanned = {"kind": "legal_name", "style": "digitised"}
    draft = owner.client.begin_entry(entry_form(owner, COMPANY, uscc, wanted, scanned))
    fill_all(owner, draft, "听松")
    phone = open_window(**PHONE, reduced_motion="reduce")
    steps.enter_as(phone, site, owner, device=False)
    _paid(site, phone, draft["id"])
    owner.client.submit_entry(draft["id"])
    (role,) = host(site, "add", reviewer.demo.mobile, "operator", "沈砚秋")
    desk = open_window(**DESK, reduced_motion="reduce")
    desk.expect(403, "/api/desk/reviews")  # closed until it is opened
    steps.enter_as(desk, site, reviewer, device=False)

    page = desk.go("/desk/reviews")
    expect(page).to_have_url(f"{desk.url}/desk?next=%2Fdesk%2Freviews")
    expect(page.get_by_role("heading", name="请确认是您本人")).to_be_visible()
    _seen(page, "desk-closed")
    steps.type_in(page.get_by_label("开通码"), role["code"])
    page.get_by_role("button", name="仅用开通码打开（开发环境）").click()
    expect(page).to_have_url(f"{desk.url}/desk/reviews")
    _seen(desk.page, "desk-queue")
    desk.go("/desk")
    tile = page.get_by_role("link", name="审核 待办")
    expect(tile).to_be_visible()
    _seen(page, "desk-start")
    tile.click()
    page.get_by_role("button", name="企业申请").click()
    row = page.locator(".staff-item").filter(has_text=COMPANY)
    row.get_by_role("button", name="领取").click()

    expect(page.locator(".staff-check.staff-equal")).to_have_count(6)
    asked = page.locator("#form-facts").get_by_text("合同专用章")
    expect(asked.locator("..")).to_contain_text("按登记名称新制外文或民族文字：TINGSONG中文译文：听松")
    slots = page.locator(".staff-materials > li")
    expect(slots.locator("img:not(.staff-imprint)")).to_have_count(slots.count())
    cut = slots.filter(has_text="印章将制成这样").locator(".staff-imprint")
    expect(cut).to_have_count(1)
    expect(cut).to_have_js_property("complete", True)
    assert cut.evaluate(ALPHA_OF_CORNER) == 0, "the imprint alone; a photo hides what is under it"
    _seen(page, "desk-entry")
    card = slots.filter(has_text="国徽面")
    card.get_by_label("退回此项").check()
    steps.type_in(card.get_by_label("原因（申请人可见）"), "图片模糊，请重新拍摄")
    page.get_by_role("button", name="退回补正").click()
    expect(page).to_have_url(f"{desk.url}/desk/reviews")
    assert owner.client.entry(draft["id"])["missing"] == ["representative_id_back"]
    phone.go(f"/m/apply/{draft['id']}")
    first = phone.page.locator(".slot").first
    expect(first).to_contain_text("退回原因：图片模糊，请重新拍摄")
    expect(phone.page.locator(".slot .button-main")).to_have_count(1)  # of what is to be given
    owner.client.give_material(draft["id"], "representative_id_back", "again.jpg", jpeg(card_of("听松重拍")))
    owner.client.submit_entry(draft["id"])

    desk.go("/desk/reviews")
    row.get_by_role("button", name="领取").click()
    expect(page.get_by_text("图片模糊，请重新拍摄")).to_be_visible()
    _seen(page, "desk-entry-again")
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page).to_have_url(f"{desk.url}/desk/reviews")
    assert owner.client.entry(draft["id"])["state"] == "approved"
    phone.go("/m")
    expect(steps.card(phone.page, "印章申请已通过")).to_contain_text(COMPANY)

    # Supervision: a week of which nothing may be told has no bar, and there is no error of its length.
    (role,) = host(site, "add", reviewer.demo.mobile, "regulator", "沈砚秋")
    desk.go("/desk")
    steps.type_in(page.get_by_label("开通码"), role["code"])
    page.get_by_role("button", name="仅用开通码打开（开发环境）").click()
    expect(page.get_by_role("main").get_by_role("link", name="监督")).to_be_visible()
    desk.go("/desk/supervision")
    expect(page.locator("#weeks .super-chart text").first).to_be_attached()
    told = [each for each in page.locator("#weeks td").all_inner_texts() if each.isdigit()]
    expect(page.locator("#weeks .super-chart rect")).to_have_count(len(told))


def _paid(site: Site, phone: Window, entry: str) -> None:
    """By the page of the phone, the amount read in the sandbox's bank."""
    page = phone.go(f"/m/apply/{entry}")
    page.get_by_role("link", name="改用对公账户打款验证").click()
    _seen(page, "deposit")
    steps.type_in(page.get_by_label("对公账号"), "1100 1234 5678 9012 3456")
    steps.type_in(page.get_by_label("开户银行"), "中国工商银行北京望京支行")
    page.get_by_role("button", name="申请打款").click()
    expect(page.get_by_label("到账金额（元）")).to_be_visible()
    _seen(page, "deposit-sent")
    bank = httpx.get(f"http://127.0.0.1:{site.port + 1}/bank", trust_env=False).text
    arrived = bank.partition(COMPANY)[2].partition("+")[2].partition(" ")[0]
    steps.type_in(page.get_by_label("到账金额（元）"), arrived)
    page.get_by_role("button", name="确认金额").click()
    expect(page.get_by_text("验证通过，企业身份已确认。")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="返回申请").click()
    expect(page.get_by_text("对公账户已验证。")).to_be_visible()
    expect(page.get_by_role("button", name="开始核验")).to_be_hidden()
