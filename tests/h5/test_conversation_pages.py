"""Pages, unread counts and read marks of the conversation: nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest

from auth import events
from auth.engine import transaction
from auth.errors import Invalid, NotFound
from auth.events import company_stream, person_stream
from auth.models import Application, Event, ReadMark, StreamHead
from h5 import conversation
from h5.thread import cursor
from h5.thread.shown import SHOWN
from seals.models import Seal, Signing, SigningState

MOBILE = "13812345678"


async def unread(world: Any, who: Any) -> int:
    return (await world.thread(who)).unread


async def mark(world: Any, who: Any) -> int:
    thread = await world.thread(who)
    return (await conversation.mark_read(who.person_id, thread.cursor, world.now)).unread


@pytest.mark.parametrize("size", [2, 7, 30])
async def test_paging_over_several_streams_loses_and_doubles_nothing(
    world: Any, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(conversation, "PAGE_SIZE", size)
    who, first, seals = await world.owner()
    second = await world.found(who, "上海银杏贸易有限公司", MOBILE)
    document = await world.upload(who, first, "合同.pdf", from_thread=False)
    signing = await world.ask(who, document, seals[0])
    application = await Application.filter(applicant_id=who.person_id).first()
    seal = await Seal.filter(company_id=second.id).first()
    assert application is not None
    assert seal is not None
    kinds = (
        (company_stream(first.id), "signing.keyed", f"signing:{signing.id}"),
        (company_stream(first.id), "signing.confirmed", f"signing:{signing.id}"),
        (company_stream(second.id), "seal.frozen", f"seal:{seal.id}"),
        (person_stream(who.person_id), "application.submitted", f"application:{application.id}"),
    )
    for number in range(120):
        stream, kind, subject = kinds[number % 4]
        # Clocks of requests overlap: times stand still, and step back within a stream, in one all the way.
        steps = 24 - number // 5 if number % 4 == 2 else [0, 2, 1, 1, 3][number % 5] + number // 5
        now = world.now + timedelta(seconds=steps)
        async with transaction():
            await events.append(stream, kind, actor=f"person:{who.person_id}", subject=subject, now=now)
    pages = [await world.cards(who)]
    while pages[-1]:
        pages.append(await world.cards(who, before=pages[-1][0].id))
    assert all(len(page) == size for page in pages[:-2])
    told = [card for page in reversed(pages) for card in page]
    rows = await Event.filter(kind__in=SHOWN - {"document.uploaded", "seal.collected"})
    expected = [(row.at, row.stream.startswith("company:"), row.stream, row.seq) for row in rows]
    collected = await Event.filter(kind="seal.collected").order_by("-seq").first()
    assert collected is not None
    expected.append((collected.at, True, collected.stream, collected.seq))
    assert [card.id for card in told] == ["welcome"] + [f"{s}/{q}" for *_, s, q in sorted(expected)]


async def test_a_page_needs_few_queries_however_many_cards_it_has(
    world: Any, caplog: pytest.LogCaptureFixture
) -> None:
    who, company, seals = await world.owner()
    counts = []
    for asked in (1, 20):
        while await Signing.all().count() < asked:
            document = await world.upload(who, company, "合同.pdf", from_thread=False)
            await world.ask(who, document, seals[0])
        with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            caplog.clear()
            told = await world.cards(who)
            counts.append(len(caplog.records))
        assert len([card for card in told if card.kind == "signing.requested"]) == asked
    assert 0 < counts[1] <= counts[0] <= 24


async def test_a_thread_of_10_000_events_is_opened_by_as_few_queries_as_a_short_one(
    world: Any, caplog: pytest.LogCaptureFixture
) -> None:
    who = await world.log_in(MOBILE)
    stream = person_stream(who.person_id)
    asked: list[list[str]] = []
    for length in (conversation.PAGE_SIZE + 10, 10_000):
        last = await Event.filter(stream=stream).count()
        rows = [replied(stream, seq, world.now) for seq in range(last + 1, length + 1)]
        async with transaction():
            await Event.bulk_create(rows, batch_size=500)
            await StreamHead.update_or_create(stream=stream, defaults={"seq": length, "hash": "0" * 64})
        with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            caplog.clear()
            assert len(await world.cards(who)) == conversation.PAGE_SIZE
            asked.append([record.getMessage().partition(" WHERE ")[0] for record in caplog.records])
    assert len(asked[1]) <= len(asked[0]) <= 12


def replied(stream: str, seq: int, now: datetime) -> Event:
    """An event that nobody chained: what is read of it here is no more than a card needs."""
    at = now + timedelta(milliseconds=seq)
    chained = dict.fromkeys(("salt", "prev", "commitment", "hash"), "0" * 64)
    return Event(
        stream=stream,
        seq=seq,
        kind="chat.replied",
        at=at,
        actor="assistant",
        subject="chat:0",
        facts={"reply": "help"},
        **chained,
    )


@pytest.mark.parametrize(
    "before", ["", "welcome/1", "company:x/1", "platform/1", "person:" + "0" * 24 + "/0", "1"]
)
async def test_a_malformed_card_name_is_refused(world: Any, before: str) -> None:
    who = await world.log_in(MOBILE)
    with pytest.raises(Invalid) as refused:
        await world.cards(who, before=before)
    assert refused.value.code == "thread.before"


async def test_another_persons_thread_is_not_to_be_had(world: Any) -> None:
    who, _, _ = await world.owner()
    stranger = await world.log_in("13987654321")
    await world.say(who, "盖章")
    assert [card.kind for card in await world.cards(stranger)] == ["welcome"]
    for card in await world.cards(who):
        if card.id != "welcome":
            with pytest.raises(NotFound) as refused:
                await world.cards(stranger, before=card.id)
            assert refused.value.code == "thread.card_not_found"


async def test_unread_counts_cards_and_not_ones_own_typing(world: Any) -> None:
    who, company, seals = await world.owner()
    assert await unread(world, who) == len(await world.cards(who)) - 1
    assert await mark(world, who) == 0
    await world.say(who, "你好")
    assert await unread(world, who) == 1
    await mark(world, who)
    document = await world.upload(who, company, "合同.pdf", from_thread=False)
    assert await unread(world, who) == 0
    await world.upload(who, company, "报价.pdf", from_thread=True)
    assert await unread(world, who) == 1
    signing = await world.ask(who, document, seals[0])
    await world.move(signing, SigningState.KEYED)
    assert await unread(world, who) == 2


async def test_read_marks_are_of_all_phones_and_only_go_forward(world: Any) -> None:
    who, company, _ = await world.owner()
    first = (await world.thread(who)).cursor
    await world.say(who, "你好")
    await world.upload(who, company, "合同.pdf", from_thread=True)
    newest = (await world.thread(who)).cursor
    assert (await conversation.mark_read(who.person_id, newest, world.now)).unread == 0
    assert (await conversation.mark_read(who.person_id, first, world.now)).unread == 0
    assert await unread(world, who) == 0
    ids = {row.id for row in await ReadMark.all()}
    assert ids == {
        f"{who.person_id}/{person_stream(who.person_id)}",
        f"{who.person_id}/{company_stream(company.id)}",
    }


async def test_two_phones_marking_at_once_leave_the_farther_mark(world: Any) -> None:
    who = await world.log_in(MOBILE)
    cursors = []
    for _ in range(6):
        await world.say(who, "你好")
        cursors.append((await world.thread(who)).cursor)
    await asyncio.gather(
        *(conversation.mark_read(who.person_id, each, world.now) for each in reversed(cursors))
    )
    assert await unread(world, who) == 0


async def test_a_mark_reaches_neither_the_future_nor_others(world: Any) -> None:
    who, company, _ = await world.owner()
    stranger = await world.log_in("13987654321")
    far = cursor.encode({person_stream(stranger.person_id): 1000, company_stream(company.id): 1000})
    await conversation.mark_read(stranger.person_id, far, world.now)
    assert not await ReadMark.filter(stream=company_stream(company.id)).exists()
    await world.say(stranger, "你好")
    assert await unread(world, stranger) == 1
    assert await unread(world, who) == len(await world.cards(who)) - 1


@pytest.mark.parametrize("text", ["", "!", "AAAA", "é", "=", "cGVyc29u" * 3, "A" * 8000])
async def test_a_garbage_cursor_is_refused(world: Any, text: str) -> None:
    who = await world.log_in(MOBILE)
    with pytest.raises(Invalid) as refused:
        await conversation.mark_read(who.person_id, text, world.now)
    assert refused.value.code == "thread.cursor"
