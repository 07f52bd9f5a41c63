"""The conversation on the phone: typing, sending a PDF, unread counts on two phones, a server that dies."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.windows import PHONE, Window
from tests.http.site import Party, Site

RESTART_LIMIT_S = 60.0
# A page in a pocket: what the system tells it when the screen goes dark.
POCKET = """
let asleep = false;
Object.defineProperty(document, "hidden", { get: () => asleep });
window.sleep = (now) => { asleep = now; document.dispatchEvent(new Event("visibilitychange")); };
"""


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """The owner of a company whose seals are collected."""
    return site.owner(201, "何思远", "北京思远建筑设计有限公司")


@pytest.fixture
def hand(site: Site, owner: Party, phone: Window) -> Window:
    """The owner's phone, at the conversation."""
    steps.enter_as(phone, site, owner).go("/m")
    expect(phone.page.get_by_role("heading", name="枚印章已领取")).to_be_visible()
    return phone


def say(window: Window, words: str) -> None:
    window.page.get_by_label("输入消息").fill(words)
    window.page.get_by_role("button", name="发送", exact=True).click()


def test_a_pdf_sent_into_the_conversation_starts_a_sealing(hand: Window, contract: bytes) -> None:
    page = hand.page
    with page.expect_file_chooser() as chooser:
        page.get_by_title("发送 PDF 或照片").click()
    chooser.value.set_files(steps.pdf("租赁合同.pdf", contract))
    page.wait_for_url("**/m/seal?document=*")
    expect(page.get_by_text("租赁合同.pdf", exact=True)).to_be_visible()
    steps.choose_seal(page, "合同专用章")
    page.get_by_role("radio", name="没有了").check()
    page.get_by_role("button", name="下一步：核对并确认").click()
    expect(page.get_by_text("核对文件，然后确认")).to_be_visible()
    page.get_by_role("link", name="返回消息").click()
    waiting = steps.card(page, "有文件等待盖章")
    expect(waiting).to_contain_text("租赁合同.pdf")
    waiting.get_by_role("button", name="取消这次用印").click()
    expect(steps.card(page, "用印已取消")).to_be_visible()
    expect(waiting).to_contain_text("当前状态：已取消")
    expect(waiting.get_by_role("button")).to_have_count(0)

    cancelled = steps.card(page, "用印已取消")
    cancelled.get_by_role("button", name="删除文件").click()
    sheet = page.get_by_role("dialog", name="删除这份文件？")
    expect(sheet).to_contain_text("不能恢复")
    page.keyboard.press("Escape")
    expect(cancelled).to_contain_text("租赁合同.pdf")  # nothing was done
    cancelled.get_by_role("button", name="删除文件").click()
    sheet.get_by_role("button", name="删除文件").click()
    expect(steps.card(page, "文件已删除")).to_be_visible()
    expect(page.get_by_text("租赁合同.pdf")).to_have_count(0)
    expect(cancelled.get_by_role("button")).to_have_count(0)


def test_the_assistant_understands_what_is_typed(owner: Party, hand: Window, contract: bytes) -> None:
    signed, _ = owner.sign(contract)
    code = signed["document"]["code"]
    page = hand.page
    for words, answer, button, leads_to in (
        ("盖章", "请发一份 PDF 给我", "去盖章", "/m/seal"),
        ("印章", "您的印章", "我的印章", f"/m/seals/{owner.company}"),
        (f"验真 {code}", re.compile(f"^验真码 {code[:4]}"), "打开验真页", f"/v/{code}"),
    ):
        say(hand, words)
        reply = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=answer)).last
        expect(reply.get_by_role("link", name=button)).to_have_attribute("href", re.compile(f"{leads_to}$"))
        expect(page.get_by_role("listitem").filter(has_text=words).first).to_be_visible()
        expect(page.get_by_label("输入消息")).to_have_value("")
    page.get_by_role("link", name="打开验真页").last.click()
    expect(page.get_by_role("heading", name="找到一条用印记录")).to_be_visible()


def test_unread_counts_agree_on_two_phones_at_once(
    site: Site, owner: Party, open_window: Callable[..., Window], contract: bytes
) -> None:
    one, two = (steps.enter_as(open_window(**PHONE), site, owner) for _ in range(2))
    for window in (one, two):
        window.context.add_init_script(POCKET)
        window.go("/m")
        expect(window.page).to_have_title(re.compile("^e章通助手"))
        expect(window.page.get_by_role("heading", name="枚印章已领取")).to_be_visible()
        window.page.evaluate("() => sleep(true)")
    waiting = owner.ask(contract)
    for window in (one, two):
        expect(window.page).to_have_title(re.compile(r"^\(1\) "))
    owner.client.cancel(waiting["id"])
    for window in (one, two):
        expect(window.page).to_have_title(re.compile(r"^\(2\) "))
    one.page.evaluate("() => sleep(false)")
    for window in (one, two):
        expect(window.page).to_have_title(re.compile("^e章通助手"))
    assert owner.client.thread()["unread"] == 0


def test_who_reads_above_is_told_of_news_below(owner: Party, hand: Window, contract: bytes) -> None:
    page = hand.page
    conversation = page.get_by_role("main", name="消息")
    conversation.evaluate("port => port.scrollTo({ top: 0, behavior: 'instant' })")
    waiting = owner.ask(contract)
    page.get_by_role("button", name="1 条新消息").click()
    expect(steps.card(page, "有文件等待盖章")).to_be_in_viewport()
    expect(page.get_by_role("button", name="新消息")).to_be_hidden()
    owner.client.cancel(waiting["id"])
    expect(steps.card(page, "用印已取消")).to_be_in_viewport()


def test_the_conversation_goes_on_after_the_web_process_was_killed(
    site: Site, owner: Party, hand: Window, contract: bytes
) -> None:
    page = hand.page
    with hand.network_breaks():
        before = site.data / "run" / "web.pid"
        killed = int(before.read_text())
        os.kill(killed, signal.SIGKILL)
        until_serving_again(site, killed)
        waiting = owner.ask(contract, "重启之后.pdf")
        expect(steps.card(page, "有文件等待盖章")).to_contain_text("重启之后.pdf")
    owner.client.cancel(waiting["id"])
    expect(steps.card(page, "用印已取消")).to_contain_text("重启之后.pdf")
    say(hand, "帮助")
    expect(steps.card(page, "我能办这些事")).to_be_visible()


def until_serving_again(site: Site, killed: int) -> None:
    """Until another web process answers."""
    end = time.monotonic() + RESTART_LIMIT_S
    while time.monotonic() < end:
        try:
            pid = int((site.data / "run" / "web.pid").read_text())
            if pid != killed and httpx.get(f"{site.url}/health/ready", trust_env=False).status_code == 200:
                return
        except (OSError, ValueError, httpx.HTTPError):
            pass
        time.sleep(0.05)
    raise TimeoutError("the supervisor did not bring the web process back")
