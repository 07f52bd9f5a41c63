"""Log in by WeChat, as people see it: the button, WeChat's page (the sandbox's), the mobile, the way back."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.windows import Window
from tests.http.site import Site


def to_wechat(phone: Window, press: str) -> None:
    """From the login page of a page of one's own to WeChat, and one of its buttons."""
    phone.go("/m/records")
    phone.page.get_by_role("button", name="微信登录").click()
    phone.page.get_by_role("button", name=press).click()


def test_the_first_login_asks_for_the_mobile_and_the_second_for_nothing(site: Site, phone: Window) -> None:
    site.change("DELETE FROM wechat_account")
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    to_wechat(phone, "微信用户丙")
    expect(phone.page.get_by_text("这个微信号第一次登录")).to_be_visible()
    assert phone.path == "/m/wechat", "code and state have left the address bar"
    steps.log_in(phone, "13900000434")
    expect(phone.page).to_have_url(f"{site.url}/m/records")
    expect(phone.page.get_by_text("还没有用印记录。")).to_be_visible()
    phone.context.clear_cookies()
    to_wechat(phone, "微信用户丙")
    expect(phone.page).to_have_url(f"{site.url}/m/records")
    phone.go("/m/sessions")
    expect(phone.page.get_by_text("微信", exact=True).first).to_be_visible()


def test_who_refuses_in_wechat_is_back_at_the_login(phone: Window) -> None:
    to_wechat(phone, "拒绝")
    expect(phone.page.get_by_text("您在微信中没有同意登录。")).to_be_visible()
    phone.page.get_by_role("link", name="回到登录页").click()
    expect(phone.page).to_have_url(re.compile("/m/login$"))
