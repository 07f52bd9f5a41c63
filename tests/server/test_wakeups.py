"""Wake-ups: a page that waits for a stream is woken when it grows, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from auth import events
from auth.engine import close_database, transaction
from auth.models import Event
from server.wakeups import LOOK_BACK, LOOK_MOST, SWEEP_S, Hub
from tests.databases import Databases, lift_guards, opened

SOON = 10.0
NEVER = 0.4
A, B, C = (events.company_stream(letter * 24) for letter in "abc")


@pytest.fixture
def url(databases: Databases) -> str:
    return databases.migrated("sqlite")


@pytest.fixture
async def hub(url: str) -> AsyncIterator[Hub]:
    async with opened(url):
        hub = Hub()
        hub.start()
        await polls(hub)
        yield hub
        await hub.stop()


async def polls(hub: Hub) -> None:
    """It has looked at what there was and has begun to tell what is new."""
    page = waiting(hub, C, seconds=60)
    while not page.done():
        await grow(C)
        await asyncio.sleep(0.05)
    assert await page is True


async def grow(*streams: str, subject: str = "test:1") -> None:
    async with transaction():
        for stream in streams:
            await events.append(stream, "test.grew", actor="test", subject=subject, now=datetime.now(UTC))


def waiting(hub: Hub, *names: str, seconds: float = SOON) -> asyncio.Task[bool]:
    return asyncio.create_task(hub.wait(names, seconds))


async def test_all_pages_of_a_stream_wake_and_no_others(hub: Hub) -> None:
    mine = [waiting(hub, A) for _ in range(20)]
    both = waiting(hub, B, A)
    other = waiting(hub, B, seconds=NEVER)
    await asyncio.sleep(0.1)
    await grow(A)
    assert await asyncio.gather(*mine, both) == [True] * 21
    assert await other is False, "its stream has not grown"


async def test_a_page_waits_for_one_signing_too(hub: Hub) -> None:
    """By the subject of its events: what else the company does wakes it not."""
    mine, other = waiting(hub, "signing:1"), waiting(hub, "signing:2", seconds=NEVER)
    await asyncio.sleep(0.1)
    await grow(A, subject="signing:1")
    assert await mine is True
    assert await other is False


async def test_time_passes_without_an_event(hub: Hub) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    assert await asyncio.gather(*(hub.wait([A], 0.2) for _ in range(3))) == [False] * 3
    assert loop.time() - begun >= 0.2
    assert SWEEP_S < 1, "the time of a wait is kept to within it"


async def test_a_page_that_waits_again_is_woken_again(hub: Hub) -> None:
    for _ in range(5):
        page = waiting(hub, A)
        await asyncio.sleep(0.06)
        await grow(A)
        assert await page is True


async def test_what_comes_while_a_page_reads_ends_its_next_wait(hub: Hub) -> None:
    with hub.place([A]) as place:
        await grow(A)
        await asyncio.sleep(0.3)
        assert await place.wait(60) is True, "it did not wait in between"
        assert await place.wait(NEVER) is False, "told once"


async def test_what_was_there_before_wakes_nobody(url: str) -> None:
    async with opened(url):
        await grow(A)
        hub = Hub()
        hub.start()
        await asyncio.sleep(0.3)
        assert await hub.wait([A], NEVER) is False
        await hub.stop()


async def test_an_event_that_commits_late_under_a_lower_id_wakes_too(hub: Hub) -> None:
    """Ids are given before the commit: on PostgreSQL a lower one may be seen after a higher one."""
    await grow(A)
    first = await Event.get(stream=A)
    row = {name: getattr(first, name) for name in first._meta.db_fields if name != "id"}
    await lift_guards()
    await Event.filter(id=first.id).delete()
    await polls(hub)
    late = waiting(hub, A)
    await asyncio.sleep(0.2)
    assert not late.done()
    await Event.create(id=first.id, **row)
    assert await late is True


@pytest.mark.parametrize("count", [3 * LOOK_BACK, LOOK_MOST + 100])
async def test_many_events_at_once_are_all_seen(hub: Hub, count: int) -> None:
    streams = [events.person_stream(f"{number:024x}") for number in range(count)]
    pages = [waiting(hub, stream) for stream in streams]
    await asyncio.sleep(0.1)
    await grow(*streams)
    assert await asyncio.gather(*pages) == [True] * count


async def test_nothing_is_kept_of_pages_that_went_away(hub: Hub) -> None:
    page = waiting(hub, A, B)
    await asyncio.sleep(0.05)
    assert set(hub.waiting) == {A, B}
    page.cancel()
    with pytest.raises(asyncio.CancelledError):
        await page
    assert await hub.wait([A], 0.01) is False
    assert dict(hub.waiting) == {}


async def test_stopping_sends_everybody_home(hub: Hub) -> None:
    pages = [waiting(hub, A, seconds=60) for _ in range(3)]
    await asyncio.sleep(0.05)
    await hub.stop()
    assert await asyncio.wait_for(asyncio.gather(*pages), SOON) == [True] * 3


@pytest.mark.parametrize("begun", [True, False])
async def test_a_database_that_is_away_for_a_moment_ends_nothing(
    url: str, caplog: pytest.LogCaptureFixture, begun: bool
) -> None:
    hub = Hub()
    async with opened(url):
        if begun:
            hub.start()
            await polls(hub)
    if not begun:
        hub.start()
    page = waiting(hub, A, seconds=60)
    async with asyncio.timeout(SOON):
        while "wake-ups pause" not in caplog.text:  # noqa: ASYNC110  (a log has no event)
            await asyncio.sleep(0.05)
    async with opened(url):
        await polls(hub)
        await grow(A)
        assert await page is True
        await hub.stop()
    await close_database()
