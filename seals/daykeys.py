"""The sealer's HPKE key of the day: made by the sealer, checked by web against its pinned identity."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from auth.engine import transaction
from auth.errors import Refused, Unavailable
from seals import custody, keks
from seals.custody import KeyVault
from seals.models import SealerKey

__all__ = ["DayPublic", "current", "ensure", "private_of"]

KEPT = timedelta(days=3)
# Web may use yesterday's key around midnight, while the sealer makes today's.
OLDEST_USED = timedelta(days=1)


@dataclass(frozen=True)
class DayPublic:
    """The key to seal an offer to."""

    day: str
    public: bytes


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()


async def ensure(vault: KeyVault, identity: Ed25519PrivateKey, now: datetime) -> None:
    """Make today's key if there is none, and forget keys that no offer can need. Any sealer may.

    Raises Unavailable `custody.kek_retired`.
    """
    day = _day(now)
    if not await SealerKey.exists(day=day):
        key = custody.make_day_key(vault, identity, day)
        row = SealerKey(
            day=day,
            public_key=key.public.hex(),
            sealed_private=key.sealed_private.hex(),
            kek_version=key.kek_version,
            signature=base64.b64encode(key.signature).decode(),
            created_at=now,
        )
        async with transaction():
            await keks.hold(key.kek_version, now)
            await SealerKey.bulk_create([row], ignore_conflicts=True)
    await SealerKey.filter(created_at__lt=now - KEPT).delete()


async def current(identity: Ed25519PublicKey, now: datetime) -> DayPublic:
    """The newest key, once its signature by the pinned identity holds.

    Raises Unavailable `sealer.no_key` while there is none, Refused `custody.not_attested`.
    """
    row = await SealerKey.filter(day__gte=_day(now - OLDEST_USED)).order_by("-day").first()
    if row is None:
        raise Unavailable(
            "sealer.no_key",
            "签章服务正在启动，请稍后重试。",
            "The sealing service is starting; please try again in a moment.",
        )
    public = bytes.fromhex(row.public_key)
    custody.check_attestation(identity, "day", row.day, public, base64.b64decode(row.signature))
    return DayPublic(row.day, public)


async def private_of(vault: KeyVault, day: str) -> X25519PrivateKey:
    """The private half, in the sealer; raises Refused `offer.key_gone` for a day that is forgotten."""
    try:
        return _open(await _row(day), vault)
    except Refused as refusal:
        if not keks.is_retired(refusal):
            raise
    # Rotation re-wrapped the row after it was read, and retired the version that it named.
    return _open(await _row(day), vault)


async def _row(day: str) -> SealerKey:
    row = await SealerKey.get_or_none(day=day)
    if row is None:
        raise Refused(
            "offer.key_gone", "确认已过期，请重新扫码。", "This confirmation is too old; scan again."
        )
    return row


def _open(row: SealerKey, vault: KeyVault) -> X25519PrivateKey:
    public, sealed = bytes.fromhex(row.public_key), bytes.fromhex(row.sealed_private)
    return custody.open_day_key(vault, row.kek_version, row.day, public, sealed)
