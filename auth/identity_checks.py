"""Checks of identity through the port `RealName`: begun for one purpose, believed for that one only.

The reference that the identity service keeps names purpose and row, and its result says when the person
finished, by which way. So a passed check, or a row of one, is nothing for another purpose, another subject or
another day.
Web asks only to steer its pages; who acts on a check asks the service itself (`require_passed`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from auth import events, throttling
from auth.engine import transaction
from auth.errors import Conflict, Gone, NotFound, Refused
from auth.identity_models import IdentityCheck, IdentityPurpose
from auth.models import Person
from auth.people import Identity, identity
from auth.ports import IdentityResult, IdentityState, IdentityWay, RealName
from auth.privacy import RecordsKey
from auth.throttling import Limit
from auth.tokens import new_id

__all__ = [
    "CHECKS_PER_PERSON",
    "FRESH",
    "LIFE",
    "IdentityCheckView",
    "begin",
    "ends",
    "find",
    "is_for",
    "not_passed",
    "open_at",
    "own_check",
    "passed",
    "reference",
    "require_passed",
    "use",
]

_AT_ONCE = timedelta(minutes=30)
LIFE: Mapping[IdentityWay, timedelta] = {
    IdentityWay.FACE: _AT_ONCE,
    IdentityWay.BANK: _AT_ONCE,
    IdentityWay.COUNTER: timedelta(hours=72),
}
"""From the beginning of a check to its use: a counter has opening hours."""


def ends(created_at: datetime, way: IdentityWay) -> datetime:
    """Until when a check that began then can be used, UTC."""
    return created_at + LIFE[way]


FRESH: Mapping[IdentityWay, timedelta] = {
    IdentityWay.FACE: _AT_ONCE,
    IdentityWay.BANK: _AT_ONCE,
    IdentityWay.COUNTER: timedelta(hours=2),
}
"""From the person's part being done to its use."""

CLOCK_SKEW = timedelta(minutes=2)  # between the identity service and us
CHECKS_PER_PERSON = Limit("identity.person", 10, 3600)


@dataclass(frozen=True)
class IdentityCheckView:
    """A check as the person sees it: state pending, passed, refused, expired or used; url while it is open.

    subject: what it is for, see `IdentityCheck`. way: face, bank or counter. until: when it is over.
    """

    id: str
    purpose: str
    subject: str
    way: str
    until: datetime
    state: str
    url: str | None
    reason: str | None


def reference(purpose: IdentityPurpose, row_id: str) -> str:
    """What the identity service keeps with a check: its purpose and the row it belongs to."""
    return f"{purpose.value}:{row_id}"


def is_for(result: IdentityResult, purpose: IdentityPurpose, row_id: str, now: datetime) -> bool:
    """Whether a result is that of a check which was passed for exactly this, and lately."""
    if result.state is not IdentityState.PASSED or result.decided_at is None:
        return False
    fresh = now - FRESH[result.way] <= result.decided_at <= now + CLOCK_SKEW
    return fresh and result.reference == reference(purpose, row_id)


async def begin(
    purpose: IdentityPurpose,
    subject: str,
    person_id: str,
    return_url: str,
    now: datetime,
    records: RecordsKey,
    realname: RealName,
    *,
    way: IdentityWay,
    whom: Identity | None = None,
) -> IdentityCheckView:
    """Begin a check of the person, or of `whom` he must be. return_url: `{id}` in it becomes the check's.

    One at a counter is a card, from which he comes back to it.
    Raises Conflict `identity.unknown`, TooMany, Refused `realname.refused`, Unavailable.
    """
    who = whom or identity(await Person.get(id=person_id), records)
    if who.name is None or who.id_number is None:
        raise Conflict(
            "identity.unknown",
            "您的实名信息尚未登记，请先办理企业登记或接受企业的授权。",
            "Your name and ID number are not known yet; register a company or accept an authorisation first.",
        )
    await throttling.count(CHECKS_PER_PERSON, person_id, now)
    row_id = new_id()
    check = await realname.start(
        who.name,
        who.id_number,
        who.mobile,
        return_url.replace("{id}", row_id),
        reference(purpose, row_id),
        way,
    )
    async with transaction():
        row = await IdentityCheck.create(
            id=row_id,
            person_id=person_id,
            purpose=purpose,
            subject=subject,
            way=way,
            check_id=check.id,
            check_url=check.url,
            created_at=now,
        )
        if way is IdentityWay.COUNTER:
            await _tell(row, now)
    return _view(row, IdentityState.PENDING.value, check.url)


async def _tell(row: IdentityCheck, now: datetime) -> None:
    await events.append(
        events.person_stream(row.person_id),
        "identity.begun",
        actor=f"person:{row.person_id}",
        subject=f"identity:{row.id}",
        now=now,
        facts={"purpose": row.purpose.value, "until": ends(row.created_at, row.way).isoformat()},
    )


def _view(
    row: IdentityCheck, state: str, url: str | None = None, reason: str | None = None
) -> IdentityCheckView:
    until = ends(row.created_at, row.way)
    return IdentityCheckView(row.id, row.purpose.value, row.subject, row.way.value, until, state, url, reason)


async def own_check(check: str, person_id: str) -> IdentityCheck:
    """A check of one's own; raises NotFound `identity.not_found`."""
    row = await IdentityCheck.get_or_none(id=check, person_id=person_id)
    if row is None:
        raise NotFound("identity.not_found", "没有找到该核验。", "There is no such identity check.")
    return row


async def find(check: str, person_id: str, now: datetime, realname: RealName) -> IdentityCheckView:
    """How a check of one's own stands; asks the service, and changes nothing."""
    return await _standing(await own_check(check, person_id), now, realname)


async def open_at(row: IdentityCheck, now: datetime, realname: RealName) -> str | None:
    """The address of a check that is still to be finished; None for one that is over."""
    return (await _standing(row, now, realname)).url


async def _standing(row: IdentityCheck, now: datetime, realname: RealName) -> IdentityCheckView:
    if row.used_at is not None:
        return _view(row, "used")
    if ends(row.created_at, row.way) <= now:
        return _view(row, "expired")
    result = await realname.result(row.check_id)
    if result.state is IdentityState.PASSED and not is_for(result, row.purpose, row.id, now):
        return _view(row, "expired")  # decided long ago, or another's
    url = row.check_url if result.state is IdentityState.PENDING else None
    return _view(row, result.state.value, url, result.reason)


async def require_passed(
    row: IdentityCheck, purpose: IdentityPurpose, subject: str, now: datetime, realname: RealName
) -> IdentityResult:
    """The result of a check that was passed for this purpose and subject, asked of the service itself.

    Whom it checked is the caller's to compare. Raises Gone `identity.expired`, Refused `identity.not_passed`.
    """
    if row.used_at is not None or ends(row.created_at, row.way) <= now:
        raise _expired()
    if row.purpose is not purpose or row.subject != subject:
        raise not_passed()
    result = await realname.result(row.check_id)
    if not is_for(result, purpose, row.id, now):
        raise not_passed()
    return result


async def passed(
    check: str, person_id: str, purpose: IdentityPurpose, now: datetime, realname: RealName
) -> tuple[IdentityCheck, IdentityResult]:
    """As `require_passed`, for the check with this id that this person began, whatever its subject."""
    row = await own_check(check, person_id)
    return row, await require_passed(row, purpose, row.subject, now, realname)


async def use(row: IdentityCheck, now: datetime) -> None:
    """Spend a check; inside the transaction that acts on it. Raises Gone `identity.expired`."""
    if not await IdentityCheck.filter(id=row.id, used_at=None).update(used_at=now):
        raise _expired()


def not_passed() -> Refused:
    """The check did not pass, or was another's or for something else."""
    return Refused(
        "identity.not_passed",
        "身份核验未通过，或核验的不是本人、不是为这项业务，请重新核验。",
        "The identity check did not pass, or was not yours or not for this; check again.",
    )


def _expired() -> Gone:
    return Gone(
        "identity.expired",
        "身份核验已使用或已超时，请重新核验。",
        "The identity check is used up; check again.",
    )
