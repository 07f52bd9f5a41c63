"""Bring the database's schema up to date by Tortoise's own migrations, once, before any process starts."""

from __future__ import annotations

from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.migrations.executor import MigrationTarget

from auth.engine import APPS, close_database, configuration, is_postgres, open_database, transaction
from auth.errors import Refused
from auth.models import Deployment
from seals import immutable
from seals.filing import makers
from server.migration_states import Executor
from server.settings import Settings

__all__ = ["guard", "mark", "migrate", "open_own_database"]

ONLY_ROW = 1

# For `tortoise makemigrations`, which reads models only and never opens this file.
TORTOISE_ORM = configuration("sqlite://:memory:")


async def migrate(database_url: str, app_role: str = "") -> None:
    """Apply all migrations that the database lacks, and set what keeps its rows; safe to repeat.

    app_role: on PostgreSQL, the role as which the processes run, if it is not the one that owns the tables.
    It gets what they need, which is less than it takes to undo what keeps the rows.
    """
    try:
        await Tortoise.init(config=configuration(database_url), init_connections=False)
        targets = [MigrationTarget(app_label=app, name="__latest__") for app in APPS]
        await Executor(get_connection("default"), APPS).migrate(targets)
    finally:
        await Tortoise.close_connections()
    await open_database(database_url)
    try:
        await guard(postgres=is_postgres(database_url))
        if app_role and is_postgres(database_url):
            await _grant(app_role)
    finally:
        await close_database()


async def _grant(role: str) -> None:
    """What the processes do with tables: everything but emptying, altering and dropping them."""
    async with transaction() as connection:
        for statement in (
            f'GRANT USAGE ON SCHEMA public TO "{role}"',
            f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"',
            f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{role}"',
        ):
            await connection.execute_query(statement)


async def guard(*, postgres: bool) -> None:
    """Set the triggers of `seals/immutable.py` anew on the open database, table by table."""
    for statements in immutable.statements(postgres=postgres):
        async with transaction() as connection:
            for statement in statements:
                await connection.execute_query(statement)


async def mark(settings: Settings) -> None:
    """Mark a new database with the profile, and say who makes the seals; safe to repeat.

    Raises Refused `database.other_profile`.
    """
    await open_database(settings.database)
    try:
        fresh = Deployment(id=ONLY_ROW, profile=settings.profile.value)
        await Deployment.bulk_create([fresh], ignore_conflicts=True)
        await _check_profile(settings)
        await makers.store(settings.maker_name, settings.maker_licence, settings.maker_until)
    finally:
        await close_database()


async def open_own_database(settings: Settings) -> None:
    """Open this process's connections, if the database was made under this profile.

    Raises Refused `database.other_profile`.
    """
    await open_database(settings.database)
    try:
        await _check_profile(settings)
    except BaseException:
        await close_database()
        raise


async def _check_profile(settings: Settings) -> None:
    found = await Deployment.get_or_none(id=ONLY_ROW)
    if found is None or found.profile != settings.profile.value:
        made = found.profile if found is not None else "?"
        raise Refused(
            "database.other_profile",
            f"数据库属于 {made} 环境，不能在 {settings.profile.value} 环境中打开。"
            "请改用另一个数据库（EZHANG_DATABASE）。",
            f"This database was made for {made} and is not opened for {settings.profile.value}. "
            "Name another one in EZHANG_DATABASE.",
            field="EZHANG_DATABASE",
        )
