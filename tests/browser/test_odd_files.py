"""Files that need a word from their owner, and one that cannot be sealed, on the phone."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Route, expect

from tests.browser import steps
from tests.browser.looking import barriers, too_wide
from tests.browser.windows import Window
from tests.http.site import Party, Site
from tests.seals.pdf import damage, samples


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    return site.owner(6311, "郭明远", "北京明远装帧有限公司")


def test_restrictions_are_lifted_on_a_word_and_two_readings_are_shown_side_by_side(
    site: Site, owner: Party, phone: Window
) -> None:
    page = steps.enter_as(phone, site, owner).go("/m/seal")
    protected = steps.pdf("受限.pdf", samples.encrypted(opens_without_password=True))
    phone.expect(422, "/documents")
    page.locator("#file").set_input_files(steps.pdf("坏.pdf", damage.two_contents()))
    pair = page.get_by_role("dialog", name="这份文件无法盖章")
    for name in ("原文件显示为", "整理后显示为"):
        expect(pair.get_by_role("img", name=name)).to_have_js_property("complete", True)
    assert page.evaluate("[...document.querySelectorAll('.pair img')].every((img) => img.naturalWidth > 0)")
    assert [*barriers(page), *too_wide(page, 360)] == []
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=folder)
    pair.get_by_role("button", name="关闭").click()
    expect(page.locator("#problem")).to_contain_text("第 1 页在不同软件中显示不一样")

    for _ in range(2):
        phone.expect(409, "/documents")
    page.locator("#file").set_input_files(protected)
    asked = page.get_by_role("dialog", name="文件设有权限限制")
    asked.get_by_role("button", name="取消").click()
    expect(page.locator("#file-line")).to_be_hidden()
    page.locator("#file").set_input_files(protected)
    asked.get_by_role("button", name="同意解除并继续").click()
    expect(page.locator("#file-note")).to_contain_text("已去掉：权限限制。")


def test_a_file_that_needs_consent_is_sent_again_once_it_is_given(
    site: Site, owner: Party, phone: Window
) -> None:
    """The terms changed meanwhile: the drawer comes, one tap, and nobody chooses the file a second time."""
    owner.client.withdraw_consent()
    asked = {"error": {"code": "consent.needed", "zh": "请先同意", "en": "Consent first"}}
    refused: list[Route] = []

    def refuse_once(route: Route) -> None:
        """As the server answers where an upload is an act that needs consent; at present none is."""
        if refused:
            route.fallback()
        else:
            refused.append(route)
            route.fulfill(status=403, json=asked)

    page = steps.enter_as(phone, site, owner).go("/m/seal")
    page.route("**/api/documents", refuse_once)
    phone.expect(403, "/documents")
    page.locator("#file").set_input_files(steps.pdf("合同.pdf", samples.contract()))
    steps.agree(page)
    expect(page.locator("#file-line")).to_be_visible()
    assert all(each["accepted_at"] for each in owner.client.consents())
