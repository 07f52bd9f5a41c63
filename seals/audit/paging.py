"""Read rows in order, some at a time, so that no table is ever held whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Generic, TypeVar

__all__ = ["AT_ONCE", "Ahead", "paged"]

AT_ONCE = 500

Row = TypeVar("Row")
Key = TypeVar("Key")


async def paged(
    page: Callable[[Key | None], Awaitable[Sequence[Row]]], key: Callable[[Row], Key]
) -> AsyncIterator[Row]:
    """All rows. page: the first `AT_ONCE` at most behind a key, or of all."""
    last: Key | None = None
    while rows := await page(last):
        for row in rows:
            yield row
        last = key(rows[-1])


class Ahead(Generic[Row]):
    """Rows whose next one can be looked at before it is taken."""

    def __init__(self, rows: AsyncIterator[Row]) -> None:
        self._rows = rows
        self._next: Row | None = None
        self._over = False

    async def peek(self) -> Row | None:
        """The next row, None behind the last."""
        if self._next is None and not self._over:
            self._next = await anext(self._rows, None)
            self._over = self._next is None
        return self._next

    async def take(self) -> Row | None:
        """The next row, and go on; None behind the last."""
        row = await self.peek()
        self._next = None
        return row
