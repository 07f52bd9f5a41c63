"""The event log: one chain per stream without gap or fork, whoever writes, and a change in it is found."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from multiprocessing.context import ForkServerContext

import pytest
from tortoise.exceptions import IntegrityError

from auth import events
from auth.engine import transaction
from auth.models import Event, StreamHead, Throttle
from tests.auth.writers import STREAM, append_events
from tests.databases import Database

NOW = datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=UTC)
WRITERS = 8
EACH = 25


async def append(number: int, stream: str = STREAM, private: bytes | None = None) -> int:
    return await events.append(
        stream,
        "test.happened",
        actor="person:somebody",
        subject=f"thing:{number}",
        now=NOW + timedelta(seconds=number),
        facts={"number": number, "text": "甲乙", "nested": {"b": [1, 2.5, None], "a": True}},
        on_behalf="a company",
        private=private,
    )


async def stored(stream: str = STREAM) -> list[Event]:
    return await Event.filter(stream=stream).order_by("seq")


async def test_events_of_one_stream_are_numbered_and_chained(database: str) -> None:
    assert [await append(number) for number in range(5)] == [1, 2, 3, 4, 5]
    rows = await stored()
    assert rows[0].prev == events.GENESIS
    assert [row.prev for row in rows[1:]] == [row.hash for row in rows[:-1]]
    head = await StreamHead.get(stream=STREAM)
    assert (head.seq, head.hash) == (5, rows[-1].hash)
    assert events.broken_link(rows) is None


async def test_each_stream_has_its_own_numbers(database: str) -> None:
    assert await append(1, "company:a") == 1
    assert await append(1, "person:a") == 1
    assert await append(2, "company:a") == 2
    for stream in ("company:a", "person:a"):
        assert events.broken_link(await stored(stream)) is None


async def test_an_event_goes_with_its_transaction(database: str) -> None:
    async def fail() -> None:
        async with transaction():
            await append(2)
            raise ZeroDivisionError

    await append(1)
    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await append(3) == 2
    rows = await stored()
    assert [row.subject for row in rows] == ["thing:1", "thing:3"]
    assert events.broken_link(rows) is None


async def test_two_events_never_have_one_number(database: str) -> None:
    await append(1)
    row = (await stored())[0]
    values = {name: getattr(row, name) for name in Event._meta.db_fields if name != "id"}
    with pytest.raises(IntegrityError):
        await Event.create(**values)


def test_eight_writers_make_one_chain(database_url: str, forks: ForkServerContext) -> None:
    shared = Database(database_url)

    async def counters() -> None:
        rows = [Throttle(id=f"writer/{each}", count=0, ends_at=NOW) for each in range(WRITERS)]
        await Throttle.bulk_create(rows)

    shared.run(counters)
    writers = [
        forks.Process(target=append_events, args=(database_url, each, EACH), daemon=True)
        for each in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    rows = shared.run(stored)
    assert [row.seq for row in rows] == list(range(1, WRITERS * EACH + 1))
    assert events.broken_link(rows) is None
    head = shared.run(lambda: StreamHead.get(stream=STREAM))
    assert (head.seq, head.hash) == (WRITERS * EACH, rows[-1].hash)
    for each in range(WRITERS):
        # Nobody's event was lost, and each writer's stand in the order in which he wrote them.
        assert [row.facts["number"] for row in rows if row.facts["writer"] == each] == list(range(EACH))
        assert shared.run(lambda each=each: Throttle.get(id=f"writer/{each}")).count == EACH


async def test_writers_within_one_process_make_one_chain(database: str) -> None:
    async def one(number: int) -> int:
        async with transaction():
            return await append(number)

    seqs = await asyncio.gather(*(one(number) for number in range(30)))
    assert sorted(seqs) == list(range(1, 31))
    assert events.broken_link(await stored()) is None


CHANGES = {
    "kind": "test.else",
    "at": NOW,
    "actor": "person:other",
    "on_behalf": None,
    "subject": "thing:9",
    "facts": {"number": 3},
    "private": b"other",
    "salt": "00" * 16,
    "prev": "0" * 64,
    "commitment": "0" * 64,
    "hash": "0" * 64,
}


@pytest.mark.usefixtures("unguarded")
async def test_an_event_changed_in_any_column_is_found() -> None:
    assert set(CHANGES) == Event._meta.db_fields - {"id", "stream", "seq"}
    for number in range(5):
        await append(number, private=b"text")
    row = Event.filter(stream=STREAM, seq=3)
    true = await row.get()
    for column, value in CHANGES.items():
        await row.update(**{column: value})
        assert events.broken_link(await stored()) == 3, column
        await row.update(**{column: getattr(true, column)})
        assert events.broken_link(await stored()) is None, column


@pytest.mark.usefixtures("unguarded")
async def test_a_removed_event_is_found() -> None:
    for number in range(5):
        await append(number)
    await Event.filter(stream=STREAM, seq=3).delete()
    assert events.broken_link(await stored()) == 4


@pytest.mark.usefixtures("unguarded")
async def test_a_removed_event_whose_number_was_closed_up_is_found() -> None:
    for number in range(5):
        await append(number)
    await Event.filter(stream=STREAM, seq=3).delete()
    for seq in (4, 5):
        await Event.filter(stream=STREAM, seq=seq).update(seq=seq - 1)
    assert events.broken_link(await stored()) == 3


async def test_a_number_that_was_never_given_is_found(database: str) -> None:
    """Even where every hash is right, because the head itself was moved."""
    await append(1)
    await StreamHead.filter(stream=STREAM).update(seq=2)
    await append(2)
    assert events.broken_link(await stored()) == 3


@pytest.mark.usefixtures("unguarded")
async def test_two_swapped_events_are_found() -> None:
    for number in range(5):
        await append(number)
    for old, new in ((3, 99), (4, 3), (99, 4)):
        await Event.filter(stream=STREAM, seq=old).update(seq=new)
    assert events.broken_link(await stored()) == 3


@pytest.mark.usefixtures("unguarded")
async def test_an_event_from_another_stream_is_found() -> None:
    await append(1)
    await append(1, "company:two")
    await append(2, "company:two")
    await Event.filter(stream="company:two", seq=2).update(stream=STREAM)
    assert events.broken_link(await stored()) == 2


async def test_equal_contents_have_different_commitments(database: str) -> None:
    """A reader of the hashes alone cannot try out what an event said: the salt differs."""
    for _ in range(2):
        await append(7)
    first, second = await stored()
    assert first.commitment != second.commitment


async def test_the_time_is_one_moment_however_it_is_written(database: str) -> None:
    await events.append(
        STREAM,
        "test.happened",
        actor="sealer",
        subject="thing:1",
        now=NOW.astimezone(timezone(timedelta(hours=8))),
    )
    rows = await stored()
    assert rows[0].at == NOW
    assert events.broken_link(rows) is None


async def test_reading_gives_the_newest_in_order(database: str) -> None:
    for number in range(1, 11):
        await append(number, private=b"cipher")
    await append(1, "company:two")

    async def seqs(**how: int) -> list[int]:
        return [event.seq for event in await events.read(STREAM, **how)]

    assert await seqs() == list(range(1, 11))
    assert await seqs(after=7) == [8, 9, 10]
    assert await seqs(before=4) == [1, 2, 3]
    assert await seqs(limit=3) == [8, 9, 10]
    assert await seqs(before=9, limit=2) == [7, 8]
    one = (await events.read(STREAM, after=9))[0]
    assert one.private == b"cipher"
    assert one.at == NOW + timedelta(seconds=10)
    assert one.facts["nested"] == {"b": [1, 2.5, None], "a": True}
