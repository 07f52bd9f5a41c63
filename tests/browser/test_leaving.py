"""Who logs out leaves no draft behind in the browser, and keeps the key that makes it his device."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.windows import Window
from tests.http.site import Site

KEPT = "Object.keys(sessionStorage).length"


@pytest.mark.parametrize("wide", [False, True])
def test_the_draft_of_a_registration_goes(site: Site, phone: Window, wide: bool) -> None:
    party = site.person(471 + wide, "方知远")
    page = steps.enter_as(phone, site, party).go("/m/register")
    steps.type_in(page.get_by_label("企业名称"), "北京市朝阳区知远小吃店")
    page.wait_for_function(f"{KEPT} > 0")
    phone.go("/pc" if wide else "/m/sessions")
    page.evaluate("localStorage.setItem('stays', '1')")
    page.get_by_role("button", name="退出" if wide else "在本机退出", exact=True).first.click()
    expect(page).to_have_url(f"{site.url}/{'pc' if wide else 'm'}/login")
    assert page.evaluate(KEPT) == 0
    assert page.evaluate("localStorage.getItem('stays')") == "1"
