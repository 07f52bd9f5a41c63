"""A forgotten PIN (R56), in the sealer: application by identity check, the authority's decision, new keys.

There is no escrow: nobody can open what the forgotten PIN closed. The public-security authority approves;
then all seals of the companies that the person represents are re-keyed, and he collects them anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from tortoise.expressions import F, Q

from auth import events, identity_checks
from auth.engine import transaction
from auth.errors import Conflict, Unavailable
from auth.identity_models import IdentityPurpose
from auth.models import Company, Person
from auth.people import identity
from auth.ports import DecisionState, RealName
from auth.privacy import RecordsKey
from seals import grant_endings, holders, living, offers
from seals.keyring import Keyring
from seals.life import Change
from seals.models import Holder, Offer, Seal, SealState, SealWrap
from seals.ports import PinResetApplication, PinResets, ResetCompany
from seals.reset_models import PinReset, PinResetState
from seals.unlocking import no_pin

__all__ = ["advance", "apply", "give_back", "is_open", "take"]

LEASE = timedelta(seconds=20)
ASK_AGAIN = timedelta(seconds=1)
REASON_LENGTH = 500


async def apply(
    offer: Offer, keyring: Keyring, realname: RealName, records: RecordsKey, now: datetime
) -> None:
    """Take up an application of the holder who passed the check for it.

    Raises NotFound, Gone, Refused `identity.…`; Conflict `pin.none`, `pin.reset_open`; Unavailable.
    """
    offers.require_live(offer, now)
    check, result = await identity_checks.passed(
        offer.subject, offer.person_id, IdentityPurpose.RESET, now, realname
    )
    holder = await Holder.get_or_none(person_id=offer.person_id)
    if holder is None:
        raise no_pin()
    holders.require_identity(holder, result, keyring, records)
    companies = await _companies(offer.person_id)
    async with transaction():
        await identity_checks.use(check, now)
        if await PinReset.exists(open=offer.person_id):
            raise is_open()
        row = await PinReset.create(
            person_id=offer.person_id,
            open=offer.person_id,
            companies=companies,
            state=PinResetState.APPLIED,
            created_at=now,
        )
        await offers.finish(offer, {})
        await _tell(row, "pin.reset_applied", f"person:{row.person_id}", now, {"identity": result.way.value})


def is_open() -> Conflict:
    """There is an application already that waits for the authority."""
    return Conflict(
        "pin.reset_open",
        "重置申请已提交，正在等待主管部门审批。",
        "The application to reset the PIN waits for the authority's approval already.",
    )


async def _companies(person_id: str) -> list[dict[str, object]]:
    """The companies he represents that have keys, as the authority is told."""
    found: list[dict[str, object]] = []
    for company in await Company.filter(representative_id=person_id).order_by("created_at"):
        keyed = Seal.filter(company_id=company.id, state__in=[SealState.COLLECTED, SealState.FROZEN])
        numbers = await keyed.order_by("number").values_list("number", flat=True)
        if numbers:
            found.append({"name": company.name, "uscc": company.uscc, "seals": list(numbers)})
    return found


async def take(owner: str, now: datetime) -> PinReset | None:
    """Claim the open application that waits longest; None when each was looked at just now."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    for row in await PinReset.filter(free, open__isnull=False).order_by("lease_until").limit(5):
        claimed = await PinReset.filter(free, id=row.id, state=row.state, fence=row.fence).update(
            lease_owner=owner, lease_until=now + LEASE, fence=F("fence") + 1
        )
        if claimed:
            return await PinReset.get(id=row.id)
    return None


async def give_back(row: PinReset, now: datetime) -> None:
    """The application may be taken again soon, by any sealer."""
    await PinReset.filter(id=row.id, fence=row.fence).update(lease_until=now + ASK_AGAIN)


async def advance(row: PinReset, clock: Callable[[], datetime], records: RecordsKey, desk: PinResets) -> bool:
    """Take one application a step on; True when seals were re-keyed: the caller publishes revocation lists.

    clock: read again after the authority has answered. Raises Unavailable, NotFound or Refused when it does
    not; the row stays.
    """
    if row.reference is None:
        reference = await desk.submit(await _application(row, records))
        await PinReset.filter(id=row.id, state=PinResetState.APPLIED).update(
            state=PinResetState.SENT, reference=reference
        )
        return False
    decision = await desk.result(row.reference)
    # A row is not believed: its reference may be that of another's application, which was approved.
    if decision.application_id != row.id:
        raise Unavailable(
            "public_security.unavailable",
            "公安机关的答复与申请不符，稍后重试。",
            "The authority's answer is about another application; it will be asked again.",
        )
    if decision.state is DecisionState.REJECTED:
        await _reject(row, decision.reason or "", clock())
    elif decision.state is DecisionState.APPROVED:
        return await _reset(row, clock)
    return False


async def _application(row: PinReset, records: RecordsKey) -> PinResetApplication:
    who = identity(await Person.get(id=row.person_id), records)
    companies = tuple(ResetCompany(c["name"], c["uscc"], tuple(c["seals"])) for c in row.companies)
    return PinResetApplication(
        row.id, who.name or "", who.id_number or "", who.mobile, companies, row.created_at
    )


async def _reject(row: PinReset, reason: str, now: datetime) -> None:
    async with transaction():
        if await _end(row, PinResetState.REJECTED, reason[:REASON_LENGTH], now):
            await _tell(row, "pin.reset_refused", "authority", now)


async def _reset(row: PinReset, clock: Callable[[], datetime]) -> bool:
    """Approved: the holder's keys are gone, and with them those of every seal that hung on them."""
    async with transaction():
        companies = Company.filter(representative_id=row.person_id).order_by("id").select_for_update()
        ids = [company.id for company in await companies]
        now = clock()  # of the revocation: behind the locks, nothing is sealed any more
        if not await _end(row, PinResetState.DONE, None, now):
            return False
        done = [await living.move(Change.FORGOTTEN, company, None, now) for company in ids]
        await SealWrap.filter(holder_id=row.person_id).delete()
        await Holder.filter(person_id=row.person_id).delete()
        await _tell(row, "pin.reset", "authority", now)
        for each in done:
            await living.tell(each, "sealer", now)
        await grant_endings.void_of_holder(row.person_id, now)
    return any(each.seals for each in done)


async def _end(row: PinReset, state: PinResetState, reason: str | None, now: datetime) -> bool:
    waiting = PinReset.filter(id=row.id, open=row.person_id, fence=row.fence)
    return bool(await waiting.update(state=state, reason=reason, open=None, decided_at=now))


async def _tell(
    row: PinReset, kind: str, actor: str, now: datetime, facts: Mapping[str, str] | None = None
) -> None:
    await events.append(
        events.person_stream(row.person_id),
        kind,
        actor=actor,
        subject=f"pin_reset:{row.id}",
        now=now,
        facts=facts,
    )
