"""Rows under the key-encryption key (KEK) while it may be rotated (`seals/rotating.py`).

A row names the KEK version it lies under. Whoever writes one holds that version in the same transaction;
whoever reads one reads it again when its version was retired in between.
"""

from __future__ import annotations

import base64
from datetime import datetime

from auth.errors import Refused, Unavailable
from auth.member_models import Grant
from seals import custody
from seals.custody import KeyVault
from seals.key_models import Kek
from seals.models import SealKey

__all__ = ["hold", "is_retired", "kept_of", "private_of"]


async def hold(version: int, now: datetime) -> None:
    """Within a transaction that stores rows under this version: it is not retired before they are there.

    Raises Unavailable `custody.kek_retired`: what was wrapped must be wrapped anew.
    """
    await Kek.bulk_create([Kek(version=version, made_at=now)], ignore_conflicts=True)
    if not await Kek.filter(version=version, retired_at=None).update(used_at=now):
        raise Unavailable(
            "custody.kek_retired",
            "密钥刚刚轮换，请稍后重试。",
            "The key-encryption key was rotated just now; try again in a moment.",
        )


def is_retired(refusal: Refused) -> bool:
    """Whether a vault refused because it no longer holds the version."""
    return refusal.code == "custody.kek_version"


async def private_of(key: SealKey, secret: bytes, vault: KeyVault) -> bytes:
    """A seal's private key (PKCS#8 DER). Raises Refused `custody.key`, `custody.kek_version`."""
    try:
        return _open(key, secret, vault)
    except Refused as refusal:
        if not is_retired(refusal):
            raise
    # Rotation re-wrapped the row after it was read, and retired the version that it named.
    return _open(await SealKey.get(id=key.id), secret, vault)


async def kept_of(row: Grant, epoch: int, rule: int, vault: KeyVault) -> bytes:
    """The seal's secret that is kept for a grant, under a version of the approval rule.

    Raises Refused `custody.wrap`, `custody.kek_version`.
    """
    try:
        return _kept(row, epoch, rule, vault)
    except Refused as refusal:
        if not is_retired(refusal):
            raise
    return _kept(await Grant.get(id=row.id), epoch, rule, vault)


def _kept(row: Grant, epoch: int, rule: int, vault: KeyVault) -> bytes:
    version = row.kek_version or 0
    try:
        kept = base64.b64decode(row.kept or "")
        return custody.kept_secret(kept, vault, version, row.seal, row.generation, epoch, row.id, rule)
    except ValueError:  # too short, or no base64
        raise custody.not_kept() from None


def _open(key: SealKey, secret: bytes, vault: KeyVault) -> bytes:
    locked = base64.b64decode(key.sealed_private)
    place = (key.seal_id, key.generation, key.id)
    return custody.open_private(locked, secret, vault, key.kek_version, *place, epoch=key.epoch)
