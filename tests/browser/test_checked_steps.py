"""The list of what was checked, on the page that anybody opens to verify a file."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.windows import Window
from tests.http.site import Party, Site

NAME, COMPANY = "顾清越", "北京清越检测有限公司"


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """The owner of a company whose seals are collected."""
    return site.owner(391, NAME, COMPANY)


def unfold(page: Page) -> list[str]:
    """Open the list; the outcomes in it."""
    page.get_by_text(re.compile("查看检查了什么")).click()
    expect(page.locator(".check-steps")).to_be_visible()
    return [str(one.get_attribute("data-state")) for one in page.locator(".check-steps > li").all()]


def test_the_steps_are_folded_and_numbered(owner: Party, phone: Window, contract: bytes) -> None:
    _, signed = owner.sign(contract)
    page = phone.go("/verify")
    answer = steps.check_file(page, "合同.pdf", signed)
    expect(page.locator(".check-steps")).to_be_hidden()
    assert unfold(page) == ["passed"] * 10
    expect(answer).to_contain_text("10. 印章的状态")
    expect(page.get_by_text("ByteRange").first).to_be_hidden()
    page.locator(".check-steps").get_by_text("技术细节").first.click()
    expect(page.get_by_text("ByteRange").first).to_be_visible()
    width = "one => one.clientWidth / one.closest('li[data-state]').clientWidth"
    assert page.locator(".check-details li").first.evaluate(width) > 0.5, (
        "not squeezed into the mark's column"
    )
    answer = steps.check_file(page, "改过的.pdf", steps.tampered(signed))
    expect(answer).to_contain_text("不能采信")
    assert unfold(page)[2] == "failed"
    failed = answer.locator("[data-state=failed]")
    expect(failed.filter(has_text="文件内容与签署时不一致")).to_be_visible()
