"""Wake waiting pages when the event log grows: one poll per process, one Future per page.

A wake-up only makes it prompt; the page then reads its stream from its own cursor, and looks by itself
every so often, so a lost one costs seconds and never an event. (A queue per page would cost 3 KB more
of memory each: measured in tests/bench.)
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Self

from auth.models import Event

__all__ = ["Hub", "Place"]

POLL_S = 0.05
RETRY_S = 1.0
SWEEP_S = 0.5
# Ids commit out of order on PostgreSQL: look back so far for late ones.
LOOK_BACK = 64
# More new events in one look than this (nobody waited for a while): everybody is woken instead.
LOOK_MOST = 500

_log = logging.getLogger(__name__)


class Place:
    """A page's place among the waiting. From `with hub.place(...)` on no wake-up is lost: one that comes
    while the page still reads ends its next wait at once.
    """

    __slots__ = ("_ends", "_future", "_hub", "_names", "_woken")

    def __init__(self, hub: Hub, names: Iterable[str]) -> None:
        self._hub, self._names, self._woken = hub, tuple(names), False
        self._future: asyncio.Future[None] | None = None
        self._ends = 0.0

    def __enter__(self) -> Self:
        for name in self._names:
            self._hub.waiting[name].add(self)
        return self

    def __exit__(self, *error: object) -> None:
        for name in self._names:
            self._hub.waiting[name].discard(self)
            if not self._hub.waiting[name]:
                del self._hub.waiting[name]

    async def wait(self, timeout: float) -> bool:
        """Wait for a wake-up since the last wait; False when `timeout` seconds passed without one.

        The time is kept to within `SWEEP_S`.
        """
        if not self._woken:
            loop = asyncio.get_running_loop()
            self._future, self._ends = loop.create_future(), loop.time() + timeout
            self._hub.sweep_later()
            try:
                await self._future
            finally:
                self._future = None
        woken, self._woken = self._woken, False
        return woken

    def wake(self) -> None:
        """End the page's wait, or its next one."""
        self._woken = True
        self._end_wait()

    def look_at_clock(self, now: float) -> None:
        """End a wait whose time is over. now: of the loop."""
        if now >= self._ends:
            self._end_wait()

    def _end_wait(self) -> None:
        if self._future is not None and not self._future.done():
            self._future.set_result(None)


class Hub:
    """The waiting pages of one process. waiting: by what they wait for, a stream or a subject of events."""

    def __init__(self) -> None:
        self.waiting: dict[str, set[Place]] = defaultdict(set)
        self._recent: deque[int] = deque(maxlen=LOOK_BACK * 2)
        self._task: asyncio.Task[None] | None = None
        self._sweep: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to poll, in the running loop."""
        self._task = asyncio.create_task(self._poll())

    async def stop(self) -> None:
        """Stop polling and wake everybody."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        for name in list(self.waiting):
            self.wake(name)

    def place(self, names: Iterable[str]) -> Place:
        """A place to wait at for events of these streams or subjects; use it as a context manager."""
        return Place(self, names)

    async def wait(self, names: Iterable[str], timeout: float) -> bool:
        """Wait once for an event of these streams or subjects; False when `timeout` seconds passed."""
        with self.place(names) as place:
            return await place.wait(timeout)

    def wake(self, name: str) -> None:
        """Wake whoever waits for this stream or subject."""
        for place in self.waiting.get(name, ()):
            place.wake()

    def sweep_later(self) -> None:
        """See to it that waits end in time: one timer for all, for one each would cost 1 KB a page."""
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(SWEEP_S, self._end_waits)

    def _end_waits(self) -> None:
        self._sweep = None
        now = asyncio.get_running_loop().time()
        for places in self.waiting.values():
            for place in places:
                place.look_at_clock(now)
        if self.waiting:
            self.sweep_later()

    async def _poll(self) -> None:
        begun = False
        while True:
            await asyncio.sleep(POLL_S)
            try:
                if not begun:
                    await self._begin()
                    begun = True
                await self._look()
            except Exception as error:  # the database may be away for a moment: waiting pages wait on
                _log.warning("wake-ups pause: %s", type(error).__name__)
                await asyncio.sleep(RETRY_S)

    async def _begin(self) -> None:
        newest = await Event.all().order_by("-id").limit(LOOK_BACK).values_list("id", flat=True)
        self._recent.extend(sorted(newest))  # type: ignore[arg-type]
        self._wake_all()  # who waits already may have read before the newest of these

    async def _look(self) -> None:
        if not self.waiting:
            return
        floor = max(self._recent, default=0) - LOOK_BACK
        newest = Event.filter(id__gt=floor).order_by("-id").limit(LOOK_MOST)
        rows = await newest.values_list("id", "stream", "subject")
        for number, stream, subject in reversed(rows):
            if number not in self._recent:
                self._recent.append(number)
                self.wake(stream)
                self.wake(subject)
        if len(rows) == LOOK_MOST:
            self._wake_all()

    def _wake_all(self) -> None:
        for name in list(self.waiting):
            self.wake(name)
