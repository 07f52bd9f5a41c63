"""A Tortoise backend module: SQLite whose transactions begin with BEGIN IMMEDIATE (ADR 0003).

Tortoise's own begins deferred, so a transaction that reads and then writes fails with "database is
locked" whatever the busy time-out says. Tortoise's migrations choose their dialect by the word
"sqlite" in the module's name: keep it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError

__all__ = ["client_class"]


class _ImmediateWrapper(SqliteTransactionWrapper):
    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as busy:
            raise OperationalError(busy) from busy


class _ImmediateContext(SqliteTransactionContext):
    async def __aenter__(self) -> TransactionalDBClient:
        """Begin; on any failure or cancellation leave neither an open BEGIN nor a held lock behind."""
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            self.token = get_connections().set(self.connection_name, self.connection)
            try:
                await self.connection.begin()
            except BaseException:
                # A cancelled BEGIN is still carried out by the connection's thread: undo it in order.
                await asyncio.shield(self.connection._connection.rollback())
                get_connections().reset(self.token)
                raise
        except BaseException:
            self._trxlock.release()
            raise
        return self.connection  # type: ignore[no-any-return]


class ImmediateSqliteClient(SqliteClient):
    """SQLite with BEGIN IMMEDIATE; one connection a process."""

    def _in_transaction(self) -> TransactionContext:
        return _ImmediateContext(_ImmediateWrapper(self), self._lock)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """Tortoise's own leaves an open BEGIN behind when it is cancelled, as by a phone that goes away."""
        async with self._in_transaction() as connection:
            await connection.execute_many(query, values)


client_class = ImmediateSqliteClient
