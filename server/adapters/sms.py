"""Text messages over HTTP: `POST api/sms/messages {mobile, text}` → 202."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from server.adapters.http import HttpService

__all__ = ["HttpSms"]


class _Sent(BaseModel):
    id: Annotated[str, Field(min_length=1, max_length=200)]


class HttpSms(HttpService):
    """The port `auth.ports.Sms`. A message that may have left is never sent twice."""

    service = "sms"
    zh = "短信服务"
    en = "The SMS service"

    async def send(self, mobile: str, text: str) -> None:
        """Hand over one message."""
        await self._ask(
            "POST", "api/sms/messages", _Sent, body={"mobile": mobile, "text": text}, idempotent=False
        )
