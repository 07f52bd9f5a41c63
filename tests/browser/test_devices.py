"""Confirming from a browser that keeps no key, and from a second phone that was enrolled."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.windows import PHONE, Window
from tests.http.site import Party, Site

# Over plain http a browser has no crypto.subtle; 127.0.0.1 is as good as https to it.
PLAIN_HTTP = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });"


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """The owner of a company whose seals are collected."""
    return site.owner(121, "冯雨桐", "北京雨桐设计有限公司")


def ask_on_the_desk(site: Site, owner: Party, desk: Window, contract: bytes) -> None:
    """A signing that waits, its QR code on the PC."""
    signing = str(owner.ask(contract, "保密协议.pdf")["id"])
    steps.enter_as(desk, site, owner, device=False).go(f"/pc?signing={signing}")
    expect(desk.page.get_by_text("请用手机扫码确认")).to_be_visible()


def newest_message(owner: Party) -> str:
    told = httpx.get(f"{owner.demo.sandbox}/api/sms/messages", params={"mobile": owner.demo.mobile})
    return str(told.json()["messages"][0]["text"])


def send_code(page: Page) -> None:
    page.get_by_role("button", name="发送验证码").click()
    expect(page.get_by_text("已发送，请查看短信")).to_be_visible()


def test_where_the_browser_keeps_no_key_a_message_brings_a_code(
    site: Site, owner: Party, desk: Window, open_window: Callable[..., Window], contract: bytes
) -> None:
    ask_on_the_desk(site, owner, desk, contract)
    hand = open_window(**PHONE)
    hand.context.add_init_script(PLAIN_HTTP)
    steps.enter_as(hand, site, owner, device=False)
    steps.scan(desk, hand)
    page = hand.page
    page.get_by_role("button", name="确认用印").click()
    steps.type_in(page.get_by_label("电脑屏幕上的两位数字"), steps.digits_on(desk))
    steps.type_in(page.get_by_label("用印口令"), owner.pin)
    code = page.get_by_label("短信验证码")
    page.get_by_role("dialog").get_by_role("button", name="确认用印").click()
    expect(code).to_have_accessible_description(re.compile("请输入短信验证码"))
    send_code(page)
    text = newest_message(owner)
    assert all(part in text for part in (owner.company_name, "保密协议.pdf", "合同专用章", "不要告诉任何人"))
    right = str(steps.CODE.findall(text)[0])
    hand.expect(403, "/api/challenges/.*/confirm")
    steps.type_in(code, f"{(int(right) + 1) % 10**6:06d}")
    page.get_by_role("dialog").get_by_role("button", name="确认用印").click()
    expect(code).to_have_accessible_description(re.compile("还可以试 4 次"))
    code.fill(right)
    page.get_by_role("dialog").get_by_role("button", name="确认用印").click()
    expect(page.get_by_text("盖好了")).to_be_visible()
    hand.go("/m")
    expect(steps.card(page, "用印已确认，正在签署")).to_contain_text("由短信验证码确认")
    hand.go("/m/devices")
    expect(page.get_by_text("这个浏览器不能保存密钥")).to_be_visible()
    expect(page.get_by_role("button", name="登记本机")).to_be_hidden()


def test_a_second_phone_is_enrolled_by_an_identity_check_and_the_first_is_told(
    site: Site, owner: Party, desk: Window, open_window: Callable[..., Window], contract: bytes
) -> None:
    first = steps.enter_as(open_window(**PHONE), site, owner)
    first.go("/m")
    second = steps.enter_as(open_window(**PHONE), site, owner, device=False)
    page = second.go("/m/sessions")
    page.get_by_role("link", name="确认用印的设备").click()
    expect(page.get_by_role("listitem")).to_have_count(1)
    steps.begin_check(page, "登记本机")
    page.get_by_role("button", name="通过 Pass").click()
    steps.type_in(page.get_by_label("用印口令"), owner.pin)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_role("listitem").filter(has_text="本机")).to_have_count(1)
    expect(page.get_by_role("button", name="登记本机")).to_be_hidden()
    # Told without anybody's doing, on the phone that lies beside it.
    told = steps.card(first.page, "一台设备可以确认用印了")
    expect(told).to_contain_text("经身份核验和口令登记")

    ask_on_the_desk(site, owner, desk, contract)
    steps.scan(desk, second)
    steps.confirm_on_phone(page, owner.pin, steps.digits_on(desk))
    expect(page.get_by_text("盖好了")).to_be_visible()

    told.get_by_role("link", name="查看确认设备").click()
    first.page.get_by_role("listitem").last.get_by_role("button", name="移除").click()
    first.page.get_by_role("dialog").get_by_role("button", name="移除这台设备").click()
    expect(first.page.get_by_role("listitem")).to_have_count(1)
    ask_on_the_desk(site, owner, desk, contract)
    steps.scan(desk, second)
    page.get_by_role("button", name="确认用印").click()
    expect(page.get_by_label("短信验证码")).to_be_visible()


def test_a_device_that_is_removed_while_the_page_is_open_leaves_the_code(
    site: Site, owner: Party, desk: Window, phone: Window, contract: bytes
) -> None:
    ask_on_the_desk(site, owner, desk, contract)
    steps.enter_as(phone, site, owner)
    steps.scan(desk, phone)
    page = phone.page
    phone.expect(403, "/api/challenges/.*/confirm")
    page.get_by_role("button", name="确认用印").click()
    site.change("UPDATE device_key SET revoked_at = created_at WHERE person_id = ?", owner.client.me()["id"])
    steps.type_in(page.get_by_label("电脑屏幕上的两位数字"), steps.digits_on(desk))
    steps.type_in(page.get_by_label("用印口令"), owner.pin)
    page.get_by_role("dialog").get_by_role("button", name="确认用印").click()
    expect(page.get_by_text("这台设备已被移除")).to_be_visible()
    steps.type_in(page.get_by_label("用印口令"), owner.pin)
    send_code(page)
    steps.type_in(page.get_by_label("短信验证码"), owner.demo.sms_code())
    page.get_by_role("dialog").get_by_role("button", name="确认用印").click()
    expect(page.get_by_text("盖好了")).to_be_visible()
