"""Being told at once, on this browser (Web Push)."""

from __future__ import annotations

from dataclasses import dataclass

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty

from auth import push, throttling
from auth.ports import JsSignature
from auth.throttling import Limit
from h5.rendering import language_of
from server.adapters.web_push import public_key
from server.api.operation import Body, address, it, operation, session
from server.context import now

__all__ = ["push_api"]

push_api = Blueprint("push", url_prefix="/api/push")

SIGNATURES_PER_ADDRESS = Limit("wechat_page.address", 120, 600)
URL_MAX = 500


@dataclass(frozen=True)
class PushKey:
    """key: `applicationServerKey` of the browser's subscription, base64url."""

    key: str


@dataclass(frozen=True)
class WeChatPage:
    """signature: null where pages do without WeChat, or the page is none of this site."""

    signature: JsSignature | None


class Subscription(Body):
    """What the browser's `PushSubscription` says: its address, `p256dh` and `auth` of its keys."""

    endpoint: str
    p256dh: str
    auth: str


class Ended(Body):
    """The address of the browser that wants no more messages."""

    endpoint: str


@operation(push_api, "GET", "", "Whose messages a browser has to take", answer=PushKey)
async def push_key(request: Request) -> PushKey:
    session(request)
    return PushKey(public_key(it(request).push_key))


@operation(push_api, "POST", "/subscriptions", "Be told on this browser", body=Subscription, status=204)
async def subscribe(request: Request, body: Subscription) -> HTTPResponse:
    await push.subscribe(
        session(request),
        body.endpoint,
        body.p256dh,
        body.auth,
        language_of(request),
        it(request).settings.push_services,
        now(),
        it(request).records,
    )
    return empty()


@operation(
    push_api,
    "GET",
    "/wechat-page",
    "The signature by which a page uses WeChat's own functions (JS-SDK)",
    answer=WeChatPage,
    public=True,
    query={"url": "The page, of this site, without its fragment"},
)
async def sign_page(request: Request) -> WeChatPage:
    await throttling.count(SIGNATURES_PER_ADDRESS, address(request), now())
    url = request.args.get("url", "")
    ours = f"{it(request).settings.public_url}/"
    if not url.startswith(ours) or len(url) > URL_MAX or "#" in url:
        return WeChatPage(None)
    return WeChatPage(await it(request).wechat_account.sign_page(url, now()))


@operation(push_api, "POST", "/end", "Be told on this browser no longer", body=Ended, status=204)
async def unsubscribe(request: Request, body: Ended) -> HTTPResponse:
    await push.end(session(request), body.endpoint, it(request).records)
    return empty()
