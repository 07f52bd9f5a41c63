"""What everybody may ask for is asked for once in a while, however many ask (`/status`)."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from server import public_pages
from server.held import Held


class Asked:
    """Counts; fails as long as told."""

    def __init__(self) -> None:
        self.times = 0
        self.fails = False
        self.clock = 0.0

    async def __call__(self) -> int:
        await asyncio.sleep(0)
        if self.fails:
            raise OSError("out of order")
        self.times += 1
        return self.times


async def test_it_is_asked_once_for_all_who_come_and_again_when_it_is_old() -> None:
    asked = Asked()
    held = Held(asked, 10, lambda: asked.clock)
    assert set(await asyncio.gather(*(held.get() for _ in range(20)))) == {1}
    asked.clock = 9.9
    assert await held.get() == 1
    asked.clock, asked.fails = 10.0, True
    with pytest.raises(OSError, match="out of order"):
        await held.get()
    asked.fails = False
    assert await held.get() == 2, "a failure is not held"


async def test_the_public_status_is_held(database: str) -> None:
    pinged = Asked()
    app = SimpleNamespace(ctx=SimpleNamespace(it=SimpleNamespace(inspector_answers=pinged)))
    public_pages.install(cast(Any, app))
    found = await asyncio.gather(*(app.ctx.service_status() for _ in range(20)))
    assert (pinged.times, len(set(found))) == (1, 1)
