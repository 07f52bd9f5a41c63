"""The main job by clicks and typing only, on a phone and a PC: from nothing to a sealed, checked contract."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Locator, Page, expect

from tests.browser import steps
from tests.browser.windows import PHONE, Window, qr_in_pdf

NAME, ID_NUMBER, MOBILE, PIN = "张晓明", "11010519491231002X", "13800138000", "730519"
COMPANY = "北京晨曦精密仪器有限公司"
FIVE = ("法定名称章", "财务专用章", "发票专用章", "合同专用章", "法定代表人名章")


def test_from_registration_to_verification(
    phone: Window, desk: Window, open_window: Callable[..., Window], contract: bytes
) -> None:
    register(phone)
    collect(phone)
    signed = seal_on_the_desk(phone, desk, contract)
    stranger = open_window(**PHONE)
    record = check_as_a_stranger(stranger, signed)
    newest = seal_once_more(phone, desk, signed)
    compare_versions(stranger, record, signed, newest)


def register(phone: Window) -> None:
    page = phone.go("/")
    expect(page).to_have_url(re.compile(r"/m/login\?next="))
    steps.log_in(phone, MOBILE)
    expect(page).to_have_url(re.compile("/m$"))
    steps.card(page, "您好，我是 e章通助手").get_by_role("link", name="企业设立登记").click()
    refuse_wrong_fields(phone)
    steps.fill_form(page, steps.registration(NAME, ID_NUMBER, MOBILE, COMPANY))
    page.get_by_role("button", name="提交申请").click()
    expect(page).to_have_url(re.compile("/m$"))
    # All that follows arrives by itself.
    approved = steps.card(page, "企业已核准设立")
    expect(approved).to_contain_text(re.compile("统一社会信用代码：[0-9A-Z]{18}"))
    expect(steps.card(page, "电子营业执照已生效")).to_be_visible()
    for kind in FIVE:
        expect(page.get_by_text(re.compile(f"^{kind} · 编码 [0-9]{{13}}$"))).to_be_visible()
    page.get_by_role("link", name="查看执照").last.click()
    # The street alone was typed; the place of registration was chosen.
    expect(page.get_by_text("北京市朝阳区望京街 10 号院 3 号楼 1801 室")).to_be_visible()
    phone.go("/m")


def refuse_wrong_fields(phone: Window) -> None:
    page = phone.page
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("请填写这一项。")).to_have_count(7)
    expect(page.get_by_text("请阅读并勾选承诺。")).to_be_visible()
    page.get_by_label("我承诺以上内容真实").check()
    expect(page.get_by_text("请阅读并勾选承诺。")).to_be_hidden()
    wrong = steps.registration(NAME, "110105194912310021", "12800138000", "晨曦")
    steps.fill_form(page, wrong)
    phone.expect(403, "/api/applications")
    phone.expect(422, "/api/applications")
    page.get_by_role("button", name="提交申请").click()
    steps.agree(page)
    for label in ("企业名称", "身份证号", "手机号"):
        field = page.get_by_label(label, exact=True)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile("[\u4e00-\u9fff]"))
    expect(page.get_by_label("企业名称", exact=True)).to_be_focused()


def collect(phone: Window) -> None:
    page = phone.page
    page.get_by_role("link", name="领取印章").last.click()
    steps.begin_check(page)
    page.get_by_role("heading", name="人脸识别（沙箱）").wait_for()
    expect(page.get_by_text("张*")).to_be_visible()
    page.get_by_role("button", name="通过 Pass").click()
    pin, again = page.get_by_label("用印口令"), page.get_by_label("再输入一次")
    own_mobile = MOBILE[-6:]
    for weak, words in (("123456", "请换一个符合上面要求的口令"), (own_mobile, "不能取自您的手机号")):
        pin.fill(weak)
        again.fill(weak)
        page.get_by_role("button", name="设置口令并领取").click()
        expect(page.get_by_text(words)).to_be_visible()
    phone.expect(422, "/api/collections/.*/pin")
    pin.fill(PIN)
    again.fill("730510")
    page.get_by_role("button", name="设置口令并领取").click()
    expect(page.get_by_text("两次输入的口令不一样")).to_be_visible()
    again.fill(PIN)
    page.get_by_role("button", name="设置口令并领取").click()
    expect(page.get_by_text("印章已领取", exact=True)).to_be_visible()
    facts = page.locator(".seal-words").evaluate_all("all => all.map((one) => one.lastChild.textContent)")
    assert len(facts) == 5
    assert all(fact.endswith("+08:00") for fact in facts), "nothing after the last fact"
    imprints = page.get_by_role("img", name=re.compile("印模$"))
    expect(imprints).to_have_count(5)
    for place in range(5):
        steps.drawn(imprints.nth(place))


def seal_on_the_desk(phone: Window, desk: Window, contract: bytes) -> bytes:
    page = desk.go("/")
    expect(page).to_have_url(re.compile("/pc/login"))
    steps.log_in(desk, MOBILE)
    expect(page).to_have_url(re.compile("/pc$"))
    steps.bring_in(page, steps.pdf("设备采购合同.pdf", contract))
    place_seal(desk)
    page.get_by_role("button", name="下一步：核对并确认").click()
    expect(page.get_by_text("请选择一项。")).to_be_visible()
    page.get_by_role("radio", name="有，但还不确定是谁").check()
    page.get_by_role("button", name="下一步：核对并确认").click()
    expect(page.get_by_text("请确认各方已约定使用电子签名")).to_be_visible()
    page.get_by_role("checkbox", name="各方已约定使用电子签名").check()
    page.get_by_role("button", name="下一步：核对并确认").click()
    expect(page.get_by_text("请用手机扫码确认")).to_be_visible()
    preview(desk)
    steps.scan(desk, phone)
    expect(page.get_by_text("张* 已扫码")).to_be_visible()
    look_and_confirm(phone, steps.digits_on(desk))
    expect(phone.page.get_by_text("盖好了")).to_be_visible()
    expect(page.get_by_text("《设备采购合同.pdf》已签署并加盖时间戳。")).to_be_visible()
    return steps.download(page)


def place_seal(desk: Window) -> None:
    """Tap, drag, arrow keys: the place is told in mm and follows each."""
    page = desk.page
    box = steps.choose_seal(page, "合同专用章")
    expect(page.get_by_role("button", name="甲方（盖章）")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="下一页").click()
    expect(page.get_by_text("印章在第 1 页")).to_be_visible()
    page.get_by_role("button", name="上一页").click()
    paper = page.get_by_alt_text("第 1 页，共 2 页")
    paper.click(position={"x": 150, "y": 300})
    expect(box).to_be_visible()
    size = paper.bounding_box()
    assert size
    scale = size["width"] / 210
    x, y = where(page)
    assert (x + 19, y + 19) == pytest.approx((150 / scale, 300 / scale), abs=0.5)
    box.hover()
    page.mouse.down()
    page.mouse.move(*middle(box, 60, 40), steps=4)
    page.mouse.up()
    assert where(page) == pytest.approx((x + 60 / scale, y + 40 / scale), abs=0.5)
    x, y = where(page)
    box.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown"):
        page.keyboard.press(key)
    assert where(page) == pytest.approx((x + 2, y + 9), abs=0.05)


def where(page: Page) -> tuple[float, float]:
    """The seal's place as the page tells it, mm from the left and the top."""
    told = page.get_by_text(re.compile("^第 1 页 · 距左")).inner_text()
    x, y = re.findall(r"([0-9.]+) mm", told)
    return float(x), float(y)


def middle(box: Locator, right: float, down: float) -> tuple[float, float]:
    """A point so far from the middle of a box, px."""
    size = box.bounding_box()
    assert size
    return size["x"] + size["width"] / 2 + right, size["y"] + size["height"] / 2 + down


def preview(desk: Window) -> None:
    """The prepared pages with 未签署 laid over: even the page without the seal differs from the source's."""
    pictures = desk.page.get_by_role("figure").get_by_role("img")
    expect(pictures).to_have_count(2)
    steps.drawn(pictures.first)
    signing = desk.path.partition("signing=")[2]
    document = desk.context.request.get(f"{desk.url}/api/signings/{signing}").json()["document"]["id"]
    crossed, plain = (
        Image.open(BytesIO(desk.context.request.get(f"{desk.url}/api/{of}/pages/1.png?w=480").body()))
        for of in (f"signings/{signing}", f"documents/{document}")
    )
    assert crossed.size == plain.size
    laid_over = ImageChops.difference(crossed.convert("L"), plain.convert("L")).getbbox()
    assert laid_over
    assert laid_over[2] - laid_over[0] > 0.8 * plain.width
    assert laid_over[3] - laid_over[1] > 0.8 * plain.height


def look_and_confirm(phone: Window, digits: str) -> None:
    page = phone.page
    for fact in ("设备采购合同.pdf", "共 2 页", f"{COMPANY}合同专用章", "Chrome · Linux", "张*"):
        expect(page.get_by_role("definition").filter(has_text=fact)).to_be_visible()
    pictures = page.get_by_role("figure").get_by_role("img")
    expect(pictures).to_have_count(2)
    for place in range(2):
        steps.drawn(pictures.nth(place))
    phone.expect(403, "/api/challenges/.*/confirm")
    steps.confirm_on_phone(page, "730518", digits)
    wrong = page.get_by_label("用印口令")
    expect(wrong).to_have_accessible_description(re.compile("口令不正确.*[0-9] 次"))
    steps.type_in(wrong, PIN)
    page.get_by_role("dialog").get_by_role("button", name="确认用印").click()


def check_as_a_stranger(stranger: Window, signed: bytes) -> str:
    """By the QR code in the document: neutral without the file; green for it, and for no other."""
    record = qr_in_pdf(signed)
    assert record.startswith(f"{stranger.url}/v/")
    page = stranger.page
    page.goto(record)
    expect(page.get_by_role("heading", name="找到一条用印记录")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text=COMPANY)).to_be_visible()
    expect(page.locator("#answer")).to_be_hidden()
    answer = steps.check_file(page, "设备采购合同.pdf", signed)
    expect(answer).to_contain_text("文件与记录一致")
    assert steps.is_green(answer)
    page.get_by_role("button", name="上传做完整验证").click()
    signature = answer.get_by_role("listitem").filter(has_text=f"{COMPANY}合同专用章")
    expect(signature).to_contain_text(re.compile("签署时间（时间戳）.*[+]08:00", re.DOTALL))
    assert steps.is_green(answer)
    twin = steps.tampered(signed)
    answer = steps.check_file(page, "被改过.pdf", twin)
    expect(answer).to_contain_text("不是记录里的文件")
    assert not steps.is_green(answer)
    stranger.go("/verify")
    answer = steps.check_file(page, "被改过.pdf", twin)
    expect(answer).to_contain_text("不能采信")
    expect(answer.get_by_role("listitem").filter(has_text="改动").first).to_be_visible()
    assert not steps.is_green(answer)
    return record


def seal_once_more(phone: Window, desk: Window, signed: bytes) -> bytes:
    """The sealed file comes back, gets another seal, and is confirmed from the phone's conversation."""
    page = desk.page
    page.get_by_role("button", name="再盖一份").click()
    steps.bring_in(page, steps.pdf("设备采购合同.pdf", signed))
    expect(page.get_by_text("这份文件已有签章")).to_be_visible()
    steps.choose_seal(page, "法定代表人名章")
    page.get_by_role("checkbox", name="各方已约定使用电子签名").check()
    page.get_by_role("button", name="下一步：核对并确认").click()
    expect(page.get_by_text("请用手机扫码确认")).to_be_visible()
    phone.page.get_by_role("link", name="返回消息").last.click()
    steps.card(phone.page, "有文件等待盖章").get_by_role("link", name="查看并确认").click()
    phone.page.get_by_role("button", name="在本机确认").click()
    steps.confirm_on_phone(phone.page, PIN)
    expect(phone.page.get_by_text("盖好了")).to_be_visible()
    expect(page.get_by_text("《设备采购合同.pdf》已签署并加盖时间戳。")).to_be_visible()
    return steps.download(page)


def compare_versions(stranger: Window, record: str, earlier: bytes, newest: bytes) -> None:
    page = stranger.page
    page.goto(record)
    expect(page.get_by_role("heading", name=f"{COMPANY}合同专用章")).to_be_visible()
    expect(page.get_by_role("heading", name="张晓明法定代表人名章")).to_be_visible()
    answer = steps.check_file(page, "第一版.pdf", earlier)
    expect(answer).to_contain_text("真实，但不是最新版本")
    answer = steps.check_file(page, "第二版.pdf", newest)
    expect(answer).to_contain_text("文件与记录一致")
    assert steps.is_green(answer)
