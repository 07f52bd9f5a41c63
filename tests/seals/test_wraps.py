"""A seal's secret is read whole while it changes, and what is no secret at all is refused in words."""

from __future__ import annotations

import asyncio
import secrets

import pytest

from auth.engine import transaction
from auth.errors import Refused, Unavailable
from auth.member_models import Grant
from seals import keks
from seals.custody import FileVault
from seals.granted import _wrap_of
from seals.models import Seal, SealKey, SealWrap, Signing, SigningState
from tests.seals.signing.rows import person, signing

READS = 60


async def held(row: Signing) -> tuple[Seal, str]:
    """The signing's seal, its secret wrapped to somebody."""
    who = (await person()).id
    await SealWrap.create(seal_id=row.seal_id, generation=1, holder_id=who, wrapped="0")
    return await Seal.get(id=row.seal_id), who


@pytest.mark.usefixtures("database")
async def test_a_wrap_and_its_epoch_are_of_one_moment_while_the_secret_changes() -> None:
    seal, who = await held(await signing(SigningState.CONFIRMED))
    stop = asyncio.Event()

    async def change() -> None:
        epoch = 0
        while not stop.is_set():
            epoch += 1
            async with transaction():
                await SealKey.filter(seal_id=seal.id).update(epoch=epoch)
                await SealWrap.filter(seal_id=seal.id).update(wrapped=str(epoch))
            for _ in range(epoch % 12):
                await asyncio.sleep(0)

    changing = asyncio.create_task(change())
    try:
        for _ in range(READS):
            try:
                wrap, epoch = await _wrap_of(seal, who)
            except Unavailable:
                continue  # it moved three times meanwhile
            assert wrap.wrapped == str(epoch)
    finally:
        stop.set()
        await changing
    wrap, epoch = await _wrap_of(seal, who)
    assert wrap.wrapped == str(epoch)


@pytest.mark.usefixtures("database")
async def test_without_a_wrap_there_is_no_key() -> None:
    seal, _ = await held(await signing(SigningState.CONFIRMED))
    with pytest.raises(Refused, match=r"custody\.wrap"):
        await _wrap_of(seal, (await person()).id)


@pytest.mark.parametrize("kept", [None, "", "AA", "AAAAAAAA", "no base64", "密"])
async def test_what_was_never_kept_is_refused(kept: str | None) -> None:
    vault = FileVault(secrets.token_bytes(32))
    grant = Grant(id="g", seal="s", generation=1, kept=kept, kek_version=1)
    with pytest.raises(Refused, match=r"custody\.wrap"):
        await keks.kept_of(grant, 0, 0, vault)
