"""Bind a WeChat account to a person."""

from __future__ import annotations

from datetime import datetime

from tortoise.exceptions import IntegrityError

from auth import events
from auth.errors import Conflict
from auth.models import WeChatAccount

__all__ = ["bind"]


async def bind(person_id: str, openid_index: str, now: datetime) -> None:
    """From now on this account logs the person in, and none that he had bound before; ends a transaction.

    Raises Conflict `wechat.bound` when somebody else has it.
    """
    await WeChatAccount.filter(person_id=person_id).delete()
    try:
        account = await WeChatAccount.create(person_id=person_id, openid_index=openid_index, created_at=now)
    except IntegrityError:
        raise Conflict(
            "wechat.bound",
            "这个微信号刚刚绑定了另一个手机号。请重新点「微信登录」。",
            "This WeChat account was bound to another mobile just now. Please begin again.",
        ) from None
    await events.append(
        events.person_stream(person_id),
        "person.wechat_bound",
        actor=f"person:{person_id}",
        subject=f"wechat_account:{account.id}",
        now=now,
    )
