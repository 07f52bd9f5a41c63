"""The conversation by company: switching, pictures, states in place, searching, quick replies, photos."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pypdfium2
import pytest
import qrcode
from playwright.sync_api import FilePayload, Page, expect

from tests.browser import looking, steps
from tests.browser.windows import PHONE, Window
from tests.http.site import Party, Site

FIRST, SECOND = "北京知远钟表有限公司", "北京知远文具有限公司"
NARROW = {**PHONE, "viewport": {"width": 320, "height": 568}, "reduced_motion": "reduce"}


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """The owner of two companies, the first of which seals."""
    party = site.owner(291, "何知远", FIRST)
    party.demo.register(SECOND, party.name, party.id_number)
    return party


@pytest.fixture
def hand(site: Site, owner: Party, open_window: Callable[..., Window]) -> Window:
    """A narrow phone, at the thread of the first company."""
    window = steps.enter_as(open_window(**NARROW), site, owner)
    window.go(f"/m?company={owner.company}")
    expect(window.page.get_by_role("heading", name="枚印章已领取")).to_be_visible()
    return window


def jpeg(name: str, picture: object) -> FilePayload:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG")  # type: ignore[attr-defined]
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def choose(page: Page, name: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=name).click()


def test_a_thread_tells_of_one_company_and_the_header_leads_to_the_other(hand: Window, owner: Party) -> None:
    page = hand.page
    expect(page.get_by_role("button", name="北京知远钟表有限公司")).to_be_visible()
    expect(page.get_by_text(f"{SECOND}法定名称章")).to_have_count(0)
    assert not [*looking.barriers(page), *looking.unseen_focus(page), *looking.too_wide(page, 320)]
    page.get_by_role("button", name="北京知远钟表有限公司").click()
    choose(page, SECOND)
    page.wait_for_url("**/m?company=*")
    expect(steps.card(page, f"{SECOND}法定名称章")).to_contain_text("待领取")
    expect(page.get_by_role("heading", name="枚印章已领取")).to_have_count(0)
    page.goto(page.url.partition("?")[0])
    expect(page.get_by_role("button", name="北京知远文具有限公司")).to_be_visible()  # it is remembered


def test_whoever_has_one_company_sees_no_switch_until_another_comes(
    site: Site, open_window: Callable[..., Window]
) -> None:
    single = site.person(292, "何知行")
    window = steps.enter_as(open_window(**NARROW), site, single)
    window.go("/m")
    expect(window.page.locator("#company")).to_have_text("还没有企业")
    expect(
        window.page.get_by_role("button", name="查看更早的消息")
    ).to_be_hidden()  # there is nothing earlier
    single.company = single.demo.register("北京知行钟表有限公司", "何知行", single.id_number)
    expect(window.page.locator("#company")).to_have_text("北京知行钟表有限公司")
    expect(window.page.locator("#switch")).to_be_hidden()
    single.demo.register("北京知行文具有限公司", "何知行", single.id_number)  # while he looks on
    expect(window.page.locator("#switch")).to_be_visible()


def test_a_card_shows_the_page_and_its_state_changes_in_place(
    hand: Window, owner: Party, contract: bytes
) -> None:
    page = hand.page
    waiting = owner.ask(contract, "采购合同.pdf")
    asked = steps.card(page, "有文件等待盖章")
    expect(asked).to_contain_text("采购合同.pdf")
    picture = asked.locator("img.picture-page")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("one => one.naturalWidth") > 0
    expect(asked.locator(".tone-wait")).to_contain_text("前确认")
    kept = picture.evaluate_handle("one => one")
    owner.client.cancel(waiting["id"])
    expect(asked.locator(".tone-past")).to_contain_text("已取消")
    assert kept.evaluate("one => one.isConnected"), "the picture that was there stays"


def test_a_word_finds_its_cards(hand: Window, owner: Party, contract: bytes) -> None:
    page = hand.page
    owner.client.cancel(owner.ask(contract, "特种钢材清单.pdf")["id"])
    page.get_by_role("button", name="查找消息").click()
    sheet = page.get_by_role("dialog", name="查找消息")
    sheet.get_by_role("searchbox").fill("钢材 取消")
    sheet.get_by_role("searchbox").press("Enter")
    expect(sheet.get_by_text("找到 2 条")).to_be_visible()
    expect(sheet.get_by_role("article").first).to_contain_text("特种钢材清单.pdf")
    assert not [*looking.barriers(page), *looking.too_wide(page, 320)]
    sheet.get_by_role("searchbox").fill("没有这样的词")
    expect(sheet.get_by_text("没有找到")).to_be_visible()
    sheet.get_by_role("button", name="关闭").click()
    expect(sheet).to_be_hidden()


def test_quick_replies_and_suggestions_are_said_with_one_tap(hand: Window) -> None:
    page = hand.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("list", name="现在可以办的").get_by_role("button", name="我的印章").click()
    expect(steps.card(page, "您的印章")).to_be_visible()
    steps.type_in(page.get_by_label("输入消息"), "敲个章吧")
    page.get_by_role("button", name="发送", exact=True).click()
    missed = steps.card(page, "抱歉，我没有听懂")
    missed.get_by_role("button", name="盖章", exact=True).click()
    expect(steps.card(page, "请发一份 PDF 给我")).to_be_visible()


def test_a_photo_is_offered_as_what_it_shows(hand: Window, site: Site, contract: bytes) -> None:
    page = hand.page
    page.locator("#file").set_input_files(
        jpeg("码.jpg", qrcode.make(f"{site.url}/verify", box_size=12).get_image())
    )
    expect(page.get_by_role("dialog")).to_contain_text("二维码")
    choose(page, "打开它指向的页面")
    page.wait_for_url(f"{site.url}/verify")
    page.go_back()
    picture = pypdfium2.PdfDocument(contract)[0].render(scale=1.5).to_pil()
    page.locator("#file").set_input_files(jpeg("现场.jpg", picture))
    expect(page.get_by_role("dialog")).to_contain_text("像是一份文件")
    choose(page, "做成 PDF，去盖章")
    page.wait_for_url(re.compile(r"/m/seal\?document="))
    expect(page.get_by_text("现场.pdf", exact=True)).to_be_visible()
