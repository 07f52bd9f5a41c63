"""A passkey of a real browser: added, asked at the next login, removed; and what an address without says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from server.demo import Demo, temporary_server
from tests.browser import looking, steps
from tests.browser.windows import PHONE, Window
from tests.http.site import Site


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server whose public address has a host name: browsers have no passkeys for bare numbers."""
    data: Path = tmp_path_factory.mktemp("named") / "data"
    with temporary_server(data, host_name="localhost") as url:
        yield Site(url, data, data.parent / f"{data.name}.log")


@pytest.fixture
def window(browser: Browser, named: Site) -> Iterator[Window]:
    """A phone whose lock is an authenticator."""
    opened = Window(browser.new_context(locale="zh-CN", **PHONE), named.url)
    devtools = opened.context.new_cdp_session(opened.page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    yield opened
    opened.close()


def add(window: Window, name: str) -> None:
    """Add a passkey on the page that is open."""
    page = window.page
    page.get_by_label("名称").fill(name)
    page.get_by_role("button", name="添加通行密钥").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_a_passkey_is_added_asked_for_and_removed(named: Site, window: Window) -> None:
    mobile = named.newcomer(441).demo.mobile
    page = window.go("/m/login?next=/m/sessions")
    steps.log_in(window, mobile)
    expect(page.get_by_text("还没有通行密钥。")).to_be_visible()
    # He logged in a while ago: a code says that it is still he.
    named.change("UPDATE session SET created_at = '2020-01-01 00:00:00+00:00'")
    named.change("DELETE FROM throttle")
    page.get_by_label("名称").fill("我的手机")
    window.expect(403, "/api/passkeys/options")
    page.get_by_role("button", name="添加通行密钥").click()
    expect(page.get_by_text("验证码已发到您的登录手机号")).to_be_visible()
    looking.seen(page, "passkey-code")
    told = httpx.get(
        f"{Demo(named.url).sandbox}/api/sms/messages", params={"mobile": mobile}, trust_env=False
    )
    steps.type_in(page.get_by_label("短信验证码"), told.json()["messages"][0]["code"])
    add(window, "我的手机")
    window.go("/m/sessions")
    named.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    page.get_by_role("button", name="在本机退出").click()
    page.wait_for_url(re.compile("/m/login"))
    window.expect(401, "/api/login$")
    steps.enter_code(window, mobile)
    page.get_by_role("button", name="使用通行密钥").click()
    page.wait_for_url(re.compile("/m$"))
    expect(page.get_by_text("已添加通行密钥「我的手机」")).to_be_visible()
    window.go("/m/sessions")
    key = page.get_by_role("listitem").filter(has_text="我的手机")
    window.expect(403, "/api/passkeys/")
    key.get_by_role("button", name="移除").click()
    expect(page.get_by_text("还没有通行密钥。")).to_be_visible()


def test_at_a_bare_number_none_is_offered(site: Site, phone: Window) -> None:
    steps.enter_as(phone, site, site.person(442, "殷怀瑾"))
    page = phone.go("/m/sessions")
    expect(page.get_by_text("这个浏览器在当前地址不能使用通行密钥")).to_be_visible()
    expect(page.get_by_role("button", name="添加通行密钥")).to_be_hidden()
