"""The site as an app: what it needs to be installed, and what a phone does without a network."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import looking, steps
from tests.browser.windows import PHONE, Window
from tests.http.site import Party, Site

CONTROLLED = "() => navigator.serviceWorker.controller !== null"
KEPT = """async () => {
  const names = await caches.keys();
  const found = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return found.flat().map(({ url }) => new URL(url).pathname);
}"""
QUESTION, LATER = "帮助", "怎么盖章"


POINT = (
    ec.generate_private_key(ec.SECP256R1())
    .public_key()
    .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
)
# A push service on the net is out of a test's reach: the browser's own part of it is played.
FAKE_SERVICE = """(endpoint) => {
  const KEY = "POINT";
  const url64 = (text) => text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  let kept = null;
  const made = {
    endpoint,
    toJSON: () => ({ endpoint, keys: { p256dh: url64(KEY), auth: url64(btoa("sixteen bytes ok")) } }),
    unsubscribe: async () => Boolean((kept = null) ?? true),
  };
  PushManager.prototype.subscribe = async () => (kept = made);
  PushManager.prototype.getSubscription = async () => kept;
}""".replace("POINT", base64.b64encode(POINT).decode())


def sandbox(window: Window) -> str:
    host, _, port = window.url.rpartition(":")
    return f"{host}:{int(port) + 1}"


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """Somebody with a company."""
    return site.owner(486, "石未寄", "北京未寄信笺有限公司")


@pytest.fixture
def phone(open_window: Callable[..., Window], site: Site, owner: Party) -> Window:
    """His phone, on which the site was open once, so that its worker is there."""
    window = open_window(**PHONE, reduced_motion="reduce", service_workers="allow")
    steps.enter_as(window, site, owner, device=False)
    page = window.go("/m")
    page.wait_for_function(CONTROLLED)
    page.reload()
    expect(page.get_by_role("heading", name="枚印章已领取")).to_be_visible()
    return window


def unsent(page: Page, words: str) -> object:
    return page.get_by_role("listitem").filter(has_text=words).filter(has_text="未发送")


def say(page: Page, words: str) -> None:
    steps.type_in(page.get_by_role("textbox", name="输入消息"), words)
    page.get_by_role("button", name="发送", exact=True).click()


def test_what_is_written_without_a_network_is_kept_and_sent_later(phone: Window, contract: bytes) -> None:
    page = phone.page
    with phone.network_breaks():
        phone.context.set_offline(True)
        say(page, QUESTION)
        expect(unsent(page, QUESTION)).to_contain_text("联网后自动发送")
        page.reload()  # the thread, out of what the phone has
        expect(page.get_by_text("没有网络。")).to_be_visible()
        expect(page.get_by_text("有 1 条未发送的内容")).to_be_visible()
        expect(page.locator(".bubble").filter(has_text=QUESTION)).to_have_count(0)  # nobody knows who looks
        expect(page.get_by_role("heading", name="枚印章已领取")).to_have_count(0)
        page.get_by_label("发送 PDF 或照片").set_input_files(steps.pdf("采购合同.pdf", contract))
        expect(unsent(page, "采购合同.pdf")).to_be_visible()
        assert not [*looking.barriers(page), *looking.too_wide(page, 320)]
        page.goto(phone.url + "/m/records")
        expect(page.get_by_role("heading", name="现在没有网络")).to_be_visible()
        page.go_back()
        expect(page.get_by_text("有 2 条未发送的内容")).to_be_visible()
        phone.context.set_offline(False)
    expect(page.locator(".said-mine:not(.said-unsent)").filter(has_text=QUESTION).first).to_be_visible()
    expect(unsent(page, QUESTION)).to_have_count(0)
    waiting = unsent(page, "采购合同.pdf")  # written before anybody knew who writes
    waiting.get_by_role("button", name="重新发送").click()
    page.wait_for_url("**/m/seal?document=*")


def test_who_logs_out_leaves_nothing_unsent_behind(phone: Window) -> None:
    page = phone.page
    with phone.network_breaks():
        phone.context.set_offline(True)
        say(page, LATER)
        expect(unsent(page, LATER)).to_be_visible()
        page.evaluate("() => Object.defineProperty(navigator, 'onLine', { value: false })")
        phone.context.set_offline(False)
        page.goto(phone.url + "/m/sessions")
    page.get_by_role("button", name="在本机退出").click()
    page.wait_for_url("**/m/login*")
    kept = page.evaluate("async () => (await indexedDB.databases()).map(({ name }) => name)")
    assert "ezhang-unsent" not in kept
    assert page.evaluate("async () => Boolean(await caches.match('/m'))") is False
    assert page.evaluate("() => localStorage.getItem('ezhang.thread.reader')") is None


def test_what_may_have_left_waits_for_a_tap(phone: Window) -> None:
    page = phone.page
    with phone.network_breaks():
        page.route("**/api/thread/messages", lambda route: route.abort())
        say(page, LATER)
        waiting = unsent(page, LATER)
        expect(waiting.get_by_role("button", name="重新发送")).to_be_visible()
        waiting.get_by_role("button", name="重新发送").click()
        expect(page.get_by_text("网络不通")).to_be_visible()
        expect(waiting).to_be_visible()
        page.unroute("**/api/thread/messages")
    waiting.get_by_role("button", name="重新发送").click()
    expect(page.get_by_text("未发送")).to_have_count(0)
    expect(page.get_by_role("listitem").filter(has_text=LATER).first).to_be_visible()


def test_the_phone_keeps_files_of_the_program_only(phone: Window) -> None:
    kept = phone.page.evaluate(KEPT)
    pages = {path for path in kept if not path.startswith("/static/")}
    assert pages == {"/m", "/offline"}
    shell = phone.page.evaluate("async () => (await caches.match('/m')).text()")
    assert "石未寄" not in shell
    assert "未寄信笺" not in shell


def test_a_browser_can_install_it(phone: Window) -> None:
    told = phone.page.request.get(phone.url + "/manifest.webmanifest").json()
    assert (told["start_url"], told["display"], told["lang"]) == ("/m", "standalone", "zh-CN")
    for each in told["icons"]:
        answer = phone.page.request.get(phone.url + each["src"])
        assert answer.headers["content-type"].startswith(each["type"])
        if each["sizes"] != "any":
            with Image.open(io.BytesIO(answer.body())) as icon:
                assert f"{icon.width}x{icon.height}" == each["sizes"]
                red = icon.convert("RGB").getpixel((icon.width * 24 // 100, icon.height * 60 // 100))
                assert red[0] > 150 > red[1], red
    assert phone.page.request.get(phone.url + "/icons/any-77.png").status == 404


def test_a_message_rings_and_leads_to_its_page(phone: Window) -> None:
    phone.context.grant_permissions(["notifications"])
    page = phone.page
    browser = phone.context.new_cdp_session(page)
    found: list[str] = []
    browser.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(each["registrationId"] for each in told["registrations"]),
    )
    browser.send("ServiceWorker.enable")
    page.wait_for_function("() => true")
    said = {"title": "有文件等您用印", "body": "点开查看。", "path": "/m/seal", "tag": "one"}
    for _ in range(2):  # the second takes the place of the first
        browser.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": phone.url, "registrationId": found[0], "data": json.dumps(said)},
        )
    shown = """async () => {
      const ready = await navigator.serviceWorker.ready;
      let there = [];
      // None for a moment, while the second takes the place of the first.
      while (!there.length) there = await ready.getNotifications();
      return there.map(({ title, body, tag, data }) => ({ title, body, tag, path: data.path }));
    }"""
    assert page.evaluate(shown) == [said]


def test_messages_are_switched_on_where_the_browser_can(phone: Window) -> None:
    phone.context.grant_permissions(["notifications"])
    page = phone.go("/m/alerts")
    expect(page.get_by_text("这台设备的提醒没有打开。")).to_be_visible()
    assert not [*looking.barriers(page), *looking.too_wide(page, 320)]
    phone.expect(422, "/api/push/subscriptions")
    page.evaluate(FAKE_SERVICE, "https://push.example/this-browser")
    page.get_by_role("button", name="打开提醒").click()
    expect(page.get_by_text("这个浏览器的推送服务不在本站支持之列")).to_be_visible()
    page.evaluate(FAKE_SERVICE, f"{sandbox(phone)}/push/this-browser")
    page.get_by_role("button", name="打开提醒").click()
    expect(page.get_by_text("这台设备的提醒已打开。")).to_be_visible()
    page.get_by_role("button", name="关闭提醒").click()
    expect(page.get_by_text("这台设备的提醒没有打开。")).to_be_visible()


def test_a_page_says_that_its_worker_was_refused(
    open_window: Callable[..., Window], site: Site, owner: Party
) -> None:
    """As in a private window, or under a certificate that the browser does not trust."""
    window = open_window(**PHONE, reduced_motion="reduce", service_workers="allow")
    steps.enter_as(window, site, owner, device=False)
    window.context.add_init_script(
        "navigator.serviceWorker.register = () => Promise.reject(new DOMException('no', 'SecurityError'));"
    )
    window.go("/m/alerts")
    expect(window.page.get_by_text("浏览器不让本站在后台运行")).to_be_visible()
    expect(window.page.get_by_role("button", name="打开提醒")).to_have_count(0)


def test_a_page_says_why_it_cannot_ring(open_window: Callable[..., Window], site: Site, owner: Party) -> None:
    window = open_window(**PHONE, reduced_motion="reduce")
    steps.enter_as(window, site, owner, device=False)
    window.context.add_init_script("delete window.PushManager")
    window.go("/m/alerts")
    expect(window.page.get_by_text("添加到主屏幕")).to_be_visible()
    expect(window.page.get_by_role("button", name="打开提醒")).to_have_count(0)
