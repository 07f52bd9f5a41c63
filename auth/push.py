"""Who wants to be told at once, on which of his browsers (Web Push, RFC 8030, 8291, 8292).

The message says that something waits and where, never of whom or what: it lies on a locked screen.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from auth import throttling
from auth.engine import transaction
from auth.errors import Invalid
from auth.models import Person, Session, WeChatAccount
from auth.ports import Told
from auth.privacy import RecordsKey
from auth.push_models import PushSubscription
from auth.sessions import SessionView
from auth.throttling import Limit
from auth.tokens import new_id
from auth.wechat_accounts import PLACE as OPENID_PLACE

__all__ = ["MAX_BROWSERS", "allowed", "end", "gone", "in_wechat", "of_people", "subscribe"]

MAX_BROWSERS = 10
"""So many browsers of a person are told; the oldest goes for a further one."""

SUBSCRIBES_PER_PERSON = Limit("push.person", 30, 3600)
ADDRESS_MAX, AUTH_BYTES = 1000, 16
_PLAIN = re.compile(r"[!-~]+")  # an address as it goes over the wire


def allowed(address: str, hosts: Sequence[str]) -> bool:
    """Whether an address is one of a known push service. hosts: names, `*.` for all below, or an origin of
    the sandbox (`http://host:port`). Nothing else is ever asked: the address comes from a browser.
    """
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    if f"{parts.scheme}://{parts.netloc}" in hosts:
        return True
    named = any(host.endswith(each[1:]) if each.startswith("*.") else host == each for each in hosts)
    return parts.scheme == "https" and parts.port in {None, 443} and parts.username is None and named


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _checked(address: str, public_key: str, secret: str, hosts: Sequence[str]) -> None:
    if len(address) > ADDRESS_MAX or not _PLAIN.fullmatch(address) or not allowed(address, hosts):
        raise Invalid(
            "push.address",
            "这个浏览器的推送服务不在本站支持之列，请换一个浏览器。",
            "This browser's push service is not one that we reach; use another browser.",
        )
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(public_key))
        good = len(_bytes(secret)) == AUTH_BYTES
    except ValueError:
        good = False
    if not good:
        raise Invalid(
            "push.keys",
            "浏览器给出的推送密钥不正确，请关闭提醒后重新打开。",
            "The keys that the browser gave are wrong; switch messages off and on again.",
        )


async def subscribe(
    session: SessionView,
    address: str,
    public_key: str,
    secret: str,
    language: str,
    hosts: Sequence[str],
    now: datetime,
    records: RecordsKey,
) -> None:
    """Tell this browser from now on; the same again changes nothing but the language.

    public_key, secret: `p256dh` and `auth` of the browser, base64url. Raises Invalid `push.address`,
    `push.keys`; TooMany.
    """
    _checked(address, public_key, secret, hosts)
    await throttling.count(SUBSCRIBES_PER_PERSON, session.person_id, now)
    row_id, person = new_id(), session.person_id
    told = json.dumps({"address": address, "public_key": public_key, "secret": secret})
    async with transaction():
        await Person.select_for_update().get(id=person)
        # A browser has one address: whoever had it before is told there no longer.
        await PushSubscription.filter(endpoint_index=_index(address, records)).delete()
        await PushSubscription.create(
            id=row_id,
            person_id=person,
            device=(await Session.get(id=session.id)).device,
            endpoint_index=_index(address, records),
            sealed=records.seal(told, _place(row_id)),
            language="en" if language == "en" else "zh",
            created_at=now,
        )
        newest = PushSubscription.filter(person_id=person).order_by("-created_at", "id")
        kept = await newest.values_list("id", flat=True)
        await PushSubscription.filter(id__in=list(kept)[MAX_BROWSERS:]).delete()


async def end(session: SessionView, address: str, records: RecordsKey) -> None:
    """Tell this browser no longer; nothing where it was not told."""
    index = _index(address, records)
    await PushSubscription.filter(endpoint_index=index, person_id=session.person_id).delete()


async def gone(told: Told) -> None:
    """The push service knows this browser no longer."""
    await PushSubscription.filter(id=told.id).delete()


async def of_people(people: Sequence[str], records: RecordsKey) -> tuple[Told, ...]:
    """The browsers of people. One whose row was damaged is left out."""
    found = []
    for row in await PushSubscription.filter(person_id__in=people).order_by("created_at"):
        try:
            told = json.loads(records.open(bytes(row.sealed), _place(row.id)))
        except InvalidTag:
            continue
        keys = _bytes(told["public_key"]), _bytes(told["secret"])
        found.append(Told(row.id, row.person_id, row.device, row.language, told["address"], *keys))
    return tuple(found)


async def in_wechat(people: Sequence[str], records: RecordsKey) -> tuple[str, ...]:
    """The openids of people who log in by WeChat. One whose row was damaged is left out."""
    found = []
    for row in await WeChatAccount.filter(person_id__in=people).order_by("created_at"):
        with suppress(InvalidTag):
            found.append(records.open(bytes(row.openid_sealed), OPENID_PLACE))
    return tuple(found)


def _index(address: str, records: RecordsKey) -> str:
    return records.index(address, "push.address")


def _place(row_id: str) -> str:
    return f"push_subscription.sealed:{row_id}"
