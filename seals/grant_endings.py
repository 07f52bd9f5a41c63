"""The ends of grants and memberships: revoked, expired, removed, void. They act by state, at once, on all
signings that are not keyed yet, and need no PIN.

The wrap is deleted with the grant, or what was kept for it; the seal's secret changes at the next confirm by
whoever remains (`seals/rotation.py`), so that a copy somebody has opens nothing then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from tortoise.expressions import Q

from auth import events, members
from auth.authority import Act, standing
from auth.engine import transaction
from auth.errors import Conflict, NotFound
from auth.member_models import LIVE, Grant, GrantEnd, GrantRole, GrantState, Member, MemberEnd
from auth.models import Company
from seals.models import Seal, SealWrap

__all__ = [
    "KEPT_FOR",
    "OFFERED_FOR",
    "UNENDED",
    "end",
    "expire",
    "no_such",
    "remove_member",
    "revoke",
    "tell",
    "void_all",
    "void_of_holder",
    "void_of_seals",
]

KEPT_FOR = timedelta(hours=72)
"""So long after it was granted a seal can be collected by a grantee who had no keys."""

OFFERED_FOR = timedelta(minutes=10)
"""So long a draft can be confirmed; longer than a code by text message lives."""
UNENDED = (GrantState.WAITING, GrantState.ACTIVE)
AT_ONCE = 50


async def revoke(grant_id: str, person_id: str, now: datetime) -> None:
    """End a grant in one tap: by the representative, a keeper of the seal for its users, or the grantee.

    Raises NotFound `grant.not_found`; Refused `access.denied`; Conflict `grant.state`.
    """
    row = await Grant.get_or_none(id=grant_id)
    his = await standing(person_id, row.company_id, now, row.seal) if row is not None else None
    if row is None or his is None or not his.roles:
        raise no_such()
    if row.person_id != person_id:
        his.require(Act.GRANT_SEAL if row.role is GrantRole.USER else Act.COLLECT)
    async with transaction():
        await Seal.filter(id=row.seal).select_for_update().get()
        if not await end(row, GrantEnd.REVOKED, f"person:{person_id}", now):
            raise Conflict("grant.state", "该授权已结束，请刷新。", "This grant has ended; reload.")


async def end(row: Grant, how: GrantEnd, actor: str, now: datetime) -> bool:
    """End one grant; inside a transaction that holds its seal's lock. False when it had ended already."""
    moved = await Grant.filter(id=row.id, state__in=UNENDED).update(
        state=GrantState.ENDED, ended_by=how, ended_at=now, live=None, kept=None, kek_version=None
    )
    if not moved:
        return False
    await SealWrap.filter(seal_id=row.seal, grant=row.id).delete()
    # Also of one that nobody collected: its secret was kept, and a copy may be.
    await Seal.filter(id=row.seal).update(rotation_due=True)
    await tell(row, f"grant.{how.value}", actor, now)
    return True


async def _end_all(rows: Sequence[Grant], how: GrantEnd, actor: str, now: datetime) -> None:
    for row in sorted(rows, key=lambda each: each.seal):  # the locks of seals in one order
        await Seal.filter(id=row.seal).select_for_update().get()
        await end(row, how, actor, now)


async def remove_member(member_id: str, person_id: str, now: datetime) -> None:
    """Remove a member, or leave oneself, with all seals that were granted; it acts at once.

    Raises NotFound `member.not_found`; Refused `access.denied`; Conflict `member.state`.
    """
    row = await members.managed(member_id, person_id, now)
    async with transaction():
        await _lock_company(row.company_id)
        await _end_all(await _grants_of(row), GrantEnd.LEFT, f"person:{person_id}", now)
        await members.end(row, MemberEnd.REMOVED, f"person:{person_id}", now)


async def _lock_company(company_id: str) -> None:
    """Before its seals, as whoever grants does: no grant is made beside the end of a membership."""
    await Company.filter(id=company_id).select_for_update().get()


async def _grants_of(member: Member) -> list[Grant]:
    return await Grant.filter(member_id=member.id, state__in=UNENDED)


async def expire(now: datetime) -> None:
    """End what is over: grants, kept secrets that nobody collected, invitations, memberships; some at a time.

    They count for nothing from their end on; this writes it down, deletes wraps and tells both sides.
    """
    await Grant.filter(state=GrantState.OFFERED, created_at__lte=now - OFFERED_FOR).delete()
    over = Q(ends_at__lte=now) | Q(state=GrantState.WAITING, created_at__lte=now - KEPT_FOR)
    for grant in await Grant.filter(over, state__in=UNENDED).limit(AT_ONCE):
        async with transaction():
            await _end_all([grant], GrantEnd.EXPIRED, "sealer", now)
    for row in await Member.filter(state__in=LIVE, ends_at__lte=now).limit(AT_ONCE):
        try:
            async with transaction():
                await _lock_company(row.company_id)
                await _end_all(await _grants_of(row), GrantEnd.LEFT, "sealer", now)
                await members.end(row, MemberEnd.EXPIRED, "sealer", now, before=(row.state,))
        except Conflict:
            continue  # answered or removed meanwhile


async def void_all(company_id: str, actor: str, now: datetime) -> None:
    """Void all grants and memberships of a company, with the change of its legal representative.

    Inside the transaction that makes the change, which holds the company's lock.
    """
    await _end_all(await Grant.filter(company_id=company_id, state__in=UNENDED), GrantEnd.VOIDED, actor, now)
    for row in await Member.filter(company_id=company_id, state__in=LIVE):
        await members.end(row, MemberEnd.VOIDED, actor, now)


async def void_of_seals(seals: Sequence[str], now: datetime) -> None:
    """Void the grants of seals whose keys end; inside the transaction that holds the seals' locks."""
    rows = await Grant.filter(seal__in=list(seals), state__in=UNENDED)
    await _end_all(rows, GrantEnd.VOIDED, "sealer", now)


async def void_of_holder(person_id: str, now: datetime) -> None:
    """Void what was granted to a person whose own keys end; inside that transaction.

    What still waits to be collected stays: it is wrapped to the keys that he collects it with.
    """
    rows = await Grant.filter(person_id=person_id, state=GrantState.ACTIVE)
    await _end_all(rows, GrantEnd.VOIDED, "sealer", now)


def no_such() -> NotFound:
    """The answer to whoever has nothing to do with a grant."""
    return NotFound("grant.not_found", "没有找到该用印授权。", "There is no such grant.")


async def tell(
    row: Grant, kind: str, actor: str, now: datetime, facts: Mapping[str, str] | None = None
) -> None:
    """In the company's conversation and the grantee's own. facts: besides seal and role."""
    for stream in (events.company_stream(row.company_id), events.person_stream(row.person_id)):
        await events.append(
            stream,
            kind,
            actor=actor,
            subject=f"grant:{row.id}",
            now=now,
            on_behalf=row.company_id,
            facts={"seal": row.seal, "role": row.role.value, **(facts or {})},
        )
