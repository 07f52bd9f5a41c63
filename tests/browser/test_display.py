"""The look: chosen and kept, nothing moves while a page fills, nothing breaks by names or blocked storage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import looking, steps
from tests.browser.windows import PHONE, Window
from tests.http.site import Party, Site

OpenWindow = Callable[..., Window]
NAME = "买买提·吐尔逊"
# 60 characters, with brackets.
COMPANY = (
    "新疆天山（乌鲁木齐）跨境供应链数字化综合服务与国际贸易发展促进"
    "及边境口岸仓储物流信息咨询运营管理研究示范中心有限责任公司"
)
FILE = "عقد-توريد-2026.pdf"
DARK, LIGHT = "rgb(22, 20, 17)", "rgb(243, 241, 236)"
GROUND = "() => getComputedStyle(document.body).backgroundColor"
SHIFTS = """() => new Promise((told) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((one) => (sum += one.value)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => told(sum), 300);
})"""
HELD = """() => document.activeElement === document.body
  || document.activeElement.closest("dialog") !== null"""
BLOCKED = """for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError"); } });
}"""


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    return site.owner(471, NAME, COMPANY)


def test_the_look_is_chosen_and_kept_by_this_browser(open_window: OpenWindow) -> None:
    window = open_window(**PHONE, color_scheme="dark")
    page = window.go("/verify")
    assert page.evaluate(GROUND) == DARK  # as the device is
    window.go("/m/display").get_by_role("link", name="浅色").click()
    expect(page.get_by_role("link", name="浅色")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="特大").click()
    window.go("/verify")
    assert page.evaluate(GROUND) == LIGHT
    assert page.evaluate("() => getComputedStyle(document.documentElement).fontSize") == "24px"
    window.go("/m/display").get_by_role("link", name="深色").click()
    page.emulate_media(color_scheme="light")
    assert page.evaluate(GROUND) == DARK
    assert not looking.too_wide(page, 320)


def test_long_and_foreign_names_break_no_page(
    open_window: OpenWindow, site: Site, owner: Party, contract: bytes
) -> None:
    signing = owner.ask(contract, FILE)
    code = str(signing["document"]["code"])
    window = steps.enter_as(open_window(**PHONE, reduced_motion="reduce"), site, owner)
    pages = {
        "/m": ".said >> nth=3",
        f"/m/licence/{owner.company}": "[data-state=valid]",
        f"/m/seals/{owner.company}": "#seals > li:nth-child(5) img",
        f"/m/people/{owner.company}": "#company-name:not(:empty)",
        f"/m/seal?signing={signing['id']}": "#preview-pages img",
        owner.client.open_challenge(signing["id"])["url"]: "#confirm-pages img",
        f"/v/{code}": "h1",
        owner.client.present(owner.company)["url"]: ".face",
    }
    wrong = []
    for path, ready in pages.items():
        page = window.page
        page.goto("about:blank")
        page.goto(path if path.startswith("http") else window.url + path)
        page.locator(ready).first.wait_for(state="attached")
        found = [
            *looking.too_wide(page, 320),
            *looking.too_wide(page, 390),
            *looking.torn_by_large_text(page),
        ]
        wrong += [f"{path}: {each}" for each in found]
    assert not wrong, "\n".join(wrong)
    line = window.go("/m").locator(".card-line").filter(has_text="عقد").first
    assert f"\u2068{FILE}\u2069" in line.inner_text()


def test_nothing_moves_while_a_page_fills(
    open_window: OpenWindow, browser: Any, site: Site, owner: Party, contract: bytes
) -> None:
    window = steps.enter_as(open_window(**PHONE), site, owner)
    signing = owner.ask(contract)
    pages = {
        "/m": ".said >> nth=3",
        owner.client.open_challenge(signing["id"])["url"]: "#confirm-pages img",
        "/verify": "#drop",
        "/m/sessions": "#logins > li",
    }
    # Without the watch of `Window`, whose pages are not seen before they have loaded.
    context = browser.new_context(locale="zh-CN", **PHONE)
    context.add_cookies(window.context.cookies())
    page: Page = context.new_page()
    moved = {}
    for path, ready in pages.items():
        page.goto(path if path.startswith("http") else site.url + path)
        page.locator(ready).first.wait_for()
        moved[path] = page.evaluate(SHIFTS)
    context.close()
    assert moved == dict.fromkeys(pages, 0)


def test_where_storage_is_blocked_the_thread_works(open_window: OpenWindow, site: Site, owner: Party) -> None:
    window = open_window(**PHONE)
    window.context.add_init_script(BLOCKED)
    steps.enter_as(window, site, owner, device=False)
    page = window.go("/m")
    page.locator(".said").nth(3).wait_for()
    page.locator("#text").fill("帮助")
    page.locator(".composer-send").click()
    expect(page.locator(".said-mine .bubble").last).to_have_text("帮助")
    window.go("/m/pin")
    page.locator("#part-change:not([hidden]) .pad-key").first.wait_for()
    page.get_by_role("button", name="打乱数字").click()
    expect(page.get_by_role("button", name="打乱数字")).to_have_attribute("aria-pressed", "true")


def test_a_drawer_holds_the_focus_and_gives_it_back(
    open_window: OpenWindow, site: Site, owner: Party
) -> None:
    window = steps.enter_as(open_window(**PHONE), site, owner, device=False)
    page = window.go("/m/sessions")
    opener = page.locator("#end-all")
    expect(opener).to_be_visible()  # before that nothing takes the focus
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate(HELD)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()
    log = window.go("/m").get_by_role("log")
    expect(log.get_by_role("list")).to_be_visible()
    expect(page.locator("[aria-live=polite]#announcer")).to_be_attached()
