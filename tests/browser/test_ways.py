"""The ways of an identity check on the phone: what is agreed to, and a counter that is come back to."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import looking, steps
from tests.browser.windows import PHONE, Window
from tests.http.site import Party, Site

# Over plain http a browser has no crypto.subtle; 127.0.0.1 is as good as https to it.
PLAIN_HTTP = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });"
CODE = re.compile(r"[0-9]{4} [0-9]{4}")


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """Somebody whose company's seals wait to be collected."""
    return site.founder(191, "钟灵秀", "北京灵秀文具有限公司")


@pytest.fixture
def phone(open_window: Callable[..., Window]) -> Window:
    """A phone on which nothing moves, so that it is judged as it stays."""
    return open_window(**PHONE, reduced_motion="reduce")


def test_the_face_is_asked_for_only_where_it_is_chosen(phone: Window, site: Site, owner: Party) -> None:
    page = steps.enter_as(phone, site, owner).go(f"/m/collect/{owner.company}")
    page.get_by_role("button", name="开始核验").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("同意为本次核验使用您的人脸信息")).to_be_visible()
    looking.seen(page, "ways-face")
    for way, consent in (("银行卡核验", "交银行比对"), ("窗口核验", "身份证原件")):
        drawer.get_by_text(way, exact=True).click()
        expect(drawer.get_by_text(consent)).to_be_visible()
        expect(drawer.get_by_text("使用您的人脸信息")).to_be_hidden()
    looking.seen(page, "ways-counter")
    drawer.get_by_role("button", name="取消").click()
    expect(drawer).to_be_hidden()
    expect(page.get_by_role("button", name="开始核验")).to_be_enabled()
    steps.begin_check(page, way="银行卡核验")
    expect(page.get_by_role("heading", name="银行卡核验（沙箱）")).to_be_visible()
    page.get_by_role("button", name="不通过").click()
    expect(page.get_by_text("银行卡、姓名、证件号码与手机号不一致")).to_be_visible()


def test_a_counter_is_left_come_back_to_and_gone_on_with_on_another_phone(
    phone: Window, site: Site, owner: Party, open_window: Callable[..., Window]
) -> None:
    page = steps.enter_as(phone, site, owner).go(f"/m/collect/{owner.company}")
    steps.begin_check(page, way="窗口核验")
    expect(page.get_by_role("heading", name="窗口核验（沙箱）")).to_be_visible()
    shown = page.locator("#code").inner_text()
    assert CODE.fullmatch(shown)
    page.get_by_role("link", name="返回，稍后再来").click()
    expect(page.get_by_text("携带身份证到窗口")).to_be_visible()
    looking.seen(page, "collect-counter")

    other = steps.enter_as(open_window(**PHONE), site, owner, device=False)
    theirs = other.go(f"/m/collect/{owner.company}")
    theirs.get_by_role("link", name="查看核验码").click()
    expect(theirs.locator("#code")).to_have_text(shown)

    desk = open_window().context.new_page()
    desk.goto(f"{owner.demo.sandbox}/counter")
    desk.get_by_label("核验码").fill(shown)
    desk.get_by_role("button", name="查找").click()
    expect(desk.get_by_text("钟灵秀")).to_be_visible()
    desk.get_by_role("button", name="人证一致").click()
    expect(desk.get_by_text("核验通过")).to_be_visible()
    # Without anybody's doing.
    expect(page.get_by_role("heading", name="设置用印口令（PIN）")).to_be_visible(timeout=15_000)
    page.get_by_label("用印口令", exact=True).fill(owner.pin)
    page.get_by_label("再输入一次").fill(owner.pin)
    page.get_by_role("button", name="设置口令并领取").click()
    expect(page.get_by_text("印章已领取", exact=True)).to_be_visible()
    phone.go("/m")
    expect(steps.card(page, "5 枚印章已领取")).to_contain_text("身份核验：窗口核验")


def test_the_card_leads_back_to_a_check_at_a_counter(phone: Window, site: Site, owner: Party) -> None:
    owner.collection = str(site.column("collection", "id", company_id=owner.company)[-1])
    page = steps.enter_as(phone, site, owner, device=False).go("/m/devices")
    steps.begin_check(page, "登记本机", "窗口核验")
    expect(page.locator("#code")).to_be_visible()
    phone.go("/m")
    card = steps.card(page, "已选择窗口核验")
    expect(card).to_contain_text("携带身份证到窗口")
    card.get_by_role("link", name="查看核验码、继续办理").click()
    expect(page).to_have_url(re.compile(r"/m/devices\?check="))
    expect(page.get_by_role("link", name="查看核验码")).to_be_visible()
    looking.seen(page, "devices-counter")


def test_a_browser_that_keeps_no_key_collects_by_a_code(phone: Window, site: Site) -> None:
    party = site.founder(192, "钟灵秀", "北京灵秀纸业有限公司")
    phone.context.add_init_script(PLAIN_HTTP)
    page = steps.enter_as(phone, site, party).go(f"/m/collect/{party.company}")
    steps.begin_check(page, way="银行卡核验")
    page.get_by_role("button", name="通过 Pass").click()
    page.get_by_label("用印口令", exact=True).fill(party.pin)
    page.get_by_label("再输入一次").fill(party.pin)
    page.get_by_role("button", name="设置口令并领取").click()
    code = page.get_by_label("短信验证码")
    expect(code).to_have_accessible_description(re.compile("请输入短信验证码"))
    looking.seen(page, "collect-code")
    page.get_by_role("button", name="发送验证码").click()
    expect(page.get_by_text("已发送，请查看短信")).to_be_visible()
    steps.type_in(code, party.demo.sms_code())
    page.get_by_role("button", name="设置口令并领取").click()
    expect(page.get_by_text("印章已领取", exact=True)).to_be_visible()
    assert party.client.devices() == []
    # The PIN is changed by such a code as well.
    phone.go("/m/pin")
    expect(page.get_by_role("button", name="发送验证码")).to_be_visible()
    looking.seen(page, "pin-code")
