"""A sole trader's pages speak of an operator, funds and premises: it has no legal representative (R14)."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.windows import Window
from tests.http.site import Site

OWN_WORDS = ("经营者", "资金数额", "注册日期", "经营场所")


def test_a_sole_trader_registers_and_reads_its_licence(site: Site, phone: Window) -> None:
    party = site.person(441, "方知远")
    page = steps.enter_as(phone, site, party).go("/m/register")
    page.get_by_label("企业类型").select_option("sole_trader")
    fields = steps.registration("方知远", party.id_number, party.demo.mobile, "北京市朝阳区知远小吃店")
    for named, place in (("深圳知远小吃店", "深圳市"), (fields["企业名称"], "朝阳区")):
        steps.fill_form(page, {"企业名称": named})
        expect(page.locator("#region option:checked")).to_have_text(place)  # as the name begins
    fields["经营场所"], fields["资金数额"] = fields.pop("住所"), fields.pop("注册资本")
    steps.fill_form(page, fields)
    expect(page.get_by_role("group", name="经营者")).to_be_visible()
    page.get_by_label("企业类型").select_option("limited")
    expect(page.get_by_role("group", name="法定代表人")).to_be_visible()
    page.get_by_label("企业类型").select_option("sole_trader")
    page.get_by_label("我承诺").check()
    page.get_by_role("button", name="提交申请").click()
    page.get_by_role("link", name="查看执照").first.click()
    terms = page.get_by_role("term")
    expect(terms.first).to_be_visible()
    shown = terms.all_inner_texts()
    assert set(OWN_WORDS) <= set(shown)
    assert not {"法定代表人", "注册资本", "成立日期", "住所"} & set(shown)
