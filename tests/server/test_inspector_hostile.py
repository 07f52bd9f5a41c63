"""Files that make a reader spin or die: the inspector kills the worker, and the others go on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path

import pytest

from auth.errors import DomainError, Invalid, Unavailable
from seals.pdf.verdicts import Verdict
from server.inspector.asking import asker
from server.inspector.pool import LIMITS_S, MAX_EACH
from server.inspector.protocol import (
    frame,
    frame_head,
)
from server.inspector.subprocesses import WORKER
from server.inspector.worker import SPENT_BYTES
from tests.seals.pdf.samples import contract
from tests.seals.pdf.sealing_kit import World
from tests.seals.ses.kit import NOW
from tests.seals.ses.kit import World as SesWorld
from tests.server.inspecting import endless, gone, running, until


async def test_a_reader_that_spins_is_killed_and_the_others_go_on() -> None:
    # far more than the readings take on a busy machine
    async with running(2, limits_s={**LIMITS_S, "page_png": 4.0}) as (client, pool, _):
        await until(lambda: pool.state()["idle"] == 2)
        before = {worker.pid for worker in pool._alive}
        hostile = asyncio.create_task(client.page_png(endless(), 0, 800))
        await until(lambda: pool.state()["idle"] == 1)
        assert len((await client.inspect(contract())).pages) == 1
        assert not hostile.done()
        for _ in range(2):
            assert len((await client.inspect(contract())).pages) == 1
        with pytest.raises(Invalid) as slow:
            await hostile
        assert slow.value.code == "pdf.too_slow"
        await until(lambda: pool.state()["idle"] == 2)
        after = {worker.pid for worker in pool._alive}
        assert len(after) == 2
        assert len(before & after) == 1
        assert all(gone(pid) for pid in before - after)


async def test_a_reader_that_dies_takes_nobody_with_it() -> None:
    async with running(1) as (client, pool, _):
        (worker,) = pool._alive
        hostile = asyncio.create_task(client.page_png(endless(), 0, 800))
        await until(lambda: pool.state()["idle"] == 0)
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(Invalid) as died:
            await hostile
        assert died.value.code == "pdf.reader_died"
        assert (await client.inspect(contract())).signatures == 0


async def test_a_worker_that_died_idle_is_nobodys_fault() -> None:
    async with running(1) as (client, pool, _):
        (worker,) = pool._alive
        os.kill(worker.pid, signal.SIGKILL)
        await until(lambda: worker.dead)
        assert (await client.inspect(contract())).signatures == 0


async def test_a_file_too_slow_to_verify_is_unknown() -> None:
    async with running(limits_s={**LIMITS_S, "verify": 0.0001}) as (client, _, _):
        report = await client.verify(contract(300), World().trust())
    assert (report.verdict, report.reasons) == (Verdict.UNKNOWN, ("too_slow",))


async def test_the_line_is_bounded() -> None:
    async with running(1, max_waiting=1, limits_s={**LIMITS_S, "page_png": 3.0}) as (client, pool, _):
        first = asyncio.create_task(client.page_png(endless(), 0, 800))
        await until(lambda: pool.state()["idle"] == 0)
        second = asyncio.create_task(client.inspect(contract()))
        await until(lambda: pool.state()["waiting"] == 1)
        with pytest.raises(Unavailable) as full:
            await client.inspect(contract(50) + b"\n" * 2**21)  # more than the socket's buffers take
        assert full.value.code == "inspector.busy"
        assert not first.done()
        assert (await second).signatures == 0
        with pytest.raises(Invalid):
            await first


async def test_one_asker_does_not_get_all_readers() -> None:
    async with running(2, limits_s={**LIMITS_S, "page_png": 4.0}) as (client, pool, _):
        await until(lambda: pool.state()["idle"] == 2)

        async def ask(who: str, work: Coroutine[object, object, object]) -> object:
            asker.set(who)
            return await work

        slow = [
            asyncio.create_task(ask("person:a", client.page_png(endless(), 0, 800))) for _ in range(MAX_EACH)
        ]
        await until(lambda: pool.state()["waiting"] == MAX_EACH - 1)
        assert pool.state()["idle"] == 1
        with pytest.raises(Unavailable) as full:
            await ask("person:a", client.inspect(contract()))
        assert full.value.code == "inspector.busy"
        assert (await asyncio.create_task(ask("person:b", client.inspect(contract())))).signatures == 0
        assert not any(task.done() for task in slow)
        for task in slow:
            task.cancel()


async def test_who_waits_too_long_is_told() -> None:
    async with running(1, wait_s=0.2, limits_s={**LIMITS_S, "page_png": 2.0}) as (client, pool, _):
        hostile = asyncio.create_task(client.page_png(endless(), 0, 800))
        await until(lambda: pool.state()["idle"] == 0)
        with pytest.raises(Unavailable) as waited:
            await client.inspect(contract())
        assert waited.value.code == "inspector.busy"
        with pytest.raises(Invalid):
            await hostile


async def test_workers_are_changed_after_their_share_of_work() -> None:
    async with running(1, recycle_after=2) as (client, pool, _):
        (first,) = pool._alive
        for _ in range(3):
            await client.inspect(contract())
        (second,) = pool._alive
        assert second.pid != first.pid
        assert gone(first.pid)


async def test_what_the_parent_once_held_is_not_counted_against_a_worker() -> None:
    held = SPENT_BYTES + 100 * 2**20
    large = f"import os, sys; held = bytearray({held}); os.execv(sys.argv[1], sys.argv[1:])"
    async with running(1, command=(sys.executable, "-c", large, *WORKER)) as (client, pool, _):
        (first,) = pool._alive
        for _ in range(2):
            await client.inspect(contract())
            await until(lambda: pool.state()["idle"] == 1)
        assert pool._alive == {first}


@pytest.mark.parametrize(
    "answer",
    [
        b"\xff" * 64,
        b"".join(frame({"result": {"a": 1}}, [])),
        b"".join(frame({"result": "x", "error": {"kind": "SystemExit"}}, [])),
        frame_head({"result": 1}, [2**40]),
        frame_head({"result": {"$part": 0}}, [10]),
        b"",
    ],
    ids=["no frame", "another type", "unknown error", "huge parts", "parts missing", "nothing"],
)
async def test_a_worker_that_speaks_nonsense_is_believed_in_nothing(tmp_path: Path, answer: bytes) -> None:
    """What a hostile file could make of a worker it has taken over."""
    script = tmp_path / "worker.py"
    greeting = b"".join(frame({"ready": True}, []))
    script.write_text(
        f"import sys\nout = sys.stdout.buffer\nout.write({greeting!r})\nout.flush()\n"
        f"sys.stdin.buffer.read(100)\nout.write({answer!r})\nout.flush()\n"
    )
    options = {"command": (sys.executable, str(script)), "limits_s": {"inspect": 5.0}}
    async with running(1, **options) as (client, _, _):
        with pytest.raises(DomainError) as refused:
            await client.inspect(contract())
        assert refused.value.code in ("pdf.reader_died", "inspector.down")


async def test_what_strangers_send_does_not_fill_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    """GmSSL writes lines to standard error for each signature that fails."""
    world = SesWorld()
    genuine = world.signature()
    forged = genuine[:-1] + bytes([genuine[-1] ^ 1])
    async with running(1) as (client, _, _):
        report = await client.verify_ses(forged, world.trust(), None, NOW)
    assert report.reasons == ("signature_value",)
    assert capfd.readouterr().err == ""
