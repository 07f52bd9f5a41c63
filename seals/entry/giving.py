"""Give a material: a photo or a PDF, looked at in the inspector, then stored encrypted for this row alone.

Nobody gets it but the applicant and the reviewer. What was given earlier stays readable with its round.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime

from tortoise.queryset import QuerySet

from auth import throttling
from auth.company_types import COMPANY_TYPES
from auth.engine import transaction
from auth.errors import Invalid, NotFound, TooLarge
from auth.throttling import Limit
from auth.tokens import new_id
from seals.entry.cases import Case, Slot, slot_of
from seals.entry.models import EntryApplication, EntryMaterial, EntryVerification
from seals.entry.seeing import material_view, not_found, opened, own
from seals.entry.starting import AT_APPLICANT
from seals.entry.states import wrong_state
from seals.entry.views import MaterialView
from seals.forms import company_form
from seals.kinds import SealKind
from seals.photo.figures import wanted
from seals.photo.paper_facts import MAX_BYTES, Sought
from seals.photographing import check_lifted, width_of
from seals.signing.workshop import Workshop
from seals.uploading import plain_name

__all__ = ["FileView", "file", "file_of", "give", "imprint_of"]

MATERIALS_PER_PERSON = Limit("entry.material", 120, 3600)
MATERIAL_FILES = 400
"""Of one application, those replaced included."""


@dataclass(frozen=True)
class FileView:
    """A material's file as it was given."""

    name: str
    media_type: str
    data: bytes


async def give(
    application_id: str, slot: str, name: str, data: bytes, person_id: str, now: datetime, workshop: Workshop
) -> MaterialView:
    """Put a file into a slot, in the place of what was there.

    Raises NotFound `entry.not_found`, `entry.no_slot`; Conflict `entry.state`; TooLarge `material.too_large`;
    Invalid `material.…` (what is wrong with it, and how to photograph it again), `photo.…` for an imprint;
    Invalid `material.another_companys`; TooMany.
    """
    row = await own(application_id, person_id)
    place = _place(row, slot)
    need = place.need
    if row.state not in AT_APPLICANT:
        raise wrong_state()
    if len(data) > MAX_BYTES:
        raise TooLarge(
            "material.too_large",
            f"文件超过 {MAX_BYTES >> 20} MB。照片请用普通画质重拍，PDF 请压缩后再上传。",
            f"The file is over {MAX_BYTES >> 20} MB. Take the photo at normal quality, or compress the PDF.",
            field="file",
            limit=MAX_BYTES,
        )
    await throttling.count(MATERIALS_PER_PERSON, person_id, now)
    await _require_room(row)
    same = workshop.records.index(hashlib.sha256(data).hexdigest(), "entry_material.same")
    await _require_own(row, place, same)
    seen = await workshop.inspector.paper(data, Sought(need.stamped, need.card, need.imprint, need.drawing))
    lifted = await _lifted(row, place, data, workshop) if need.imprint else None
    material_id = new_id()
    blob = await workshop.blobs.put(workshop.records.seal_file(data, _file_place(material_id)))
    async with transaction():
        if not await EntryApplication.filter(id=row.id, state=row.state, formed_at=row.formed_at).update(
            changed_at=now
        ):
            raise wrong_state()
        live = f"{row.id}:{place.key}"
        await EntryMaterial.filter(live=live).update(live=None, replaced_at=now)
        material = await EntryMaterial.create(
            id=material_id,
            application_id=row.id,
            slot=place.key,
            live=live,
            name=plain_name(name),
            media_type=seen.media_type,
            size=len(data),
            pages=seen.pages,
            blob=blob,
            same_index=same,
            lifted=lifted,
            created_at=now,
        )
    return material_view(material)


def _place(row: EntryApplication, key: str) -> Slot:
    slot = slot_of(Case.from_json(row.case), key)
    if slot is None:
        raise NotFound("entry.no_slot", "这项申请不需要该材料。", "This application needs no such material.")
    return slot


async def _require_room(row: EntryApplication) -> None:
    if await EntryMaterial.filter(application_id=row.id).count() >= MATERIAL_FILES:
        raise Invalid(
            "material.too_many",
            f"一份申请最多上传 {MATERIAL_FILES} 次文件。请撤回后重新申请，或联系客服。",
            f"An application takes at most {MATERIAL_FILES} files. Withdraw it and apply again, or contact "
            "support.",
            limit=MATERIAL_FILES,
        )


async def _require_own(row: EntryApplication, slot: Slot, same: str) -> None:
    """A picture of another company's paper is none of this one's; of one person's ID card, his own may be."""
    others = EntryMaterial.filter(same_index=same).exclude(application__uscc=row.uscc)
    if slot.need.card:
        others = others.exclude(application__applicant_id=row.applicant_id)
    if await _counts(others):
        raise Invalid(
            "material.another_companys",
            "该文件已作为另一家企业的材料提交过，不能再用。请拍摄或扫描本企业的原件。",
            "This file was given as another company's. Photograph or scan this company's own original.",
            field="file",
        )


async def _counts(others: QuerySet[EntryMaterial]) -> bool:
    """Whether any lies with an application that was submitted or is verified: of a stranger's draft nobody
    knows whose paper it is, and it must not stand in the way of the owner's.
    """
    if await others.filter(application__round__gt=0).exists():
        return True
    where = {each.application_id for each in await others}
    return await EntryVerification.exists(application_id__in=where, live__isnull=False)


async def _lifted(row: EntryApplication, slot: Slot, data: bytes, workshop: Workshop) -> dict[str, object]:
    form = opened(row, workshop.records)
    assert slot.seal is not None, "an imprint is a seal's"
    wish = form.seals[slot.seal]
    outline = wanted(
        SealKind(wish.kind), company_form(COMPANY_TYPES[form.company_type]), width_of(wish.width_mm)
    )
    lifted = await workshop.inspector.photo(data, outline)
    check_lifted(lifted)
    return {
        "trace": lifted.trace,
        "width_mm": outline.width_mm,
        "height_mm": outline.height_mm,
        "blob": await workshop.blobs.put(lifted.png),
        "quality": asdict(lifted.quality),
    }


def _file_place(material_id: str) -> str:
    return f"entry_material.file:{material_id}"


async def file(application_id: str, material_id: str, person_id: str, workshop: Workshop) -> FileView:
    """A file of one's own application. Raises NotFound `entry.not_found`."""
    row = await own(application_id, person_id)
    return await file_of(row.id, material_id, workshop)


async def file_of(application_id: str, material_id: str, workshop: Workshop) -> FileView:
    """A file of an application, whoever may see it. Raises NotFound `entry.not_found`."""
    row = await _material(application_id, material_id)
    data = workshop.records.open_file(await workshop.blobs.get(row.blob), _file_place(row.id))
    return FileView(row.name, row.media_type, data)


async def imprint_of(application_id: str, material_id: str, workshop: Workshop) -> FileView:
    """The imprint that was taken off a scan: what the seal will look like (PNG, white is see-through).

    Raises NotFound `entry.not_found`, also where none was taken off it.
    """
    row = await _material(application_id, material_id)
    if not row.lifted:
        raise not_found()
    return FileView(row.name, "image/png", await workshop.blobs.get(str(row.lifted["blob"])))


async def _material(application_id: str, material_id: str) -> EntryMaterial:
    row = await EntryMaterial.get_or_none(id=material_id, application_id=application_id)
    if row is None:
        raise not_found()
    return row
