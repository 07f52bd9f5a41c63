"""Bring the database's schema up to date by Tortoise's own migrations, once, before any process starts."""

from __future__ import annotations

from tortoise import Tortoise
from tortoise.migrations.api.migrate import migrate as tortoise_migrate

from auth.engine import close_database, configuration, open_database
from auth.errors import Refused
from auth.models import Deployment
from seals.filing import makers
from server.settings import Settings

__all__ = ["mark", "migrate", "open_own_database"]

ONLY_ROW = 1

# For `tortoise makemigrations`, which reads models only and never opens this file.
TORTOISE_ORM = configuration("sqlite://:memory:")


async def migrate(database_url: str) -> None:
    """Apply all migrations that the database lacks; safe to repeat."""
    try:
        await tortoise_migrate(config=configuration(database_url))
    finally:
        await Tortoise.close_connections()


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
