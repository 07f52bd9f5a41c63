"""Seal and signature files on the page that verifies them, as a stranger with a phone sees it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browser import steps
from tests.browser.windows import Window
from tests.http.site import Party, Site

NAME, COMPANY = "陆知远", "北京知远印刷有限公司"


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """The owner of a company whose seals are collected."""
    return site.owner(311, NAME, COMPANY)


def file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def states(page: Page) -> list[str]:
    return [str(one.get_attribute("data-state")) for one in page.locator(".check-steps li").all()]


def test_a_seal_file_shows_its_picture_and_every_step(owner: Party, phone: Window) -> None:
    page = phone.go("/verify")
    page.get_by_role("link", name="去印章验真页").click()
    page.locator("#file").set_input_files(file("seal.esl", owner.client.seal_structure(owner.seal())))
    expect(page.get_by_role("heading", name="印章真实有效")).to_be_visible()
    answer = page.locator("#answer")
    expect(answer).to_contain_text(COMPANY)
    expect(answer).to_contain_text("GB/T 38540-2020")
    shown = answer.locator("img")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") > 100
    assert states(page) == ["passed"] * 4


def test_a_signature_wants_its_document(owner: Party, phone: Window, contract: bytes) -> None:
    signing, signed = owner.sign(contract)
    page = phone.go("/verify-seal")
    page.locator("#file").set_input_files(file("contract.ses", owner.client.ses_signature(signing["id"])))
    expect(page.get_by_role("heading", name="无法完全确认")).to_be_visible()
    expect(page.locator("#answer")).to_contain_text("请连同原文件一起验证")
    assert states(page)[-2:] == ["open", "passed"]
    page.locator("#document").set_input_files(steps.pdf("合同.pdf", signed))
    expect(page.get_by_role("heading", name="签章真实有效")).to_be_visible()
    expect(page.locator("#document-note")).to_have_text("已选：合同.pdf")
    assert set(states(page)) == {"passed"}
    page.locator("#document").set_input_files(steps.pdf("改过的合同.pdf", steps.tampered(signed)))
    expect(page.get_by_role("heading", name="不能采信")).to_be_visible()
    expect(page.locator(".check-steps [data-state=failed]")).to_have_text(re.compile("文件内容"))


def test_what_is_neither_is_called_so(phone: Window, contract: bytes) -> None:
    page = phone.go("/verify-seal")
    page.locator("#file").set_input_files(file("合同.pdf", contract))
    expect(page.get_by_role("heading", name="不是印章或签章文件")).to_be_visible()
    expect(page.locator(".check-steps")).to_have_count(0)


def test_the_answer_shown_is_that_of_the_last_choice(owner: Party, phone: Window, contract: bytes) -> None:
    """The check of the signature alone is slow; that with its document is answered before it."""
    signing, signed = owner.sign(contract)
    held: list[Route] = []
    page = phone.go("/verify-seal")
    page.route("**/api/verify-seal", lambda route: route.continue_() if held else held.append(route))
    page.locator("#file").set_input_files(file("contract.ses", owner.client.ses_signature(signing["id"])))
    expect(page.locator("#upload-name")).to_be_visible()
    page.locator("#document").set_input_files(steps.pdf("合同.pdf", signed))
    expect(page.get_by_role("heading", name="签章真实有效")).to_be_visible()
    with page.expect_response("**/api/verify-seal") as late:
        held[0].continue_()
    late.value.finished()
    page.wait_for_timeout(200)
    expect(page.get_by_role("heading", name="签章真实有效")).to_be_visible()
