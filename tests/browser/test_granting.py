"""An owner grants a seal to an employee; he collects it with a PIN of his own and seals; it is revoked."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.steps import begin_check, bring_in, card, choose_seal, confirm_on_phone, enter_as, pdf
from tests.browser.windows import PHONE, Window
from tests.http.site import Site, joined_as

COMPANY = "北京晴川测绘有限公司"


def test_a_granted_seal_from_the_grant_to_its_end(
    site: Site, phone: Window, open_window: object, contract: bytes
) -> None:
    owner = site.owner(91, "沈晴川", COMPANY)
    employee, _ = joined_as(site, owner, 92, "agent")
    page = enter_as(phone, site, owner).page
    page.goto(f"{site.url}/m/seals/{owner.company}")
    seal = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="合同专用章")).first
    seal.get_by_role("button", name="授权他人使用").click()
    expect(page.get_by_label("期限（天）")).to_have_value("30")
    page.get_by_text("限定范围").click()
    page.get_by_label("用印次数").fill("5")
    page.get_by_role("button", name="下一步：核对并确认").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("用印人，至")).to_be_visible()
    page.get_by_label("您的用印口令").fill(owner.pin)
    page.get_by_role("button", name="确认授权").click()
    expect(seal.get_by_text("待领取")).to_be_visible()

    other = open_window(**PHONE)  # type: ignore[operator]
    theirs = enter_as(other, site, employee).page
    theirs.goto(f"{site.url}/m")
    granted = card(theirs, "有印章授权给您使用")
    expect(granted).to_contain_text("用印次数：5")
    granted.get_by_role("link", name="核验并领取").click()
    begin_check(theirs)
    theirs.get_by_role("button", name="通过 Pass").click()
    expect(theirs.get_by_role("heading", name="设置用印口令（PIN）")).to_be_visible()
    theirs.get_by_label("用印口令", exact=True).fill(employee.pin)
    theirs.get_by_label("再输入一次").fill(employee.pin)
    theirs.get_by_role("button", name="领取印章").click()
    expect(theirs.get_by_text("领取完成，可以用印了")).to_be_visible()

    theirs.get_by_role("link", name="去盖章").click()
    bring_in(theirs, pdf("测绘合同.pdf", contract))
    offered = theirs.get_by_role("radiogroup", name="选择印章").get_by_role("radio", checked=True)
    expect(offered).to_have_accessible_name(re.compile("合同专用章"))
    choose_seal(theirs, "合同专用章")
    theirs.get_by_label("没有了").check()
    theirs.get_by_text("文件说明（按授权用印时填写）").click()
    theirs.get_by_label("文件种类").select_option(label="合同协议")
    theirs.get_by_label("金额（元）").fill("1200")
    theirs.get_by_role("button", name="下一步：核对并确认").click()
    theirs.get_by_role("button", name="在本机确认").click()
    expect(theirs.get_by_text("合同协议 · ¥1,200.00")).to_be_visible()
    confirm_on_phone(theirs, employee.pin)
    expect(theirs.get_by_role("button", name="下载已盖章文件").last).to_be_visible()

    page.reload()
    expect(seal.get_by_text("已用 1 次，共 5 次")).to_be_visible()
    seal.get_by_role("button", name="撤销").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销").click()
    expect(seal.get_by_role("button", name="撤销")).to_have_count(0)
    theirs.goto(f"{site.url}/m")
    expect(card(theirs, "用印授权已撤销")).to_contain_text(COMPANY)


def test_a_member_without_a_grant_is_told_who_can_confirm(site: Site, phone: Window, contract: bytes) -> None:
    owner = site.owner(93, "沈晴川", "北京晴川造价咨询有限公司")
    employee, _ = joined_as(site, owner, 94, "agent")
    page = enter_as(phone, site, employee).page
    page.goto(f"{site.url}/m")
    expect(card(page, "您已接受邀请")).to_contain_text("须先由法定代表人把印章授权给您")
    certificates = card(page, "已签发 10 张数字证书")
    expect(certificates.get_by_text("序列号").first).to_be_hidden()
    certificates.get_by_text("展开明细").click()
    expect(certificates.get_by_text("序列号")).to_have_count(10)
    expect(certificates.get_by_text("序列号").first).to_be_visible()

    page.goto(f"{site.url}/m/seals/{owner.company}")
    expect(page.get_by_text("预览图 PNG")).to_have_count(5)
    expect(page.get_by_text("下载电子印章（.esl）")).to_have_count(0)

    page.goto(f"{site.url}/m")
    page.get_by_role("button", name="办理").click()
    page.get_by_role("link", name="增加印章").click()
    expect(page.get_by_text("这由法定代表人或证照管理员办理")).to_be_visible()

    phone.expect(403, "/members$")
    page.goto(f"{site.url}/m/people/{owner.company}")
    expect(page.get_by_text("您在该企业的权限不包括此操作")).to_be_visible()
    expect(page.get_by_role("button", name="发出邀请")).to_be_hidden()
    page.goto(f"{site.url}/m/add-seal/{owner.company}")
    expect(page.get_by_text("只有法定代表人可以增加印章")).to_be_visible()
    expect(page.get_by_role("button", name="确认并制作")).to_be_hidden()

    page.goto(f"{site.url}/m/seal")
    bring_in(page, pdf("测绘报价.pdf", contract))
    choose_seal(page, "合同专用章")
    page.get_by_label("没有了").check()
    page.get_by_role("button", name="下一步：核对并确认").click()
    expect(page.get_by_text("这枚印章没有授权给您")).to_be_visible()
    expect(page.get_by_role("button", name="请别人扫码确认")).to_be_visible()
    expect(page.get_by_role("button", name="在本机确认")).to_have_count(0)
