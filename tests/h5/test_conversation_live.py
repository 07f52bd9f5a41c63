"""The conversation live: every card once, over reconnections, new companies and several phones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from auth import sessions
from auth.errors import TooMany
from auth.models import Session
from h5 import conversation
from h5.conversation import Unread
from h5.thread import live
from h5.thread.cursor import decode
from h5.thread.live import Heartbeat, NewCard
from server.markwatch import MAX_PAGES_PER_PERSON, MarkWatch
from server.wakeups import Hub

MOBILE = "13812345678"
NAME = "北京云杉科技有限公司"
PATIENCE_S = 10


class Phone:
    """One open page: what it was told, in order."""

    def __init__(self, world: Any, watch: MarkWatch, who: Any) -> None:
        self.world, self.watch, self.who = world, watch, who
        self.told: list[NewCard | Unread | Heartbeat] = []
        self.more = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def open(self, cursor: str | None = None) -> None:
        self.task = asyncio.create_task(self._run(decode(cursor) if cursor else None))

    async def close(self) -> None:
        assert self.task is not None
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def _run(self, after: dict[str, int] | None) -> None:
        wait = partial(self.watch.wait, self.who.person_id)
        reader = self.world.reader(self.who)
        with self.watch.page(self.who.person_id):
            news = live.follow(reader, self.who.id, after, wait, lambda: self.world.now)
            async with aclosing(news):
                async for one in news:
                    self.told.append(one)
                    self.more.set()

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition(self):
                self.more.clear()
                await self.more.wait()

    @property
    def cards(self) -> list[str]:
        return [one.card.id for one in self.told if isinstance(one, NewCard)]

    @property
    def kinds(self) -> list[str]:
        return [one.card.kind for one in self.told if isinstance(one, NewCard)]

    @property
    def cursor(self) -> str:
        return [one.cursor for one in self.told if isinstance(one, NewCard)][-1]

    @property
    def unread(self) -> int | None:
        return next((one.unread for one in reversed(self.told) if isinstance(one, Unread)), None)


@pytest.fixture
async def open_phone(world: Any) -> AsyncIterator[Any]:
    """Opens phones; each `worker` is a process with a hub and a watch of its own."""
    watches: dict[int, MarkWatch] = {}
    async with AsyncExitStack() as stack:

        def opened(who: Any, worker: int = 1, cursor: str | None = None) -> Phone:
            if worker not in watches:
                hub = Hub()
                hub.start()
                stack.push_async_callback(hub.stop)
                watches[worker] = MarkWatch(hub)
            phone = Phone(world, watches[worker], who)
            phone.open(cursor)
            stack.push_async_callback(phone.close)
            return phone

        yield opened


async def test_cards_come_as_they_happen(world: Any, open_phone: Any) -> None:
    who, company, seals = await world.owner()
    phone = open_phone(who)
    await phone.until(lambda p: p.unread is not None)
    assert phone.cards == []
    document = await world.upload(who, company, "合同.pdf", from_thread=True)
    await world.ask(who, document, seals[0])
    await phone.until(lambda p: len(p.cards) == 2)
    assert phone.kinds == ["document.uploaded", "signing.requested"]
    assert phone.cards == [card.id for card in (await world.cards(who))[-2:]]


async def test_a_company_founded_while_the_page_is_open_arrives_seal_by_seal(
    world: Any, open_phone: Any
) -> None:
    who = await world.log_in(MOBILE)
    phone = open_phone(who)
    await phone.until(lambda p: p.unread == 0)
    company = await world.found(who, NAME, MOBILE)
    await world.collect(company)
    await phone.until(lambda p: "seal.collected" in p.kinds)
    assert phone.kinds == [
        "application.submitted",
        "application.approved",
        "licence.issued",
        *["seal.issued"] * 5,
        "seal.collected",
    ]
    await world.upload(who, company, "合同.pdf", from_thread=True)
    await phone.until(lambda p: p.kinds[-1] == "document.uploaded")
    assert phone.cards == [card.id for card in await world.cards(who)][1:]


async def test_a_page_that_comes_back_goes_on_without_gap_or_double(world: Any, open_phone: Any) -> None:
    who = await world.log_in(MOBILE)
    start = (await world.thread(who)).cursor
    company = await world.found(who, NAME, MOBILE)
    await world.collect(company)
    whole = open_phone(who, cursor=start)
    await whole.until(lambda p: len(p.cards) == 9)
    everything = [card.id for card in await world.cards(who)][1:]
    assert whole.cards == everything
    for place, one in enumerate(one for one in whole.told if isinstance(one, NewCard)):
        again = open_phone(who, cursor=one.cursor)
        await again.until(lambda p: p.unread is not None)
        assert again.cards == everything[place + 1 :]
        await again.close()


async def test_the_cursor_of_a_page_of_cards_is_where_the_live_page_begins(
    world: Any, open_phone: Any
) -> None:
    who, company, _ = await world.owner()
    thread = await world.thread(who)
    await world.upload(who, company, "合同.pdf", from_thread=True)
    phone = open_phone(who, cursor=thread.cursor)
    await phone.until(lambda p: p.cards)
    assert phone.kinds == ["document.uploaded"]


async def test_a_long_absence_is_made_up_for_completely(
    world: Any, open_phone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("h5.thread.history.CATCH_UP", 3)
    who, company, _ = await world.owner()
    thread = await world.thread(who)
    for number in range(10):
        await world.upload(who, company, f"{number}.pdf", from_thread=number % 2 == 0)
        await world.say(who, "你好")
    phone = open_phone(who, cursor=thread.cursor)
    await phone.until(lambda p: len(p.cards) == 25)
    assert sorted(phone.cards) == sorted(card.id for card in (await world.cards(who))[-25:])
    assert len(set(phone.cards)) == 25


async def test_strangers_streams_in_a_cursor_are_passed_over(world: Any, open_phone: Any) -> None:
    who, company, _ = await world.owner()
    stranger = await world.log_in("13987654321")
    phone = open_phone(stranger, cursor=(await world.thread(who)).cursor)
    await phone.until(lambda p: p.unread == 0)
    await world.upload(who, company, "合同.pdf", from_thread=True)
    await world.say(stranger, "你好")
    await phone.until(lambda p: len(p.cards) == 2)
    assert phone.kinds == ["chat.said", "chat.replied"]


@pytest.mark.parametrize("worker", [1, 2])
async def test_reading_on_one_phone_is_seen_on_the_other(world: Any, open_phone: Any, worker: int) -> None:
    who, company, _ = await world.owner()
    first, second = open_phone(who), open_phone(who, worker=worker)
    for phone in (first, second):
        await phone.until(lambda p: p.unread == 9)
    await world.upload(who, company, "合同.pdf", from_thread=True)
    for phone in (first, second):
        await phone.until(lambda p: p.unread == 10)
    assert (await conversation.mark_read(who.person_id, first.cursor, world.now)).unread == 0
    for phone in (first, second):
        await phone.until(lambda p: p.unread == 0)
    await world.say(who, "你好")
    for phone in (first, second):
        await phone.until(lambda p: p.unread == 1)
    assert not [one for one in second.told if isinstance(one, Heartbeat)]


async def test_a_mark_of_this_process_wakes_without_a_look(
    world: Any, open_phone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.markwatch.LOOK_S", 3600)
    who, _, _ = await world.owner()
    phone = open_phone(who)
    await phone.until(lambda p: p.unread == 9)
    await conversation.mark_read(who.person_id, (await world.thread(who)).cursor, world.now)
    phone.watch.moved(who.person_id)
    await phone.until(lambda p: p.unread == 0)


async def test_silence_is_broken_by_heartbeats_that_look_again(
    world: Any, open_phone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.05)
    monkeypatch.setattr("server.markwatch.LOOK_S", 3600)
    who, _, _ = await world.owner()
    phone = open_phone(who)
    await phone.until(lambda p: any(isinstance(one, Heartbeat) for one in p.told))
    await conversation.mark_read(who.person_id, (await world.thread(who)).cursor, world.now)
    await phone.until(lambda p: p.unread == 0)


async def test_the_stream_ends_with_the_session_and_after_its_life(
    world: Any, open_phone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.05)
    who, other = await world.log_in(MOBILE), await world.log_in("13987654321")
    phone, long = open_phone(who), open_phone(other)
    for each in (phone, long):
        await each.until(lambda p: p.unread == 0)
    await sessions.end(who, world.now)
    async with asyncio.timeout(PATIENCE_S):
        await phone.task
    assert not long.task.done()
    await Session.filter(id=other.id).update(expires_at=world.now + timedelta(days=7))
    world.tick(live.LIFE.total_seconds())
    async with asyncio.timeout(PATIENCE_S):
        await long.task


async def test_pages_of_one_person_are_limited_and_the_watch_ends_with_the_last(world: Any) -> None:
    watch = MarkWatch(Hub())
    async with AsyncExitStack() as pages:
        for _ in range(MAX_PAGES_PER_PERSON):
            pages.enter_context(watch.page("a"))
        with pytest.raises(TooMany), watch.page("a"):
            pass
        pages.enter_context(watch.page("b"))
        running = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        assert len(running) == 1
    await asyncio.gather(*running, return_exceptions=True)
    assert running[0].cancelled()
    with watch.page("a"):
        pass


async def test_what_happens_between_looking_and_waiting_is_not_slept_over(world: Any) -> None:
    who, hub = await world.log_in(MOBILE), Hub()
    news = live.follow(world.reader(who), who.id, None, hub.wait, lambda: world.now)
    async with aclosing(news), asyncio.timeout(PATIENCE_S):
        assert await anext(news) == Unread(0)
        await world.say(who, "你好")
        hub.wake(f"person:{who.person_id}")
        assert isinstance(await anext(news), NewCard)
