"""Wake a person's open pages when he has read on another phone, perhaps served by another worker.

Read marks are no events (architecture §4), so the hub does not see them move. One look per process and
second covers all open pages; a mark set through this very process wakes at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from auth.errors import TooMany
from auth.models import ReadMark
from h5.thread.marks import mark_id, names
from server.wakeups import Hub

__all__ = ["MAX_PAGES_PER_PERSON", "MarkWatch"]

LOOK_S = 1.0
AT_ONCE = 500
MAX_PAGES_PER_PERSON = 20

_log = logging.getLogger(__name__)


class MarkWatch:
    """The open threads of one process."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._pages: dict[str, int] = {}
        self._streams: dict[str, tuple[str, ...]] = {}
        self._seen: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def page(self, person_id: str) -> Iterator[None]:
        """Keep watch as long as a page of this person is open; raises TooMany `thread.too_many_pages`."""
        if self._pages.get(person_id, 0) >= MAX_PAGES_PER_PERSON:
            raise TooMany(
                "thread.too_many_pages",
                "打开的消息页面过多，请关闭一些后再试。",
                "Too many message pages are open; close some and try again.",
                limit=MAX_PAGES_PER_PERSON,
                retry_after_s=60,
            )
        self._pages[person_id] = self._pages.get(person_id, 0) + 1
        if self._task is None:
            self._task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            self._leave(person_id)

    def _leave(self, person_id: str) -> None:
        self._pages[person_id] -= 1
        if not self._pages[person_id]:
            del self._pages[person_id]
            self._streams.pop(person_id, None)
        if not self._pages and self._task is not None:
            self._task.cancel()
            self._task = None

    async def wait(self, person_id: str, streams: Sequence[str], timeout: float) -> bool:
        """Wait until a stream grows or the person's marks move; False when `timeout` seconds passed."""
        self._streams[person_id] = tuple(streams)
        return await self._hub.wait((*streams, _name(person_id)), timeout)

    def moved(self, person_id: str) -> None:
        """The person has just read: wake his other pages in this process."""
        self._hub.wake(_name(person_id))

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self._look()
            except Exception as error:  # the database may be away for a moment: the next look sees it all
                _log.warning("the watch over read marks pauses: %s", type(error).__name__)

    async def _look(self) -> None:
        ids = [mark_id(person, name) for person, streams in self._streams.items() for name in names(streams)]
        found: dict[str, int] = {}
        for start in range(0, len(ids), AT_ONCE):
            rows = ReadMark.filter(id__in=ids[start : start + AT_ONCE]).values_list("id", "seq")
            found.update({str(row): int(seq) for row, seq in await rows})
        changed = {row.partition("/")[0] for row, seq in found.items() if self._seen.get(row) != seq}
        self._seen = found
        for person in changed:
            self.moved(person)


def _name(person_id: str) -> str:
    return f"marks:{person_id}"
