"""The watch over the windows and the judges of pages: what they must see, they see."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import looking
from tests.browser.windows import PHONE, Window
from tests.http.site import Site

INLINE = """() => {
  const script = document.createElement("script");
  script.textContent = "1";
  document.body.append(script);
}"""
FAILING = """() => new Promise((failed) => {
  setTimeout(() => { setTimeout(failed); throw new Error("boom"); });
})"""
TROUBLES: dict[str, tuple[str, str]] = {
    "a script that fails": (FAILING, "script: boom"),
    "a complaint": ("console.error('hm')", "console: hm"),
    "a breach of the policy": (INLINE, "violates the following Content Security Policy"),
    "a refusal": ("fetch('/nothing')", "refused: 404 GET"),
    "a request that is lost": ("fetch('/lost').catch(() => {})", "request: net::ERR_CONNECTION_REFUSED"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_window_tells_of(browser: Browser, site: Site, trouble: str) -> None:
    window = Window(browser.new_context(), site.url)
    page = window.go("/m/login")
    page.route("**/lost", lambda route: route.abort("connectionrefused"))
    act, told = TROUBLES[trouble]
    page.evaluate(act)
    page.reload()  # what happened before is told before the reload is
    with pytest.raises(AssertionError, match=told):
        window.close()


def test_a_window_tells_of_a_refusal_that_did_not_come(browser: Browser, site: Site) -> None:
    window = Window(browser.new_context(), site.url)
    window.expect(404, "/nothing")
    window.go("/m/login")
    with pytest.raises(AssertionError, match="404 of /nothing never came"):
        window.close()


FLAWS: dict[str, tuple[str, Callable[[Page], list[str]], str]] = {
    "focus that does not show": (
        "*:focus-visible { outline: none !important; }",
        looking.unseen_focus,
        "no ring on <input",
    ),
    "pale text": (".lead { color: #ccc !important; }", looking.barriers, "color-contrast"),
    "a page too wide": (".lead { width: 600px; }", lambda page: looking.too_wide(page, 390), "at 390 px"),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_the_judges_see(open_window: Callable[..., Window], flaw: str) -> None:
    style, judge, told = FLAWS[flaw]
    page = open_window(bypass_csp=True, **PHONE).go("/m/login")
    assert judge(page) == []
    page.reload()
    page.add_style_tag(content=style)
    assert any(told in wrong for wrong in judge(page))


def test_the_judges_see_a_field_without_a_name_and_a_word_of_the_other_language(phone: Window) -> None:
    page = phone.go("/m/login?lang=en")
    assert looking.chinese_left(page, []) == []
    page.evaluate("() => document.querySelector('button').setAttribute('title', '获取验证码')")
    assert looking.chinese_left(page, []) == ["Chinese: 获取验证码"]
    page.evaluate("() => document.querySelector('label[for=mobile]').remove()")
    assert any(wrong.startswith("label: #mobile") for wrong in looking.barriers(page))
