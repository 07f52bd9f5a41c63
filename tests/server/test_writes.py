"""A sealer that has nothing to do looks again when something was written, and by the clock."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from server import sealer_roles
from server.sealer_roles import forever
from server.writes import Writes

PAUSE_S = 0.001
NEVER_S = 3600.0


@pytest.fixture
def other(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another process's connection, as far as SQLite can tell."""
    with closing(sqlite3.connect(tmp_path / "some folder.db", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE t (n INTEGER)")
        yield database


@pytest.fixture
def writes(other: sqlite3.Connection, tmp_path: Path) -> Iterator[Writes]:
    with closing(Writes(tmp_path / "some folder.db")) as writes:
        yield writes


def test_what_another_commits_is_told_and_nothing_else(other: sqlite3.Connection, writes: Writes) -> None:
    before = writes.count()
    assert before is not None
    other.execute("SELECT * FROM t").fetchall()
    other.execute("UPDATE t SET n = 2")  # there is no row
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO t VALUES (1)")
    assert writes.count() == before
    other.execute("COMMIT")
    assert writes.count() not in {before, None}


def test_without_a_file_it_cannot_be_told() -> None:
    assert Writes(None).count() is None


class Looking:
    """A step that finds nothing, run as the sealer does."""

    def __init__(self, writes: Writes | None) -> None:
        self.looks = 0
        self.task = asyncio.create_task(forever(self.look, PAUSE_S, writes))

    async def look(self) -> bool:
        self.looks += 1
        return False

    async def until(self, looks: int) -> None:
        async with asyncio.timeout(60):
            while self.looks < looks:  # noqa: ASYNC110
                await asyncio.sleep(PAUSE_S)

    async def end(self) -> None:
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task


async def test_nothing_is_looked_for_until_something_is_written(
    other: sqlite3.Connection, writes: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealer_roles, "LOOK_S", NEVER_S)
    looking = Looking(writes)
    for times in (1, 2, 3):
        await looking.until(times)
        for _ in range(20):
            await asyncio.sleep(PAUSE_S)
        assert looking.looks == times
        other.execute("INSERT INTO t VALUES (1)")
    await looking.end()


@pytest.mark.parametrize("told", [True, False])
async def test_it_looks_by_the_clock_and_where_it_is_not_told(
    writes: Writes, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealer_roles, "LOOK_S", 0.01 if told else NEVER_S)
    looking = Looking(writes if told else Writes(None))
    await looking.until(3)
    await looking.end()
