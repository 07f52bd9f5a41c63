"""Log in by WeChat: the way there, the way back, the mobile that a new account is bound to."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth import wechat
from auth.errors import NotFound
from auth.people import Me
from auth.wechat import STATE_LIFE
from server.api.account import Login, factor_needed, welcome
from server.api.cookies import browser_of, cookie, drop_cookie, keep_session, set_cookie
from server.api.operation import Body, address, answer_json, it, operation
from server.context import now

__all__ = ["wechat_api"]

wechat_api = Blueprint("wechat", url_prefix="/api/login/wechat")


class WeChatReturn(Body):
    """What WeChat sent the browser back with."""

    code: str
    state: str


class WeChatMobile(Login):
    """The mobile that a new WeChat account is bound to, and the six-digit code sent to it."""


@dataclass(frozen=True)
class WeChatWay:
    """Where the browser has to go."""

    url: str


@dataclass(frozen=True)
class WeChatCame:
    """bound: logged in. Otherwise the account is not known yet: bind it to a mobile."""

    bound: bool


@operation(wechat_api, "POST", "", "Begin to log in by WeChat", answer=WeChatWay, public=True, status=201)
async def begin_wechat(request: Request) -> HTTPResponse:
    settings = it(request).settings
    if not settings.wechat_page:
        raise NotFound(
            "wechat.not_found",
            "本站没有开通微信登录，请用短信验证码登录。",
            "Login by WeChat is not offered here; log in by a text message.",
        )
    begun = await wechat.begin(cookie(request, "wechat"), address(request), now())
    asked = {
        "appid": settings.wechat_app_id,
        "redirect_uri": f"{settings.public_url}/m/wechat",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": begun.state,
    }
    response = answer_json(WeChatWay, WeChatWay(f"{settings.wechat_page}?{urlencode(asked)}"), 201)
    set_cookie(request, response, "wechat", begun.browser, int(STATE_LIFE.total_seconds()))
    return response


@operation(
    wechat_api, "POST", "/enter", "Come back from WeChat", answer=WeChatCame, body=WeChatReturn, public=True
)
async def enter_wechat(request: Request, body: WeChatReturn) -> HTTPResponse:
    ctx, browser = it(request), browser_of(request)
    entered = await wechat.enter(
        body.code, body.state, cookie(request, "wechat"), browser, now(), ctx.records, ctx.wechat
    )
    if entered is None:
        return answer_json(WeChatCame, WeChatCame(bound=False))
    if entered.pending is not None:
        return factor_needed(request, entered.pending, browser.device)
    response = answer_json(WeChatCame, WeChatCame(bound=True))
    keep_session(request, response, entered.session or "", browser.device)
    drop_cookie(request, response, "wechat")
    return response


@operation(
    wechat_api,
    "POST",
    "/bind",
    "Bind the WeChat account to a mobile and log in",
    answer=Me,
    body=WeChatMobile,
    public=True,
)
async def bind_wechat(request: Request, body: WeChatMobile) -> HTTPResponse:
    browser = browser_of(request)
    entered = await wechat.bind(
        body.mobile, body.code, cookie(request, "wechat"), browser, now(), it(request).records
    )
    response = await welcome(request, entered, browser.device)
    drop_cookie(request, response, "wechat")
    return response
