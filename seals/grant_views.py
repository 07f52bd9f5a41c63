"""A grant of a seal as both sides see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from auth import members
from auth.member_models import Grant, Member
from auth.privacy import RecordsKey
from seals.grant_endings import OFFERED_FOR
from seals.models import Holder, Seal

__all__ = ["GrantDraft", "GrantView", "ScopeView", "drafted", "grant_view"]


@dataclass(frozen=True)
class ScopeView:
    """The limits of a grant; amount: in 元, as text."""

    kinds: tuple[str, ...]
    amount: str | None
    counterparties: tuple[str, ...]
    uses: int | None


@dataclass(frozen=True)
class GrantView:
    """A grant as both sides see it. pin_known: the grantee has a PIN already; mine: the reader is he.

    check: the identity check that he began last to collect it, for himself only.
    """

    id: str
    company_id: str
    seal_id: str
    seal_name: str
    role: str
    state: str
    grantee_masked: str
    scope: ScopeView
    uses_taken: int
    granted_at: datetime
    ends_at: datetime
    mine: bool
    pin_known: bool
    check: str | None


@dataclass(frozen=True)
class GrantDraft:
    """A grant that is to be confirmed until `expires_at`; with `member` and `identity` what a device signs.

    identity: the keyed hash of the grantee's ID number.
    """

    grant: GrantView
    member: str
    identity: str
    expires_at: datetime


async def grant_view(row: Grant, person_id: str, records: RecordsKey) -> GrantView:
    """The view of a row, for one reader."""
    member = await Member.get(id=row.member_id)
    scope = row.scope
    return GrantView(
        row.id,
        row.company_id,
        row.seal,
        (await Seal.get(id=row.seal)).name,
        row.role.value,
        row.state.value,
        members.member_name(member, records),
        ScopeView(tuple(scope["kinds"]), scope["amount"], tuple(scope["counterparties"]), scope["uses"]),
        row.uses_taken,
        row.created_at,
        row.ends_at,
        row.person_id == person_id,
        await Holder.exists(person_id=row.person_id),
        row.check_id if row.person_id == person_id else None,
    )


async def drafted(row: Grant, records: RecordsKey) -> GrantDraft:
    """The draft as its grantor looks at it."""
    view = await grant_view(row, row.grantor_id, records)
    return GrantDraft(view, row.member_id, row.identity, row.created_at + OFFERED_FOR)
