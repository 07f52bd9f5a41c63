"""The inspector: real workers, over its real socket; what they may; its client."""

from __future__ import annotations

import asyncio
import socket
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from auth.errors import Conflict, Invalid, NotFound, TooLarge, Unavailable
from seals.kinds import SealKind
from seals.pdf.beginning import beginning
from seals.pdf.cleaning import clean
from seals.pdf.inspecting import inspect
from seals.pdf.pages import page_png, page_webp
from seals.pdf.phrases import find_phrases
from seals.pdf.preparing import OtherField, Place, Protection, prepare
from seals.photo.figures import wanted
from seals.photo.lifting import lift
from server.demo_contract import demo_contract
from server.inspector import client as client_module
from server.inspector.asking import PAPERS
from server.inspector.client import InspectorClient
from server.inspector.pool import LIMITS_S, Pool
from server.inspector.process import Inspector
from server.inspector.subprocesses import WORKER
from tests.seals.papers.sample import sample
from tests.seals.pdf.samples import contract, encrypted, javascript
from tests.seals.pdf.sealing_kit import NOW, SIGNED, World
from tests.seals.photo.photos import stamped_jpeg
from tests.server.inspecting import children_of, endless, gone, of_process, running, until

PREPARING = {
    "imprint": None,
    "place": Place(0, 90, 150),
    "protection": Protection.LISTED,
    "claimed_at": SIGNED,
    "others": [OtherField("乙方", 0, 20, 30)],
}


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def sealed(world: World) -> bytes:
    return world.sign(contract(2))


async def test_every_operation_answers_as_the_function_it_stands_for(world: World, sealed: bytes) -> None:
    seal = world.seals[0]
    preparing = {
        **PREPARING,
        "imprint": seal.imprint,
        "certificate_der": seal.certificate_der,
        "chain_der": seal.chain_der,
    }
    data = contract(2)
    async with running(2) as (client, _, _):
        assert await client.ping()
        assert await client.inspect(data) == inspect(data)
        assert await client.clean(javascript(), True) == clean(javascript(), True)
        assert await client.page_png(data, 1, 300, "未签署") == page_png(data, 1, 300, "未签署")
        assert await client.page_webp(data, 1, 300) == page_webp(data, 1, 300)
        assert await client.find_phrases(demo_contract("某"), "某") == find_phrases(demo_contract("某"), "某")
        assert await client.find_phrases(b"no file", "") == ()
        assert await client.beginning(demo_contract("某")) == beginning(demo_contract("某")) != ""
        assert await client.beginning(b"no file") == ""
        ready = await client.prepare(data, **preparing)
        again = prepare(data, **preparing)  # type: ignore[arg-type]
        # Only the file's second identifier is drawn by lot.
        assert (ready.meta.reserved_start, len(ready.data)) == (again.meta.reserved_start, len(again.data))
        assert ready.field_name == again.field_name
        assert await client.verify(sealed, world.trust(), NOW) == world.judge(sealed)
        jpeg, border = stamped_jpeg(SealKind.CONTRACT), wanted(SealKind.CONTRACT)
        assert await client.photo(jpeg, border) == lift(jpeg, border)
        assert len(inspect(await client.set_paper("evidence", sample())).pages) >= 5


async def test_what_the_platform_seals_comes_from_a_worker_that_read_nothing_else() -> None:
    async with running(1) as (client, pool, path):
        (shared,) = pool._alive
        await client.inspect(contract())
        papers = InspectorClient(path, papers=True)
        paper = await papers.set_paper("evidence", sample())
        (first,) = pool._alive - {shared}
        assert len((await papers.inspect(paper)).pages) >= 5
        assert (shared.done, first.done, pool.state()["papers"]) == (1, 2, 1)
        async with pool.borrow("set_paper", PAPERS) as second:
            assert second not in {shared, first}, "each paper has its own"
        await until(lambda: gone(first.pid))
        async with pool.borrow("verify", PAPERS) as last:
            assert last is second
        await until(lambda: gone(second.pid) and pool._alive == {shared})
        assert shared.done == 1


async def test_refusals_cross_as_what_they_are() -> None:
    async with running() as (client, _, _):
        with pytest.raises(Invalid) as refused:
            await client.inspect(encrypted())
        assert refused.value.code == "pdf.encrypted"
        assert refused.value.zh
        with pytest.raises(NotFound) as missing:
            await client.page_png(contract(), 7, 300)
        assert missing.value.facts == {"pages": 1}
        with pytest.raises(Conflict) as active:
            await client.clean(javascript(), False)
        assert active.value.facts["active"] == ["javascript"]
        with pytest.raises(TooLarge):
            await client.inspect(contract() + b"\0" * (50 * 2**20))
        with pytest.raises(Invalid) as width:
            await client.page_png(contract(), 0, 100_000)
        assert width.value.field == "w"


async def test_a_photo_that_stops_its_reader_is_refused_as_a_photo() -> None:
    async with running(limits_s={**LIMITS_S, "photo": 0.0001}) as (client, _, _):
        with pytest.raises(Invalid) as refused:
            await client.photo(stamped_jpeg(SealKind.CONTRACT), wanted(SealKind.CONTRACT))
    assert refused.value.code == "photo.unreadable"


async def test_what_is_no_operation_is_refused() -> None:
    async with running() as (client, _, _):
        for operation, arguments in (
            ("__import__", {}),
            ("inspect", {"path": "/etc/passwd"}),
            ("inspect", {}),
        ):
            with pytest.raises(Invalid):
                await client._ask(operation, bytes, **arguments)
        assert await client.ping()


async def test_a_worker_has_no_rights_and_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EZHANG_KEK", "very secret")
    async with running(1) as (_, pool, _):
        (worker,) = pool._alive
        environment, limits, status = (
            of_process(worker.pid, name) for name in ("environ", "limits", "status")
        )
    assert "secret" not in environment
    assert {entry.split("=")[0] for entry in environment.split("\0") if entry} <= {
        "PATH",
        "LANG",
        "PYTHONPATH",
        "PYTHONDONTWRITEBYTECODE",
        "OPENBLAS_NUM_THREADS",
    }
    rows = {row[:26].strip(): row[26:].split()[0] for row in limits.splitlines()[1:]}
    assert rows["Max file size"] == "0"
    assert rows["Max core file size"] == "0"
    assert rows["Max processes"] == "0"
    assert int(rows["Max address space"]) == 1536 * 2**20
    assert int(rows["Max open files"]) == 64
    assert "NoNewPrivs:\t1" in status


async def test_the_socket_is_its_owners_alone() -> None:
    async with running(1) as (_, _, path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


async def test_workers_die_with_the_inspector(tmp_path: Path) -> None:
    path = tmp_path / "i.sock"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.inspector", str(path), "--workers", "2"
    )
    try:
        client = InspectorClient(path)
        await until(path.exists, 60)
        await until(lambda: len(children_of(process.pid)) == 2, 60)
        assert (await client.inspect(contract())).signatures == 0
        workers = children_of(process.pid)
        # In the middle of work, so that they cannot notice that their input ended.
        spinning = [asyncio.create_task(client.page_png(endless(), 0, 800)) for _ in workers]
        await asyncio.sleep(0.5)
    finally:
        process.kill()
        await process.wait()
    await until(lambda: all(gone(pid) for pid in workers))
    for task in spinning:
        task.cancel()
    await asyncio.gather(*spinning, return_exceptions=True)


async def test_sigterm_ends_it_cleanly(tmp_path: Path) -> None:
    path = tmp_path / "i.sock"
    process = await asyncio.create_subprocess_exec(
        sys.executable, *WORKER[1:2], "server.inspector", str(path)
    )
    try:
        await until(path.exists, 60)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 20) == 0
        assert not path.exists()
    finally:
        if process.returncode is None:
            process.kill()


async def test_an_inspector_that_is_not_there_is_said_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "RECONNECT_S", 0.3)
    client = InspectorClient(tmp_path / "none.sock")
    assert not await client.ping()
    with pytest.raises(Unavailable) as down:
        await client.inspect(contract())
    assert down.value.code == "inspector.down"


async def test_a_restart_goes_unnoticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "RECONNECT_S", 30.0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inspector.sock"
        asked = asyncio.create_task(InspectorClient(path).inspect(contract(4)))
        await asyncio.sleep(0.2)
        inspector = Inspector(path, Pool(1))
        await inspector.start()
        try:
            assert len((await asked).pages) == 4
        finally:
            await inspector.stop()


async def test_garbage_on_the_socket_harms_nobody() -> None:
    async with running(1) as (client, pool, path):
        for garbage in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 4096, b"\0\0\0\x02{}", b"\0\0\0\x04null"):
            with socket.socket(socket.AF_UNIX) as raw:
                raw.connect(str(path))
                raw.sendall(garbage)
        # A client that announces a document and goes away before it has sent it.
        head = b'{"op": "inspect", "arguments": {"data": {"$part": 0}}, "parts": [1000000]}'
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(len(head).to_bytes(4, "big") + head + b"x" * 1000)
        await writer.drain()
        await until(lambda: pool.state()["idle"] == 0)
        writer.close()
        assert reader is not None
        assert (await client.inspect(contract())).signatures == 0
