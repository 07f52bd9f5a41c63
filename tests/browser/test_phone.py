"""The owner's phone: a seal put in its place by fingers, and how few taps the two main ways take."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from PIL import Image
from playwright.sync_api import CDPSession, FilePayload, Page, expect

from server.demo_contract import demo_contract
from tests.browser import looking, steps
from tests.browser.windows import PHONE, Window
from tests.http.site import Party, Site
from tests.seals.photo.test_codes import code, encoded

COMPANY = "北京书岩图书有限公司"
FILE = "采购合同.pdf"
MOST_FROM_SCAN, MOST_FROM_THREAD = 3, 5
SNAP_REACH_MM = 4.0

# Every press on a control that is not one of the PIN's digits, over all pages of the visit.
COUNT = """addEventListener("click", (event) => {
  if (event.isTrusted && !event.target.closest(".pad-keys")) sessionStorage.taps = taps() + 1;
}, true);
const taps = () => Number(sessionStorage.taps ?? 0);"""
FETCHED = "(part) => performance.getEntriesByType('resource').some(({ name }) => name.includes(part))"
COUNTED = "() => Number(sessionStorage.taps ?? 0)"


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """Somebody with five seals."""
    return site.owner(461, "韩书岩", COMPANY)


@pytest.fixture
def mine(open_window: Callable[..., Window], site: Site, owner: Party) -> Window:
    """His phone, on which taps are counted."""
    window = open_window(**PHONE, reduced_motion="reduce")
    steps.enter_as(window, site, owner)
    window.context.add_init_script(COUNT)
    return window


# A camera that looks at a wall, and a reader that finds on it what the page's `code` says.
CAMERA = """globalThis.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["qr_code"]); }
  detect(source) {
    const seen = source instanceof HTMLVideoElement && source.videoWidth > 0 && globalThis.code;
    return Promise.resolve(seen ? [{ rawValue: globalThis.code }] : []);
  }
};
navigator.mediaDevices.getUserMedia = async () => {
  const wall = document.createElement("canvas");
  wall.getContext("2d").fillRect(0, 0, wall.width, wall.height);
  return globalThis.wall = wall.captureStream(5);
};"""
OFF = "() => globalThis.wall.getTracks().every((track) => track.readyState === 'ended')"


class Fingers:
    """Touches as the screen reports them."""

    def __init__(self, page: Page) -> None:
        self._screen: CDPSession = page.context.new_cdp_session(page)

    def _send(self, kind: str, *points: tuple[float, float]) -> None:
        told = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self._screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    def drag(self, start: tuple[float, float], by: tuple[float, float], steps: int = 8) -> None:
        self._send("touchStart", start)
        for step in range(1, steps + 1):
            self._send("touchMove", (start[0] + by[0] * step / steps, start[1] + by[1] * step / steps))
        self._send("touchEnd")

    def pinch(self, about: tuple[float, float], start: float, end: float, steps: int = 8) -> None:
        x, y = about
        self._send("touchStart", (x - start, y), (x + start, y))
        for step in range(1, steps + 1):
            reach = start + (end - start) * step / steps
            self._send("touchMove", (x - reach, y), (x + reach, y))
        self._send("touchEnd")


def test_from_the_conversation_to_sent_for_sealing(mine: Window, owner: Party) -> None:
    """The file goes into the conversation; the seal lies where its text asks for it, unasked."""
    page = mine.go("/m")
    with page.expect_file_chooser() as chooser:
        page.locator(".composer-clip").tap()
    chooser.value.set_files(steps.pdf(FILE, demo_contract(COMPANY)))
    expect(page.get_by_role("button", name=re.compile("甲方（盖章）"))).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("radio", name="没有了").tap()
    page.get_by_role("button", name="下一步：核对并确认").tap()
    expect(page.get_by_role("button", name="在本机确认")).to_be_visible()
    assert 0 < page.evaluate(COUNTED) <= MOST_FROM_THREAD - 1  # the last is in the phone's own list


def test_from_the_scan_to_signed(mine: Window, owner: Party) -> None:
    asked = owner.ask(demo_contract(COMPANY), FILE)
    shown = owner.client.open_challenge(str(asked["id"]))
    page = mine.go("/m")
    page.evaluate("() => sessionStorage.clear()")
    page.goto(str(shown["url"]))
    page.get_by_role("button", name="确认用印").tap()
    keys = page.locator(".pad-keys")
    for field in (page.get_by_label("电脑屏幕上的两位数字"), page.get_by_label("用印口令")):
        expect(field).to_have_js_property("inputMode", "none")  # the system's keyboard stays down
    usual = keys.inner_text()
    page.get_by_role("button", name="打乱数字").click()
    assert keys.inner_text() != usual
    assert sorted(keys.inner_text()) == sorted(usual)
    for digit in f"{shown['digits']}{owner.pin}":
        keys.get_by_role("button", name=digit, exact=True).tap()
    expect(page.get_by_label("用印口令")).to_have_value(owner.pin)
    expect(page.get_by_label("用印口令")).to_have_attribute("autocomplete", "current-password")
    page.get_by_role("dialog").get_by_role("button", name="确认用印").tap()
    expect(page.get_by_text("盖好了")).to_be_visible()
    assert 0 < page.evaluate(COUNTED) - 1 <= MOST_FROM_SCAN  # without the one that shuffled


def test_fingers_and_keys_put_the_seal_in_its_place(mine: Window, owner: Party) -> None:
    document = owner.client.upload(FILE, demo_contract(COMPANY), company=owner.company)
    page = mine.go(f"/m/seal?document={document['id']}")
    box = page.get_by_role("button", name="用方向键移动")
    expect(box).to_be_visible()
    page.wait_for_function(FETCHED, arg="/pages/1.webp")  # the next page, before it is turned to
    assert not page.evaluate(FETCHED, ".png")
    looking.seen(page, "placing")
    page.set_viewport_size(PHONE["viewport"])
    page.locator("#stage").evaluate("(stage) => stage.scrollIntoView()")
    fingers, place = Fingers(page), document["seal_places"][0]
    at = where(page)
    assert centre(at) == (place["x_mm"], place["y_mm"])
    pinched(page, fingers)
    assert where(page) == at
    # True size: as many pixels as the page has for so many millimetres, at any zoom.
    wide = page.locator("#stage-page").bounding_box()
    drawn = box.bounding_box()
    assert wide
    assert drawn
    assert drawn["width"] / wide["width"] == pytest.approx(40 / 210, rel=0.01)

    page.get_by_role("button", name="缩小").click()
    page.get_by_role("button", name="缩小").click()
    fingers.drag(middle(page), (0, -90))
    moved = where(page)
    assert moved[1] < at[1] - SNAP_REACH_MM
    page.get_by_role("button", name="撤销上一步").click()
    assert where(page) == at
    fingers.drag(middle(page), (0, 2 * 4))  # not far enough to leave the words it lies on
    assert where(page) == at
    box.focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    assert where(page) == pytest.approx((at[0] + 2, at[1] - 10), abs=0.11)
    page.keyboard.press("PageDown")
    expect(page.locator("#page")).to_have_value("2")
    expect(box).to_be_focused()
    page.keyboard.press("+")
    page.keyboard.press("-")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert where(page) == at
    page.get_by_role("button", name=re.compile("乙方（盖章）")).click()
    other = document["seal_places"][1]
    assert centre(where(page)) == (other["x_mm"], other["y_mm"])


def test_only_our_own_codes_are_followed(mine: Window, owner: Party) -> None:
    """By a photo where the browser reads no codes, by the camera where it does."""
    shown = owner.client.open_challenge(str(owner.ask(demo_contract(COMPANY), FILE)["id"]))
    strange = f"https://{COMPANY}.example/pay?{mine.url}"
    page = mine.go("/m/scan")
    expect(page.get_by_text("这个浏览器不能直接扫码")).to_be_visible()
    mine.expect(422, "/api/scan/photo")
    photo = page.get_by_label("拍照或从相册选")
    photo.set_input_files(png(Image.new("RGB", (400, 400), "white")))
    expect(page.get_by_text("照片里没有认出二维码")).to_be_visible()
    photo.set_input_files(png(code(strange)))
    expect(page.get_by_text("这不是本站的二维码")).to_be_visible()
    expect(page.get_by_text("https://", exact=False)).to_be_visible()
    assert mine.path == "/m/scan"
    looking.seen(page, "scanned")
    photo.set_input_files(png(code(str(shown["url"]))))
    expect(page.get_by_role("button", name="确认用印")).to_be_visible()

    mine.context.add_init_script(CAMERA)
    page = mine.go("/m/scan")
    expect(page.get_by_text("把二维码放进框内")).to_be_visible()
    page.evaluate("(text) => { globalThis.code = text; }", strange)
    expect(page.get_by_text("这不是本站的二维码")).to_be_visible()
    assert page.evaluate(OFF)
    page.evaluate("(text) => { globalThis.code = text; }", f"{mine.url}/v/0000-0000-0000-0000")
    mine.expect(404, "/v/0000")
    page.get_by_role("button", name="打开相机").click()
    page.wait_for_url(re.compile("/v/0000"))


def png(picture: Image.Image) -> FilePayload:
    return FilePayload(name="码.png", mimeType="image/png", buffer=encoded(picture, "PNG"))


def pinched(page: Page, fingers: Fingers) -> None:
    """Two fingers make the page larger, and the picture is fetched as large as it is shown."""
    before = page.locator("#stage-picture").get_attribute("src")
    port = page.locator("#stage-port").bounding_box()
    assert port
    fingers.pinch((port["x"] + port["width"] / 3, port["y"] + port["height"] / 2), 30, 75)
    expect(page.locator("#zoom")).to_have_text("250%")
    expect(page.locator("#stage-picture")).not_to_have_attribute("src", before or "")


def where(page: Page) -> tuple[float, float]:
    """The seal's corner as the page tells it, mm from the left and the top."""
    x, y = re.findall(r"([0-9.]+) mm", page.locator("#place").inner_text())
    return float(x), float(y)


def centre(corner: tuple[float, float]) -> tuple[float, float]:
    """The middle of a seal of 40 mm at that corner."""
    return round(corner[0] + 20, 1), round(corner[1] + 20, 1)


def middle(page: Page) -> tuple[float, float]:
    size = page.locator(".box").bounding_box()
    assert size
    return size["x"] + size["width"] / 2, size["y"] + size["height"] / 2


def test_one_seal_in_several_places_is_placed_taken_back_and_confirmed_once(
    mine: Window, owner: Party, site: Site
) -> None:
    document = owner.client.upload(FILE, demo_contract(COMPANY), company=owner.company)["id"]
    page = mine.go(f"/m/seal?document={document}")
    boxes = page.locator(".stage-page .box")
    expect(boxes).to_have_count(1)
    chips = page.locator("#also-list button")
    page.get_by_role("button", name="每页同一处都盖").tap()
    expect(boxes).to_have_count(2)
    expect(chips).to_have_count(1)
    expect(page.get_by_text("共 2 处，一次确认、同一个签名")).to_be_visible()
    page.get_by_role("button", name="本页再盖一处").tap()
    expect(boxes).to_have_count(3)
    undo = page.get_by_role("button", name="撤销上一步")
    undo.tap()
    expect(boxes).to_have_count(2)
    chips.tap()  # taken away
    expect(boxes).to_have_count(1)
    undo.tap()
    expect(boxes).to_have_count(2)
    page.locator("#seal-choices > label").nth(1).tap()
    images = boxes.locator("img").evaluate_all("all => new Set(all.map((one) => one.src)).size")
    assert images == 1  # another seal takes all its places
    page.locator("#seal-choices > label").nth(3).tap()
    looking.seen(page, "several-places")
    page.get_by_role("radio", name="没有了").tap()
    page.get_by_role("button", name="下一步：核对并确认").tap()
    page.get_by_role("button", name="在本机确认").tap()
    expect(page.locator("#confirm-place")).to_have_text("第 1–2 页，共 2 处，看一看")
    expect(page.locator("#confirm-pages").get_by_text("印章在这一页")).to_have_count(2)
    steps.confirm_on_phone(page, owner.pin)
    expect(page.locator("#outcome[data-result=good]")).to_be_visible()
    signing = page.url.partition("signing=")[2]
    data = owner.client.signed_file(signing)
    assert owner.client.verify(FILE, data)["verdict"] == "valid"
    with pikepdf.open(BytesIO(data)) as pdf:
        shown = [{str(each.Subtype) for each in sheet.obj.get("/Annots", [])} for sheet in pdf.pages]  # type: ignore[union-attr]
    assert sorted(map(sorted, shown)) == [["/Stamp"], ["/Widget"]]
