"""KEK rotation: a new version, every row under it re-wrapped in its outer layer, the old version retired.

Signing goes on meanwhile, and no PIN is needed: the inner layers stay as they are (architecture §6). Rows
move one by one by conditional update on what was read, so a rotation may be killed at any point; the next
run of the command takes up what is left before it makes another version.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from auth import events
from auth.engine import transaction
from auth.errors import Conflict, Refused
from auth.member_models import Grant
from seals import custody
from seals.custody import KeyVault
from seals.key_models import Kek
from seals.models import SealerKey, SealKey

__all__ = ["KekStore", "Rotated", "rotate"]

AT_ONCE = 100


class KekStore(KeyVault, Protocol):
    """A vault whose versions can be made and destroyed."""

    def versions(self) -> list[int]:
        """All versions held, ascending."""

    def make(self, version: int) -> None:
        """A new random KEK; every sealer wraps under the newest it sees, from now on."""

    def destroy(self, version: int) -> None:
        """Forget a version for good; nothing happens where it is gone already."""


@dataclass(frozen=True)
class Rotated:
    """What a rotation did. resumed: it took up an earlier one; rows: how many it re-wrapped."""

    version: int
    resumed: bool
    rows: int
    retired: list[int]


async def rotate(store: KekStore, operator: str, now: datetime) -> Rotated:
    """Rotate the KEK, or finish the rotation that was broken off. operator: whose account does it.

    Raises Conflict `kek.rotating` while another one begins, `kek.rows_left` when rows do not open under the
    version they name: the old version is kept then, and signing goes on.
    """
    resumed = len(store.versions()) > 1
    if not resumed:
        await _begin(store, now)
    version, rows, retired = store.version, 0, []
    for old in [each for each in store.versions() if each < version]:
        # What a sealer wrapped under the old version while this went on is found by the next round.
        while not await _retire(old, version, rows, operator, now):
            rows += await _rewrap(store, old, version)
        store.destroy(old)
        retired.append(old)
    return Rotated(version, resumed, rows, retired)


async def _begin(store: KekStore, now: datetime) -> None:
    known = await Kek.all().values_list("version", flat=True)
    version = max([store.version, *(int(str(each)) for each in known)]) + 1
    current = Kek(version=store.version, made_at=now)
    await Kek.bulk_create([current], ignore_conflicts=True)
    try:
        # The row first: two rotations at once must not make two keys of one version.
        await Kek.create(version=version, made_at=now)
    except IntegrityError:
        raise Conflict(
            "kek.rotating",
            "另一个密钥轮换正在进行，请等它结束。",
            "Another rotation is under way; wait until it has ended.",
        ) from None
    store.make(version)


@dataclass(frozen=True)
class _Kind:
    """Rows under the KEK. key: their primary key; sealed: the column under it; rewrap: what that becomes."""

    model: type[Model]
    key: str
    sealed: str
    rewrap: Callable[[KeyVault, Any, int], str]


def _seal_key(vault: KeyVault, row: SealKey, new: int) -> str:
    locked = base64.b64decode(row.sealed_private)
    place = (row.seal_id, row.generation, row.id)
    return base64.b64encode(custody.rewrap_private(locked, vault, row.kek_version, new, *place)).decode()


def _day_key(vault: KeyVault, row: SealerKey, new: int) -> str:
    public, sealed = bytes.fromhex(row.public_key), bytes.fromhex(row.sealed_private)
    return custody.rewrap_day_key(vault, row.kek_version, new, row.day, public, sealed).hex()


def _kept(vault: KeyVault, row: Grant, new: int) -> str:
    kept, old = base64.b64decode(row.kept or ""), row.kek_version or 0
    return base64.b64encode(
        custody.rewrap_kept(kept, vault, old, new, row.seal, row.generation, row.id)
    ).decode()


_KINDS = (
    _Kind(SealKey, "id", "sealed_private", _seal_key),
    _Kind(SealerKey, "day", "sealed_private", _day_key),
    _Kind(Grant, "id", "kept", _kept),
)
"""Every table with a column `kek_version`: what is missing here would be lost with the old version."""


async def _rewrap(store: KekStore, old: int, new: int) -> int:
    """Move every row under `old`; returns how many. Raises Conflict `kek.rows_left`, Unavailable."""
    done: int = 0
    broken: list[str] = []
    for kind in _KINDS:
        last = ""
        while rows := await _after(kind, old, last):
            for row in rows:
                try:
                    done += await _move(kind, store, row, new)
                except Refused:
                    broken.append(str(row.pk))
            last = str(rows[-1].pk)
    if broken:
        shown = ", ".join(broken[:5])
        raise Conflict(
            "kek.rows_left",
            f"有 {len(broken)} 行密钥无法用版本 {old} 打开，旧版本予以保留：{shown}",
            f"{len(broken)} rows do not open under version {old}, which is kept: {shown}",
            rows=broken[:AT_ONCE],
        )
    return done


async def _after(kind: _Kind, version: int, last: str) -> list[Any]:
    rows = kind.model.filter(kek_version=version, **{f"{kind.key}__gt": last})
    return await rows.order_by(kind.key).limit(AT_ONCE)


async def _move(kind: _Kind, store: KekStore, row: Any, new: int) -> int:
    fresh = kind.rewrap(store, row, new)
    unchanged = {
        kind.key: row.pk,
        "kek_version": row.kek_version,
        kind.sealed: getattr(row, kind.sealed),
    }
    return await kind.model.filter(**unchanged).update(**{kind.sealed: fresh, "kek_version": new})


class _StillNamedError(Exception):
    """Rows name the version."""


async def _retire(old: int, new: int, rows: int, operator: str, now: datetime) -> bool:
    """Retire a version that no row names; False while one does. Safe to repeat."""
    try:
        async with transaction():
            # This row's lock is what `keks.hold` waits for: no row comes under the version any more.
            moved = await Kek.filter(version=old, retired_at=None).update(retired_at=now)
            if any([await kind.model.exists(kek_version=old) for kind in _KINDS]):
                raise _StillNamedError
            if moved:
                await events.append(
                    events.PLATFORM,
                    "kek.rotated",
                    actor=f"host:{operator}",
                    subject=f"kek:{new}",
                    now=now,
                    facts={"version": new, "retired": old, "rows": rows},
                )
    except _StillNamedError:
        return False
    return True
