"""Begin an application of a company that exists, and change its form while it lies with the applicant."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime

from tortoise.exceptions import IntegrityError

from auth import throttling
from auth.engine import transaction
from auth.privacy import RecordsKey
from auth.throttling import Limit
from auth.tokens import new_id
from seals.entry.cases import PER_SEAL_SEPARATOR
from seals.entry.forming import case_of, checked
from seals.entry.models import EntryApplication, EntryMaterial, EntryState, EntryVerification
from seals.entry.seeing import form_place, opened, own, sealed, view
from seals.entry.states import changed_meanwhile, known_company, wrong_state
from seals.entry.views import EntryForm, EntryView

__all__ = ["AT_APPLICANT", "change", "start"]

AT_APPLICANT = (EntryState.DRAFT, EntryState.RETURNED)
ENTRIES_PER_PERSON = Limit("entry.person", 20, 86_400)
_HIDDEN = ("representative_id_number", "representative_mobile", "agent_id_number", "agent_mobile")


async def start(form: EntryForm, person_id: str, now: datetime, records: RecordsKey) -> EntryView:
    """A draft; the same request_id again gives the same one.

    Raises FormErrors, Refused `entry.elsewhere`, Conflict `entry.company_known`, TooMany.
    """
    known = await EntryApplication.get_or_none(applicant_id=person_id, request_id=form.request_id)
    if known is not None:
        return await view(known, records)
    good = checked(form, now)
    await known_company(good.uscc, good.company_name)
    await throttling.count(ENTRIES_PER_PERSON, person_id, now)
    application_id = new_id()
    try:
        row = await EntryApplication.create(
            id=application_id,
            applicant_id=person_id,
            request_id=form.request_id,
            company_name=good.company_name,
            uscc=good.uscc,
            case=case_of(good).to_json(),
            form_sealed=sealed(good, form_place(application_id), records),
            state=EntryState.DRAFT,
            created_at=now,
            changed_at=now,
            formed_at=now,
        )
    except IntegrityError:  # the same form, sent twice at once
        row = await EntryApplication.get(applicant_id=person_id, request_id=form.request_id)
    return await view(row, records)


async def change(
    application_id: str, form: EntryForm, person_id: str, now: datetime, records: RecordsKey
) -> EntryView:
    """Another form in its place. Numbers that are left empty stay as they were.

    Files of a seal that is another now no longer count, nor does a verification of another company or
    representative. Raises NotFound `entry.not_found`; Conflict `entry.state`, `entry.changed`,
    `entry.company_known`; as `start`.
    """
    row = await own(application_id, person_id)
    if row.state not in AT_APPLICANT:
        raise wrong_state()
    before = opened(row, records)
    kept = {name: getattr(before, name) for name in _HIDDEN if not getattr(form, name)}
    good = checked(replace(form, request_id=before.request_id, **kept), now)
    await known_company(good.uscc, good.company_name)
    async with transaction():
        moved = await EntryApplication.filter(id=row.id, state=row.state, changed_at=row.changed_at).update(
            company_name=good.company_name,
            uscc=good.uscc,
            case=case_of(good).to_json(),
            form_sealed=sealed(good, form_place(row.id), records),
            changed_at=now,
            formed_at=now,
        )
        if not moved:
            raise changed_meanwhile()
        await _drop_files(row.id, before, good, now)
        if _whom(before) != _whom(good):
            await EntryVerification.filter(application_id=row.id, live__isnull=False).update(live=None)
    return await view(await own(application_id, person_id), records)


def _whom(form: EntryForm) -> tuple[str, ...]:
    """What a verification is of."""
    return (form.uscc, form.company_name, form.representative_name, form.representative_id_number)


async def _drop_files(application_id: str, before: EntryForm, after: EntryForm, now: datetime) -> None:
    """A letter for one seal is none for another; an imprint of one kind is none of another kind."""
    pairs = [*after.seals, *(None for _ in before.seals)]
    for number, wish in enumerate(before.seals):
        now_there = pairs[number]
        if now_there is not None and asdict(now_there) == asdict(wish):
            continue
        of_seal = f"{PER_SEAL_SEPARATOR}{number}"
        await EntryMaterial.filter(
            application_id=application_id, live__isnull=False, slot__endswith=of_seal
        ).update(live=None, replaced_at=now)
