"""An application as its applicant sees it, and nobody else: 404 for everyone else's alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidTag

from auth.errors import NotFound, Refused
from auth.identifiers import mask_id, mask_mobile
from auth.privacy import RecordsKey
from seals.entry.cases import Case, Slot, needed
from seals.entry.models import EntryApplication, EntryMaterial, EntryRound, EntryState, EntryVerification
from seals.entry.views import EntryForm, EntryView, MaterialView, RoundView, SealWish, SlotView

__all__ = [
    "Given",
    "digest",
    "find",
    "form_place",
    "given",
    "listed",
    "missing",
    "not_found",
    "opened",
    "own",
    "round_place",
    "sealed",
    "view",
]

MAX_LISTED = 50


@dataclass(frozen=True)
class Given:
    """What lies with an application. live: slot to the file that counts; rounds: oldest first."""

    live: Mapping[str, EntryMaterial]
    every: Mapping[str, EntryMaterial]
    rounds: tuple[EntryRound, ...]
    verified: tuple[EntryVerification, ...]


def form_place(application_id: str) -> str:
    """Where an application's form belongs."""
    return f"entry_application.form:{application_id}"


def round_place(round_id: str) -> str:
    """Where the form as it was submitted belongs."""
    return f"entry_round.form:{round_id}"


def sealed(form: EntryForm, place: str, records: RecordsKey) -> bytes:
    """A form as it is stored."""
    return records.seal(json.dumps(asdict(form), ensure_ascii=False), place)


def opened(row: EntryApplication, records: RecordsKey) -> EntryForm:
    """The form of an application. Raises Refused `entry.damaged`."""
    try:
        values = json.loads(records.open(bytes(row.form_sealed), form_place(row.id)))
    except InvalidTag:
        raise Refused(
            "entry.damaged",
            "申请内容已损坏或被改动，无法继续。请联系客服。",
            "The application's form was damaged or changed and cannot be used. Please contact support.",
        ) from None
    return EntryForm(**{**values, "seals": tuple(SealWish(**each) for each in values["seals"])})


def not_found() -> NotFound:
    """The answer to whoever has no such application."""
    return NotFound("entry.not_found", "没有找到该申请。", "There is no such application.")


async def own(application_id: str, person_id: str) -> EntryApplication:
    """An application of one's own. Raises NotFound `entry.not_found`, of one that was erased as well."""
    row = await EntryApplication.get_or_none(id=application_id, applicant_id=person_id)
    if row is None or not row.form_sealed:
        raise not_found()
    return row


async def find(application_id: str, person_id: str, records: RecordsKey) -> EntryView:
    """The view of one's own application."""
    return await view(await own(application_id, person_id), records)


async def listed(person_id: str, records: RecordsKey) -> tuple[EntryView, ...]:
    """One's own applications, the newest first."""
    there = EntryApplication.filter(applicant_id=person_id).exclude(form_sealed=b"")
    rows = await there.order_by("-created_at").limit(MAX_LISTED)
    return tuple([await view(row, records) for row in rows])


async def given(row: EntryApplication) -> Given:
    """What lies with an application."""
    materials = await EntryMaterial.filter(application_id=row.id).order_by("created_at")
    rounds = await EntryRound.filter(application_id=row.id).order_by("number")
    verified = await EntryVerification.filter(application_id=row.id, live__isnull=False).order_by("way")
    return Given(
        {each.slot: each for each in materials if each.live is not None},
        {each.id: each for each in materials},
        tuple(rounds),
        tuple(verified),
    )


def missing(row: EntryApplication, lying: Given) -> tuple[str, ...]:
    """The slots that are empty, or that the reviewer returned and nobody has filled anew."""
    last = lying.rounds[-1] if lying.rounds else None
    returned = last.returned if last is not None and row.state is EntryState.RETURNED else {}
    before = last.materials if last is not None else {}

    def lacks(slot: Slot) -> bool:
        material = lying.live.get(slot.key)
        if material is None:
            return not slot.need.optional or slot.key in returned
        return slot.key in returned and before.get(slot.key) == material.id

    return tuple(slot.key for slot in needed(Case.from_json(row.case)) if lacks(slot))


def digest(row: EntryApplication, form: EntryForm, lying: Given, records: RecordsKey) -> str:
    """What a submission of this moment is of: its round, the whole form, each file. A keyed hash, from which
    no number of a person is guessed.
    """
    files = {key: [each.id, each.blob] for key, each in lying.live.items()}
    said = {"entry": row.id, "round": row.round + 1, "form": asdict(form), "files": files}
    return records.index(json.dumps(said, ensure_ascii=False, sort_keys=True), "entry.digest")


async def view(row: EntryApplication, records: RecordsKey) -> EntryView:
    """The applicant's view of a row."""
    form, lying = opened(row, records), await given(row)
    return EntryView(
        id=row.id,
        state=row.state.value,
        company_name=row.company_name,
        uscc=row.uscc,
        company_type=form.company_type,
        owner_type=form.owner_type,
        applicant=form.applicant,
        representative_name=form.representative_name,
        representative_id_number=mask_id(form.representative_id_number),
        representative_mobile=mask_mobile(form.representative_mobile),
        agent_name=form.agent_name,
        agent_id_number=mask_id(form.agent_id_number) if form.agent_id_number else "",
        agent_mobile=mask_mobile(form.agent_mobile) if form.agent_mobile else "",
        superior=form.superior,
        permit=form.permit,
        seals=form.seals,
        slots=tuple(_slot(slot, row, lying) for slot in needed(Case.from_json(row.case))),
        missing=missing(row, lying),
        rounds=tuple(_round(each, lying) for each in lying.rounds),
        verified=tuple(each.way.value for each in lying.verified),
        reason=row.reason,
        company_id=row.company_id,
        digest=digest(row, form, lying, records),
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
    )


def _slot(slot: Slot, row: EntryApplication, lying: Given) -> SlotView:
    need, material = slot.need, lying.live.get(slot.key)
    returned = None
    if row.state is EntryState.RETURNED and slot.key in missing(row, lying):
        returned = lying.rounds[-1].returned.get(slot.key)
    return SlotView(
        slot.key,
        need.kind.value,
        slot.seal,
        need.stamped,
        need.optional,
        need.rules,
        material_view(material) if material is not None else None,
        returned,
    )


def material_view(row: EntryMaterial) -> MaterialView:
    """What the applicant sees of a file."""
    return MaterialView(
        row.id,
        row.slot,
        row.name,
        row.media_type,
        row.size,
        row.pages,
        f"/api/entries/{row.application_id}/materials/{row.id}/file",
        row.created_at,
        bool(row.lifted),
    )


def _round(row: EntryRound, lying: Given) -> RoundView:
    files = {key: material_view(lying.every[each]) for key, each in row.materials.items()}
    return RoundView(
        row.number, row.submitted_at, row.outcome.value, files, dict(row.returned), row.reason, row.decided_at
    )
