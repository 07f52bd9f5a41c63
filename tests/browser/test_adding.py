"""A further seal on the phone: chosen, seen before it is made, made, collected with the known PIN."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import begin_check, enter_as
from tests.browser.windows import Window
from tests.http.site import Party, Site


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """The owner of a company whose five seals are collected."""
    return site.owner(81, "江雨桐", "北京雨桐出版服务有限公司")


def test_a_department_seal_in_two_scripts(phone: Window, site: Site, owner: Party) -> None:
    page = enter_as(phone, site, owner).page
    page.goto(f"{site.url}/m")
    page.get_by_role("button", name="办理").click()
    page.get_by_role("link", name="增加印章").click()
    preview = page.get_by_role("img", name=re.compile("的印模预览"))
    expect(preview).to_have_attribute("alt", "财务专用章的印模预览")
    expect(page.get_by_text("同样的财务专用章已有，这是第 2 枚")).to_be_visible()

    page.get_by_text("部门章", exact=True).click()
    expect(page.get_by_text("填好上面的内容，这里会显示印模。")).to_be_visible()
    page.get_by_role("button", name="确认并制作").click()
    expect(page.get_by_text("请填写这一项。")).to_be_visible()
    page.get_by_label("部门名称").fill("编辑部")
    expect(preview).to_be_visible()
    page.get_by_text("加外文或少数民族文字").click()
    page.get_by_label("外文或少数民族文字名称").fill("Yutong Publishing Services")
    page.get_by_label("中文译文").fill("雨桐出版服务")
    phone.expect(422, "/api/companies/.*/seals")
    page.get_by_role("button", name="确认并制作").click()
    expect(page.get_by_text("请核对译文，并勾选「本单位确认译文无误」。")).to_be_visible()
    page.get_by_label("本单位确认译文无误").check()
    page.get_by_role("button", name="确认并制作").click()
    expect(page.get_by_role("heading", name="印章已制作")).to_be_visible()
    expect(page.get_by_text("北京雨桐出版服务有限公司编辑部章", exact=True)).to_be_visible()

    page.get_by_role("link", name="领取印章").click()
    begin_check(page)
    page.get_by_role("button", name="通过 Pass").click()
    expect(page.get_by_role("heading", name="输入您的用印口令")).to_be_visible()
    page.get_by_label("用印口令").fill(owner.pin)
    page.get_by_role("button", name="领取印章").click()
    expect(page.get_by_text("印章已领取", exact=True)).to_be_visible()
    item = page.get_by_role("listitem").filter(has_text="内设机构章 · 编辑部")
    expect(item).to_contain_text("可使用")
