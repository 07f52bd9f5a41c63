"""What can happen between the QR code on the PC and the PIN on the phone, seen from both screens."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.windows import PHONE, Window, qr_on
from tests.http.site import Party, Site


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """The owner of a company whose seals are collected."""
    return site.owner(101, "孙语桐", "北京语桐文化传播有限公司")


@pytest.fixture
def asked(site: Site, owner: Party, desk: Window, contract: bytes) -> str:
    """A signing that waits, its QR code on the PC; its id."""
    signing = str(owner.ask(contract)["id"])
    steps.enter_as(desk, site, owner).go(f"/pc?signing={signing}")
    expect(desk.page.get_by_text("请用手机扫码确认")).to_be_visible()
    return signing


@pytest.fixture
def hand(site: Site, owner: Party, phone: Window) -> Window:
    """The owner's phone, logged in."""
    return steps.enter_as(phone, site, owner)


def other_than(digits: str) -> str:
    return f"{(int(digits) + 1) % 100:02d}"


def test_wrong_digits_end_the_code_on_both_screens_and_a_fresh_one_works(
    owner: Party, desk: Window, hand: Window, asked: str
) -> None:
    steps.scan(desk, hand)
    hand.expect(410, "/api/challenges/.*/confirm")
    steps.confirm_on_phone(hand.page, owner.pin, other_than(steps.digits_on(desk)))
    expect(hand.page.get_by_text("不能继续确认")).to_be_visible()
    expect(hand.page.get_by_role("button", name="确认用印")).to_be_hidden()
    expect(desk.page.get_by_text("二维码已作废").first).to_be_visible()
    desk.page.get_by_role("button", name="换新二维码").click()
    expect(desk.page.get_by_text("请用手机扫码确认")).to_be_visible()
    steps.scan(desk, hand)
    steps.confirm_on_phone(hand.page, owner.pin, steps.digits_on(desk))
    expect(hand.page.get_by_text("盖好了")).to_be_visible()
    expect(desk.page.get_by_text("已签署并加盖时间戳")).to_be_visible()


def test_a_rejection_tells_the_desk_why(owner: Party, desk: Window, hand: Window, asked: str) -> None:
    steps.scan(desk, hand)
    page = hand.page
    page.get_by_role("button", name="拒绝").click()
    page.get_by_role("button", name="确定拒绝").click()
    expect(page.get_by_text("请选择或填写理由")).to_be_visible()
    page.get_by_role("radio", name="文件内容不对").check()
    page.get_by_label("补充说明").fill("金额应为 220,000 元")
    page.get_by_role("button", name="确定拒绝").click()
    expect(page.get_by_text("文件没有盖章，理由已告知发起人。")).to_be_visible()
    expect(desk.page.get_by_text("这次用印被拒绝")).to_be_visible()
    expect(desk.page.get_by_text("理由：文件内容不对；金额应为 220,000 元")).to_be_visible()
    expect(desk.page.get_by_role("button", name="再盖一份")).to_be_visible()


def test_an_expired_code_is_refused_and_replaced(site: Site, desk: Window, hand: Window, asked: str) -> None:
    desk.page.clock.install()
    desk.page.reload()
    expect(desk.page.get_by_text(re.compile("^[23]:[0-9]{2} 后过期$"))).to_be_visible()
    old = qr_on(desk.page)
    # Three minutes pass, for the page as for the server.
    site.change("UPDATE challenge SET expires_at = '2026-01-01 00:00:00+00:00' WHERE subject = ?", asked)
    desk.page.clock.fast_forward("03:01")
    expect(desk.page.get_by_text("二维码已过期")).to_be_visible()
    hand.expect(404, "/api/challenges/claim")
    hand.page.goto(old)
    expect(hand.page.get_by_text("不能继续确认")).to_be_visible()
    desk.page.get_by_role("button", name="换新二维码").click()
    expect(desk.page.get_by_text("请用手机扫码确认")).to_be_visible()
    assert qr_on(desk.page, other_than=old) != old
    steps.scan(desk, hand)
    expect(hand.page.get_by_role("button", name="确认用印")).to_be_visible()


def test_the_desk_cancels_while_the_phone_reads(owner: Party, desk: Window, hand: Window, asked: str) -> None:
    steps.scan(desk, hand)
    digits = steps.digits_on(desk)
    expect(desk.page.get_by_text("孙* 已扫码")).to_be_visible()
    desk.page.get_by_role("button", name="取消这次用印").click()
    expect(desk.page.get_by_text("文件没有盖章。")).to_be_visible()
    hand.expect(404, "/api/challenges/.*/confirm")
    steps.confirm_on_phone(hand.page, owner.pin, digits)
    expect(hand.page.get_by_text("不能继续确认")).to_be_visible()


def test_a_short_code_typed_on_the_phone_does_as_well(
    owner: Party, desk: Window, hand: Window, asked: str
) -> None:
    page = hand.go("/m/code")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_label("短码")).to_have_accessible_description("请输入短码。")
    told = desk.page.get_by_text("不方便扫码").inner_text()
    code = re.findall("[0-9]{3} [0-9]{3}", told)[0]
    hand.expect(404, "/api/challenges/claim")
    steps.type_in(page.get_by_label("短码"), f"{(int(code.replace(' ', '')) + 1) % 10**6:06d}")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_label("短码")).to_have_accessible_description(re.compile("已过期"))
    page.get_by_label("短码").fill(code)
    page.get_by_role("button", name="下一步").click()
    expect(desk.page.get_by_text("孙* 已扫码")).to_be_visible()
    steps.confirm_on_phone(page, owner.pin, steps.digits_on(desk))
    expect(page.get_by_text("盖好了")).to_be_visible()


def test_on_the_asking_phone_itself_no_digits_are_asked(owner: Party, hand: Window, contract: bytes) -> None:
    page = hand.go("/m/seal")
    steps.bring_in(page, steps.pdf("合同.pdf", contract))
    steps.choose_seal(page, "法定名称章")
    page.get_by_alt_text("第 2 页，共 2 页").tap(position={"x": 120, "y": 160})
    expect(page.get_by_text(re.compile("^第 2 页 · 距左"))).to_be_visible()
    page.get_by_role("radio", name="没有了").check()
    page.get_by_role("button", name="下一步：核对并确认").click()
    page.get_by_role("button", name="在本机确认").click()
    page.get_by_role("button", name="确认用印").click()
    expect(page.get_by_label("用印口令")).to_be_focused()
    expect(page.get_by_label("电脑屏幕上的两位数字")).to_be_hidden()
    page.keyboard.type(owner.pin)
    page.keyboard.press("Enter")
    expect(page.get_by_text("盖好了")).to_be_visible()
    assert steps.download(page).startswith(b"%PDF-")


def test_a_phone_that_must_log_in_first_still_has_the_code(
    owner: Party, desk: Window, phone: Window, asked: str
) -> None:
    phone.expect(401, "/api/me")
    phone.page.goto(qr_on(desk.page))
    phone.page.wait_for_url("**/m/login?next=%2Fc")
    steps.log_in(phone, owner.demo.mobile)
    expect(phone.page.get_by_text("请核对后再确认")).to_be_visible()
    expect(phone.page).to_have_url(re.compile("/c$"))
    assert phone.page.evaluate("() => Object.keys(sessionStorage).length") == 0
    expect(desk.page.get_by_text("孙* 已扫码")).to_be_visible()


def test_a_strangers_scan_finds_nothing_and_takes_nothing(
    site: Site, desk: Window, hand: Window, open_window: Callable[..., Window], asked: str
) -> None:
    stranger = steps.enter_as(open_window(**PHONE), site, site.person(102))
    stranger.expect(404, "/api/challenges/claim")
    stranger.page.goto(qr_on(desk.page))
    expect(stranger.page.get_by_text("不能继续确认")).to_be_visible()
    expect(desk.page.get_by_text("请用手机扫码确认")).to_be_visible()
    steps.scan(desk, hand)
    expect(hand.page.get_by_text("请核对后再确认")).to_be_visible()
