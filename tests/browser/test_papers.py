"""A print of the licence, ordered on the phone, and what its code leads to; the papers of a company."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import expect

from tests.browser import looking
from tests.browser.steps import enter_as
from tests.browser.windows import Window
from tests.http.site import Party, Site

PURPOSE = "银行开户"


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """The owner of a company whose five seals are collected."""
    return site.owner(781, "苏念慈", "杭州念慈茶业有限公司")


def test_a_print_of_the_licence_from_the_phone_to_its_verification_page(
    phone: Window, site: Site, owner: Party
) -> None:
    page = enter_as(phone, site, owner).page
    page.goto(f"{site.url}/m/licence/{owner.company}")
    page.get_by_role("button", name="打印执照").click()
    drawer = page.get_by_role("dialog", name="打印执照")
    phone.expect(422, "/api/companies/.*/licence-prints")
    drawer.get_by_role("button", name="生成并下载").click()
    expect(drawer.get_by_text("请填写打印件的用途")).to_be_visible()
    assert looking.barriers(page) == []
    assert looking.too_wide(page, 320) == []
    drawer.get_by_role("button", name=PURPOSE).click()
    expect(page.get_by_label("用途", exact=True)).to_have_value(PURPOSE)
    drawer.get_by_label("有效期").select_option("7")
    with page.expect_download() as coming:
        drawer.get_by_role("button", name="生成并下载").click()
    data = Path(coming.value.path()).read_bytes()
    assert data[:5] == b"%PDF-"
    assert len(pypdfium2.PdfDocument(data)) == 1
    expect(drawer).to_be_hidden()

    page.goto(f"{site.url}/m/papers/{owner.company}")
    printed = page.get_by_role("listitem").filter(has_text="电子营业执照打印件")
    expect(printed).to_contain_text(PURPOSE)
    expect(printed).to_contain_text("有效")
    making = page.get_by_role("listitem").filter(has_text="电子印章制作证书")
    expect(making).to_contain_text("点击下载即出具")
    assert looking.barriers(page) == []
    assert looking.too_wide(page, 320) == []
    printed.get_by_role("link", name="查看验真页").click()
    expect(page.get_by_role("heading", name="电子营业执照打印件")).to_be_visible()
    main = page.get_by_role("main")
    for words in ("打印件在有效期内", PURPOSE, "杭州念慈茶业有限公司"):
        expect(main).to_contain_text(words)
    (ordered,) = [each for each in owner.client.papers(owner.company) if each["kind"] == "licence"]
    site.change("UPDATE paper SET valid_until = '2020-01-01T00:00:00+00:00' WHERE id = ?", ordered["id"])
    page.reload()
    expect(main).to_contain_text(re.compile("已过有效期"))
