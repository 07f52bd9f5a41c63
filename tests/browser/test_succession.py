"""A change of the legal representative: a clerk registers it, and the new one's phone has the seals."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.windows import Window
from tests.http.site import Site

PIN = "58203917"


def test_a_clerk_registers_somebody_and_his_phone_collects(site: Site, desk: Window, phone: Window) -> None:
    old = site.owner(6301, "周景行", "北京景行出版有限公司")
    new = site.newcomer(6302, "苏明哲")
    clerk = desk.page
    clerk.goto(f"http://127.0.0.1:{site.port + 1}/representatives")
    article = clerk.get_by_role("article").filter(has_text="北京景行出版有限公司").first
    article.get_by_text("变更法定代表人 Change").click()
    for label, words in (("姓名", new.name), ("身份证", new.id_number), ("手机", new.demo.mobile)):
        steps.type_in(article.get_by_label(label), words)
    article.get_by_role("button", name="准予变更登记").click()
    expect(article).to_contain_text("苏明哲")
    expect(clerk.get_by_role("heading", name="已变更")).to_be_visible()

    page = phone.go("/m/login")
    steps.log_in(phone, new.demo.mobile)
    phone.go("/m")
    card = steps.card(page, "您已登记为北京景行出版有限公司的法定代表人")
    expect(card).to_be_visible()
    expect(steps.card(page, "周景行法定代表人名章已注销")).to_be_visible()
    card.get_by_role("link", name="领取印章").click()
    phone.expect(403, "/api/companies/[0-9a-f]+/collections?")
    steps.begin_check(page)
    steps.agree(page)
    expect(page.get_by_text("苏*")).to_be_visible()
    page.get_by_role("button", name="通过 Pass").click()
    steps.type_in(page.get_by_label("用印口令"), PIN)
    steps.type_in(page.get_by_label("再输入一次"), PIN)
    page.get_by_role("button", name="设置口令并领取").click()
    expect(page.get_by_text("印章已领取", exact=True)).to_be_visible()
    expect(page.get_by_role("img", name="苏明哲法定代表人名章的印模")).to_be_visible()
    expect(page.get_by_text("周景行法定代表人名章")).to_be_hidden()
    phone.go(f"/m/seals/{old.company}")
    seals = page.get_by_role("listitem")
    expect(seals.filter(has_text="苏明哲法定代表人名章")).to_contain_text("可使用")
    expect(seals.filter(has_text="周景行法定代表人名章")).to_contain_text("已注销")
