"""Bind a WeChat account to a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from tortoise.exceptions import IntegrityError

from auth import events
from auth.errors import Conflict
from auth.models import WeChatAccount
from auth.privacy import RecordsKey

__all__ = ["PLACE", "OpenId", "bind"]


PLACE = "wechat.openid"


@dataclass(frozen=True)
class OpenId:
    """Somebody's openid: to find him by, and to send him a message (`auth/push.py`)."""

    index: str
    sealed: bytes = field(repr=False)

    @classmethod
    def of(cls, openid: str, records: RecordsKey) -> Self:
        """Of what WeChat said."""
        return cls(records.index(openid, "wechat_openid"), records.seal(openid, PLACE))

    @classmethod
    def kept(cls, index: str | None, sealed: bytes | None) -> Self | None:
        """Of two columns that are both there or not."""
        return None if index is None or sealed is None else cls(index, bytes(sealed))


async def bind(person_id: str, openid: OpenId, now: datetime) -> None:
    """From now on this account logs the person in, and none that he had bound before; ends a transaction.

    Raises Conflict `wechat.bound` when somebody else has it.
    """
    await WeChatAccount.filter(person_id=person_id).delete()
    try:
        account = await WeChatAccount.create(
            person_id=person_id, openid_index=openid.index, openid_sealed=openid.sealed, created_at=now
        )
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
