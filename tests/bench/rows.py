"""What needs the database: appending an event, a view of a signing, opening a long thread, waking pages."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta

from auth import events
from auth.engine import close_database, open_database, transaction
from auth.login import person_by_mobile
from auth.models import StreamHead
from auth.privacy import RecordsKey
from h5 import conversation
from h5.conversation import PAGE_SIZE
from h5.thread.rows import Reader
from seals.models import Signing
from seals.signing.views import view
from server import secret_files
from server.settings import Settings
from server.wakeups import POLL_S, Hub
from tests.bench.site import Site
from tests.bench.table import Row
from tests.bench.timing import each_async, percentile

__all__ = ["database_parts"]

STREAM = "bench"
ROUNDS = 8
BEGIN_S = 0.5
LONG_OVER_SHORT = 1.5


def database_parts(site: Site, times: int, woken: int) -> list[Row]:
    """On the database of a running system that has sealed at least once."""
    settings = Settings.from_env(
        {"EZHANG_PROFILE": "development", "EZHANG_DATA": str(site.data), "PUBLIC_URL": site.url}
    )
    return asyncio.run(_measure(settings, times, woken))


async def _measure(settings: Settings, times: int, woken: int) -> list[Row]:
    records = secret_files.records_key(settings)
    await open_database(settings.database)
    try:
        signing = await Signing.all().order_by("-created_at").first()
        assert signing is not None
        heard = await _heard(woken)
        part = "parts, processor time alone"
        short, long = await _thread(records, PAGE_SIZE, times), await _thread(records, 10_000, times)
        return [
            Row(part, "append an event, its transaction included", await each_async(_append, times), "ms"),
            Row(part, "a view of a signing", await _view(signing, records, times), "ms"),
            Row(part, "a thread of 10 events opened", await _thread(records, 10, times), "ms"),
            Row(part, "a thread of 10,000 events opened", long, "ms"),
            Row(part, "10,000 events over one page of them", long / short, "times", LONG_OVER_SHORT),
            Row("hub alone", f"{woken} waiting pages woken, p50", percentile(heard, 0.5) * 1e3, "ms"),
            Row("hub alone", f"{woken} waiting pages woken, p99", percentile(heard, 0.99) * 1e3, "ms"),
        ]
    finally:
        await close_database()


async def _append() -> None:
    async with transaction():
        await events.append(STREAM, "bench.done", actor="bench", subject="bench:1", now=datetime.now(UTC))


async def _thread(records: RecordsKey, length: int, times: int) -> float:
    """The newest page, counts and quick replies with it, of somebody to whom so much happened."""
    now = datetime.now(UTC)
    person = await person_by_mobile(f"139{length:08d}", now, records)
    last: StreamHead | None = await StreamHead.get_or_none(stream=events.person_stream(person.id))
    async with transaction():
        for number in range(last.seq if last else 0, length):
            await events.append(
                events.person_stream(person.id),
                "chat.replied",
                actor="assistant",
                subject="chat:0",
                now=now + timedelta(milliseconds=number),
                facts={"reply": "help"},
            )
    reader = Reader(person.id, "zh", records)
    return await each_async(lambda: conversation.read(reader, None, datetime.now(UTC)), times)


async def _view(signing: Signing, records: RecordsKey, times: int) -> float:
    return await each_async(lambda: view(signing, datetime.now(UTC), records), times)


async def _heard(count: int) -> list[float]:
    """Seconds from an event's commit until each of the waiting has heard of it."""
    hub, took = Hub(), []
    hub.start()
    await asyncio.sleep(BEGIN_S)
    for _ in range(ROUNDS):
        pages = [asyncio.create_task(_page(hub)) for _ in range(count)]
        await asyncio.sleep(0.2 + random.random() * POLL_S)  # at no fixed place between two polls
        await _append()
        committed = time.monotonic()
        took += [at - committed for at in await asyncio.gather(*pages)]
    await hub.stop()
    return took


async def _page(hub: Hub) -> float:
    assert await hub.wait([STREAM], 60)
    return time.monotonic()
