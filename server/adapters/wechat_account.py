"""WeChat's interface for the operator's own account: subscribe messages and the JS-SDK's signatures.

`POST cgi-bin/stable_token {grant_type, appid, secret}` → {access_token, expires_in};
`GET cgi-bin/ticket/getticket?access_token&type=jsapi` → {ticket, expires_in};
`POST cgi-bin/message/subscribe/send?access_token {touser, template_id, page, data}` → {errcode}.
A stable token stays the same until it ends, so that each process may hold it for itself.
Docs: 微信开放文档, getStableAccessToken, sendMessage, JS-SDK 使用权限签名算法.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel

from auth.china import minute
from auth.errors import NotFound
from auth.ports import JsSignature, WeChatMessage
from h5 import messages
from server.adapters.http import Answer, HttpService, log
from server.settings import Settings

__all__ = ["HttpWeChatAccount"]

EARLY_S = 300
TAKES_NONE = 43101  # 用户拒绝接受消息
THING_MAX = 20  # characters of a template's `thing`
TIME_LENGTH = 16  # 2026-11-29 18:05


class _Token(BaseModel):
    access_token: str = ""
    expires_in: int = 0
    errcode: int = 0


class _Ticket(BaseModel):
    ticket: str = ""
    expires_in: int = 0
    errcode: int = 0


class _Sent(BaseModel):
    errcode: int = 0


class _Held:
    """A value that is asked for anew shortly before it ends."""

    def __init__(self, ask: Callable[[], Awaitable[tuple[str, int]]]) -> None:
        self._ask, self._value, self._ends = ask, "", 0.0

    async def get(self) -> str:
        """The value, good for some minutes more."""
        if time.monotonic() >= self._ends:
            self._value, life_s = await self._ask()
            self._ends = time.monotonic() + life_s - EARLY_S
        return self._value


class HttpWeChatAccount(HttpService):
    """The port `auth.ports.WeChatAccountService`."""

    service = "wechat"
    zh = "微信服务"
    en = "WeChat"

    def __init__(self, settings: Settings, secret: str) -> None:
        super().__init__(settings.wechat_url, allow_stand_in=settings.development)
        self._settings, self._secret = settings, secret
        self._token = _Held(self._new_token)
        self._ticket = _Held(self._new_ticket)

    async def notify(self, message: WeChatMessage) -> None:
        """See the port. The template has `thing1` (what) and `time2` (when); no name goes to WeChat."""
        if not self._settings.wechat_url or not self._settings.wechat_template:
            return
        body = {
            "touser": message.openid,
            "template_id": self._settings.wechat_template,
            "page": f"pages/web/web?{urlencode({'path': message.path})}",
            "data": {
                "thing1": {"value": messages.title(message.kind, "zh")[:THING_MAX]},
                "time2": {"value": minute(message.at)[:TIME_LENGTH]},
            },
        }
        asked = urlencode({"access_token": await self._token.get()})
        sent = await self._asked("POST", f"cgi-bin/message/subscribe/send?{asked}", _Sent, body)
        if sent.errcode not in {0, TAKES_NONE}:
            log.warning("wechat took no message: errcode %s", sent.errcode)

    async def sign_page(self, url: str, now: datetime) -> JsSignature | None:
        """See the port."""
        if not self._settings.wechat_js_sdk:
            return None
        ticket, nonce, at = await self._ticket.get(), secrets.token_hex(8), int(now.timestamp())
        signed = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={at}&url={url}"
        signature = hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()
        return JsSignature(self._settings.wechat_app_id, at, nonce, signature)

    async def _new_token(self) -> tuple[str, int]:
        asked = {
            "grant_type": "client_credential",
            "appid": self._settings.wechat_app_id,
            "secret": self._secret,
        }
        found = await self._asked("POST", "cgi-bin/stable_token", _Token, asked)
        if found.errcode or not found.access_token:
            raise self._unavailable(f"errcode {found.errcode}")
        return found.access_token, found.expires_in

    async def _new_ticket(self) -> tuple[str, int]:
        asked = urlencode({"access_token": await self._token.get(), "type": "jsapi"})
        found = await self._asked("GET", f"cgi-bin/ticket/getticket?{asked}", _Ticket, None)
        if found.errcode or not found.ticket:
            raise self._unavailable(f"errcode {found.errcode}")
        return found.ticket, found.expires_in

    async def _asked(
        self, method: str, path: str, answer: type[Answer], body: dict[str, Any] | None
    ) -> Answer:
        try:
            return await self._ask(method, path, answer, body=body, idempotent=True)
        except NotFound:
            raise self._unavailable("status 404") from None
