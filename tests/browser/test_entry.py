"""A company that exists already applies by phone: form, photos (a blurred one is refused), check; on a PC a
phone confirms.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser import looking, steps
from tests.browser.windows import DESK, PHONE, Window, qr_on
from tests.http.entering import code_of, enter, entry_form, fill_all, material, verified
from tests.http.site import Site
from tests.seals.photo.papers import jpeg, sheet

COMPANY = "北京南浦旧事文化有限公司"
SHEETS = {
    "营业执照副本": "licence_copy",
    "人像面": "representative_id_front",
    "国徽面": "representative_id_back",
}


def _slot(page: Page, title: str) -> Locator:
    return page.locator(".slot").filter(has=page.get_by_role("heading", name=re.compile(title)))


def _give(slot: Locator, name: str, data: bytes) -> None:
    picture = FilePayload(name=name, mimeType="image/jpeg", buffer=data)
    slot.locator("input[type=file]").last.set_input_files(picture)


def _fill(page: Page, values: dict[str, str]) -> None:
    for field, text in values.items():
        steps.type_in(page.locator(f"#{field}"), text)


def test_by_phone_from_the_menu_to_the_review(site: Site, open_window: Callable[..., Window]) -> None:
    phone = open_window(**PHONE, reduced_motion="reduce")
    phone.expect(422, "/materials/licence_copy")
    phone.expect(422, "/submit")
    phone.expect(403, "/materials/licence_copy")  # consent was withdrawn elsewhere
    who = site.person(6401, "顾南浦")
    uscc = enter(who, 6401, COMPANY)
    steps.enter_as(phone, site, who)
    page = phone.go("/m")
    page.get_by_role("link", name="已有企业申请印章").first.click()
    page.get_by_label("单位类型").select_option("state_organ")
    expect(page.get_by_text("按照国家有关规定办理")).to_be_visible()
    expect(page.get_by_label("统一社会信用代码")).to_be_hidden()
    page.get_by_label("单位类型").select_option("enterprise")
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("#company_name-error")).to_have_text("请填写这一项。")
    _fill(
        page,
        {
            "company_name": COMPANY,
            "uscc": uscc,
            "representative_name": who.name,
            "representative_id_number": who.id_number,
            "representative_mobile": who.demo.mobile,
        },
    )
    assert not looking.too_wide(page, 320)
    page.get_by_role("button", name="下一步").click()
    licence = _slot(page, "营业执照副本")
    expect(licence).to_be_visible()
    expect(page.locator(".slot")).to_have_count(4)  # the draft of a design is optional
    who.client.withdraw_consent()
    _give(licence, "blurred.jpg", jpeg(sheet("营业执照副本"), blur=6))
    page.get_by_role("dialog").get_by_role("button", name="同意并继续").click()
    expect(licence.locator(".field-error")).to_contain_text("画面模糊")
    expect(licence.locator(".field-error")).to_contain_text("拿稳再拍")
    for title, slot in SHEETS.items():
        _give(_slot(page, title), f"{slot}.jpg", material(slot, "南浦"))
        expect(_slot(page, title)).to_contain_text(f"已提供：{slot}.jpg")
    assert not looking.too_wide(page, 320)
    assert not looking.barriers(page)

    steps.begin_check(page)
    page.get_by_role("button", name="通过 Pass").click()
    expect(page.get_by_text("法定代表人已核验。")).to_be_visible()
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("#declaration-error")).to_contain_text("真实性声明")
    page.locator("#declaration").check()
    page.locator("#will").check()
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("#state")).to_have_text("已提交，审核中")
    phone.go("/m")
    card = steps.card(page, "印章申请已提交")
    expect(card).to_contain_text(COMPANY)
    card.get_by_role("link", name="查看申请").click()
    page.locator("#part-withdraw summary").click()
    page.get_by_role("button", name="撤回申请").click()
    expect(page.locator("#state")).to_have_text("已撤回")


def test_on_a_pc_the_phone_confirms(site: Site, open_window: Callable[..., Window]) -> None:
    who = site.person(6402, "顾北溟")
    seal = {"kind": "legal_name"}
    draft = who.client.begin_entry(entry_form(who, "北京北溟文化有限公司", code_of(6402), seal))
    desk, phone = open_window(**DESK, reduced_motion="reduce"), open_window(**PHONE, reduced_motion="reduce")
    phone.expect(422, "/submit")
    for window in (desk, phone):
        steps.enter_as(window, site, who)
    page = desk.go(f"/m/apply?entry={draft['id']}")
    expect(page.get_by_label("印章宽度")).to_be_hidden()
    page.get_by_label("式样").select_option("digitised")
    steps.type_in(page.get_by_label("印章宽度"), "40.5")
    _seen(page, "entry-width")
    page.get_by_role("button", name="下一步").click()
    expect(_slot(page, "实物印章印模")).to_be_visible()
    form = who.client.entry(draft["id"])
    assert form["seals"][0]["width_mm"] == "40.5"
    fill_all(who, form, "北溟")
    verified(who, draft["id"])
    page.reload()
    expect(page.locator("#will")).to_have_count(0)
    page.get_by_role("button", name="显示二维码").click()
    expect(page.locator("#code-qr")).to_be_visible()
    _seen(page, "entry-code")
    phone.page.goto(qr_on(page))
    hand = phone.page
    expect(hand.get_by_role("heading", name="确认以本企业名义提交吗？")).to_be_visible()
    expect(hand).to_have_url(re.compile("/e$"))
    expect(hand.get_by_text("北京北溟文化有限公司")).to_be_visible()
    expect(hand.get_by_text("营业执照副本")).to_be_visible()
    _seen(hand, "entry-confirm")
    hand.get_by_role("button", name="确认并提交").click()
    expect(hand.locator("#declaration-error")).to_contain_text("真实性声明")
    hand.locator("#declaration").check()
    hand.locator("#will").check()
    hand.get_by_role("button", name="确认并提交").click()
    expect(hand.get_by_text("申请已提交", exact=True)).to_be_visible()
    expect(page.locator("#state")).to_have_text("已提交，审核中")


def _seen(page: Page, name: str) -> None:
    """Nothing too wide, no barriers; a picture of it where a folder is named."""
    assert not looking.barriers(page)
    assert not looking.too_wide(page, 320)
    if folder := os.environ.get("EZHANG_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
