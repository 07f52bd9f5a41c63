"""A PC that is logged in by the phone, and the list of logins, as people see them."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import OpenWindow
from tests.browser.windows import PHONE, Window, qr_on
from tests.http.site import Site

HEADING = "让这台电脑用您的身份登录吗？"


def scan(desk: Window, phone: Window) -> str:
    """Point the phone at the PC's login page; returns the two digits on the PC."""
    desk.go("/pc/login")
    expect(desk.page.get_by_alt_text("登录用的二维码")).to_be_visible()
    address, digits = qr_on(desk.page), desk.page.locator("#scan-digits").inner_text()
    assert re.fullmatch("[0-9]{2}", digits)
    phone.page.goto(address)
    expect(phone.page).to_have_url(re.compile("/q$"))  # the token has left the address bar
    return digits


def test_a_pc_is_logged_in_by_scan_and_out_again_from_the_phone(
    site: Site, desk: Window, phone: Window
) -> None:
    party = site.person(431, "卫知秋")
    steps.enter_as(phone, site, party)
    digits = scan(desk, phone)
    page = phone.page
    expect(page.get_by_role("heading", name=HEADING)).to_be_visible()
    expect(page.get_by_text("Chrome · ")).to_be_visible()
    expect(page.get_by_text(site.url.removeprefix("http://"))).to_be_visible()
    expect(desk.page.get_by_text(re.compile("已扫码，请在手机上确认"))).to_be_visible()
    page.get_by_label("电脑屏幕上的两位数字").fill(digits)
    page.get_by_role("button", name="确认登录").click()
    expect(page.get_by_text("已同意登录", exact=True)).to_be_visible()
    desk.page.wait_for_url(re.compile("/pc$"))
    page.get_by_role("link", name="登录的设备").click()
    there = page.get_by_role("listitem").filter(has_text="手机扫码")
    there.get_by_role("button", name="让这台设备退出").click()
    expect(there).to_have_count(0)
    desk.page.goto(f"{site.url}/pc")
    desk.page.wait_for_url(re.compile("/pc/login"))


def test_a_wrong_digit_ends_it_on_both_screens(site: Site, desk: Window, open_window: OpenWindow) -> None:
    phone = open_window(**PHONE)
    steps.enter_as(phone, site, site.person(432, "卫知秋"))
    digits = scan(desk, phone)
    phone.expect(410, "/confirm")
    phone.page.get_by_label("电脑屏幕上的两位数字").fill(f"{(int(digits) + 1) % 100:02d}")
    phone.page.get_by_role("button", name="确认登录").click()
    expect(phone.page.get_by_text("不能继续登录", exact=True)).to_be_visible()
    expect(desk.page.get_by_text("手机上没有同意，或数字不对")).to_be_visible()
    desk.page.get_by_role("button", name="换新二维码").click()
    expect(desk.page.get_by_alt_text("登录用的二维码")).to_be_visible()


def test_a_phone_that_is_not_logged_in_does_so_and_comes_back(
    site: Site, desk: Window, phone: Window
) -> None:
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    desk.go("/pc/login")
    expect(desk.page.get_by_alt_text("登录用的二维码")).to_be_visible()
    phone.expect(401, "/api/me")
    phone.page.goto(qr_on(desk.page))
    phone.page.wait_for_url(re.compile(r"/m/login\?next=%2Fq"))
    steps.log_in(phone, "13900000433")
    expect(phone.page.get_by_role("heading", name=HEADING)).to_be_visible()
    phone.page.get_by_role("button", name="取消").click()
    expect(phone.page.get_by_text("已取消", exact=True)).to_be_visible()
