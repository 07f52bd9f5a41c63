"""The engine: transactions that read and then write hold on SQLite too, and leave nothing behind."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from tortoise import Tortoise
from tortoise.exceptions import IntegrityError

from auth.engine import BUSY_TIMEOUT_MS, configuration, is_postgres, transaction
from auth.models import Company, CompanyState, Person, Throttle
from tests.auth.writers import read_then_write
from tests.databases import Database, Databases, opened

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
WRITERS = 4
EACH = 50


async def counter(name: str = "one") -> Throttle:
    return await Throttle.create(id=name, count=0, ends_at=NOW)


@pytest.mark.parametrize(
    ("url", "postgres"),
    [
        ("sqlite:////var/lib/ezhang/ezhang.db", False),
        ("postgres://user:password@host:5432/name", True),
        ("postgresql://postgres:@/name?host=/run/postgresql", True),
    ],
)
def test_the_url_chooses_the_engine(url: str, postgres: bool) -> None:
    assert is_postgres(url) is postgres


def test_a_postgres_url_keeps_its_own_parameters() -> None:
    made = configuration("postgresql://postgres:@/name?host=/run/postgresql")["connections"]["default"]
    assert made.startswith("postgres://postgres:@/name?host=/run/postgresql&")


async def test_sqlite_runs_with_the_settings_that_hold(databases: Databases, tmp_path: Path) -> None:
    async with opened(f"sqlite://{tmp_path}/new/folder/one.db"):
        connection = Tortoise.get_connection("default")
        for name, value in {
            "journal_mode": "wal",
            "synchronous": 1,
            "busy_timeout": BUSY_TIMEOUT_MS,
            "foreign_keys": 1,
        }.items():
            rows = await connection.execute_query_dict(f"PRAGMA {name}")
            assert list(rows[0].values()) == [value], name


def test_reading_then_writing_in_many_processes_loses_nothing_on_sqlite(
    databases: Databases, forks: ForkServerContext
) -> None:
    """BEGIN IMMEDIATE: with a deferred BEGIN a third of these fail, "database is locked"."""
    url = databases.migrated("sqlite")
    shared = Database(url)
    shared.run(counter)
    writers = [forks.Process(target=read_then_write, args=(url, EACH), daemon=True) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    assert shared.run(lambda: Throttle.get(id="one")).count == WRITERS * EACH


async def test_tasks_of_one_process_take_turns_on_sqlite(databases: Databases) -> None:
    async def one() -> None:
        async with transaction():
            row = await Throttle.get(id="one")
            await asyncio.sleep(0)
            row.count += 1
            await row.save()

    async with opened(await asyncio.to_thread(databases.migrated, "sqlite")):
        await counter()
        await asyncio.gather(*(one() for _ in range(30)))
        assert (await Throttle.get(id="one")).count == 30


async def test_an_error_undoes_the_transaction_and_the_next_one_works(database: str) -> None:
    async def fail() -> None:
        async with transaction():
            await counter("first")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with transaction():
        await counter("second")
    assert await Throttle.all().values_list("id", flat=True) == ["second"]


async def test_foreign_keys_are_held(database: str) -> None:
    person = await Person.create(mobile_index="1", mobile_sealed=b"1", created_at=NOW)
    company = await Company.create(
        name="北京某某有限公司",
        uscc="1",
        region="110105",
        state=CompanyState.ACTIVE,
        representative_id=person.id,
        created_at=NOW,
    )
    with pytest.raises(IntegrityError):
        await person.delete()
    with pytest.raises(IntegrityError):
        await Company.filter(id=company.id).update(representative_id="nobody")


@pytest.mark.parametrize("seen_by", ["another process", "this process"])
async def test_a_begin_that_is_cancelled_leaves_no_lock(databases: Databases, seen_by: str) -> None:
    """A page is closed while its request waits for the database: nobody else may wait for ever."""
    url = await asyncio.to_thread(databases.migrated, "sqlite")
    other = sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None, timeout=5)
    async with opened(url):
        await counter()
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(_count_up())
        for _ in range(50):
            await asyncio.sleep(0)
        waiting.cancel()
        for _ in range(50):
            await asyncio.sleep(0)
        other.execute("ROLLBACK")
        with pytest.raises(asyncio.CancelledError):
            await waiting
        if seen_by == "another process":
            other.execute("BEGIN IMMEDIATE")
            other.execute("UPDATE throttle SET count = count + 1")
            other.execute("COMMIT")
        else:
            async with asyncio.timeout(5):
                await _count_up()
        assert (await Throttle.get(id="one")).count == 1
    other.close()


async def _count_up() -> None:
    async with transaction():
        row = await Throttle.get(id="one")
        row.count += 1
        await row.save()


async def test_a_begin_that_fails_leaves_no_lock(databases: Databases) -> None:
    url = await asyncio.to_thread(databases.migrated, "sqlite")
    other = sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)
    async with opened(url):
        await counter()
        await Tortoise.get_connection("default").execute_script("PRAGMA busy_timeout = 1")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Exception, match="locked"):
            await _count_up()
        other.execute("ROLLBACK")
        async with asyncio.timeout(5):
            await _count_up()
        assert (await Throttle.get(id="one")).count == 1
    other.close()


async def test_an_insert_that_is_cancelled_leaves_no_open_transaction(databases: Databases) -> None:
    """A phone goes away while its request is counted: what others write afterwards is really written."""
    url = await asyncio.to_thread(databases.migrated, "sqlite")
    other = sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)
    async with opened(url):
        for turn in range(60):
            insert = asyncio.create_task(_insert_many(f"cancelled {turn}"))
            for _ in range(turn % 12):
                await asyncio.sleep(0)
            insert.cancel()
            await asyncio.wait({insert})
            await counter(f"after {turn}")
            assert other.execute("SELECT 1 FROM throttle WHERE id = ?", (f"after {turn}",)).fetchone()
    other.close()


async def _insert_many(name: str) -> None:
    rows = [Throttle(id=f"{name} {number}", count=0, ends_at=NOW) for number in range(3)]
    await Throttle.bulk_create(rows, ignore_conflicts=True)
