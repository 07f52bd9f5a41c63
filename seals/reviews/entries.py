"""Applications of existing companies at the review desk: taken, looked at, decided.

Each function asks for itself whether the item is the reviewer's, and no matter of his own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from auth import events, throttling
from auth import staff as staff_rows
from auth.engine import transaction
from auth.identifiers import mask_id, mask_mobile
from auth.login import find_person
from auth.models import Person
from auth.people import identity
from auth.ports import Registrar
from auth.privacy import RecordsKey
from auth.staff import Staff
from auth.throttling import Limit
from seals.entry import deciding, reviewing
from seals.entry.giving import FileView
from seals.entry.states import wrong_state
from seals.entry.views import EntryForm, EntryView, FormNumbers, ReviewView
from seals.reviews import leases
from seals.reviews.checking import CrossCheck, cross_check, same_elsewhere
from seals.reviews.leases import ItemKind
from seals.signing.workshop import Workshop

__all__ = ["EntryReview", "approve", "file", "look", "numbers", "reject", "return_items", "take"]

TAKEN_IN = frozenset(state.value for state in deciding.REJECTABLE)
"""What lies returned with its applicant can be taken too, to be rejected."""
VIEWS_TOLD = Limit("review.viewed", 1, 3600)
"""Of one material, or a form's numbers, by one reviewer; repeats collapse."""
REGISTER_ASKED = Limit("review.register", 120, 3600)
"""Looks of one reviewer, each of which asks the register."""


@dataclass(frozen=True)
class EntryReview:
    """An application before its reviewer. form: personal numbers masked, whole by `numbers`; checks: against
    the register, asked now.

    repeated: slots whose very file was handed in with another application too.
    """

    entry: EntryView
    form: EntryForm = field(repr=False)
    checks: tuple[CrossCheck, ...]
    repeated: tuple[str, ...]


async def take(entry_id: str, staff: Staff, now: datetime, records: RecordsKey) -> None:
    """Take it. Raises NotFound `entry.not_found`; Conflict `entry.state`, `review.taken`; Refused."""
    seen = await reviewing.look(entry_id, records)
    if seen.entry.state not in TAKEN_IN:
        raise wrong_state()
    await _apart(seen, staff, now, records)
    await leases.take(ItemKind.ENTRY, entry_id, staff, now)


async def look(
    entry_id: str, staff: Staff, now: datetime, records: RecordsKey, registrar: Registrar
) -> EntryReview:
    """What he has taken. Raises NotFound `entry.not_found`; Conflict `review.not_taken`; Refused;
    TooMany.
    """
    seen = await _mine(entry_id, staff, now, records)
    await throttling.count(REGISTER_ASKED, staff.id, now)
    checks = await cross_check(seen.form, registrar)
    return EntryReview(seen.entry, _masked(seen.form), checks, await same_elsewhere(entry_id))


async def numbers(entry_id: str, staff: Staff, now: datetime, records: RecordsKey) -> FormNumbers:
    """The personal numbers of its form, and an event that he looked at them. Raises as `look`."""
    form = (await _mine(entry_id, staff, now, records)).form
    await _looked(entry_id, f"{entry_id}/numbers", {"numbers": True}, staff, now)
    return FormNumbers(
        form.representative_id_number, form.representative_mobile, form.agent_id_number, form.agent_mobile
    )


async def file(
    entry_id: str,
    material_id: str,
    staff: Staff,
    now: datetime,
    workshop: Workshop,
    *,
    imprint: bool = False,
) -> FileView:
    """A material's file, and an event that he looked at it. Raises as `look`.

    imprint: the seal's imprint as it was taken off a scan, in its place.
    """
    await _mine(entry_id, staff, now, workshop.records)
    found = await reviewing.file(entry_id, material_id, workshop, imprint=imprint)
    await _looked(entry_id, material_id, {"material": material_id}, staff, now)
    return found


async def _looked(entry_id: str, at: str, facts: Mapping[str, object], staff: Staff, now: datetime) -> None:
    async with transaction():
        await leases.keep(ItemKind.ENTRY, entry_id, staff, now)
        if await throttling.allowed(VIEWS_TOLD, f"{staff.id}/{at}", now):
            await events.append(
                events.PLATFORM,
                "review.viewed",
                actor=staff.actor,
                subject=f"entry:{entry_id}",
                now=now,
                facts=facts,
            )


def _masked(form: EntryForm) -> EntryForm:
    return replace(
        form,
        representative_id_number=mask_id(form.representative_id_number),
        representative_mobile=mask_mobile(form.representative_mobile),
        agent_id_number=mask_id(form.agent_id_number) if form.agent_id_number else "",
        agent_mobile=mask_mobile(form.agent_mobile) if form.agent_mobile else "",
    )


async def approve(
    entry_id: str, staff: Staff, now: datetime, records: RecordsKey, registrar: Registrar
) -> EntryView:
    """Raises as `look` and as `deciding.approve`."""
    await _mine(entry_id, staff, now, records)
    done = await deciding.approve(entry_id, staff.id, now, records, registrar)
    await leases.let_go(ItemKind.ENTRY, entry_id)
    return done


async def return_items(
    entry_id: str, items: Mapping[str, str], staff: Staff, now: datetime, records: RecordsKey
) -> EntryView:
    """Raises as `look` and as `deciding.return_items`."""
    await _mine(entry_id, staff, now, records)
    done = await deciding.return_items(entry_id, items, staff.id, now, records)
    await leases.let_go(ItemKind.ENTRY, entry_id)
    return done


async def reject(entry_id: str, reason: str, staff: Staff, now: datetime, records: RecordsKey) -> EntryView:
    """Raises as `look` and as `deciding.reject`."""
    await _mine(entry_id, staff, now, records)
    done = await deciding.reject(entry_id, reason, staff.id, now, records)
    await leases.let_go(ItemKind.ENTRY, entry_id)
    return done


async def _mine(entry_id: str, staff: Staff, now: datetime, records: RecordsKey) -> ReviewView:
    seen = await reviewing.look(entry_id, records)
    await _apart(seen, staff, now, records)
    await leases.require(ItemKind.ENTRY, entry_id, staff, now)
    return seen


async def _apart(seen: ReviewView, staff: Staff, now: datetime, records: RecordsKey) -> None:
    """Not the applicant's, nor of whom the form names, by mobile or by ID number."""
    named = {seen.form.representative_id_number, seen.form.agent_id_number} - {""}
    if identity(await Person.get(id=staff.person_id), records).id_number in named:
        raise staff_rows.own_matter()
    people = {seen.applicant_id}
    for mobile in (seen.form.representative_mobile, seen.form.agent_mobile):
        person = await find_person(mobile, records) if mobile else None
        people |= {person.id} if person is not None else set()
    await staff_rows.require_apart(staff, seen.entry.company_id, people, now)
