"""Who people of a company are, masked, many at once."""

from __future__ import annotations

from collections.abc import Collection

from auth.member_models import Member
from auth.members import member_name
from auth.models import Person
from auth.people import masked_name
from auth.privacy import RecordsKey

__all__ = ["names_of"]


async def names_of(ids: Collection[str], company_id: str, records: RecordsKey) -> dict[str, str]:
    """Masked names by id; of whom only his mobile is known, as the company named him when it invited him."""
    people = await Person.filter(id__in=list(ids)) if ids else []
    nameless = [row.id for row in people if row.name_sealed is None]
    invited: dict[str, str] = {}
    if nameless:
        rows = Member.filter(person_id__in=nameless, company_id=company_id).order_by("created_at")
        invited = {row.person_id: member_name(row, records) for row in await rows}
    return {row.id: invited.get(row.id) or masked_name(row, records) for row in people}
