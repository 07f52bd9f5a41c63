"""The payment itself, in the sealer's role `work`: a row, sent once, its id being the bank's idempotency key.

Killed at any point, the row is taken again when its lease has ended and is sent with the same key and the
same amount, which the bank answers with the same payment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tortoise.expressions import F, Q

from auth.engine import transaction
from auth.errors import Refused
from auth.ports import Bank, SmallPayment
from auth.privacy import RecordsKey
from seals.deposits.asking import AMOUNT_LIFE, amount_of, place, tell
from seals.deposits.models import BankDeposit, DepositState

__all__ = ["advance", "take"]

LEASE = timedelta(seconds=60)
"""Longer than the bank is waited for."""
REASON_LENGTH = 200


async def take(owner: str, now: datetime) -> BankDeposit | None:
    """Claim the payment that waits longest; None when each was tried just now."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    waiting = BankDeposit.filter(free, state=DepositState.WAITING)
    for row in await waiting.order_by("lease_until", "created_at").limit(5):
        claimed = await BankDeposit.filter(
            free, id=row.id, state=DepositState.WAITING, fence=row.fence
        ).update(lease_owner=owner, lease_until=now + LEASE, fence=F("fence") + 1)
        if claimed:
            return await BankDeposit.get(id=row.id)
    return None


async def advance(row: BankDeposit, now: datetime, records: RecordsKey, bank: Bank) -> None:
    """Send it. Raises Unavailable: the row is taken again when its lease has ended."""
    payment = SmallPayment(
        key=row.id,
        account=records.open(bytes(row.account_sealed), place(row.id, "account")),
        bank=records.open(bytes(row.bank_sealed), place(row.id, "bank")),
        name=row.company_name,
        cents=amount_of(row.id, records),
    )
    try:
        reference = await bank.pay(payment)
    except Refused as refused:
        reason = str(refused.facts.get("reason") or "")[:REASON_LENGTH]
        await _move(row, "deposit.refused", now, state=DepositState.REFUSED, live=None, reason=reason)
        return
    sent = {"state": DepositState.SENT, "reference": reference, "sent_at": now}
    await _move(row, "deposit.sent", now, **sent, expires_at=now + AMOUNT_LIFE)


async def _move(row: BankDeposit, kind: str, now: datetime, **columns: object) -> None:
    async with transaction():
        mine = BankDeposit.filter(id=row.id, state=DepositState.WAITING, fence=row.fence)
        if await mine.update(**columns):
            await tell(row, kind, "bank", now)
