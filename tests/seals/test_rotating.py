"""KEK rotation on rows of both engines: everything moves, nothing is lost, nothing needs a secret."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tortoise import Tortoise

from auth import events
from auth.engine import transaction
from auth.errors import Conflict, Refused, Unavailable
from auth.models import Event
from seals import custody, daykeys, keks, rotating
from seals.custody import kek_not_held
from seals.key_models import Kek
from seals.models import SealerKey, SealKey, SigningState
from tests.seals.signing import rows
from tests.seals.signing.rows import NOW

PRIVATE, SECRET = b"a seal's private key", b"s" * 32
IDENTITY = Ed25519PrivateKey.generate()


class HeldKeks:
    """A vault in memory. `stop_after`: how many macs it gives before the process dies."""

    def __init__(self, keks: Mapping[int, bytes] | None = None) -> None:
        self.keks = dict(keks or {1: b"k" * 32})
        self.stop_after: int | None = None
        self.destroyed = asyncio.Event()

    @property
    def version(self) -> int:
        return max(self.keks)

    def versions(self) -> list[int]:
        return sorted(self.keks)

    def mac(self, version: int, context: bytes) -> bytes:
        if self.stop_after is not None:
            self.stop_after -= 1
            if self.stop_after < 0:
                raise KeyboardInterrupt
        if version not in self.keks:
            raise kek_not_held(version)
        return hmac.new(self.keks[version], context, hashlib.sha256).digest()

    def make(self, version: int) -> None:
        assert version not in self.keks
        self.keks[version] = version.to_bytes(32)

    def destroy(self, version: int) -> None:
        self.keks.pop(version, None)
        self.destroyed.set()


async def seal_key(vault: HeldKeks, version: int = 1) -> SealKey:
    """A seal's key under a version, as collecting stores it."""
    signing = await rows.signing(SigningState.PENDING)
    key = await SealKey.get(id=signing.key_id)
    locked = custody.seal_private(PRIVATE, SECRET, vault, version, key.seal_id, key.generation, key.id)
    key.sealed_private, key.kek_version = base64.b64encode(locked).decode(), version
    await key.save()
    return key


async def test_every_row_moves_and_the_old_version_is_gone(database: str) -> None:
    vault = HeldKeks()
    before = [await seal_key(vault) for _ in range(3)]
    await daykeys.ensure(vault, IDENTITY, NOW)
    day = await SealerKey.all().get()
    done = await rotating.rotate(vault, "root", NOW)
    assert (done.version, done.resumed, done.rows, done.retired) == (2, False, 4, [1])
    assert vault.versions() == [2]
    for key in before:
        fresh = await SealKey.get(id=key.id)
        assert (fresh.kek_version, fresh.sealed_private != key.sealed_private) == (2, True)
        assert await keks.private_of(fresh, SECRET, vault) == PRIVATE
        with pytest.raises(Refused) as refusal:
            await keks.private_of(fresh, b"x" * 32, vault)
        assert refusal.value.code == "custody.key"
    private = await daykeys.private_of(vault, day.day)
    assert private.public_key().public_bytes_raw().hex() == day.public_key
    event = await Event.get(stream=events.PLATFORM)
    assert (event.kind, event.actor) == ("kek.rotated", "host:root")
    assert event.facts == {"version": 2, "retired": 1, "rows": 4}
    versions = await Kek.all().order_by("version")
    assert [(each.version, each.retired_at) for each in versions] == [(1, NOW), (2, None)]
    assert (await rotating.rotate(vault, "root", NOW)).version == 3


async def test_every_table_under_the_kek_is_rotated(database: str) -> None:
    assert Tortoise.apps is not None
    models = [model for app in Tortoise.apps.values() for model in app.values()]
    under = {model for model in models if "kek_version" in model._meta.fields_map}
    assert {kind.model for kind in rotating._KINDS} == under
    assert len(under) >= 2


async def test_a_row_read_before_its_version_was_retired_opens_all_the_same(database: str) -> None:
    vault = HeldKeks()
    stale = await seal_key(vault)
    await rotating.rotate(vault, "root", NOW)
    assert stale.kek_version == 1
    assert await keks.private_of(stale, SECRET, vault) == PRIVATE


@pytest.mark.parametrize("macs", range(1, 9))
async def test_a_rotation_that_was_killed_goes_on_where_it_stopped(database: str, macs: int) -> None:
    """Each row costs two macs, one of each version; before, between and after, all rows open."""
    vault = HeldKeks()
    before = [await seal_key(vault) for _ in range(3)]
    await daykeys.ensure(vault, IDENTITY, NOW)
    vault.stop_after = macs - 1
    with pytest.raises(KeyboardInterrupt):
        await rotating.rotate(vault, "root", NOW)
    vault.stop_after = None
    assert vault.versions() == [1, 2]
    moved = await SealKey.filter(kek_version=2).count() + await SealerKey.filter(kek_version=2).count()
    assert moved == (macs - 1) // 2
    for key in before:
        assert await keks.private_of(await SealKey.get(id=key.id), SECRET, vault) == PRIVATE
    done = await rotating.rotate(vault, "root", NOW)
    assert (done.version, done.resumed, done.rows, done.retired) == (2, True, 4 - moved, [1])
    for key in before:
        assert await keks.private_of(await SealKey.get(id=key.id), SECRET, vault) == PRIVATE


async def test_killed_before_the_old_key_was_destroyed_the_next_run_destroys_it(database: str) -> None:
    vault = HeldKeks()
    await seal_key(vault)
    await rotating.rotate(vault, "root", NOW)
    vault.keks[1] = b"k" * 32
    done = await rotating.rotate(vault, "root", NOW)
    assert (done.version, done.resumed, done.rows, done.retired) == (2, True, 0, [1])
    assert await Event.filter(kind="kek.rotated").count() == 1


async def test_a_version_that_was_announced_and_never_made_is_passed_over(database: str) -> None:
    vault = HeldKeks()
    await Kek.create(version=2, made_at=NOW)
    assert (await rotating.rotate(vault, "root", NOW)).version == 3


async def test_a_row_that_does_not_open_keeps_the_old_version(database: str) -> None:
    vault = HeldKeks()
    whole, broken = await seal_key(vault), await seal_key(vault)
    await SealKey.filter(id=broken.id).update(sealed_private=whole.sealed_private)
    for resumed in (False, True):
        with pytest.raises(Conflict) as refusal:
            await rotating.rotate(vault, "root", NOW)
        assert refusal.value.code == "kek.rows_left"
        assert refusal.value.facts["rows"] == [broken.id]
        assert vault.versions() == [1, 2], resumed
    assert (await SealKey.get(id=whole.id)).kek_version == 2
    assert (await Kek.get(version=1)).retired_at is None


async def test_nothing_comes_under_a_version_while_it_is_retired(database: str) -> None:
    """A sealer that chose its version before the rotation stores its row before that goes, or never."""
    vault = HeldKeks()
    key, held = await seal_key(vault), asyncio.Event()
    late = SealKey(seal_id=key.seal_id, generation=2, algorithm="P-256", certificate="", serial="late")
    locked = custody.seal_private(PRIVATE, SECRET, vault, 1, late.seal_id, 2, late.id)
    late.sealed_private, late.kek_version = base64.b64encode(locked).decode(), 1
    late.not_before = late.not_after = NOW

    async def rotate() -> rotating.Rotated:
        await held.wait()
        return await rotating.rotate(vault, "root", NOW)

    await Kek.create(version=1, made_at=NOW)
    # Begun outside, for a task takes its beginner's transaction with it.
    rotation = asyncio.create_task(rotate())
    async with transaction():
        await keks.hold(1, NOW)
        held.set()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await vault.destroyed.wait()
        await SealKey.bulk_create([late])
    done = await rotation
    assert done.rows == 2
    for each in (key, late):
        fresh = await SealKey.get(id=each.id)
        assert await keks.private_of(fresh, SECRET, vault) == PRIVATE
    with pytest.raises(Unavailable) as refusal:
        async with transaction():
            await keks.hold(1, NOW)
    assert refusal.value.code == "custody.kek_retired"


async def test_two_rotations_at_once_make_one_key_of_a_version(database: str) -> None:
    vault = HeldKeks()
    before = [await seal_key(vault) for _ in range(5)]
    done = await asyncio.gather(
        *(rotating.rotate(vault, "root", NOW) for _ in range(3)), return_exceptions=True
    )
    assert any(isinstance(each, rotating.Rotated) for each in done)
    assert all(isinstance(each, rotating.Rotated | Conflict) for each in done), done
    for key in before:
        assert await keks.private_of(await SealKey.get(id=key.id), SECRET, vault) == PRIVATE
