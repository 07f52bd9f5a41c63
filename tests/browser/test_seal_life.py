"""A seal's life on the phone: suspended by one tap, resumed, lost, cancelled with the PIN; made again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import card, enter_as, type_in
from tests.browser.windows import PHONE, Window
from tests.http.site import Party, Site, joined_as


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """The owner of a company whose five seals are collected."""
    return site.owner(771, "韩知秋", "北京知秋园林有限公司")


def seal(page: Page, kind: str, state: str) -> Locator:
    heading = page.get_by_role("heading", name=re.compile(f"^{kind} {state}"))
    return page.get_by_role("listitem").filter(has=heading).first


def confirm(page: Page, owner: Party) -> None:
    type_in(page.get_by_label("您的用印口令"), owner.pin)
    page.get_by_role("button", name="确认办理").click()


def test_a_seal_from_suspension_to_its_end(phone: Window, site: Site, owner: Party) -> None:
    page = enter_as(phone, site, owner).page
    page.goto(f"{site.url}/m/seals/{owner.company}")
    contract = seal(page, "合同专用章", "可使用")
    expect(contract).to_contain_text("证书有效期至")
    contract.get_by_role("button", name="暂停").click()
    contract = seal(page, "合同专用章", "已暂停")
    expect(contract).to_contain_text("暂停时间")
    contract.get_by_role("button", name="恢复使用").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("恢复后可以继续盖章")
    phone.expect(403, "/api/seal-changes/.*/confirm")
    type_in(page.get_by_label("您的用印口令"), "1357924680")
    page.get_by_role("button", name="确认办理").click()
    expect(drawer.get_by_text("口令不正确")).to_be_visible()
    confirm(page, owner)
    contract = seal(page, "合同专用章", "可使用")
    expect(contract).to_be_visible()

    contract.get_by_role("button", name="更多办理").click()
    drawer.get_by_role("button", name=re.compile("^挂失")).click()
    expect(drawer).to_contain_text("不能撤回")
    expect(drawer).to_contain_text("是，编码不同")
    expect(drawer).to_contain_text("立即吊销（已被取代）")
    page.get_by_role("button", name="返回修改").click()
    expect(drawer).to_be_hidden()
    contract.get_by_role("button", name="更多办理").click()
    drawer.get_by_role("button", name=re.compile("^挂失")).click()
    confirm(page, owner)
    expect(seal(page, "合同专用章", "待领取")).to_be_visible()
    expect(seal(page, "合同专用章", "已注销")).to_contain_text("挂失")

    legal = seal(page, "法定名称章", "可使用")
    legal.get_by_role("button", name="更多办理").click()
    drawer.get_by_role("button", name=re.compile("^注销")).click()
    expect(drawer).to_contain_text("立即吊销（停止使用）")
    confirm(page, owner)
    expect(seal(page, "法定名称章", "已注销")).to_contain_text("企业申请注销")
    page.get_by_role("link", name="增加印章").click()
    page.get_by_text("法定名称章（公章）").click()
    page.get_by_role("button", name="确认并制作").click()
    expect(page.get_by_role("heading", name="印章已制作")).to_be_visible()

    page.goto(f"{site.url}/m")
    expect(card(page, "北京知秋园林有限公司合同专用章已注销")).to_contain_text("已挂失")
    expect(page.get_by_text("代替已注销的印章")).to_be_visible()


def test_an_agent_asks_and_the_representative_carries_it_out(
    phone: Window, open_window: object, site: Site, owner: Party
) -> None:
    agent, member = joined_as(site, owner, 772, "agent", matters=["life"])
    owner.client.paper(owner.client.order_form(owner.company, "mandate", member)["id"])
    page = enter_as(phone, site, agent).page
    page.goto(f"{site.url}/m/seals/{owner.company}")
    finance = seal(page, "财务专用章", "可使用")
    finance.get_by_role("button", name="申请办理").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^停止使用")).click()
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("dialog").get_by_text("请填写")).to_be_visible()
    page.get_by_label("理由").fill("财务外包，不再使用")
    page.get_by_role("button", name="提交申请").click()
    expect(finance).to_contain_text("您已申请停止使用（注销）")
    expect(finance.get_by_role("button", name="同意并办理")).to_have_count(0)

    theirs = enter_as(open_window(**PHONE), site, owner).page  # type: ignore[operator]
    theirs.goto(f"{site.url}/m")
    asked = card(theirs, "申请印章停止使用（注销）")
    expect(asked).to_contain_text("财务外包，不再使用")
    asked.get_by_role("link", name="去处理").click()
    finance = seal(theirs, "财务专用章", "可使用")
    expect(finance).to_contain_text("授权委托书 ")
    finance.get_by_role("button", name="不同意").click()
    expect(theirs.get_by_role("dialog")).to_contain_text("申请人会看到")
    theirs.get_by_role("button", name="取消").click()
    finance.get_by_role("button", name="同意并办理").click()
    expect(theirs.get_by_role("dialog")).to_contain_text("立即吊销（停止使用）")
    confirm(theirs, owner)
    expect(seal(theirs, "财务专用章", "已注销")).to_contain_text("企业申请注销")
    page.goto(f"{site.url}/m")
    expect(card(page, "已按申请办理：停止使用（注销）")).to_be_visible()
