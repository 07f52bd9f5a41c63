"""The sandbox's front page in a person's hand: a fault set there is words on our page until taken back."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.windows import Window
from tests.http.site import Site


def test_a_fault_is_set_on_the_front_page_met_at_the_login_and_taken_back(
    site: Site, desk: Window, phone: Window
) -> None:
    sandbox = desk.page
    sandbox.goto(f"http://127.0.0.1:{site.port + 1}/")

    def choose(fault: str) -> None:
        sandbox.get_by_label("短信通道故障").select_option(label=fault)
        expect(sandbox.get_by_role("status")).to_have_text("已生效 Saved")

    try:
        choose("中断")
        page = phone.go("/m/login")
        phone.expect(503, "/api/login/sms")
        page.get_by_label("手机号").fill("13900000443")
        page.get_by_role("button", name="获取验证码").click()
        expect(page.get_by_text("短信服务暂时不可用，请稍后再试。")).to_be_visible()
    finally:
        sandbox.reload()
        choose("正常")
    steps.log_in(phone, "13900000443")
    sandbox.get_by_label("“缓慢”时等待的秒数").fill("12")
    with sandbox.expect_response("**/_control"):
        sandbox.keyboard.press("Tab")
    sandbox.reload()
    expect(sandbox.get_by_label("“缓慢”时等待的秒数")).to_have_value("12")
