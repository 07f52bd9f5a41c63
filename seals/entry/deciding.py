"""The reviewer decides: approved, returned item by item, or rejected; once, by conditional update.

Whoever approves, nothing comes of it unless the register itself says the same of the company now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tortoise.exceptions import IntegrityError

from auth import events, staff
from auth.company_types import COMPANY_TYPES
from auth.engine import transaction
from auth.errors import Invalid, NotFound, Refused
from auth.login import find_person
from auth.models import Company
from auth.ports import RegisteredCompany, RegisteredRepresentative, Registrar, RegistrarApplication
from auth.privacy import RecordsKey
from seals import duplicates, imprint, numbers
from seals.adding import TOO_LIKE
from seals.design import Design
from seals.entry.cases import Case, needed
from seals.entry.forming import designs
from seals.entry.models import EntryApplication, EntryMaterial, EntryOutcome, EntryRound, EntryState
from seals.entry.seeing import given, not_found, opened, view
from seals.entry.states import company_known, not_verified, wrong_state
from seals.entry.telling import tell
from seals.entry.views import EntryForm, EntryView
from seals.establishing import Drawn, Scan, establish
from seals.establishing import tell as tell_company
from seals.filing import makers
from seals.imprint import Imprint
from seals.kinds import SealClass, spec
from seals.likeness import look
from seals.registered import licence_data, listed

__all__ = ["FORM", "REASON_LENGTH", "REJECTABLE", "approve", "reject", "return_items"]

REASON_LENGTH = (2, 500)
FORM = "form"
"""What is returned beside materials: the form itself, to be corrected."""
REJECTABLE = (EntryState.SUBMITTED, EntryState.RETURNED)


async def approve(
    application_id: str, reviewer: str, now: datetime, records: RecordsKey, registrar: Registrar
) -> EntryView:
    """Company, licence and the seals that were asked for come to be, free and to be collected.

    Raises NotFound `entry.not_found`; Conflict `entry.state`, `entry.not_verified`, `entry.company_known`;
    Refused `entry.registrar_unknown`, `entry.dissolved`, `entry.registrar_differs` (facts: `differs`),
    `staff.own_matter`; Unavailable, also `maker.unlicensed`.
    """
    row = await _waiting(application_id)
    lying = await given(row)
    if not lying.verified:
        raise not_verified()
    form = opened(row, records)
    entry, registered, named = await _registered(form, registrar)
    await _require_apart(reviewer, named, records)
    await makers.require(now)  # before any number is taken
    scans = {key: lying.every[each] for key, each in lying.rounds[-1].materials.items()}
    drawn = await _drawn(row, form, entry, registered, scans)
    try:
        async with transaction():
            await _move(row, EntryState.APPROVED, EntryOutcome.APPROVED, reviewer, None, {}, now)
            company, seals = await establish(entry, registered, drawn, now, records, row.applicant_id)
            await EntryApplication.filter(id=row.id).update(company_id=company.id)
            await _tell_both(row, company, reviewer, now)
            await tell_company(company, seals, now)
    except IntegrityError:
        raise company_known() from None
    return await _seen(row.id, records)


async def return_items(
    application_id: str, items: Mapping[str, str], reviewer: str, now: datetime, records: RecordsKey
) -> EntryView:
    """Give it back, each item with its reason; what is not named need not be given again.

    items: slot, or `form`, to reason. Raises NotFound `entry.not_found`; Conflict `entry.state`; Invalid
    `entry.return_item`, `entry.reason`.
    """
    row = await _waiting(application_id)
    known = {FORM, *(slot.key for slot in needed(Case.from_json(row.case)))}
    if not items or not items.keys() <= known:
        raise Invalid(
            "entry.return_item",
            "请至少选择一项需要补正的材料，并写明原因。",
            "Choose at least one item that has to be corrected, and say why.",
            field="items",
        )
    reasons = {key: _reason(reason, f"items.{key}") for key, reason in items.items()}
    async with transaction():
        await _move(row, EntryState.RETURNED, EntryOutcome.RETURNED, reviewer, None, reasons, now)
        await tell(row, "returned", f"staff:{reviewer}", now, {"round": row.round, "items": sorted(reasons)})
    return await _seen(row.id, records)


async def reject(
    application_id: str, reason: str, reviewer: str, now: datetime, records: RecordsKey
) -> EntryView:
    """Refuse the whole, also while it lies returned; the company may apply anew. Raises as `return_items`."""
    row = await _waiting(application_id, REJECTABLE)
    why = _reason(reason, "reason")
    async with transaction():
        await _move(row, EntryState.REJECTED, EntryOutcome.REJECTED, reviewer, why, {}, now)
        await tell(row, "rejected", f"staff:{reviewer}", now, {"round": row.round})
    return await _seen(row.id, records)


async def _waiting(
    application_id: str, where: tuple[EntryState, ...] = (EntryState.SUBMITTED,)
) -> EntryApplication:
    row = await EntryApplication.get_or_none(id=application_id)
    if row is None or row.round == 0:
        raise not_found()
    if row.state not in where:
        raise wrong_state()
    return row


async def _seen(application_id: str, records: RecordsKey) -> EntryView:
    return await view(await EntryApplication.get(id=application_id), records)


def _reason(text: str, field: str) -> str:
    reason = " ".join(text.split())
    low, high = REASON_LENGTH
    if not low <= len(reason) <= high:
        raise Invalid(
            "entry.reason",
            f"请写明原因，{low} 至 {high} 个字。",
            f"Say why, in {low} to {high} characters.",
            field=field,
        )
    return reason


async def _move(
    row: EntryApplication,
    state: EntryState,
    outcome: EntryOutcome,
    reviewer: str,
    reason: str | None,
    returned: dict[str, str],
    now: datetime,
) -> None:
    ended: dict[str, object] = {} if state is EntryState.RETURNED else {"decided_at": now}
    if state is EntryState.REJECTED:
        ended["live_uscc"] = None
    if not await EntryApplication.filter(id=row.id, state=row.state, round=row.round).update(
        state=state, reviewer=reviewer, reason=reason, changed_at=now, **ended
    ):
        raise wrong_state()
    waiting = EntryRound.filter(application_id=row.id, number=row.round, outcome=EntryOutcome.WAITING)
    await waiting.update(outcome=outcome, returned=returned, reason=reason, reviewer=reviewer, decided_at=now)


async def _registered(
    form: EntryForm, registrar: Registrar
) -> tuple[RegistrarApplication, RegisteredCompany, RegisteredRepresentative]:
    try:
        entry, registered, named = await listed(form.uscc, registrar)
    except NotFound:
        raise Refused(
            "entry.registrar_unknown",
            "登记机关没有登记该统一社会信用代码的企业，不能通过。",
            "The register knows no company of this code, so it cannot be approved.",
        ) from None
    if named.dissolved_on is not None:
        raise Refused(
            "entry.dissolved",
            "该企业已注销，不能通过。",
            "This company was dissolved; it cannot be approved.",
        )
    if differs := _differences(form, registered, entry, named):
        raise Refused(
            "entry.registrar_differs",
            "申请表与登记机关的登记不一致，不能通过。请退回补正。",
            "The form differs from the register, so it cannot be approved. Return it to be corrected.",
            differs=differs,
        )
    return entry, registered, named


async def _require_apart(reviewer: str, named: RegisteredRepresentative, records: RecordsKey) -> None:
    """Not of the company whose representative the reviewer is by the register, whatever mobile was typed."""
    person = await find_person(named.mobile, records)
    if person is not None and person.id == await staff.person_of(reviewer):
        raise staff.own_matter()


def _differences(
    form: EntryForm,
    registered: RegisteredCompany,
    entry: RegistrarApplication,
    named: RegisteredRepresentative,
) -> list[str]:
    pairs = {
        "uscc": (form.uscc, registered.uscc),
        "company_name": (form.company_name, registered.company_name),
        "company_type": (COMPANY_TYPES[form.company_type], entry.company_type),
        "representative_name": (form.representative_name, named.name),
        "representative_id_number": (form.representative_id_number, named.id_number),
    }
    return [name for name, (ours, theirs) in pairs.items() if ours != theirs]


async def _drawn(
    row: EntryApplication,
    form: EntryForm,
    entry: RegistrarApplication,
    registered: RegisteredCompany,
    materials: Mapping[str, EntryMaterial],
) -> list[Drawn]:
    reserved = await numbers.reserve(registered.region, len(form.seals))
    words = {key: value or "" for key, value in licence_data(entry, registered).items()}
    scanned = {
        slot.seal: materials[slot.key] for slot in needed(Case.from_json(row.case)) if slot.need.imprint
    }
    return [
        await _one(design, scanned.get(number), row)
        for number, design in enumerate(designs(form, words, reserved))
    ]


async def _one(design: Design, scanned: EntryMaterial | None, row: EntryApplication) -> Drawn:
    """As drawn, or off the scan that the reviewer compared; too like another's, it is held (R79)."""
    if scanned is None or scanned.lifted is None:
        drawn = imprint.draw(design)
        seen = look(drawn)
        name_seal = spec(design.kind).seal_class is SealClass.NAME
        copy = None if name_seal else await duplicates.drawn_copy(seen, "")
        return Drawn(design, drawn, seen, held=TOO_LIKE if copy is not None else None)
    lifted = scanned.lifted
    taken = Imprint(lifted["width_mm"], lifted["height_mm"], lifted["trace"])
    seen = look(taken)
    copy = await duplicates.copy_among_all(seen, "")
    scan = Scan(row.applicant_id, lifted["blob"], lifted["quality"])
    return Drawn(design, taken, seen, scan, TOO_LIKE if copy is not None else None)


async def _tell_both(row: EntryApplication, company: Company, reviewer: str, now: datetime) -> None:
    """The applicant, and the representative where that is somebody else."""
    for person in sorted({row.applicant_id, company.representative_id}):
        await events.append(
            events.person_stream(person),
            "entry.approved",
            actor=f"staff:{reviewer}",
            subject=f"entry:{row.id}",
            now=now,
            on_behalf=company.id,
            facts={"company_name": company.name, "company": company.id, "uscc": company.uscc},
        )
