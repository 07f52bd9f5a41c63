"""A log of events with its countersigned heads and daily roots, for tests that tamper with it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auth import events
from auth.models import Event, StreamHead
from h5.thread.shown import SHOWN
from seals import heads, pki, roots
from seals.audit.chains import check_chain
from seals.audit.checking import check
from seals.audit.findings import Counts, Finding
from seals.pdf.trust import Trust
from seals.root_models import Root
from tests.seals.pdf.sealing_kit import Clock

BEGUN = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = Ed25519PrivateKey.generate()
COMPANY, PERSON, PLATFORM = "company:0a", "person:0b", events.PLATFORM
KINDS = sorted(
    SHOWN
    | {
        "application.sent",
        "document.renewed",
        "photo.taken",
        "seal.rotated",
        "signing.opened",
        "signing.keyed",
        "kek.rotated",
    }
)
"""All that the program writes: those that are shown, and those that are not."""


@cache
def authorities() -> tuple[pki.Authority, pki.Authority]:
    """Root and time-stamping unit."""
    root = pki.make_root(BEGUN - DAY)
    return root, pki.make_tsa(root, BEGUN - DAY)


def trust() -> Trust:
    """What a checker trusts."""
    root, tsa = authorities()
    return Trust((root.der,), (tsa.der,))


async def append(stream: str, kind: str, at: datetime, number: int = 0) -> None:
    """One event with something in every column."""
    await events.append(
        stream,
        kind,
        actor=f"person:{number}",
        subject=f"thing:{number}",
        now=at,
        facts={"number": number, "text": "甲乙"},
        on_behalf="0a",
        private=b"cipher",
    )


async def bind(at: datetime) -> None:
    """The root of the day before, published."""
    assert await roots.bind(KEY, Clock(authorities()[1], at.replace(microsecond=0)), trust(), "test", at)


async def write_log() -> datetime:
    """Three days, three chains, every kind of event; returns the moment behind the last root."""
    for day in range(3):
        at = BEGUN + day * DAY
        for number, kind in enumerate(KINDS[day::3]):
            await append(COMPANY, kind, at + timedelta(seconds=number), number)
        await append(PERSON, "person.new_device", at)
        if day == 0:
            await append(PLATFORM, "kek.rotated", at)
        await heads.countersign(KEY, at + timedelta(hours=1))
        await bind(at + DAY)
    return BEGUN + 3 * DAY


async def findings(now: datetime, kept: Mapping[int, str] | None = None) -> list[Finding]:
    """All that the check finds."""
    return [found async for found in check(KEY.public_key(), trust(), kept or {}, now, Counts())]


async def chain_findings(stream: str, now: datetime) -> list[Finding]:
    """What it finds in one chain."""
    return [found async for found in check_chain(stream, KEY.public_key(), now, Counts())]


async def rewrite(stream: str, since: int) -> None:
    """As whoever may write the database: the chain made consistent anew from a seq on, its head too."""
    prev = (await Event.get(stream=stream, seq=since - 1)).hash if since > 1 else events.GENESIS
    for row in await Event.filter(stream=stream, seq__gte=since).order_by("seq"):
        row.prev = prev
        row.commitment = events.sha256(events.commitment_bytes(row))
        row.hash = prev = events.sha256(events.link_bytes(row))
        await row.save()
    await StreamHead.filter(stream=stream).update(hash=prev)


async def sign_root(row: Root, text: str, tsa: pki.Authority, at: datetime) -> None:
    """Exchange a root's text, with the sealer's signature and a timestamp of this unit."""
    token = await Clock(tsa, at).async_timestamp(bytes.fromhex(events.sha256(text.encode())), "sha256")
    row.text, row.sha256 = text, events.sha256(text.encode())
    row.signature = base64.b64encode(KEY.sign(roots.root_signed_bytes(text))).decode()
    row.token, row.stamped_at = base64.b64encode(token.dump()).decode(), at
    await row.save()
