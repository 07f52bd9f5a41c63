"""Countersigning the heads of streams: every stream has its turn, however many grew."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auth import events
from auth.engine import transaction
from auth.models import HeadSignature, StreamHead
from seals import heads

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()
STREAMS = [f"company:{number:02d}" for number in range(7)]


async def append(stream: str) -> None:
    async with transaction():
        await events.append(stream, "test.happened", actor="sealer", subject="test:1", now=NOW)


@pytest.fixture(autouse=True)
async def streams(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "AT_ONCE", 3)
    for stream in STREAMS:
        await append(stream)


async def test_every_head_is_signed_once_in_however_many_rounds() -> None:
    assert await heads.countersign(KEY, NOW) == len(STREAMS)
    assert await heads.countersign(KEY, NOW) == 0
    for row in await HeadSignature.all():
        head = await StreamHead.get(stream=row.stream)
        assert (row.seq, row.hash) == (head.seq, head.hash)
        KEY.public_key().verify(
            base64.b64decode(row.signature), heads.head_bytes(row.stream, row.seq, row.hash)
        )


async def test_only_what_grew_is_signed_again() -> None:
    await heads.countersign(KEY, NOW)
    await append(STREAMS[-1])
    assert await heads.countersign(KEY, NOW) == 1
    assert await HeadSignature.filter(stream=STREAMS[-1]).count() == 2


async def test_one_stream_by_name() -> None:
    assert await heads.countersign(KEY, NOW, STREAMS[2]) == 1
    assert [row.stream for row in await HeadSignature.all()] == [STREAMS[2]]
