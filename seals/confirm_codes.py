"""One-time codes by text message, where a browser keeps no device key (architecture §6).

Web only asks. The sealer makes the code, sends it to the mobile that it attested as the holder's own, and
checks it: of the code a keyed hash is stored, under the sealer's pepper, with everything it is bound to: also
the values that a device would sign in its place.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import F, Q
from tortoise.queryset import QuerySet

from auth import throttling
from auth.errors import Conflict, DomainError, Refused, Unavailable
from auth.throttling import Limit
from auth.tokens import same
from seals import custody, offers
from seals.device_models import CodeState, ConfirmCode
from seals.models import OfferPurpose

__all__ = [
    "CODE_DIGITS",
    "LIFE",
    "MAX_TRIES",
    "ConfirmCodeSent",
    "ask",
    "forget_old",
    "make",
    "refuse",
    "require_code",
    "sent",
    "take",
    "use",
]

LIFE = timedelta(minutes=5)
LEASE = timedelta(seconds=30)
"""Longer than the gateway may take: a message that may have left is not sent again meanwhile."""
KEPT = timedelta(days=1)
MAX_TRIES = 5
CODE_DIGITS = 6
RESEND_AFTER = timedelta(seconds=60)
WAIT_S = 20.0
POLL_S = 0.05
CODES_PER_PERSON = Limit("confirm_code.person", 10, 3600)
CODES_PER_SUBJECT = Limit("confirm_code.subject", 3, 300)


@dataclass(frozen=True)
class ConfirmCodeSent:
    """How long the code lives and when another may be asked for, in seconds."""

    life_s: int
    resend_after_s: int


async def ask(purpose: OfferPurpose, subject: str, person_id: str, now: datetime) -> ConfirmCodeSent:
    """In web: have the sealer send a code; returns once it is sent. The code before it is void.

    Raises what the sealer refused with (`code.mobile`, `sms.refused`, `sms.unavailable`); TooMany.
    """
    await throttling.count(CODES_PER_PERSON, person_id, now)
    await throttling.count(CODES_PER_SUBJECT, subject, now)
    row = await ConfirmCode.create(
        person_id=person_id,
        purpose=purpose,
        subject=subject,
        state=CodeState.WAITING,
        created_at=now,
        expires_at=now + LIFE,
    )
    loop = asyncio.get_running_loop()
    end = loop.time() + WAIT_S
    while loop.time() < end:
        row = await ConfirmCode.get(id=row.id)
        if row.state is CodeState.SENT:
            return ConfirmCodeSent(int(LIFE.total_seconds()), int(RESEND_AFTER.total_seconds()))
        if row.state is CodeState.REFUSED:
            raise offers.revived(row.outcome or {})
        await asyncio.sleep(POLL_S)
    raise Unavailable(
        "sealer.slow",
        "签章服务繁忙，验证码稍后会发到您的手机，请留意短信。",
        "The sealing service is busy; the code will come in a moment, watch your messages.",
    )


async def take(owner: str, now: datetime) -> ConfirmCode | None:
    """In the sealer: claim the oldest code to be sent; None when there is none."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    waiting = ConfirmCode.filter(free, state=CodeState.WAITING, expires_at__gt=now)
    row = await waiting.order_by("created_at").first()
    if row is None:
        return None
    claimed = await ConfirmCode.filter(free, id=row.id, state=CodeState.WAITING, fence=row.fence).update(
        lease_owner=owner, lease_until=now + LEASE, fence=F("fence") + 1
    )
    return await ConfirmCode.get(id=row.id) if claimed else None


def _mac(row: ConfirmCode, code: str, pepper: bytes, values: Mapping[str, str]) -> str:
    bound: Mapping[str, object] = {
        "id": row.id,
        "person": row.person_id,
        "purpose": row.purpose.value,
        "subject": row.subject,
        "expires": row.expires_at.timestamp(),
        "about": hashlib.sha256(custody.statement(values)).hexdigest(),
        "code": code,
    }
    return custody.code_mac(pepper, bound)


async def make(row: ConfirmCode, pepper: bytes, values: Mapping[str, str]) -> str:
    """A fresh code for a claimed row, stored as its keyed hash. values: what it will confirm.

    Raises Conflict `code.taken`.
    """
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    if not await _claimed(row).update(mac=_mac(row, code, pepper, values)):
        raise Conflict("code.taken", "另一处理已接手。", "Another sealer has taken over.")
    return code


async def sent(row: ConfirmCode) -> None:
    """The gateway has it."""
    await _claimed(row).update(state=CodeState.SENT)


async def refuse(row: ConfirmCode, error: DomainError) -> None:
    """It could not be sent."""
    await _claimed(row).update(state=CodeState.REFUSED, outcome=offers.told(error), mac="")


def _claimed(row: ConfirmCode) -> QuerySet[ConfirmCode]:
    return ConfirmCode.filter(id=row.id, state=CodeState.WAITING, fence=row.fence)


async def require_code(
    purpose: OfferPurpose,
    subject: str,
    person_id: str,
    code: str,
    values: Mapping[str, str],
    pepper: bytes,
    now: datetime,
    *,
    again: bool,
) -> ConfirmCode:
    """In the sealer: the newest code of this person and subject, if this is it and for these values.

    Counts the try first.

    again: it was used for what is only being finished now.
    Raises Refused `code.expired` for one that is over, used or never sent, `code.wrong` (facts:
    `tries_left`).
    """
    mine = ConfirmCode.filter(purpose=purpose, subject=subject, person_id=person_id)
    row = await mine.order_by("-created_at").first()
    if row is None or not _stands(row, now, again=again):
        raise _expired()
    if not again and not await _count_try(row):
        raise _expired()
    if not same(row.mac, _mac(row, code, pepper, values)):
        left = max(0, MAX_TRIES - row.tries - 1)
        raise Refused(
            "code.wrong",
            f"短信验证码不正确，还可以试 {left} 次。" if left else "短信验证码不正确，已作废，请重新获取。",
            f"The code is wrong; {left} tries left."
            if left
            else "The code is wrong and void; get a new one.",
            field="code",
            tries_left=left,
        )
    return row


def _stands(row: ConfirmCode, now: datetime, *, again: bool) -> bool:
    if again:
        return row.state is CodeState.USED
    return row.state is CodeState.SENT and row.expires_at > now


async def _count_try(row: ConfirmCode) -> bool:
    open_ = ConfirmCode.filter(id=row.id, state=CodeState.SENT, tries__lt=MAX_TRIES)
    return bool(await open_.update(tries=F("tries") + 1))


async def use(row: ConfirmCode) -> None:
    """A checked code is good once; inside the transaction that acts on it. Raises Refused `code.expired`."""
    if not await ConfirmCode.filter(id=row.id, state=CodeState.SENT).update(state=CodeState.USED):
        raise _expired()


def _expired() -> Refused:
    return Refused(
        "code.expired",
        "短信验证码已过期、已使用或已作废，请重新获取。",
        "The code has expired, was used or is void; get a new one.",
        field="code",
    )


async def forget_old(now: datetime) -> None:
    """Delete the codes of the day before."""
    await ConfirmCode.filter(created_at__lt=now - KEPT).delete()
