"""An answer that is the same for everybody, asked for once in a while however many want it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

__all__ = ["Held"]

Value = TypeVar("Value")


class Held(Generic[Value]):
    """Of one process. life_s: so old an answer may be; clock: seconds, monotonic."""

    def __init__(
        self,
        ask: Callable[[], Awaitable[Value]],
        life_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._life_s = life_s
        self._clock = clock
        self._asking = asyncio.Lock()
        self._held: tuple[Value, float] | None = None

    async def get(self) -> Value:
        """The answer; who comes while it is asked for waits for that one. A failure is not held."""
        async with self._asking:
            if self._held is None or self._clock() >= self._held[1]:
                self._held = (await self._ask(), self._clock() + self._life_s)
            return self._held[0]
