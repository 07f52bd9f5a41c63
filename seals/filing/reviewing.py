"""Companies' filings go to the authority, which reviews them (R123, R124); in the sealer's role `work`.

Its approval makes the receipt at once: number and validity (R125, R128). A word that comes twice, or late,
changes nothing: the row moves once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from auth import events
from auth.engine import transaction
from auth.errors import NotFound, Refused, Unavailable
from auth.models import Company
from auth.ports import DecisionState
from auth.privacy import RecordsKey
from seals.filing import contents
from seals.filing.leases import LEASE, REASON_LENGTH, again_in, free
from seals.filing_models import CompanyFiling, CompanyFilingKind, CompanyFilingState
from seals.models import GIVEN_UP, Seal
from seals.papers import filing_receipt
from seals.policies import Policy
from seals.ports import FilingAnswer, FilingDesk

__all__ = ["advance", "give_back", "take"]

TABLE = "company_filing"
_UNDER_WAY = (CompanyFilingState.WAITING, CompanyFilingState.REVIEWING)


async def take(owner: str, now: datetime) -> CompanyFiling | None:
    """Claim the filing that waits longest; None when each was looked at just now."""
    waiting = CompanyFiling.filter(free(now), state__in=_UNDER_WAY)
    for row in await waiting.order_by("lease_until", "id").limit(5):
        claimed = await CompanyFiling.filter(free(now), id=row.id, state=row.state, fence=row.fence).update(
            lease_owner=owner, lease_until=now + LEASE, fence=F("fence") + 1
        )
        if claimed:
            return await CompanyFiling.get(id=row.id)
    return None


async def give_back(row: CompanyFiling, now: datetime) -> None:
    """It may be taken again, after a pause that grows, by any sealer."""
    await CompanyFiling.filter(id=row.id, fence=row.fence).update(
        lease_until=now + again_in(row.tries), tries=row.tries + 1
    )


async def advance(
    row: CompanyFiling, clock: Callable[[], datetime], records: RecordsKey, desk: FilingDesk, policy: Policy
) -> None:
    """Take one filing a step on. Raises Unavailable when the authority does not answer; the row stays."""
    if not await CompanyFiling.filter(id=row.id, state__in=_UNDER_WAY).exists():
        return  # its seal ended meanwhile
    try:
        answer = await _answer(row, records, desk)
    except Refused as error:
        await _reject(row, str(error.facts.get("reason") or error.zh), clock())
        return
    if answer.number != row.number:
        raise _nonsense()
    if answer.state is DecisionState.REJECTED:
        await _reject(row, answer.reason or "", clock())
    elif answer.state is DecisionState.APPROVED:
        await _approve(row, answer, clock(), policy)
    else:
        held = CompanyFiling.filter(id=row.id, fence=row.fence, state=CompanyFilingState.WAITING)
        # Looked at soon again: what is asked of it from now on is another thing.
        await held.update(state=CompanyFilingState.REVIEWING, reference=answer.reference)


async def _answer(row: CompanyFiling, records: RecordsKey, desk: FilingDesk) -> FilingAnswer:
    if row.state is CompanyFilingState.REVIEWING:
        try:
            return await desk.application(row.number)
        except NotFound:  # they lost it: once more, the same
            pass
    if row.sealed is None:
        content = await contents.of_application(row, records)
        row.sealed = contents.sealed(TABLE, row.id, content, records)
        # Kept before it is sent: should nothing come back, the very same goes again.
        mine = CompanyFiling.filter(id=row.id, fence=row.fence, state__in=_UNDER_WAY)
        if not await mine.update(sealed=row.sealed):
            raise Unavailable("filing.taken", "备案已由他人处理。", "Another sealer has taken this filing.")
    return await desk.apply(row.number, contents.opened(TABLE, row.id, row.sealed, records))


async def _reject(row: CompanyFiling, reason: str, now: datetime) -> None:
    async with transaction():
        rejected = await CompanyFiling.filter(id=row.id, fence=row.fence, state__in=_UNDER_WAY).update(
            state=CompanyFilingState.REJECTED, reason=reason[:REASON_LENGTH], decided_at=now, open=None
        )
        if rejected:
            await _tell(row, "filing.rejected", now, {})


async def _approve(row: CompanyFiling, answer: FilingAnswer, now: datetime, policy: Policy) -> None:
    if not answer.receipt:
        raise _nonsense()
    try:
        async with transaction():
            await Company.filter(id=row.company_id).select_for_update().get()
            seal = await Seal.filter(id=row.seal_id).select_for_update().get()
            before = await CompanyFiling.get_or_none(current=row.seal_id)
            start, until = _validity(row, before, now, policy)
            under_way = CompanyFiling.filter(id=row.id, fence=row.fence, state__in=_UNDER_WAY)
            if seal.state in GIVEN_UP or not await under_way.exists():
                return  # cancelled meanwhile: `updates.end` has ended it
            await CompanyFiling.filter(current=row.seal_id).update(
                state=CompanyFilingState.REPLACED, current=None
            )
            await under_way.update(
                state=CompanyFilingState.APPROVED,
                open=None,
                current=row.seal_id,
                reference=answer.reference,
                receipt_number=answer.receipt,
                valid_from=start,
                valid_until=until,
                decided_at=now,
            )
            await filing_receipt.place(row, now)
            facts = {"receipt": answer.receipt, "until": until.isoformat(), "kind": row.kind.value}
            await _tell(row, "filing.approved", now, facts)
    except IntegrityError:  # a receipt's number that another has
        raise _nonsense() from None


def _validity(
    row: CompanyFiling, before: CompanyFiling | None, now: datetime, policy: Policy
) -> tuple[datetime, datetime]:
    """From now; a renewal begins where the one before ends, a change keeps its end."""
    end = before.valid_until if before is not None else None
    if end is None or end <= now:
        return now, now + policy.filed_for
    return now, end + policy.filed_for if row.kind is CompanyFilingKind.RENEWAL else end


def _nonsense() -> Unavailable:
    return Unavailable(
        "filing_desk.unavailable",
        "公安机关的答复与备案不符，稍后重试。",
        "The authority's answer does not fit the filing; it will be asked again.",
    )


async def _tell(row: CompanyFiling, kind: str, now: datetime, facts: dict[str, str]) -> None:
    await events.append(
        events.company_stream(row.company_id),
        kind,
        actor="authority",
        subject=f"filing:{row.id}",
        now=now,
        on_behalf=row.company_id,
        facts={"seal": row.seal_id, "number": row.number, **facts},
    )
