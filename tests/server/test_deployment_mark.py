"""A database is opened only under the profile that it was made under."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from auth.engine import close_database
from auth.errors import Refused
from server.migrating import mark, migrate, open_own_database
from server.settings import Profile, Settings


@pytest.fixture
def development(tmp_path: Path) -> Settings:
    return Settings.from_env({"EZHANG_PROFILE": "development", "EZHANG_DATA": str(tmp_path)})


async def test_it_opens_where_it_was_made(development: Settings) -> None:
    await migrate(development.database)
    await mark(development)
    await mark(development)
    await open_own_database(development)
    await close_database()


async def test_production_opens_no_database_made_in_development(development: Settings) -> None:
    await migrate(development.database)
    await mark(development)
    production = dataclasses.replace(development, profile=Profile.PRODUCTION)
    for attempt in (open_own_database, mark):
        with pytest.raises(Refused) as refused:
            await attempt(production)
        assert refused.value.code == "database.other_profile"


async def test_an_unmarked_database_is_not_opened(development: Settings) -> None:
    await migrate(development.database)
    with pytest.raises(Refused):
        await open_own_database(development)
