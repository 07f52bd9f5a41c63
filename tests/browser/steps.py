"""What people do on the pages, by clicks and typing; each step ends when the page shows that it is done."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, expect

from server.client import Client
from tests.browser.windows import Window, qr_on
from tests.http.site import Party, Site

__all__ = [
    "agree",
    "begin_check",
    "bring_in",
    "card",
    "check_file",
    "choose_seal",
    "confirm_on_phone",
    "digits_on",
    "download",
    "drawn",
    "enter_as",
    "enter_code",
    "fill_form",
    "is_green",
    "log_in",
    "pdf",
    "registration",
    "scan",
    "tampered",
    "type_in",
]

CODE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")


def type_in(field: Locator, text: str) -> None:
    """Type as a person does, who waits until he sees the field: keys pressed before that go nowhere."""
    expect(field).to_be_visible()
    field.press_sequentially(text)


def log_in(window: Window, mobile: str) -> None:
    """On the login page: log in by a text message."""
    enter_code(window, mobile)
    window.page.wait_for_url(lambda url: "/login" not in url)


def enter_code(window: Window, mobile: str) -> None:
    """On the login page: ask for a code, read it in the sandbox's inbox (another tab), type it."""
    page = window.page
    page.get_by_label("手机号").fill(mobile)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_label("短信验证码")).to_be_focused()
    with window.context.expect_page() as opened:
        page.get_by_role("link", name="短信收件箱").click()
    inbox = opened.value
    message = inbox.get_by_role("article").filter(has_text=mobile).first
    code = CODE.search(message.inner_text())
    assert code, "the inbox shows no code"
    inbox.close()
    type_in(page.get_by_label("短信验证码"), code[0])
    page.get_by_role("button", name="登录", exact=True).click()


# As h5/static/js/lib/device.js keeps it.
KEEP_KEY = """async ([publicKey, pkcs8]) => {
  const bytes = Uint8Array.from(atob(pkcs8), (character) => character.charCodeAt(0));
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("pkcs8", bytes, curve, false, ["sign"]);
  const settled = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const opening = indexedDB.open("ezhang", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("device-keys", { keyPath: "publicKey" });
  const database = await settled(opening);
  const keys = database.transaction("device-keys", "readwrite").objectStore("device-keys");
  await settled(keys.put({ publicKey, key }));
  database.close();
}"""


def keep_device(window: Window, party: Party) -> None:
    """Put the key of a person's device into the window's browser, as if the seals were collected there."""
    device = party.client.device
    pkcs8 = "".join(device.pem.decode().strip().splitlines()[1:-1])
    window.go("/verify")
    window.page.evaluate(KEEP_KEY, [device.public_key, pkcs8])


def enter_as(window: Window, site: Site, party: Party, *, device: bool = True) -> Window:
    """Put a session of one's own into the window, for tests whose matter is not the login.

    device: it is the phone that the seals were collected with, where they were.
    """
    # So many codes an hour and mobile; that hour passes here.
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    with Client(site.url) as client:
        client.http.headers["user-agent"] = window.page.evaluate("navigator.userAgent")
        party.demo.log_in(client)
        cookies = client.http.cookies.jar
    window.context.add_cookies(
        [{"name": one.name, "value": one.value or "", "url": site.url} for one in cookies]
    )
    if device and party.collection:
        keep_device(window, party)
    return window


def agree(page: Page) -> None:
    """Accept terms and privacy policy, where an act asked for it: one tap, and the act goes on."""
    page.get_by_role("dialog", name="请先阅读并同意").get_by_role("button", name="同意并继续").click()


def registration(name: str, id_number: str, mobile: str, company: str) -> dict[str, str]:
    """The form's fields by their labels."""
    return {
        "企业名称": company,
        "住所": "望京街 10 号院 3 号楼 1801 室",
        "注册资本": "500",
        "经营范围": "精密仪器的技术开发、制造、销售；货物进出口",
        "姓名": name,
        "身份证号": id_number,
        "手机号": mobile,
    }


def fill_form(page: Page, fields: dict[str, str]) -> None:
    """Type into labelled fields."""
    for label, words in fields.items():
        page.get_by_label(label, exact=True).fill(words)


def begin_check(page: Page, button: str | Locator = "开始核验", way: str = "人脸核验") -> None:
    """Press what begins an identity check, choose a way and agree."""
    pressed = page.get_by_role("button", name=button, exact=True) if isinstance(button, str) else button
    pressed.click()
    page.get_by_role("dialog").get_by_text(way, exact=True).click()
    page.get_by_role("button", name="同意并开始核验").click()


def card(page: Page, title: str) -> Locator:
    """The newest card of the conversation with this title."""
    heading = page.get_by_role("heading", name=title, exact=True)
    return page.get_by_role("listitem").filter(has=heading).last


def pdf(name: str, data: bytes) -> FilePayload:
    """A PDF to choose in a file picker."""
    return {"name": name, "mimeType": "application/pdf", "buffer": data}


def bring_in(page: Page, file: FilePayload) -> None:
    """Choose a file on the sealing page."""
    with page.expect_file_chooser() as chooser:
        page.get_by_text("选择 PDF 文件").click()
    chooser.value.set_files(file)
    expect(page.get_by_text(file["name"], exact=True)).to_be_visible()


def choose_seal(page: Page, kind: str) -> Locator:
    """Choose a seal by its kind; returns it as it lies on the page."""
    page.get_by_role("radiogroup", name="选择印章").get_by_text(kind, exact=True).click()
    box = page.get_by_role("button", name="用方向键移动")
    expect(box).to_be_visible()
    return box


def drawn(picture: Locator) -> None:
    """The picture has arrived and is one; those further down come when they are looked at."""
    picture.scroll_into_view_if_needed()
    expect(picture).not_to_have_js_property("naturalWidth", 0)


def scan(desk: Window, phone: Window) -> None:
    """Point the phone at the PC's screen and open what its camera reads."""
    code = desk.page.get_by_alt_text("确认用印的二维码")
    expect(code).to_be_visible()
    phone.page.goto(qr_on(desk.page))
    expect(phone.page).to_have_url(re.compile("/c$"))  # the token has left the address bar


def confirm_on_phone(page: Page, pin: str, digits: str | None = None) -> None:
    """Open the drawer, type the two digits where they are asked for, and the PIN."""
    page.get_by_role("button", name="确认用印").click()
    if digits is not None:
        type_in(page.get_by_label("电脑屏幕上的两位数字"), digits)
    type_in(page.get_by_label("用印口令"), pin)
    page.get_by_role("dialog").get_by_role("button", name="确认用印").click()


def digits_on(desk: Window) -> str:
    """The two digits beside the QR code."""
    return re.findall(r"(?m)^[0-9]{2}$", desk.page.get_by_role("main").inner_text())[0]


def download(page: Page) -> bytes:
    """The sealed file, by its button."""
    with page.expect_download() as coming:
        page.get_by_role("button", name="下载已盖章文件").last.click()
    return Path(coming.value.path()).read_bytes()


def check_file(page: Page, name: str, data: bytes) -> Locator:
    """Choose a file where strangers check one; returns the answer."""
    with page.expect_file_chooser() as chooser:
        page.get_by_text(re.compile("^选择(您手里的 PDF| PDF 文件)$")).click()
    chooser.value.set_files(pdf(name, data))
    return page.locator("#answer")


def is_green(element: Locator) -> bool:
    """Whether the headline of an answer is drawn in green."""
    colour = element.get_by_role("heading").first.evaluate("heading => getComputedStyle(heading).color")
    red, green, blue = (int(part) for part in re.findall("[0-9]+", colour)[:3])
    return green > 1.5 * red and green > 1.5 * blue


def tampered(signed: bytes) -> bytes:
    """The same file with one letter changed inside the signed bytes; it opens as before."""
    assert b"(Typst " in signed
    return signed.replace(b"(Typst ", b"(Typsy ", 1)
