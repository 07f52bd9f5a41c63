"""Being told at once, on this browser (Web Push)."""

from __future__ import annotations

from dataclasses import dataclass

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty

from auth import push
from h5.rendering import language_of
from server.adapters.web_push import public_key
from server.api.operation import Body, it, operation, session
from server.context import now

__all__ = ["push_api"]

push_api = Blueprint("push", url_prefix="/api/push")


@dataclass(frozen=True)
class PushKey:
    """key: `applicationServerKey` of the browser's subscription, base64url."""

    key: str


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


@operation(push_api, "POST", "/end", "Be told on this browser no longer", body=Ended, status=204)
async def unsubscribe(request: Request, body: Ended) -> HTTPResponse:
    await push.end(session(request), body.endpoint, it(request).records)
    return empty()
