"""What a stranger sees: a licence held out on a phone, the record of a code; with and without JavaScript."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from auth.tokens import group_code
from h5.rendering import STATIC_VERSION
from tests.browser import looking, steps
from tests.browser.windows import DESK, PHONE, Window, qr_on
from tests.http.site import Party, Site, access_code

NAME, COMPANY = "许清扬", "北京清扬环保科技有限公司"
# Over plain http a browser has no crypto.subtle; 127.0.0.1 is as good as https to it.
PLAIN_HTTP = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });"
OWN_HASH = """async ([address, length]) => {
  const { Sha256 } = await import(address);
  const bytes = Uint8Array.from({ length }, (_, i) => i * 7 % 256);
  const hash = new Sha256();
  for (let at = 0; at < length; at += 37) hash.update(bytes.subarray(at, at + 37));
  return [...hash.digest()].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}"""
TIME = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9:]{8} \+08:00")


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """The owner of a company whose seals are collected."""
    return site.owner(301, NAME, COMPANY)


def hold_out(site: Site, owner: Party, phone: Window) -> str:
    """The licence on the phone, and what a camera reads from its screen."""
    page = steps.enter_as(phone, site, owner).go(f"/m/licence/{owner.company}")
    expect(page.get_by_role("status")).to_have_text("有效")
    page.get_by_role("button", name="出示执照").click()
    expect(page.get_by_text(re.compile("[0-9]+ 秒后自动更新"))).to_be_visible()
    return qr_on(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_licence_held_out_shows_its_data_and_live_status(
    site: Site, owner: Party, phone: Window, open_window: Callable[..., Window], scripts: bool
) -> None:
    shown = hold_out(site, owner, phone)
    stranger = open_window(**PHONE, java_script_enabled=scripts)
    stranger.page.goto(shown)
    face = stranger.page.get_by_role("article", name="电子营业执照")
    uscc = owner.client.company(owner.company)["uscc"]
    for fact in (COMPANY, NAME, uscc, "有限责任公司", "长期", "500 万元"):
        expect(face).to_contain_text(fact)
    expect(stranger.page.get_by_text("存续（在营、开业）")).to_be_visible()
    expect(stranger.page.get_by_text(TIME)).to_have_count(2)
    site.change("UPDATE presentation SET expires_at = '2026-01-01 00:00:00+00:00'")
    stranger.expect(410, "/l/")
    stranger.page.reload()
    expect(stranger.page.get_by_role("heading", name="这个执照码已失效")).to_be_visible()
    expect(stranger.page.get_by_text(COMPANY)).to_have_count(0)


def test_the_code_held_out_changes_every_minute(site: Site, owner: Party, phone: Window) -> None:
    phone.page.clock.install()
    first = hold_out(site, owner, phone)
    with phone.page.expect_response("**/presentations"):
        phone.page.clock.fast_forward("01:01")
    expect(phone.page.get_by_text(re.compile("(60|5[0-9]) 秒后自动更新"))).to_be_visible()
    assert qr_on(phone.page, other_than=first) != first


def test_a_record_can_be_read_without_scripts(
    owner: Party, open_window: Callable[..., Window], contract: bytes
) -> None:
    signed, data = owner.sign(contract)
    waiting = owner.ask(contract)
    stranger = open_window(**DESK, java_script_enabled=False)
    page = stranger.go(f"/v/{signed['document']['code']}")
    expect(page.get_by_role("heading", name="找到一条用印记录")).to_be_visible()
    for fact in (COMPANY, owner.client.company(owner.company)["uscc"], "有效", TIME):
        expect(page.get_by_role("definition").filter(has_text=fact).first).to_be_visible()
    assert "合同.pdf" not in page.get_by_role("main").inner_text()  # nothing private
    assert "不上传" not in page.get_by_role("main").inner_text()  # it is sent here
    assert not looking.too_wide(page, 320, 568)
    page.locator("#file").set_input_files(steps.pdf("合同.pdf", data))
    page.get_by_role("button", name="上传并验证").click()
    expect(page.get_by_role("heading", name="文件与记录一致")).to_be_visible()
    stranger.go(f"/v/{waiting['document']['code']}")
    expect(page.get_by_role("heading", name="这份文件还没有盖章")).to_be_visible()
    stranger.expect(404, "/v/0000")
    stranger.go("/v/0000-0000-0000-0000")
    expect(page.get_by_role("heading", name="查不到这个验真码")).to_be_visible()


def test_over_plain_http_the_file_stays_on_the_phone_too(
    owner: Party, open_window: Callable[..., Window], contract: bytes
) -> None:
    signed, data = owner.sign(contract)
    window = open_window(**PHONE)
    window.context.add_init_script(PLAIN_HTTP)
    page = window.go(f"/v/{signed['document']['code']}")
    assert page.evaluate("crypto.subtle === undefined")
    address = f"/static/{STATIC_VERSION}/js/checking/sha256.js"
    for length in (0, 1, 55, 56, 63, 64, 65, 119, 120, 1000):  # around every edge of a block
        own = page.evaluate(OWN_HASH, [address, length])
        assert own == hashlib.sha256(bytes(i * 7 % 256 for i in range(length))).hexdigest(), length
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    expect(steps.check_file(page, "合同.pdf", data)).to_contain_text("文件与记录一致")
    assert [one for one in sent if one.startswith("POST")] == [
        f"POST {window.url}/api/codes/{group_code(signed['document']['code'])}/match"
    ]


def test_the_red_answer_is_in_plain_words(phone: Window, owner: Party, contract: bytes) -> None:
    _, data = owner.sign(contract)
    page = phone.go("/verify")
    answer = steps.check_file(page, "改过的.pdf", steps.tampered(data))
    for raw in ("Seal1", "CN=", "Common Name", "Organization", "B-LTA", "good"):
        assert raw not in answer.inner_text(), raw
    expect(answer).to_contain_text("第 1 个签名")
    answer.get_by_text("技术细节", exact=True).first.click()
    expect(answer).to_contain_text("Seal1")


def test_a_party_finds_its_file_on_the_record(
    site: Site, owner: Party, phone: Window, contract: bytes
) -> None:
    signed, data = owner.sign(contract)
    page = steps.enter_as(phone, site, owner).go(f"/v/{signed['document']['code']}")
    expect(page.get_by_role("heading", name="您单位的用印")).to_be_visible()
    looking.seen(page, "party")
    with page.expect_download() as got:
        page.get_by_role("button", name="下载已签文件").click()
    assert got.value.path().read_bytes() == data


def test_who_holds_the_paper_compares_its_pages(
    site: Site, owner: Party, open_window: Callable[..., Window], contract: bytes
) -> None:
    signed, _ = owner.sign(contract, printed=True)
    code = signed["document"]["code"]
    window = open_window(**PHONE, reduced_motion="reduce")
    page = window.go(f"/v/{code}")
    page.get_by_text("用放大镜看印章外圈").click()
    expect(page.get_by_role("img", name=group_code(code))).to_be_visible()
    looking.seen(page, "loupe")
    window.expect(422, "/printed")
    steps.type_in(page.get_by_label("访问码"), "0000-0000")
    page.get_by_role("button", name="查看页面").click()
    expect(page.get_by_text("访问码不对")).to_be_visible()
    page.get_by_label("访问码").clear()
    steps.type_in(page.get_by_label("访问码"), access_code(site, code))
    page.get_by_role("button", name="查看页面").click()
    for number in (1, 2):
        picture = page.get_by_role("img", name=f"第 {number} 页，共 2 页")
        picture.scroll_into_view_if_needed()
        steps.drawn(picture)
    looking.seen(page, "paper")


# The last, for the seal signs nothing afterwards.
def test_a_frozen_seal_is_told_on_the_record(
    owner: Party, open_window: Callable[..., Window], contract: bytes
) -> None:
    signed, data = owner.sign(contract)
    owner.client.freeze(owner.seal())
    stranger = open_window(**PHONE)
    page = stranger.go(f"/v/{signed['document']['code']}")
    then, now = (
        page.get_by_role("listitem").locator("div").filter(has=page.get_by_role("term").filter(has_text=when))
        for when in ("签署时的状态", "现在的状态")
    )
    expect(then.get_by_role("definition")).to_have_text("有效")
    expect(now.get_by_role("definition")).to_have_text(re.compile("^印章已暂停使用（20"))
    answer = steps.check_file(page, "合同.pdf", data)
    expect(answer).to_contain_text("文件与记录一致")
