"""The one place that chooses the database engine: SQLite for one machine, PostgreSQL for many.

The SQLite client itself is in `auth/sqlite_engine.py`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tortoise import Tortoise
from tortoise.backends.base.client import TransactionalDBClient
from tortoise.transactions import in_transaction

__all__ = ["close_database", "configuration", "is_postgres", "open_database", "transaction"]

BUSY_TIMEOUT_MS = 20_000
POSTGRES_POOL_MAX = 10

# Both apps share one connection; the order is the order of their migrations.
APPS = {
    "auth": {
        "models": [
            "auth.models",
            "auth.consent_models",
            "auth.identity_models",
            "auth.member_models",
            "auth.passkey_models",
            "auth.staff_models",
            "auth.push_models",
            "auth.succession_models",
        ],
        "migrations": "auth.migrations",
        "default_connection": "default",
    },
    "seals": {
        "models": [
            "seals.models",
            "seals.key_models",
            "seals.device_models",
            "seals.reset_models",
            "seals.export_models",
            "seals.paper_models",
            "seals.root_models",
            "seals.status_models",
            "seals.approval_models",
            "seals.archive_models",
            "seals.filing_models",
            "seals.erasure_models",
            "seals.asks.models",
            "seals.life_models",
            "seals.deposits.models",
            "seals.reviews.models",
            "seals.printed_models",
            "seals.service_models",
            "seals.entry.models",
        ],
        "migrations": "seals.migrations",
        "default_connection": "default",
    },
}


def is_postgres(url: str) -> bool:
    """Whether a database URL names PostgreSQL."""
    return urlsplit(url).scheme in {"postgres", "postgresql", "asyncpg"}


def configuration(url: str) -> dict[str, Any]:
    """Tortoise's configuration for `sqlite:///absolute/path` or `postgres://user:password@host/name`."""
    connection: Any
    if is_postgres(url):
        separator = "&" if "?" in url else "?"
        target = url.replace("postgresql://", "postgres://", 1)
        connection = f"{target}{separator}minsize=1&maxsize={POSTGRES_POOL_MAX}"
    else:
        path = url.removeprefix("sqlite://")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        connection = {
            "engine": "auth.sqlite_engine",
            "credentials": {
                "file_path": path,
                "journal_mode": "WAL",
                "synchronous": "NORMAL",
                "busy_timeout": BUSY_TIMEOUT_MS,
                "foreign_keys": "ON",
                "recursive_triggers": "ON",  # so that REPLACE deletes nothing unseen (`seals/immutable.py`)
            },
        }
    return {"connections": {"default": connection}, "apps": APPS, "use_tz": True, "timezone": "UTC"}


async def open_database(url: str) -> None:
    """Open this process's connections. The schema is not touched: see `server/migrating.py`."""
    await Tortoise.init(config=configuration(url), _enable_global_fallback=True)


async def close_database() -> None:
    """Close this process's connections."""
    await Tortoise.close_connections()


@asynccontextmanager
async def transaction() -> AsyncIterator[TransactionalDBClient]:
    """One transaction. Nothing but database calls belongs inside."""
    async with in_transaction() as connection:
        yield connection
