"""A company that exists already applies by phone: form, photos (a blurred one is refused), check."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser import looking, steps
from tests.browser.windows import PHONE, Window
from tests.http.entering import enter, material
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
    expect(page.locator(".slot")).to_have_count(3)
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
