"""The maker's filings go to the authority (R34), in the sealer's role `work`: one at a time of each seal.

A row has its turn when all before it of the same seal are accepted, so a cancellation never arrives before
the making. What is sent is kept as it was sent: whatever breaks, the same goes again under the same number.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from tortoise.expressions import F

from auth.engine import transaction
from auth.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from auth.ports import DecisionState
from auth.privacy import RecordsKey
from seals.filing import contents
from seals.filing.leases import LEASE, REASON_LENGTH, again_in, free
from seals.filing_models import FilingState, MakerFiling
from seals.models import Seal
from seals.ports import FilingAnswer, FilingDesk

__all__ = ["advance", "file_again", "give_back", "take"]

TABLE = "maker_filing"
OPERATOR_MAX = 80
_UNDER_WAY = (FilingState.WAITING, FilingState.SENT)
_log = logging.getLogger("sealer")


async def take(owner: str, now: datetime) -> MakerFiling | None:
    """Claim the filing that waits longest and has its turn; None when each was looked at just now."""
    waiting = MakerFiling.filter(free(now), state__in=_UNDER_WAY, turn__isnull=False)
    for row in await waiting.order_by("lease_until", "id").limit(5):
        claimed = await MakerFiling.filter(free(now), id=row.id, state=row.state, fence=row.fence).update(
            lease_owner=owner, lease_until=now + LEASE, fence=F("fence") + 1
        )
        if claimed:
            return await MakerFiling.get(id=row.id)
    return None


async def give_back(row: MakerFiling, now: datetime) -> None:
    """It may be taken again, after a pause that grows, by any sealer."""
    await MakerFiling.filter(id=row.id, fence=row.fence).update(
        lease_until=now + again_in(row.tries), tries=row.tries + 1
    )


async def advance(
    row: MakerFiling, clock: Callable[[], datetime], records: RecordsKey, desk: FilingDesk
) -> None:
    """Take one filing a step on. Raises Unavailable when the authority does not answer; the row stays.

    What the authority will not take, or rejects, is REFUSED with its reason, and waits for `file_again`.
    """
    try:
        answer = await _answer(row, records, desk)
    except Refused as error:
        await _refuse(row, str(error.facts.get("reason") or error.zh), clock())
        return
    if answer.number != row.number:
        raise Unavailable(
            "filing_desk.unavailable",
            "公安机关的答复与备案不符，稍后重试。",
            "The authority's answer is about another filing; it will be asked again.",
        )
    if answer.state is DecisionState.REJECTED:
        await _refuse(row, answer.reason or "", clock())
    elif answer.state is DecisionState.APPROVED:
        await _accept(row, answer.reference, clock())
    else:
        held = MakerFiling.filter(id=row.id, fence=row.fence, state=FilingState.WAITING)
        await held.update(state=FilingState.SENT, reference=answer.reference, sent_at=clock())


async def _answer(row: MakerFiling, records: RecordsKey, desk: FilingDesk) -> FilingAnswer:
    if row.state is FilingState.SENT:
        try:
            return await desk.seal_filing(row.number)
        except NotFound:  # they lost it: once more, the same
            _log.warning("filing %s is not there any more; it is handed in again", row.number)
    if row.sealed is None:
        content = await contents.of_fact(row, records)
        row.sealed = contents.sealed(TABLE, row.id, content, records)
        # Kept before it is sent: should nothing come back, the very same goes again.
        if not await MakerFiling.filter(id=row.id, fence=row.fence).update(sealed=row.sealed):
            raise Unavailable("filing.taken", "备案已由他人处理。", "Another sealer has taken this filing.")
    return await desk.file_seal(row.number, contents.opened(TABLE, row.id, row.sealed, records))


async def _accept(row: MakerFiling, reference: str, now: datetime) -> None:
    async with transaction():
        # The seal's row, as `recording` holds it: a fact of this moment is before or behind this, not beside.
        await Seal.filter(id=row.seal_id).select_for_update().get()
        accepted = await MakerFiling.filter(id=row.id, fence=row.fence, state__in=_UNDER_WAY).update(
            state=FilingState.ACCEPTED, reference=reference, reason=None, decided_at=now, turn=None
        )
        following = MakerFiling.filter(seal_id=row.seal_id, state=FilingState.WAITING, turn=None)
        after = await following.order_by("place").first()
        if accepted and after is not None:
            await MakerFiling.filter(id=after.id).update(turn=row.seal_id, lease_until=now)


async def _refuse(row: MakerFiling, reason: str, now: datetime) -> None:
    refused = await MakerFiling.filter(id=row.id, fence=row.fence, state__in=_UNDER_WAY).update(
        state=FilingState.REFUSED, reason=reason[:REASON_LENGTH], decided_at=now
    )
    if refused:
        _log.error("filing %s was refused: ezhang filings overdue lists it", row.number)


async def file_again(number: str, operator: str, now: datetime) -> None:
    """Hand in a refused filing anew, with the data as they are now, after somebody saw to its reason.

    Raises NotFound `filing.not_found`, Conflict `filing.state`, Invalid.
    """
    if not 0 < len(operator) <= OPERATOR_MAX:
        raise Invalid("review.operator", "请填写 operator。", "Give the operator.", field="operator")
    row = await MakerFiling.get_or_none(number=number)
    if row is None:
        raise NotFound("filing.not_found", "没有找到该备案。", "There is no such filing.")
    refused = MakerFiling.filter(id=row.id, state=FilingState.REFUSED, fence=row.fence)
    # Counted in what is filed, so that the desk tells it from the same that comes twice.
    facts = {**row.facts, "again": row.facts.get("again", 0) + 1}
    again = await refused.update(
        state=FilingState.WAITING,
        facts=facts,
        sealed=None,
        reason=None,
        decided_at=None,
        tries=0,
        lease_until=now,
        fence=row.fence + 1,
    )
    if not again:
        raise Conflict(
            "filing.state", "该备案未被退回，无需重新报送。", "This filing was not refused; nothing to do."
        )
    _log.warning("filing %s is handed in again by %s", number, operator)
