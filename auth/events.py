"""The event log: one append-only, hash-chained stream per company, person and the platform.

`append` runs inside the transaction that makes the change, as its last step, because it locks the
stream's head. Sequence numbers have no gap; a cursor is always (stream, seq), never a global id,
since ids commit out of order.

    commitment = SHA-256(salt || canonical JSON of actor, on_behalf, subject, facts, private)
    hash       = SHA-256(canonical JSON of version, stream, seq, prev, kind, time, commitment)

Facts hold no personal data; text that people typed goes into `private`, encrypted. Emptying `private`
and `salt` later leaves the chain whole; what it said then, only the register of erasures knows
(`seals/archiving/register.py`).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tortoise.expressions import F

from auth.models import Event, StreamHead
from auth.push_models import PushNotice

__all__ = [
    "GENESIS",
    "TOLD_AT_ONCE",
    "EventView",
    "append",
    "broken_link",
    "commitment_bytes",
    "company_stream",
    "empty",
    "hold",
    "is_emptied",
    "link_bytes",
    "person_stream",
    "private_in",
    "read",
    "sha256",
]

VERSION = 1
GENESIS = "0" * 64
MAX_READ = 500
TOLD_AT_ONCE = frozenset({"signing.requested", "approval.asked", "signing.signed"})
"""Kinds that people are told of on their phones (`seals/pushing.py`); the row is written with the event."""


PLATFORM = "platform"
"""The stream of what concerns no company and no person."""


def company_stream(company_id: str) -> str:
    """The stream of a company."""
    return f"company:{company_id}"


def person_stream(person_id: str) -> str:
    """The stream of a person."""
    return f"person:{person_id}"


@dataclass(frozen=True)
class EventView:
    """One event as read: `private` is still encrypted."""

    stream: str
    seq: int
    kind: str
    at: datetime
    actor: str
    subject: str
    facts: dict[str, Any]
    private: bytes | None
    on_behalf: str | None = None


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def commitment_bytes(event: Event) -> bytes:
    """What the commitment of an event is the SHA-256 of. Raises ValueError on a salt that is none."""
    private = event.private.hex() if event.private is not None else None
    content = [event.actor, event.on_behalf, event.subject, event.facts, private]
    return bytes.fromhex(event.salt) + _canonical(content)


def link_bytes(event: Event, prev: str | None = None, commitment: str | None = None) -> bytes:
    """What the hash of an event is the SHA-256 of; prev, commitment: other ones than stand in its row."""
    time = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    before, content = prev or event.prev, commitment or event.commitment
    return _canonical([VERSION, event.stream, event.seq, before, event.kind, time, content])


def sha256(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


async def append(
    stream: str,
    kind: str,
    *,
    actor: str,
    subject: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    on_behalf: str | None = None,
    private: bytes | None = None,
) -> int:
    """Append one event and return its seq. Call it inside the transaction, after all other locks.

    actor: `person:<id>`, `staff:<role id>`, `host:<account>`, `sealer`, `registrar`, `bank`, `authority`,
    `unknown`;
    subject: `<table>:<id>`; on_behalf: a company.
    """
    await _move(stream, 1)
    head = await StreamHead.get(stream=stream)
    event = Event(
        stream=stream,
        seq=head.seq,
        kind=kind,
        at=now,
        actor=actor,
        on_behalf=on_behalf,
        subject=subject,
        facts=dict(facts or {}),
        private=private,
        salt=secrets.token_hex(16),
        prev=head.hash,
    )
    event.commitment = sha256(commitment_bytes(event))
    event.hash = sha256(link_bytes(event))
    await event.save()
    await StreamHead.filter(stream=stream).update(hash=event.hash)
    if kind in TOLD_AT_ONCE:
        await PushNotice.create(
            stream=stream, kind=kind, subject=subject, company_id=on_behalf or "", created_at=now, due_at=now
        )
    return int(head.seq)


async def hold(stream: str) -> None:
    """Lock a stream's head before something is counted that its next event tells; as `append`, which follows
    in the same transaction.
    """
    await _move(stream, 0)


async def _move(stream: str, by: int) -> None:
    if not await StreamHead.filter(stream=stream).update(seq=F("seq") + by):
        first = StreamHead(stream=stream, seq=0, hash=GENESIS)
        await StreamHead.bulk_create([first], ignore_conflicts=True)
        await StreamHead.filter(stream=stream).update(seq=F("seq") + by)


async def read(
    stream: str, *, after: int = 0, before: int | None = None, limit: int = MAX_READ
) -> list[EventView]:
    """Events of a stream with after < seq (< before), oldest first; the newest `limit` of them."""
    query = Event.filter(stream=stream, seq__gt=after)
    if before is not None:
        query = query.filter(seq__lt=before)
    rows = await query.order_by("-seq").limit(min(limit, MAX_READ))
    return [
        EventView(r.stream, r.seq, r.kind, r.at, r.actor, r.subject, r.facts, r.private, r.on_behalf)
        for r in reversed(rows)
    ]


def is_emptied(event: Event) -> bool:
    """Whether an event's private text is gone, and with it the proof of what it said."""
    return event.private is None and not event.salt


async def private_in(stream: str) -> list[int]:
    """The numbers of a stream's events that have private text."""
    rows = Event.filter(stream=stream, private__isnull=False).order_by("seq")
    return [int(seq) for seq in await rows.values_list("seq", flat=True)]  # type: ignore[call-overload]


async def empty(stream: str, numbers: Sequence[int]) -> list[Event]:
    """Empty these events of their private text, for good; returns them, in order. Only for the register."""
    rows = Event.filter(stream=stream, seq__in=list(numbers))
    await rows.update(private=None, salt="")
    return await rows.order_by("seq")


def broken_link(rows: Iterable[Event]) -> int | None:
    """The seq of the first event that does not follow from the one before it, or None.

    rows: a whole stream in order of seq.
    """
    prev, expected = GENESIS, 1
    for row in rows:
        commitment = row.commitment if is_emptied(row) else sha256(commitment_bytes(row))
        link = sha256(link_bytes(row, prev, commitment))
        if row.seq != expected or row.prev != prev or row.commitment != commitment or row.hash != link:
            return int(row.seq)
        prev, expected = link, expected + 1
    return None
