"""How the service has stood, from what it publishes anyway: the list of revoked certificates is renewed each
day, signed, so a day without one is a day on which the sealer did not work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth.china import CHINA
from seals import revocation
from seals.models import Crl, SigningState
from seals.standing import sealer_is_set_up, standing

__all__ = ["DAYS", "Service", "service"]

DAYS = 90


@dataclass(frozen=True)
class Service:
    """since: the first day on record; worked of counted: days of the last DAYS with a fresh list, today's
    left out. failed: of finished sealings since then, how many failed, and out of how many.
    """

    good: bool
    since: str | None
    worked: int
    counted: int
    failed: int
    finished: int


async def service(now: datetime) -> Service:
    """As it stands."""
    today = now.astimezone(CHINA).date()
    first = await Crl.filter(authority=revocation.ISSUING).order_by("this_update").first()
    begun = first.this_update.astimezone(CHINA).date() if first is not None else None
    from_day = max(begun or today, today - timedelta(days=DAYS))
    rows = await Crl.filter(
        authority=revocation.ISSUING,
        this_update__gte=datetime.combine(from_day, datetime.min.time(), CHINA),
    ).only("this_update")
    days = {row.this_update.astimezone(CHINA).date() for row in rows}
    signings = (await standing()).signings
    failed, signed = signings[SigningState.FAILED.value], signings[SigningState.SIGNED.value]
    return Service(
        await sealer_is_set_up(now),
        begun.isoformat() if begun else None,
        len(days - {today}),
        (today - from_day).days,
        failed,
        failed + signed,
    )
