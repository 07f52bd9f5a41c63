"""Making information is not changed or deleted (R36): both databases refuse it, by whatever statement."""

from __future__ import annotations

import importlib
import json
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from tortoise import Tortoise, fields
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from auth.engine import APPS, is_postgres, transaction
from seals.immutable import KEPT, REFUSAL
from server.migrating import migrate

MODELS: dict[str, type[Model]] = {
    str(model._meta.db_table): model
    for app in APPS.values()
    for module in app["models"]
    for model in vars(importlib.import_module(module)).values()
    if isinstance(model, type) and issubclass(model, Model) and model is not Model
}
FREE_OF_KEYS = """DO $$ DECLARE own record; BEGIN
FOR own IN SELECT conname, conrelid::regclass AS name FROM pg_constraint WHERE contype = 'f' LOOP
EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', own.name, own.conname); END LOOP; END $$"""
NOW = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)


def value(field: fields.Field[Any], *, other: bool = False) -> Any:
    """A value for a column; `other` is another one."""
    kind = getattr(field, "enum_type", None)
    if kind is not None:
        return list(kind)[1 if other else 0]
    values: list[tuple[type, Any, Any]] = [
        (fields.BinaryField, b"sealed", b"other"),
        (fields.BooleanField, False, True),
        (fields.FloatField, 1.0, 2.0),
        (fields.DatetimeField, NOW, NOW.replace(year=2027)),
        (fields.JSONField, {"a": "1"}, {"a": "2"}),
        (fields.IntField, 1, 2),
        (fields.BigIntField, 1, 2),
    ]
    found = [pair for sort, *pair in values if isinstance(field, sort)]
    return (found or [["a", "b"]])[0][other]


def written(value: Any, *, postgres: bool) -> str:
    """A value in SQL."""
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'::bytea" if postgres else f"X'{value.hex()}'"
    if isinstance(value, bool):
        return str(value).lower() if postgres else str(int(value))
    if isinstance(value, dict):
        return f"'{json.dumps(value)}'"
    return str(value) if isinstance(value, int | float) else f"'{value}'"


@pytest.fixture
async def rows(database: str) -> bool:
    """One row in each kept table, of nothing; True on PostgreSQL."""
    postgres = is_postgres(database)
    await Tortoise.get_connection("default").execute_script(
        FREE_OF_KEYS if postgres else "PRAGMA foreign_keys = OFF"
    )
    async with transaction() as connection:
        for kept in KEPT:
            meta = MODELS[kept.table]._meta
            empty = {*kept.once, *(name for name, _ in kept.settled if meta.fields_map[name].null)}
            row = {name: value(meta.fields_map[name]) for name in meta.db_fields if name not in empty}
            await MODELS[kept.table](**row).save(using_db=connection, force_create=True)
    return postgres


async def run(statement: str) -> None:
    await Tortoise.get_connection("default").execute_query(statement)


async def refused(statement: str) -> None:
    with pytest.raises(IntegrityError, match=REFUSAL):
        await run(statement)


async def test_the_database_refuses_to_change_or_delete_what_was_made(rows: bool) -> None:
    for kept in KEPT:
        meta = MODELS[kept.table]._meta
        named = {column: meta.fields_map[name] for name, column in meta.fields_db_projection.items()}
        said = [*kept.fixed, *kept.once, *dict(kept.erasable), *dict(kept.settled), *kept.moving]
        assert sorted(said) == sorted(named), "of every column it is said whether it moves"

        def change(column: str, *, back: bool = False, table: str = kept.table, named: Any = named) -> str:
            other = written(value(named[column], other=not back), postgres=rows)
            return f'UPDATE "{table}" SET "{column}" = {other}'  # noqa: S608  (names of the models)

        await refused(f'DELETE FROM "{kept.table}"')  # noqa: S608
        if rows:
            await refused(f'TRUNCATE "{kept.table}" CASCADE')
        for column in kept.fixed:
            await refused(change(column))
        for column, _ in kept.settled:
            await run(change(column))
        for column in kept.once:
            await run(change(column))
            await run(change(column))  # to what it is
            await refused(f'UPDATE "{kept.table}" SET "{column}" = NULL')  # noqa: S608
        if kept.when[1]:  # else the loop above has settled it
            settled = f'UPDATE "{kept.table}" SET "{kept.when[0]}" = \'{kept.when[1]}\''  # noqa: S608
            await run(settled)
        for column, empty in (*kept.erasable, *kept.settled):
            again = change(column, back=column in dict(kept.settled))
            await refused(again)
            if empty:
                emptied = "''::bytea" if rows and empty == "X''" else empty
                await run(f'UPDATE "{kept.table}" SET "{column}" = {emptied}')  # noqa: S608
                await refused(again)
        for column in kept.moving:
            await run(change(column))
        assert await MODELS[kept.table].all().count() == 1


async def test_what_takes_a_rows_place_deletes_it(rows: bool) -> None:
    """SQLite's REPLACE, which fires no trigger unless it is told to."""
    if rows:
        pytest.skip("PostgreSQL has no REPLACE")
    await refused("INSERT OR REPLACE INTO record (code, newest, created_at) VALUES ('a', 0, '2026-01-01')")


async def test_on_postgres_the_role_that_runs_cannot_take_the_guards_away(database: str, engine: str) -> None:
    """As the operator's guide says: one role migrates and owns, another one runs."""
    if engine != "postgres":
        pytest.skip("SQLite has no roles")
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("DROP ROLE IF EXISTS ezhang_app")
        await connection.execute("CREATE ROLE ezhang_app LOGIN")
    finally:
        await connection.close()
    await migrate(database, app_role="ezhang_app")
    running = await asyncpg.connect(database, user="ezhang_app")
    try:
        await running.execute("INSERT INTO record (code, newest, created_at) VALUES ('a', 0, now())")
        await running.execute("UPDATE record SET newest = 1")
        for statement in (
            "ALTER TABLE record DISABLE TRIGGER ALL",
            "DROP TRIGGER keep_record_update ON record",
            "SET session_replication_role = replica",
            "CREATE OR REPLACE FUNCTION ezhang_keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
            "DROP TABLE archived_file",
            "TRUNCATE record",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await running.execute(statement)
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=REFUSAL):
            await running.execute("DELETE FROM record")
    finally:
        await running.close()
        owner = await asyncpg.connect(database)
        await owner.execute("DROP OWNED BY ezhang_app; DROP ROLE ezhang_app")
        await owner.close()
