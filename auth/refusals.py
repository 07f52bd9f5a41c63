"""Refusals as events, in a transaction of their own, collapsed per actor, kind and minute (architecture §4).

Somebody who is refused again and again writes one event a minute: the log tells it, and is not filled by it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag

from auth import events, throttling
from auth.browsers import browser_name, masked_address
from auth.engine import transaction
from auth.models import Event, StreamHead
from auth.privacy import RecordsKey
from auth.throttling import Limit

__all__ = ["Asker", "From", "happened_at", "record", "tell"]

A_MINUTE_S = 60


class Asker(Protocol):
    """What asked: a browser without a session, or one with."""

    @property
    def user_agent(self) -> str:
        """As it named itself."""

    @property
    def address(self) -> str:
        """Where it asked from."""


@dataclass(frozen=True)
class From:
    """Where a refused attempt came from: the browser in two words, its network without the host."""

    browser: str
    address_masked: str


def _place(person_id: str) -> str:
    return f"event.private:{person_id}"


async def record(
    stream: str,
    kind: str,
    *,
    actor: str,
    subject: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    on_behalf: str | None = None,
) -> None:
    """Append the refusal unless this actor has one of this kind in this stream and minute already."""
    minute = now.replace(second=0, microsecond=0)
    async with transaction():
        # Two that are refused at once must see each other.
        await StreamHead.filter(stream=stream).select_for_update().first()
        if await Event.exists(stream=stream, kind=kind, actor=actor, at__gte=minute, at__lte=now):
            return
        await events.append(
            stream,
            kind,
            actor=actor,
            subject=subject,
            now=now,
            facts=facts,
            on_behalf=on_behalf,
        )


async def tell(
    person_id: str,
    kind: str,
    asker: Asker,
    now: datetime,
    records: RecordsKey,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Append a refusal to the person's stream, unless one of this kind was appended in this minute.

    Not inside a transaction: what was refused leaves nothing else behind. The actor is nobody that we know.
    """
    said = {"browser": browser_name(asker.user_agent), "address": masked_address(asker.address)}
    private = records.seal(json.dumps(said, ensure_ascii=False), _place(person_id))
    async with transaction():
        if await throttling.allowed(Limit(f"told/{kind}", 1, A_MINUTE_S), person_id, now):
            await events.append(
                events.person_stream(person_id),
                kind,
                actor="unknown",
                subject=f"person:{person_id}",
                now=now,
                facts=facts,
                private=private,
            )


def happened_at(person_id: str, private: bytes | None, records: RecordsKey) -> From | None:
    """Where the refused attempt of an event came from; None once that was erased."""
    if private is None:
        return None
    try:
        said = json.loads(records.open(bytes(private), _place(person_id)))
    except InvalidTag:
        return None
    return From(str(said["browser"]), str(said["address"]))
