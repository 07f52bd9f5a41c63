"""Pages as a browser gets them, rendered by a small application that supplies what the pages ask of it."""

from __future__ import annotations

import itertools
import re
import socket
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sanic import Request, Sanic

from auth.errors import Gone, NotFound
from h5 import rendering
from h5.installed import installed
from h5.pages import local_path, pages
from h5.rendering import PAGE_SCRIPTS, STATIC_VERSION, scripts_of
from h5.views import Bilingual, DailyRoot, DailyRoots, PresentedLicence, SealedRecord, SealOnRecord
from seals.policies import DEFAULT, POLICIES
from seals.uploading import WEBP_WIDTHS
from server.local_tls import LocalCertificate

NUMBERS = itertools.count()
COMPANY = '北京<script>alert("1")</script>有限公司'
GOOD = Bilingual("有效", "valid")
FROZEN = Bilingual("已暂停", "suspended")

LICENCE = PresentedLicence(
    company_name=COMPANY,
    uscc="91110105MA01ABCD5F",
    licence_number="1101050020261122",
    company_type="有限责任公司",
    representative_name="张晓明",
    capital_wan="100",
    address="北京市朝阳区建国路 88 号",
    business_scope="软件开发",
    established_on="2026-11-21",
    valid_until=None,
    state=GOOD,
    good=True,
    checked_at="2026-11-21 18:05:03 +08:00",
    expires_at="2026-11-21 18:10:03 +08:00",
)
SEAL = SealOnRecord(
    company=COMPANY,
    uscc="91110105MA01ABCD5F",
    seal_name="合同专用章",
    signed_at_text="2026-11-21 18:05:03 +08:00",
    seal_state_then=GOOD,
    seal_state_now=FROZEN,
    good_now=False,
)
RECORDS = {
    "SEALED": SealedRecord(code="7H2K-9QWE-4R6T-8Y1Z", state="found", sealed_count=1, seals=(SEAL,)),
    "DRAFT": SealedRecord(code="0000-1111-2222-3333", state="not_sealed"),
}


async def presented_licence(token: str) -> PresentedLicence:
    if token != "live":
        raise Gone("presentation.gone", "已失效", "gone")
    return LICENCE


async def sealed_record(_: Request, code: str) -> SealedRecord:
    if code not in RECORDS:
        raise NotFound("code.unknown", "没有记录", "no record")
    return RECORDS[code]


async def daily_roots(before: str | None) -> DailyRoots:
    return DailyRoots((DailyRoot(7, "2026-11-21", 3, "0" * 64, "2026-11-22 00:00:03 +08:00"),), 7)


async def take_session(request: Request) -> None:
    request.ctx.session = request.cookies.get("test_session")


@pytest.fixture(params=[DEFAULT])
def policy(request: pytest.FixtureRequest) -> str:
    """The rule-book of the deployment."""
    return str(request.param)


@pytest.fixture
async def browser(policy: str) -> AsyncIterator[httpx.AsyncClient]:
    app = Sanic(f"pages-{next(NUMBERS)}", configure_logging=False)
    app.config.AUTO_EXTEND = False
    app.config.TOUCHUP = False
    app.ctx.settings = SimpleNamespace(
        public_url="https://seal.example.cn",
        sandbox_url="http://sandbox",
        sandbox_public_url="http://phone:8001",
        wechat_page="http://phone:8001/wechat/authorize",
        policy=policy,
        wechat_js_sdk="http://phone:8001/wechat/jweixin.js",
    )
    app.ctx.presented_licence = presented_licence
    app.ctx.sealed_record = sealed_record
    app.ctx.daily_roots = daily_roots
    app.ctx.local_certificate = lambda: LocalCertificate("AB:CD", "2027-12-31")
    app.on_request(take_session)
    app.blueprint(pages)
    app.blueprint(installed)
    listening = socket.create_server(("127.0.0.1", 0))
    server = await app.create_server(sock=listening, return_asyncio_server=True)
    assert server is not None
    await server.startup()
    await server.start_serving()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield client
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(
    ("asked", "goes_to"),
    [
        ("/m/seal?document=1", "/m/seal?document=1"),
        ("/", "/"),
        ("//evil.example", "/m"),
        ("/\\evil.example", "/m"),
        ("/m\\..\\evil", "/m"),
        ("https://evil.example/m", "/m"),
        ("javascript:alert(1)", "/m"),
        ("/m\n//evil.example", "/m"),
        ("/\t/evil.example", "/m"),
        ("", "/m"),
        (None, "/m"),
    ],
)
def test_login_leads_only_to_paths_of_this_site(asked: str | None, goes_to: str) -> None:
    assert local_path(asked, "/m") == goes_to


@pytest.mark.parametrize(
    ("path", "login"),
    [
        ("/m", "/m/login?next=%2Fm"),
        ("/m/register", "/m/login?next=%2Fm%2Fregister"),
        ("/m/licence/abc", "/m/login?next=%2Fm%2Flicence%2Fabc"),
        ("/m/collect/abc?collection=k", "/m/login?next=%2Fm%2Fcollect%2Fabc%3Fcollection%3Dk"),
        ("/m/seals/abc", "/m/login?next=%2Fm%2Fseals%2Fabc"),
        ("/m/photo/abc", "/m/login?next=%2Fm%2Fphoto%2Fabc"),
        ("/m/seal?signing=s", "/m/login?next=%2Fm%2Fseal%3Fsigning%3Ds"),
        ("/m/code", "/m/login?next=%2Fm%2Fcode"),
        ("/m/records", "/m/login?next=%2Fm%2Frecords"),
        ("/m/sessions", "/m/login?next=%2Fm%2Fsessions"),
        ("/pc", "/pc/login?next=%2Fpc"),
    ],
)
async def test_own_pages_ask_for_login_and_come_back(
    browser: httpx.AsyncClient, path: str, login: str
) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, answer.headers["location"]) == (302, login)
    browser.cookies.set("test_session", "somebody")
    shown = await browser.get(path)
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"


async def test_login_page_goes_on_when_somebody_is_logged_in(browser: httpx.AsyncClient) -> None:
    browser.cookies.set("test_session", "somebody")
    answer = await browser.get("/m/login", params={"next": "//evil.example"})
    assert answer.headers["location"] == "/m"


async def test_confirm_page_opens_without_login_because_the_token_is_in_the_fragment(
    browser: httpx.AsyncClient,
) -> None:
    assert (await browser.get("/c")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/c",
        "/q",
        "/e",
        "/m/wechat",
        "/pc/login",
        "/verify",
        "/m/login",
        "/v/SEALED",
        "/v/DRAFT",
        "/roots",
        "/l/live",
        "/l/gone",
    ],
)
async def test_pages_run_under_the_strict_policy(browser: httpx.AsyncClient, path: str) -> None:
    """No script, style or handler inside the page; data blocks are not executed."""
    text = (await browser.get(path)).text
    scripts = re.findall(r"<script([^>]*)>", text)
    assert all('src="/static/' in one or 'type="application/json"' in one for one in scripts)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)


async def test_every_page_says_sandbox_and_links_the_inbox_that_phones_reach(
    browser: httpx.AsyncClient,
) -> None:
    text = (await browser.get("/m/login")).text
    assert "沙箱环境" in text
    assert 'href="http://phone:8001/sms"' in text
    assert "seal.example.cn" in text


async def test_a_page_brings_one_script_with_all_that_it_needs(browser: httpx.AsyncClient) -> None:
    (at,) = re.findall(r'<script type="module" src="([^"]+)"', (await browser.get("/verify")).text)
    assert at == f"/static/{STATIC_VERSION}/js/pack/verify.js"
    script = (await browser.get(at)).raise_for_status()
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert not re.search(r"^(import|export)\b", script.text, re.MULTILINE)
    assert script.text.count("return {") >= len(scripts_of("js/verify.js"))
    assert (await browser.get(f"/static/{STATIC_VERSION}/js/pack/lib/dom.js")).status_code == 404


@pytest.mark.parametrize("name", sorted(PAGE_SCRIPTS))
async def test_every_script_that_a_template_names_is_there(browser: httpx.AsyncClient, name: str) -> None:
    answer = await browser.get(f"/static/{STATIC_VERSION}/js/pack/{name}")
    assert answer.status_code == 200
    assert "import(" not in answer.text


async def test_paths_that_are_made_up_fill_no_memory(browser: httpx.AsyncClient) -> None:
    def kept() -> int:
        stores = [vars(rendering)[name] for name in vars(rendering)]
        return sum(store.cache_info().currsize for store in stores if hasattr(store, "cache_info"))

    await browser.get(f"/static/{STATIC_VERSION}/js/made-up.js")  # which draws the page of errors
    before = kept()
    for made_up in ("js/pack/desk/none.js", "js/pack/none.js", "css/none.css", "js/none.js"):
        answer = await browser.get(f"/static/{STATIC_VERSION}/{made_up}", headers={"accept-encoding": "gzip"})
        assert answer.status_code == 404
    assert kept() == before


async def test_scripts_ask_for_pictures_in_the_steps_that_are_drawn(browser: httpx.AsyncClient) -> None:
    script = (await browser.get(f"/static/{STATIC_VERSION}/js/lib/widths.js")).text
    (steps,) = re.findall(r"WIDTHS_PX = \[([0-9, ]+)\]", script)
    assert tuple(map(int, steps.split(","))) == WEBP_WIDTHS


async def test_presented_licence_needs_no_script(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/l/live")
    assert answer.status_code == 200
    for shown in ("91110105MA01ABCD5F", "张晓明", "长期", "有效", LICENCE.checked_at):
        assert shown in answer.text
    assert "alert(&#34;1&#34;)" in answer.text
    assert "<script" not in answer.text


async def test_ended_presentation_is_gone(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/l/other")).status_code == 410


async def test_record_without_the_file_is_neutral(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/v/SEALED")
    assert answer.status_code == 200
    for shown in ("7H2K-9QWE-4R6T-8Y1Z", "合同专用章", SEAL.signed_at_text, "已暂停"):
        assert shown in answer.text
    assert "alert(&#34;1&#34;)" in answer.text
    body = answer.text[answer.text.index("<main") :]
    assert not re.search("真实|一致|matches|genuine", body)


async def test_draft_and_unknown_codes_warn(browser: httpx.AsyncClient) -> None:
    draft = await browser.get("/v/DRAFT")
    assert (draft.status_code, "这份文件还没有盖章" in draft.text) == (200, True)
    unknown = await browser.get("/v/" + "<b>" * 30)
    assert (unknown.status_code, "查不到这个验真码" in unknown.text) == (404, True)
    assert "<b>" not in unknown.text[unknown.text.index("<main") :].replace("<b>seal.example.cn</b>", "")


async def test_language_is_kept_by_its_link(browser: httpx.AsyncClient) -> None:
    english = await browser.get("/v/SEALED", params={"lang": "en"})
    assert '<html lang="en">' in english.text
    assert "frozen" in english.text
    assert "ezhang_lang=en" in english.headers["set-cookie"]
    assert '<html lang="zh-CN">' in (await browser.get("/v/SEALED", params={"lang": "xx"})).text


@pytest.mark.parametrize(
    ("agent", "home"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile/15E148 MicroMessenger/8.0", "/m"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140", "/pc"),
    ],
)
async def test_front_door_knows_phones(browser: httpx.AsyncClient, agent: str, home: str) -> None:
    answer = await browser.get("/", headers={"user-agent": agent})
    assert answer.headers["location"] == home


async def test_static_files_are_cached_by_version_and_nothing_else_is_served(
    browser: httpx.AsyncClient,
) -> None:
    current = await browser.get(f"/static/{STATIC_VERSION}/js/thread.js")
    assert current.headers["content-type"].startswith("text/javascript")
    assert "immutable" in current.headers["cache-control"]
    old = await browser.get("/static/000000000000/js/thread.js")
    assert old.headers["cache-control"] == "no-cache"
    for path in ("js/none.js", "../pages.py", "%2e%2e/pages.py", "js/../../pages.py", "//etc/passwd"):
        assert (await browser.get(f"/static/{STATIC_VERSION}/{path}")).status_code == 404


@pytest.mark.parametrize(
    ("policy", "authority"),
    [("beijing-2019", "公安机关"), ("national-2025", "制作管理单位")],
    indirect=["policy"],
)
async def test_who_approves_a_reset_is_named_by_the_rule_book(
    browser: httpx.AsyncClient, policy: str, authority: str
) -> None:
    page = await browser.get("/m/pin", headers={"cookie": "test_session=1"})
    assert policy in POLICIES
    told = {each: each in page.text for each in ("公安机关", "制作管理单位")}
    assert told == {each: each == authority for each in told}


async def test_the_page_about_a_home_made_certificate_says_which(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/https")).text
    assert "AB:<wbr>CD" in page  # a long line of it is broken between two pairs
    assert "2027-12-31" in page


@pytest.mark.parametrize(
    ("agent", "inside"), [("Mozilla/5.0 MicroMessenger/8.0.50", True), ("Mozilla/5.0", False)]
)
async def test_wechats_script_is_loaded_inside_wechat_only(
    browser: httpx.AsyncClient, agent: str, inside: bool
) -> None:
    page = (await browser.get("/verify", headers={"user-agent": agent})).text
    assert ("http://phone:8001/wechat/jweixin.js" in page) is inside
    assert ("shell/share.js" in page) is inside


def test_what_strangers_ask_for_and_is_not_there_is_not_remembered() -> None:
    """Each name kept would be memory that anybody fills."""

    def kept() -> int:
        caches = [each.cache_info() for each in vars(rendering).values() if hasattr(each, "cache_info")]
        return sum(each.currsize for each in caches)

    nothing: Any = None
    before = kept()
    for number in range(20):
        for path in (f"{number}.js", f"js/pack/{number}.js", f"js/pack/a/{number}.js"):
            assert rendering.static_file(nothing, STATIC_VERSION, path) is None
    assert kept() == before
