"""A company files a seal on the phone and reads its receipt; what is left out is said under its field."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import looking, steps
from tests.browser.windows import Window
from tests.http.site import Site

NARROW_PX = 320


def test_a_seal_is_filed_on_the_phone_and_corrected(site: Site, phone: Window) -> None:
    party = site.owner(473, "卫清和", "北京清和备案茶业有限公司")
    page = steps.enter_as(phone, site, party).go("/m")
    page.get_by_role("button", name="办理").click()
    page.get_by_role("link", name="备案管理").click()
    expect(page.locator("#none")).to_be_visible()
    page.get_by_role("button", name="提交备案").click()
    expect(page.locator("#scope-error")).to_have_text("请填写此项")
    expect(page.locator("#declared-error")).to_have_text("请阅读并勾选声明")
    page.locator("#seal").select_option(party.seal("contract"))
    steps.type_in(page.get_by_label("使用范围"), "签订合同")
    page.locator("#declared").check()
    assert looking.too_wide(page, NARROW_PX) == []
    page.screenshot(path="/tmp/wt/a3_form.png", full_page=True)
    page.get_by_role("button", name="提交备案").click()
    expect(page.locator("#receipt")).to_contain_text("YZBA")
    assert looking.too_wide(page, NARROW_PX) == []
    page.screenshot(path="/tmp/wt/a3_one.png", full_page=True)
    page.get_by_role("button", name="核对无误").click()
    expect(page.locator("#receipt .chip")).to_have_text("已核对无误")
    page.get_by_role("link", name="申请更正").click()
    expect(page.locator("#scope")).to_have_value("签订合同")
    steps.type_in(page.get_by_label("回执哪里不对，应改成什么"), "名称应为合同章")
    page.locator("#declared").check()
    page.get_by_role("button", name="提交备案").click()
    expect(page.locator("#receipt")).to_contain_text("YZBA")
    page.get_by_role("link", name="全部备案").click()
    expect(page.locator("#filings .chip")).to_have_text(["已通过", "已被取代"])
    page.screenshot(path="/tmp/wt/a3_list.png", full_page=True)
    phone.go("/m")
    expect(page.locator("#cards")).to_contain_text("印章备案已通过")
    page.screenshot(path="/tmp/wt/a3_thread.png")
