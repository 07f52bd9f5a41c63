"""A rule is set, a signing waits for its approval, the approver scans, approves, and it is confirmed."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from playwright.sync_api import expect

from tests.browser.steps import bring_in, card, choose_seal, confirm_on_phone, enter_as, pdf
from tests.browser.windows import PHONE, Window, qr_on
from tests.http.site import Party, Site, joined_as

COMPANY = "北京听泉工程有限公司"


def collected(site: Site, owner: Party, number: int, kind: str) -> Party:
    party, member = joined_as(site, owner, number, "agent")
    grant = owner.client.grant(owner.seal(kind), member, owner.pin)
    httpx.post(party.client.begin_joining(grant["id"])["url"], data={"outcome": "pass"}, trust_env=False)
    party.client.join(grant["id"], party.pin)
    party.collection = grant["id"]  # his browser has the device that he collected with
    return party


def test_a_signing_from_the_rule_to_the_seal(
    site: Site, phone: Window, open_window: Callable[..., Window], contract: bytes
) -> None:
    owner = site.owner(95, "沈听泉", COMPANY)
    boss, user = collected(site, owner, 96, "finance"), collected(site, owner, 97, "contract")
    page = enter_as(phone, site, owner).page
    page.goto(f"{site.url}/m/seals/{owner.company}")
    seal = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="合同专用章")).first
    seal.get_by_role("button", name="审批规则").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_label("都不需要", exact=True)).to_be_checked()
    drawer.get_by_label("只有部分文件需要").check()
    drawer.get_by_role("button", name="下一步：核对并确认").click()
    expect(drawer.get_by_text("请填写金额，或至少选择一种文件。")).to_be_visible()
    drawer.get_by_label("金额超过（元）").fill("10000")
    drawer.get_by_role("button", name="下一步：核对并确认").click()
    expect(drawer.get_by_text("请选择审批人。")).to_be_visible()
    drawer.locator("#rule-approvers input").nth(1).check()
    drawer.get_by_role("button", name="下一步：核对并确认").click()
    expect(drawer.get_by_text("金额超过 ¥10,000.00，或未填写金额")).to_be_visible()
    drawer.get_by_label("您的用印口令").fill(owner.pin)
    drawer.get_by_role("button", name="确认并生效").click()
    expect(page.get_by_text("审批规则已生效")).to_be_visible()
    expect(seal.get_by_text("部分用印需审批")).to_be_visible()
    seal.get_by_role("button", name="审批规则").click()
    expect(drawer.get_by_label("金额超过（元）")).to_have_value("10000.00")
    expect(drawer.locator("#rule-approvers input:checked")).to_have_count(1)

    asking = enter_as(open_window(**PHONE), site, user).page
    asking.goto(f"{site.url}/m/seal")
    bring_in(asking, pdf("工程合同.pdf", contract))
    choose_seal(asking, "合同专用章")
    asking.get_by_label("没有了").check()
    asking.get_by_text("文件说明（按授权用印时填写）").click()
    asking.get_by_label("金额（元）").fill("20000")
    asking.get_by_role("button", name="下一步：核对并确认").click()
    expect(asking.get_by_text("需要审批，可由")).to_be_visible()
    expect(asking.get_by_role("button", name="在本机确认")).to_have_count(0)
    asking.get_by_role("button", name="让审批人扫码").click()
    url = qr_on(asking.locator("#approval-qr"))

    deciding = enter_as(open_window(**PHONE), site, boss).page
    deciding.goto(f"{site.url}/m")
    expect(card(deciding, "有用印待审批")).to_contain_text("¥20,000.00")
    deciding.goto(url)
    expect(deciding.get_by_role("heading", name="有一次用印请您审批")).to_be_visible()
    expect(deciding.locator("#approve-amount")).to_have_text("¥20,000.00")
    deciding.get_by_role("button", name="同意", exact=True).click()
    deciding.get_by_label("用印口令（PIN）").fill(boss.pin)
    deciding.get_by_role("dialog").get_by_role("button", name="同意", exact=True).click()
    expect(deciding.get_by_text("已同意", exact=True)).to_be_visible()

    expect(asking.get_by_role("dialog")).to_have_count(0)
    expect(asking.get_by_text("已审批同意")).to_be_visible()
    asking.get_by_role("button", name="在本机确认").click()
    confirm_on_phone(asking, user.pin)
    expect(asking.get_by_role("button", name="下载已盖章文件").last).to_be_visible()


def test_a_refusal_reaches_the_asker_while_he_waits(
    site: Site, phone: Window, open_window: Callable[..., Window], contract: bytes
) -> None:
    owner = site.owner(98, "沈听泉", "北京听泉监理有限公司")
    owner.client.set_approval_rule(owner.seal("contract"), owner.pin, ["representative"])
    user = collected(site, owner, 99, "contract")
    document = user.client.upload("监理合同.pdf", contract, company=owner.company)["id"]
    place = {"page": 0, "x_mm": 40.0, "y_mm": 205.0}
    signing = user.client.request_signing(document, owner.seal("contract"), **place)["id"]
    asking = enter_as(open_window(**PHONE), site, user).page
    asking.goto(f"{site.url}/m/seal?signing={signing}")
    expect(asking.get_by_text("需要审批，可由")).to_be_visible()

    page = enter_as(phone, site, owner).page
    page.goto(f"{site.url}/m")
    card(page, "有用印待审批").get_by_role("link", name="查看并审批").click()
    page.get_by_role("button", name="不同意", exact=True).click()
    page.get_by_role("button", name="确认不同意").click()
    expect(page.get_by_text("请填写原因。")).to_be_visible()
    page.get_by_label("原因").fill("合同金额有误")
    page.get_by_role("button", name="确认不同意").click()
    expect(page.get_by_text("审批未通过", exact=True)).to_be_visible()
    expect(asking.get_by_text("理由：合同金额有误")).to_be_visible()
