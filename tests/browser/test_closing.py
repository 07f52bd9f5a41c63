"""A person closes his account on his phone, from his logins, by a code to his mobile."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.windows import Window
from tests.http.site import Site


def test_an_account_is_closed_by_a_code_and_is_gone(site: Site, phone: Window) -> None:
    party = site.person(6931, "方知微")
    steps.enter_as(phone, site, party)
    page = phone.go("/m/sessions")
    page.get_by_role("link", name="注销账户").click()
    expect(page).to_have_url(f"{site.url}/m/account-close")
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_label("短信验证码")).to_be_focused()
    steps.type_in(page.get_by_label("短信验证码"), party.code())
    page.get_by_role("button", name="确认注销账户").click()
    expect(page).to_have_url(f"{site.url}/m/login")
    phone.go("/m")
    expect(page).to_have_url(f"{site.url}/m/login?next=%2Fm")
