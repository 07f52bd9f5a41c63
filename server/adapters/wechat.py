"""WeChat's own interface: `GET sns/jscode2session?appid&secret&js_code&grant_type` → {openid} or {errcode}.

An error is a 200 with an `errcode`. Docs: 微信开放文档, 小程序登录 code2Session.
"""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from pydantic import BaseModel, Field

from auth.errors import NotFound, Refused
from auth.ports import WeChatUser
from server.adapters.http import ATTEMPTS, BACK_OFF_S, TIMEOUT_S, HttpService

__all__ = ["HttpWeChat"]

BUSY = -1  # 系统繁忙，此时请开发者稍候再试: the code is not used up
REFUSED = {
    40029: "登录凭证无效",
    40163: "登录凭证已使用",
    40226: "该微信账号被限制登录",
}


class _Answer(BaseModel):
    openid: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{6,64}$")] | None = None
    errcode: int = 0


class HttpWeChat(HttpService):
    """The port `auth.ports.WeChat`. The session key in the answer is not read, let alone kept."""

    service = "wechat"
    zh = "微信登录服务"
    en = "Login by WeChat"

    def __init__(
        self,
        base_url: str,
        app_id: str,
        secret: str,
        *,
        allow_stand_in: bool,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        super().__init__(base_url, allow_stand_in=allow_stand_in, timeout_s=timeout_s)
        self._app = {"appid": app_id, "secret": secret}

    async def code2session(self, code: str) -> WeChatUser:
        """Whose login this is. A code is good once, so a request that may have left is not repeated."""
        query = urlencode({**self._app, "js_code": code, "grant_type": "authorization_code"})
        for pause_s in (*BACK_OFF_S[: ATTEMPTS - 1], None):
            try:
                found = await self._ask("GET", f"sns/jscode2session?{query}", _Answer, idempotent=False)
            except NotFound:
                raise self._unavailable("status 404") from None
            if found.errcode != BUSY or pause_s is None:
                break
            await asyncio.sleep(pause_s)
        if found.errcode in REFUSED:
            raise Refused(
                "wechat.refused",
                f"微信未确认登录：{REFUSED[found.errcode]}。请重新点「微信登录」。",
                "WeChat did not confirm this login. Please begin again.",
                reason=REFUSED[found.errcode],
            )
        if found.errcode or found.openid is None:
            raise self._unavailable(f"errcode {found.errcode}" if found.errcode else "nonsense")
        return WeChatUser(found.openid)
