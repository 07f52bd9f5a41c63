"""What the writing processes of the tests of engine and event log do, each on connections of its own."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from tortoise.expressions import F

from auth import events
from auth.engine import close_database, open_database, transaction
from auth.models import Throttle

STREAM = "company:one"


def append_events(url: str, writer: int, count: int) -> None:
    """Append so many events to one stream, each in a transaction that changes something first."""
    asyncio.run(_append_events(url, writer, count))


async def _append_events(url: str, writer: int, count: int) -> None:
    await open_database(url)
    try:
        for number in range(count):
            async with transaction():
                await Throttle.filter(id=f"writer/{writer}").update(count=F("count") + 1)
                await events.append(
                    STREAM,
                    "test.happened",
                    actor=f"person:{writer}",
                    subject=f"thing:{number}",
                    now=datetime.now(UTC),
                    facts={"writer": writer, "number": number},
                    private=b"secret" if number % 2 else None,
                )
    finally:
        await close_database()


def read_then_write(url: str, count: int) -> None:
    """Count one row up so many times the naive way: read it, then save it."""
    asyncio.run(_read_then_write(url, count))


async def _read_then_write(url: str, count: int) -> None:
    await open_database(url)
    try:
        for _ in range(count):
            async with transaction():
                row = await Throttle.get(id="one")
                row.count += 1
                await row.save()
    finally:
        await close_database()
