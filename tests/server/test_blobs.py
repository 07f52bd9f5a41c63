"""The blob store: content under its own hash, whole or not at all, and believed only when it still fits."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from auth.errors import NotFound, Unavailable
from server.adapters.blobs import LocalBlobs

DATA = "合同全文".encode() * 1000
ADDRESS = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "blobs"


@pytest.fixture
def blobs(folder: Path) -> LocalBlobs:
    return LocalBlobs(folder)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_what_is_put_is_got_under_its_hash(blobs: LocalBlobs, folder: Path) -> None:
    assert await blobs.put(DATA) == ADDRESS
    assert await blobs.get(ADDRESS) == DATA
    assert files(folder) == [folder / ADDRESS[:2] / ADDRESS]
    assert await LocalBlobs(folder).get(ADDRESS) == DATA, "another process reads it too"


@pytest.mark.parametrize("data", [b"", b"\0", os.urandom(3_000_000)], ids=["empty", "nul", "3 MB"])
async def test_any_bytes(blobs: LocalBlobs, data: bytes) -> None:
    assert await blobs.get(await blobs.put(data)) == data


async def test_the_same_content_twice_is_one_blob(blobs: LocalBlobs, folder: Path) -> None:
    puts = await asyncio.gather(*(blobs.put(DATA) for _ in range(20)))
    assert set(puts) == {ADDRESS}
    assert len(files(folder)) == 1
    assert await blobs.get(ADDRESS) == DATA


async def test_what_is_not_there_is_not_found(blobs: LocalBlobs) -> None:
    await blobs.put(DATA)
    with pytest.raises(NotFound) as refused:
        await blobs.get("0" * 64)
    assert refused.value.code == "blob.not_found"


@pytest.mark.parametrize("address", ["x/../../secret", "../secret", "/secret"])
async def test_nothing_outside_the_folder_is_read(blobs: LocalBlobs, folder: Path, address: str) -> None:
    await blobs.put(DATA)
    (folder.parent / "secret").write_bytes(DATA)
    with pytest.raises((NotFound, ValueError)):
        await blobs.get(address)


@pytest.mark.parametrize("damage", [b"", DATA[:-1], DATA + b"x", b"X" + DATA[1:]])
async def test_a_damaged_blob_is_never_handed_out(blobs: LocalBlobs, folder: Path, damage: bytes) -> None:
    await blobs.put(DATA)
    (folder / ADDRESS[:2] / ADDRESS).write_bytes(damage)
    with pytest.raises(Unavailable) as refused:
        await blobs.get(ADDRESS)
    assert refused.value.code == "blob.damaged"
    assert refused.value.zh
    assert refused.value.en


async def test_putting_again_heals_what_was_damaged(blobs: LocalBlobs, folder: Path) -> None:
    await blobs.put(DATA)
    (folder / ADDRESS[:2] / ADDRESS).write_bytes(b"half")
    await blobs.put(DATA)
    assert await blobs.get(ADDRESS) == DATA


async def test_a_blob_that_was_half_written_is_not_there(blobs: LocalBlobs, folder: Path) -> None:
    """A write that died leaves a file beside, never one under the address."""
    (folder / ADDRESS[:2]).mkdir(parents=True)
    (folder / ADDRESS[:2] / f"{ADDRESS}#1").write_bytes(DATA[:100])
    with pytest.raises(NotFound):
        await blobs.get(ADDRESS)
    assert await blobs.put(DATA) == ADDRESS
    assert await blobs.get(ADDRESS) == DATA
