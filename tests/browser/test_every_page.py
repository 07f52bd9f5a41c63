"""Every page, in the states people see it in: behind the login, within the screen, readable by everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser import looking, steps
from tests.browser.sights import (
    COMPANY,
    FILE,
    NAME,
    OTHER_COMPANY,
    Shelf,
    Tour,
    login_pages,
    open_pages,
    own_pages,
    stock,
)
from tests.browser.windows import DESK, PHONE, Window
from tests.http.site import Party, Site

KINDS = ("法定名称章", "财务专用章", "发票专用章", "合同专用章")
REGISTERED = (
    "有限责任公司",
    "北京市朝阳区望京街 10 号院 3 号楼 1801 室",
    "精密仪器的技术开发、制造、销售；货物进出口。",
)
EXAMPLES = (
    *("北京云杉科技有限公司", "建国路 88 号 3 层", "软件开发；技术服务；技术咨询"),
    "中国工商银行北京望京支行",
)
ENTERED = ("北京第405号旧企业有限公司", "执照.jpg")
WIDTHS_PX = (360, 390, 1280)


@pytest.fixture(scope="module")
def shelf(site: Site, contract: bytes) -> Shelf:
    """One of everything that pages are about."""
    return stock(site, contract)


def too_wide(page: Page) -> list[str]:
    return [wrong for width in WIDTHS_PX for wrong in looking.too_wide(page, width)]


def tour(site: Site, open_window: Callable[..., Window], language: str, who: Party | None) -> Tour:
    """Both devices, reading a language; logged in, or not."""
    windows = [open_window(**device, reduced_motion="reduce") for device in (PHONE, DESK)]
    for window in windows:
        window.context.add_cookies([{"name": "ezhang_lang", "value": language, "url": site.url}])
        if who is not None:
            # Not an enrolled device: the drawer that confirms then shows all that it ever asks for.
            steps.enter_as(window, site, who, device=False)
    return Tour(*windows)


def all_round(
    site: Site,
    shelf: Shelf,
    open_window: Callable[..., Window],
    language: str,
    judge: Callable[[Page], list[str]],
) -> list[str]:
    """What is wrong on any page in a language."""
    inside = tour(site, open_window, language, shelf.owner)
    wrong = [*inside.of(own_pages(shelf), judge), *inside.of(open_pages(shelf), judge)]
    return wrong + tour(site, open_window, language, None).of(login_pages(), judge)


def test_every_page_fits_the_screen_and_has_no_barriers(
    site: Site, shelf: Shelf, open_window: Callable[..., Window]
) -> None:
    def judge(page: Page) -> list[str]:
        wrong = [*looking.barriers(page), *looking.at_night(page, looking.dim), *looking.unseen_focus(page)]
        if page.viewport_size == PHONE["viewport"]:
            wrong += [*looking.small_targets(page), *looking.torn_by_large_text(page)]
        return [*wrong, *too_wide(page)]

    wrong = all_round(site, shelf, open_window, "zh", judge)
    assert not wrong, "\n".join(wrong)


def test_english_pages_hold_no_chinese_but_data_and_no_barriers(
    site: Site, shelf: Shelf, open_window: Callable[..., Window]
) -> None:
    seals = {f"{company}{kind}" for company in (COMPANY, OTHER_COMPANY) for kind in KINDS}
    data = {
        COMPANY,
        OTHER_COMPANY,
        NAME,
        f"{NAME}法定代表人名章",
        "韩*",
        "李*",
        "李",  # the first character, before the masked name
        FILE,
        *seals,
        *REGISTERED,
        *EXAMPLES,
        *ENTERED,
    }
    data |= {"合同专用章", "签订合同"}  # as it was filed
    data |= {str(name) for name in site.column("entry_application", "company_name")}  # at the desk
    data |= {"北京市 朝阳区", "北京市"}  # places of registration, as they are written
    data.add("程序接口 API")  # names a program in both languages at once
    data.add("e章通")  # the seal maker, as its certificate names it

    def judge(page: Page) -> list[str]:
        # What differs between languages is the same by day and by night, but for what can be read: of the
        # four that a page can look like, two are judged by all rules and two by their contrast.
        barriers = [*looking.dim(page), *looking.at_night(page, looking.barriers)]
        return [*barriers, *looking.chinese_left(page, data), *too_wide(page)]

    wrong = all_round(site, shelf, open_window, "en", judge)
    assert not wrong, "\n".join(wrong)


def test_a_page_of_ones_own_asks_for_the_login_and_comes_back(shelf: Shelf, phone: Window) -> None:
    for sight in own_pages(shelf):
        phone.go(sight.path)
        login = "/pc/login" if sight.on_desk else "/m/login"
        expect(phone.page).to_have_url(f"{phone.url}{login}?next={quote(sight.path, safe='')}")
    phone.go(f"/m/seals/{shelf.company}")
    steps.log_in(phone, shelf.owner.demo.mobile)
    expect(phone.page).to_have_url(f"{phone.url}/m/seals/{shelf.company}")
    expect(phone.page.get_by_role("heading", name=COMPANY)).to_be_visible()


def test_english_is_asked_for_by_a_link_and_kept(phone: Window, shelf: Shelf) -> None:
    page = phone.go("/m/login?next=/m/code")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Send me a code")).to_be_visible()
    assert "next=" in page.url
    expect(page.locator("html")).to_have_attribute("lang", "en")
    phone.go("/verify")
    expect(page.get_by_role("heading", name="Is this document genuine?")).to_be_visible()
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", name=re.compile("真伪"))).to_be_visible()
