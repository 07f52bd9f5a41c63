"""Login by WeChat, both ends over real HTTP: the sandbox that plays it, and the adapter that asks it."""

from __future__ import annotations

import hashlib
import logging
from datetime import UTC, datetime

import httpx
import pytest

from auth.errors import Refused, Unavailable
from auth.ports import WeChat, WeChatMessage
from server.adapters.http import ATTEMPTS
from server.adapters.wechat import HttpWeChat
from server.adapters.wechat_account import HttpWeChatAccount
from server.sandbox.wechat import ticket_of
from server.settings import Settings
from tests.server.test_adapters import BACK, switch, unavailable

NOW = datetime(2026, 11, 29, 10, 0, tzinfo=UTC)


@pytest.fixture
async def client(sandbox):
    async with httpx.AsyncClient(base_url=sandbox, trust_env=False) as held:
        yield held


ASKED = {
    "appid": "app",
    "redirect_uri": "http://127.0.0.1:9/m/wechat",
    "response_type": "code",
    "scope": "snsapi_base",
    "state": "s/1 &",
}


async def sent_back(client, user="甲", **changed):
    """Press one of the buttons of the page; what the browser is sent back with."""
    answer = await client.post("/wechat/authorize", params={**ASKED, **changed}, data={"user": user})
    assert answer.status_code == 303
    target = httpx.URL(answer.headers["location"])
    assert str(target).startswith("http://127.0.0.1:9/m/wechat?")
    return dict(target.params)


async def exchange(client, code, **changed):
    asked = {"appid": "app", "secret": "s", "js_code": code, "grant_type": "authorization_code"}
    return (await client.get("/sns/jscode2session", params={**asked, **changed})).json()


async def test_wechat_exchanges_a_code_once_for_the_openid_of_this_application(client):
    assert "微信用户甲" in (await client.get("/wechat/authorize", params=ASKED)).text
    told = await sent_back(client)
    assert told["state"] == ASKED["state"]
    first = await exchange(client, told["code"])
    assert set(first) == {"openid", "session_key"}
    assert (await exchange(client, told["code"]))["errcode"] == 40163
    again = await exchange(client, (await sent_back(client))["code"])
    assert again["openid"] == first["openid"]
    for other in ({"user": "乙"}, {"appid": "other"}):
        code = (await sent_back(client, **other))["code"]
        app = {"appid": other.get("appid", "app")}
        assert (await exchange(client, code, **app))["openid"] != first["openid"]


async def test_wechat_refuses_what_is_not_its_own(client):
    code = (await sent_back(client))["code"]
    assert (await exchange(client, code, secret=""))["errcode"] == 40125
    assert (await exchange(client, code, appid="other"))["errcode"] == 40029
    assert (await exchange(client, "none"))["errcode"] == 40029
    assert "code" not in await sent_back(client, user=""), "refused by the user"
    evil = {**ASKED, "redirect_uri": "http://evil.example/"}
    for method in ("GET", "POST"):
        assert (await client.request(method, "/wechat/authorize", params=evil)).status_code == 400


@pytest.fixture
def wechat(open_adapter, sandbox) -> WeChat:
    return open_adapter(HttpWeChat, sandbox, app_id="app", secret="s3cret-of-the-app")


async def wechat_code(sandbox, user="甲"):
    asked = {"appid": "app", "redirect_uri": BACK, "state": "s"}
    async with httpx.AsyncClient(base_url=sandbox, trust_env=False) as phone:
        answer = await phone.post("/wechat/authorize", params=asked, data={"user": user})
    return httpx.URL(answer.headers["location"]).params["code"]


async def test_wechat_names_the_same_user_by_every_code_of_his(wechat, sandbox):
    first, again, other = [
        await wechat.code2session(await wechat_code(sandbox, user)) for user in ("甲", "甲", "乙")
    ]
    assert first == again != other
    assert first.openid not in repr(first)


async def test_a_used_or_unknown_wechat_code_is_refused(wechat, sandbox):
    code = await wechat_code(sandbox)
    await wechat.code2session(code)
    for refused in (code, "none", "../&secret=x"):
        with pytest.raises(Refused, check=lambda e: e.code == "wechat.refused"):
            await wechat.code2session(refused)


@pytest.mark.parametrize(
    ("fault", "cause"), [("down", "status 503"), ("nonsense", "nonsense"), ("slow", "timeout")]
)
async def test_wechat_that_gives_no_answer_is_unavailable(open_adapter, sandbox, fault, cause):
    hasty = open_adapter(HttpWeChat, sandbox, app_id="app", secret="s", timeout_s=0.3)
    code = await wechat_code(sandbox)
    await switch(sandbox, faults={"wechat": fault}, delay_s=0.8)
    with unavailable("wechat", cause):
        await hasty.code2session(code)


async def test_wechat_refuses_as_it_was_told(wechat, sandbox):
    await switch(sandbox, faults={"wechat": "refuse"})
    with pytest.raises(Refused, check=lambda e: e.code == "wechat.refused"):
        await wechat.code2session(await wechat_code(sandbox))


async def test_wechat_asks_again_when_busy_and_only_then(open_adapter, scripted):
    wechat = open_adapter(HttpWeChat, scripted.url, app_id="app", secret="s")
    scripted.add(200, '{"errcode":-1,"errmsg":"system error"}')
    scripted.add(200, '{"openid":"oSB123456","session_key":"x","errcode":0}')
    assert (await wechat.code2session("c&d")).openid == "oSB123456"
    assert len(scripted.requests) == 2
    line = scripted.requests[0].split(b"\r\n")[0]
    assert (
        line
        == b"GET /sns/jscode2session?appid=app&secret=s&js_code=c%26d&grant_type=authorization_code HTTP/1.1"
    )
    for _ in range(ATTEMPTS):
        scripted.add(200, '{"errcode":-1}')
    with unavailable("wechat", "errcode -1"):
        await wechat.code2session("c")
    assert len(scripted.requests) == 2 + ATTEMPTS
    for answer in (None, 500):
        scripted.add(answer or 200)
        if answer is None:
            scripted.answers[-1] = None
        with unavailable("wechat"):
            await wechat.code2session("a code is good once")
    assert len(scripted.requests) == 4 + ATTEMPTS


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ('{"errcode":40125,"errmsg":"invalid appsecret"}', "errcode 40125"),
        ('{"errcode":45011}', "errcode 45011"),
        ("{}", "nonsense"),
        ('{"openid":""}', "nonsense"),
        ('{"openid":"o\\u202eSB123456"}', "nonsense"),
    ],
)
async def test_what_is_no_openid_is_no_answer(open_adapter, scripted, body, cause):
    scripted.add(200, body)
    with unavailable("wechat", cause):
        await open_adapter(HttpWeChat, scripted.url, app_id="app", secret="s").code2session("c")


async def test_the_app_secret_meets_no_log(wechat, sandbox, caplog):
    caplog.set_level(logging.INFO)
    await wechat.code2session(await wechat_code(sandbox))
    await switch(sandbox, faults={"wechat": "down"})
    with unavailable("wechat"):
        await wechat.code2session("c")
    assert "wechat unavailable" in caplog.text
    assert "s3cret" not in caplog.text


def account(sandbox: str, app_secret: str, **environ: str) -> HttpWeChatAccount:
    told = {"EZHANG_PROFILE": "development", "EZHANG_SANDBOX_URL": sandbox, "EZHANG_WECHAT_JS": "1"}
    return HttpWeChatAccount(Settings.from_env({**told, **environ}), app_secret)


async def test_a_page_is_signed_as_wechat_checks_it(sandbox):
    service, page = account(sandbox, "s"), "https://seal.example.cn/v/ABC?x=1"
    signed = await service.sign_page(page, NOW)
    token = hashlib.sha256(b"token/sandbox").hexdigest()
    text = (
        f"jsapi_ticket={ticket_of(token)}&noncestr={signed.nonce}&timestamp={int(NOW.timestamp())}&url={page}"
    )
    assert signed.signature == hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 (WeChat's algorithm)
    assert (signed.app_id, len(signed.nonce)) == ("sandbox", 16)
    await service.aclose()


async def test_pages_do_without_wechat_unless_it_is_set(sandbox):
    service = account(sandbox, "s", EZHANG_WECHAT_JS="0")
    assert await service.sign_page("https://seal.example.cn/", NOW) is None
    await service.aclose()


@pytest.mark.parametrize("fault", ["down", "nonsense"])
async def test_wechat_that_does_not_answer_signs_and_sends_nothing(sandbox, fault):
    await switch(sandbox, faults={"wechat": fault})
    service = account(sandbox, "s")
    message = WeChatMessage("oSB1", "signing.requested", "/m", NOW)
    for act in (service.sign_page("https://seal.example.cn/", NOW), service.notify(message)):
        with pytest.raises(Unavailable):
            await act
    await service.aclose()


async def test_a_wrong_secret_and_who_takes_no_messages(sandbox, caplog):
    message = WeChatMessage("oSB1", "signing.requested", "/m", NOW)
    refused_account = account(sandbox, "")
    with pytest.raises(Unavailable):
        await refused_account.notify(message)
    await switch(sandbox, faults={"wechat": "refuse"})
    service = account(sandbox, "s")
    await service.notify(message)
    assert "took no message" not in caplog.text
    for each in (refused_account, service):
        await each.aclose()
