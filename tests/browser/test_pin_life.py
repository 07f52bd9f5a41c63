"""The PIN on the phone: changed, locked at a confirmation and unlocked, forgotten; a seal frozen and back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.windows import Window
from tests.http.site import Party, Site

WRONG, NEW_PIN = "271828", "58203917"
LONG_AGO = "2020-01-01 00:00:00+00:00"


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """The owner of a company whose five seals are collected."""
    return site.owner(181, "程诗涵", "北京诗涵乐器有限公司")


@pytest.fixture
def page(phone: Window, site: Site, owner: Party) -> Page:
    """The owner's phone."""
    site.change("DELETE FROM throttle WHERE id LIKE 'identity.%'")
    return steps.enter_as(phone, site, owner).page


def test_a_pin_is_changed(phone: Window, page: Page, owner: Party) -> None:
    phone.go("/m")
    page.get_by_role("button", name="办理").click()
    page.get_by_role("link", name="用印口令").click()
    expect(page.get_by_text("口令有效，请在")).to_be_visible()
    page.get_by_label("原口令").fill(WRONG)
    page.get_by_label("新口令", exact=True).fill(NEW_PIN)
    page.get_by_label("再输入一次新口令").fill(NEW_PIN)
    phone.expect(403, "/api/me/pin")
    page.get_by_role("button", name="更改口令").click()
    expect(page.locator("#old_pin-error")).to_contain_text("还可以试 4 次")
    page.get_by_label("原口令").fill(owner.pin)
    page.get_by_role("button", name="更改口令").click()
    expect(page.get_by_text("口令已更改。")).to_be_visible()
    owner.pin = NEW_PIN


def test_a_lock_met_at_a_confirmation_leads_to_the_check_that_lifts_it(
    phone: Window, page: Page, site: Site, owner: Party, contract: bytes
) -> None:
    me = owner.client.me()["id"]
    site.change("UPDATE holder SET tries = 4, wait_until = ? WHERE person_id = ?", LONG_AGO, me)
    signing = owner.ask(contract)["id"]
    phone.go(f"/m/seal?signing={signing}")
    page.get_by_role("button", name="在本机确认").click()
    phone.expect(403, "/api/challenges/.*/confirm")
    steps.confirm_on_phone(page, WRONG)
    expect(page.get_by_text("口令连续输错 5 次，已锁定")).to_be_visible()
    page.get_by_role("link", name="用印口令").click()
    expect(page.get_by_text("口令已锁定。做一次身份核验即可解锁")).to_be_visible()
    steps.begin_check(page, "核验身份并解锁")
    page.get_by_role("button", name="通过 Pass").click()
    expect(page.get_by_text("口令已解锁", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_text("口令已解锁", exact=True)).to_be_visible()
    assert owner.client.pin()["state"] == "good"


def test_a_seal_is_frozen_by_one_tap_and_comes_back_by_a_check(
    phone: Window, page: Page, owner: Party
) -> None:
    phone.go(f"/m/seals/{owner.company}")
    item = page.get_by_role("listitem").filter(has_text="合同专用章")
    item.get_by_role("button", name="暂停").click()
    expect(item.get_by_text("已暂停", exact=True)).to_be_visible()
    steps.begin_check(page, item.get_by_role("button", name="核验身份后恢复"))
    page.get_by_role("button", name="不通过").click()
    expect(page.get_by_text("身份核验没有通过")).to_be_visible()
    phone.go(f"/m/seals/{owner.company}")
    steps.begin_check(page, item.get_by_role("button", name="核验身份后恢复"))
    page.get_by_role("button", name="通过 Pass").click()
    expect(page.get_by_text("印章已恢复", exact=True)).to_be_visible()
    phone.go(f"/m/seals/{owner.company}")
    expect(item.get_by_text("可使用", exact=True)).to_be_visible()


def test_a_forgotten_pin_is_reset_and_the_seals_are_collected_anew(
    phone: Window, page: Page, owner: Party
) -> None:
    phone.go("/m/pin")
    steps.begin_check(page, "核验身份并申请重置")
    page.get_by_role("button", name="通过 Pass").click()
    expect(page.get_by_text("重置申请已提交", exact=True)).to_be_visible()
    phone.go("/m")
    card = steps.card(page, "5 枚印章的密钥已作废")
    card.get_by_role("link", name="领取印章").click()
    steps.begin_check(page)
    page.get_by_role("button", name="通过 Pass").click()
    expect(page.get_by_role("heading", name="设置用印口令（PIN）")).to_be_visible()
