"""Migrations: from nothing, twice, on both engines; what they make is what the models say."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector

from auth.engine import APPS, is_postgres
from auth.models import Throttle
from seals import immutable
from server.migrating import migrate
from tests.databases import Databases, opened

ITS_OWN = {"tortoise_migrations", "tortoise_migration", "sqlite_sequence"}

Rows = list[dict[str, Any]]


@dataclass
class Schema:
    """A database's tables as sets, without the names that were given to indexes and constraints."""

    columns: set[tuple[object, ...]] = field(default_factory=set)
    indexes: set[tuple[str, bool, tuple[str, ...]]] = field(default_factory=set)
    foreign_keys: set[tuple[str, str, str, str, str]] = field(default_factory=set)
    triggers: set[str] = field(default_factory=set)


async def _ask(statement: str) -> Rows:
    rows: Rows = await Tortoise.get_connection("default").execute_query_dict(statement)
    return rows


async def _schema(url: str) -> Schema:
    return await (_postgres_schema() if is_postgres(url) else _sqlite_schema())


async def _sqlite_schema() -> Schema:
    schema = Schema()
    for table in [row["name"] for row in await _ask("SELECT name FROM sqlite_master WHERE type = 'table'")]:
        if table in ITS_OWN:
            continue
        for row in await _ask(f"PRAGMA table_info('{table}')"):
            schema.columns.add(
                (table, row["name"], row["type"].upper(), row["notnull"], row["dflt_value"], row["pk"])
            )
        for row in await _ask(f"PRAGMA index_list('{table}')"):
            columns = await _ask(f"PRAGMA index_info('{row['name']}')")
            schema.indexes.add((table, bool(row["unique"]), tuple(each["name"] for each in columns)))
        for row in await _ask(f"PRAGMA foreign_key_list('{table}')"):
            schema.foreign_keys.add((table, row["from"], row["table"], row["to"], row["on_delete"]))
    rows = await _ask("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    schema.triggers = {row["name"] for row in rows}
    return schema


async def _postgres_schema() -> Schema:
    schema = Schema()
    for row in await _ask(
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default,"
        " is_identity FROM information_schema.columns WHERE table_schema = 'public'"
    ):
        if row["table_name"] not in ITS_OWN:
            schema.columns.add(tuple(row.values()))
    for row in await _ask(
        "SELECT t.relname AS name, i.indisunique AS alone, array_agg(a.attname ORDER BY k.place) AS columns"
        " FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid"
        " JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'"
        " CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(number, place)"
        " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number"
        " GROUP BY i.indexrelid, t.relname, i.indisunique"
    ):
        if row["name"] not in ITS_OWN:
            schema.indexes.add((row["name"], row["alone"], tuple(row["columns"])))
    actions = {"r": "RESTRICT", "a": "NO ACTION", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
    for row in await _ask(
        "SELECT t.relname AS one, a.attname AS source, o.relname AS other, b.attname AS target,"
        " c.confdeltype::text AS action FROM pg_constraint c"
        " JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class o ON o.oid = c.confrelid"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1] WHERE c.contype = 'f'"
    ):
        key = (row["one"], row["source"], row["other"], row["target"], actions[row["action"]])
        schema.foreign_keys.add(key)
    rows = await _ask("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
    schema.triggers = {row["tgname"] for row in rows}
    return schema


@pytest.fixture(scope="module")
def schemas(engine: str, databases: Databases) -> tuple[Schema, Schema]:
    """The schema that the migrations make, and the one that the models say."""

    async def migrated(url: str) -> Schema:
        await migrate(url)
        async with opened(url):
            return await _schema(url)

    async def of_the_models(url: str) -> Schema:
        async with opened(url):
            await Tortoise.generate_schemas(safe=False)
            return await _schema(url)

    made = asyncio.run(migrated(databases.fresh(engine)))
    return made, asyncio.run(of_the_models(databases.fresh(engine)))


def test_tables_and_columns_are_those_of_the_models(schemas: tuple[Schema, Schema]) -> None:
    made, said = schemas
    assert made.columns == said.columns
    assert {"person", "company", "challenge", "event", "seal", "signing", "offer"} <= {
        c[0] for c in made.columns
    }


def test_indexes_and_uniques_are_those_of_the_models(schemas: tuple[Schema, Schema]) -> None:
    made, said = schemas
    assert made.indexes == said.indexes
    assert ("event", True, ("stream", "seq")) in made.indexes
    assert ("signing", True, ("company_id", "request_id")) in made.indexes


def test_foreign_keys_are_those_of_the_models_and_none_deletes_by_cascade(
    schemas: tuple[Schema, Schema],
) -> None:
    made, said = schemas
    assert made.foreign_keys == said.foreign_keys
    assert {key[4] for key in made.foreign_keys} == {"RESTRICT"}
    assert ("signing", "seal_id", "seal", "id", "RESTRICT") in made.foreign_keys


def test_the_triggers_are_those_that_every_migration_sets_anew(
    schemas: tuple[Schema, Schema], engine: str
) -> None:
    """One that it did not set anew, a later migration could drop with its table."""
    said = " ".join(chain.from_iterable(immutable.statements(postgres=engine == "postgres")))
    assert schemas[0].triggers == set(re.findall(r"CREATE TRIGGER (\w+)", said))
    assert schemas[1].triggers == set()


async def test_a_second_migration_changes_nothing_and_keeps_the_rows(
    engine: str, databases: Databases
) -> None:
    url = await asyncio.to_thread(databases.fresh, engine)
    await migrate(url)
    async with opened(url):
        first = await _schema(url)
        applied = await _applied()
        await Throttle.create(id="kept", count=7, ends_at="2026-11-21T10:00:00+00:00")
    await migrate(url)
    async with opened(url):
        assert await _schema(url) == first
        assert await _applied() == applied
        assert (await Throttle.get(id="kept")).count == 7
    assert {app for app, _ in applied} == set(APPS)


async def test_the_models_have_nothing_that_no_migration_makes(databases: Databases) -> None:
    """As `tortoise makemigrations` would find it."""
    async with opened(await asyncio.to_thread(databases.migrated, "sqlite")):
        assert Tortoise.apps is not None
        missing = await MigrationAutodetector(Tortoise.apps, APPS).changes()
    found = [
        (writer.app_label, type(each).__name__, vars(each))
        for writer in missing
        for each in writer.operations
    ]
    # Tortoise calls a primary key that is a relation `person_id` in the model and `person` in the migration.
    known = [
        each
        for each in found
        if each[:2] == ("seals", "AlterModelOptions") and each[2]["name"] in ("Holder", "Likeness")
    ]
    assert [each for each in found if each not in known] == []


async def _applied() -> set[tuple[str, str]]:
    names = await _ask("SELECT app, name FROM tortoise_migrations")
    return {(row["app"], row["name"]) for row in names}
