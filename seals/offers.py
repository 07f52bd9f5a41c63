"""PIN offers: made in web, opened in the sealer only (architecture §5.5, §6).

The row is the queue: web inserts it, a sealer claims it by a short lease, acts, and writes the outcome,
for which web waits.
"""

from __future__ import annotations

import asyncio
import base64
import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tortoise.expressions import F, Q

from auth.errors import Conflict, DomainError, Gone, Refused, Unavailable
from auth.throttling import Limit
from seals import custody, daykeys
from seals.custody import KeyVault
from seals.models import Holder, Offer, OfferPurpose, OfferState

__all__ = [
    "LEASE",
    "PINS_PER_PERSON",
    "PinDesk",
    "abandon",
    "ask",
    "finish",
    "make",
    "make_change",
    "not_collected",
    "opened",
    "opened_change",
    "outcome",
    "refuse",
    "require_live",
    "revived",
    "take",
    "told",
    "waits",
]

LIFE = timedelta(seconds=60)
LEASE = timedelta(seconds=20)
WAIT_S = 20.0
POLL_S = 0.03
STRETCHES_AT_ONCE = 2
STRETCH_NICENESS = 2  # no more, or a busy machine would never get to them
# Each costs a stretch, of which few are made at a time: without a limit one person could keep out all others.
PINS_PER_PERSON = Limit("pin.person", 60, 60)


@dataclass
class PinDesk:
    """What web needs to make offers: its pepper, the sealer's pinned identity, and threads for Argon2id.

    One per process: 64 MiB and a fifth of a second of a core each, so only a few at a time, and behind
    everything else that wants the processor.
    """

    web_pepper: bytes = field(repr=False)
    identity: Ed25519PublicKey
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(STRETCHES_AT_ONCE, "argon2id", initializer=_stand_back)
    )

    async def stretch(self, pin: str, salt: bytes) -> bytes:
        """Argon2id of a PIN, off the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, custody.stretch_pin, pin, salt, self.web_pepper)


def _stand_back() -> None:
    """Many PINs at once must not slow down who only reads a page (Linux: a thread has its own priority)."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), STRETCH_NICENESS)


async def make(
    desk: PinDesk,
    purpose: OfferPurpose,
    subject: str,
    person_id: str,
    pin: str,
    info: Mapping[str, object],
    now: datetime,
    *,
    challenge_id: str | None = None,
    device: Mapping[str, str] | None = None,
    code: str = "",
) -> str:
    """Stretch the PIN, seal it to the key of the day for exactly this intent, store it; returns its id.

    device: as `Offer.device`; code: of a text message, sealed with the PIN.
    """
    holder = await Holder.get_or_none(person_id=person_id)
    if purpose not in (OfferPurpose.COLLECT, OfferPurpose.JOIN) and holder is None:
        raise not_collected()
    salt = bytes.fromhex(holder.salt) if holder is not None else custody.new_salt()
    stretched = await desk.stretch(pin, salt)
    return await _store(
        desk,
        purpose,
        subject,
        person_id,
        stretched + code.encode(),
        info,
        now,
        salt.hex(),
        challenge_id=challenge_id,
        device=device,
    )


async def make_change(
    desk: PinDesk,
    holder: Holder,
    old: str,
    new: str,
    info: Mapping[str, object],
    new_salt: bytes,
    now: datetime,
    *,
    device: Mapping[str, str] | None,
    code: str,
) -> str:
    """As `make`, for a change of PIN: both PINs stretched, each with its own salt, in one offer."""
    both = await desk.stretch(old, bytes.fromhex(holder.salt)) + await desk.stretch(new, new_salt)
    person = holder.person_id
    return await _store(
        desk,
        OfferPurpose.CHANGE_PIN,
        person,
        person,
        both + code.encode(),
        info,
        now,
        holder.salt,
        new_salt=new_salt.hex(),
        device=device,
    )


async def _store(
    desk: PinDesk,
    purpose: OfferPurpose,
    subject: str,
    person_id: str,
    said: bytes,
    info: Mapping[str, object],
    now: datetime,
    salt: str,
    *,
    challenge_id: str | None = None,
    new_salt: str | None = None,
    device: Mapping[str, str] | None = None,
) -> str:
    day = await daykeys.current(desk.identity, now)
    sealed = custody.seal_offer(said, day.public, custody.offer_info(_bound(info, device)))
    row = await Offer.create(
        purpose=purpose,
        subject=subject,
        person_id=person_id,
        challenge_id=challenge_id,
        key_day=day.day,
        salt=salt,
        new_salt=new_salt,
        sealed=base64.b64encode(sealed).decode(),
        device=None if device is None else dict(device),
        state=OfferState.OFFERED,
        created_at=now,
        expires_at=now + LIFE,
    )
    return str(row.id)


def _bound(info: Mapping[str, object], device: Mapping[str, str] | None) -> dict[str, object]:
    return {**info, "device": None if device is None else dict(device)}


async def opened(offer: Offer, info: Mapping[str, object], vault: KeyVault) -> tuple[bytes, str]:
    """In the sealer: the stretched PIN, and the code sealed with it, if it was offered for this intent.

    Raises Refused `offer.changed`, `offer.key_gone`.
    """
    stretched, code = await _unsealed(offer, info, vault)
    return stretched, code.decode(errors="replace")


async def opened_change(
    offer: Offer, info: Mapping[str, object], vault: KeyVault
) -> tuple[bytes, bytes, str]:
    """As `opened`, for a change of PIN: the old and the new one, stretched, and the code."""
    old, rest = await _unsealed(offer, info, vault)
    new, code = rest[: custody.SECRET_BYTES], rest[custody.SECRET_BYTES :]
    return old, new, code.decode(errors="replace")


async def _unsealed(offer: Offer, info: Mapping[str, object], vault: KeyVault) -> tuple[bytes, bytes]:
    day = await daykeys.private_of(vault, offer.key_day)
    bound = custody.offer_info(_bound(info, offer.device))
    said = custody.open_offer(base64.b64decode(offer.sealed or ""), day, bound)
    return said[: custody.SECRET_BYTES], said[custody.SECRET_BYTES :]


async def ask(purpose: OfferPurpose, check_id: str, person_id: str, now: datetime) -> str:
    """Ask the sealer for what rests on an identity check and needs no PIN; returns the offer's id."""
    row = await Offer.create(
        purpose=purpose,
        subject=check_id,
        person_id=person_id,
        key_day="",
        salt="",
        state=OfferState.OFFERED,
        created_at=now,
        expires_at=now + LIFE,
    )
    return str(row.id)


async def outcome(offer_id: str) -> Mapping[str, Any]:
    """Wait for the sealer's outcome. Raises what it refused with, or Unavailable `sealer.slow`."""
    loop = asyncio.get_running_loop()
    end = loop.time() + WAIT_S
    while loop.time() < end:
        row = await Offer.get(id=offer_id)
        if row.state is OfferState.DONE:
            return row.outcome or {}
        if row.state is OfferState.REFUSED:
            raise revived(row.outcome or {})
        await asyncio.sleep(POLL_S)
    raise Unavailable(
        "sealer.slow",
        "签章服务繁忙，您的确认已收到，请稍后查看结果，不必重复输入。",
        "The sealing service is busy. Your confirmation was received; look again in a moment.",
    )


# The sorts of refusal that cross from the sealer to web; any other is told as Refused.
_SORTS = {sort.__name__: sort for sort in (Conflict, Gone, Refused, Unavailable)}


def told(error: DomainError) -> dict[str, Any]:
    """A refusal as a row holds it, for the process that waits."""
    return {
        "sort": type(error).__name__,
        "code": error.code,
        "zh": error.zh,
        "en": error.en,
        "field": error.field,
        "facts": error.facts,
    }


def revived(row: Mapping[str, Any]) -> DomainError:
    """The refusal again, in the process that waited."""
    sort = _SORTS.get(row["sort"], Refused)
    return sort(row["code"], row["zh"], row["en"], field=row["field"], **row["facts"])


def _expired() -> Gone:
    return Gone(
        "offer.expired",
        "确认已过期，请重新输入口令。",
        "The confirmation came too late; enter the PIN again.",
    )


def require_live(offer: Offer, now: datetime) -> None:
    """Raises Gone `offer.expired` for an offer whose time is over."""
    if offer.expires_at <= now:
        raise _expired()


async def take(owner: str, now: datetime, *purposes: OfferPurpose) -> Offer | None:
    """Claim the oldest waiting offer whose lease is free, of any purpose where none is named; or None."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    wanted = {"purpose__in": purposes} if purposes else {}
    for row in await Offer.filter(free, state=OfferState.OFFERED, **wanted).order_by("created_at").limit(5):
        claimed = await Offer.filter(free, id=row.id, state=OfferState.OFFERED, fence=row.fence).update(
            lease_owner=owner, lease_until=now + LEASE, fence=F("fence") + 1
        )
        if claimed:
            return await Offer.get(id=row.id)
    return None


def not_collected() -> Refused:
    """The answer to whoever has no keys yet."""
    return Refused("seal.not_collected", "请先领取印章。", "Collect the seals first.")


async def finish(offer: Offer, told: Mapping[str, Any]) -> None:
    """Write the outcome and erase the offer, inside the transaction that acts on it.

    Raises Conflict `offer.taken`.
    """
    done = await Offer.filter(id=offer.id, state=OfferState.OFFERED, fence=offer.fence).update(
        state=OfferState.DONE, outcome=dict(told), sealed=None
    )
    if not done:
        raise Conflict("offer.taken", "另一处理已接手。", "Another sealer has taken over.")


async def refuse(offer: Offer, error: DomainError) -> None:
    """Write the refusal and erase the offer."""
    await Offer.filter(id=offer.id, state=OfferState.OFFERED, fence=offer.fence).update(
        state=OfferState.REFUSED, outcome=told(error), sealed=None
    )


async def waits(purpose: OfferPurpose, subject: str, now: datetime) -> bool:
    """Whether an offer for this waits for a sealer, or is in its hands; none that `abandon` would refuse."""
    rows = Offer.filter(purpose=purpose, subject=subject, state=OfferState.OFFERED)
    return await rows.filter(expires_at__gte=now - LEASE).exists()


async def abandon(now: datetime) -> None:
    """Refuse and erase offers that no sealer took in time."""
    await Offer.filter(state=OfferState.OFFERED, expires_at__lt=now - LEASE).update(
        state=OfferState.REFUSED, outcome=told(_expired()), sealed=None
    )
