"""Further seals of a company, beyond the five of its founding (R12-R14, R19, R20, R26, R79).

Drawn from the registered name, or taken from a photo of a stamped sheet. Free, and at once, unless a
person must look first: always at a photo, and at a drawn imprint that is too like another company's.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from tortoise.exceptions import IntegrityError

from auth import events, licences, throttling
from auth.authority import Act, require, require_active
from auth.engine import transaction
from auth.errors import Conflict, DomainError, Invalid, NotFound
from auth.models import Company
from auth.throttling import Limit
from seals import duplicates, imprint, numbers
from seals.add_form import NO_NUMBER, AddForm, design_of, require_confirmed
from seals.design import Design
from seals.establishing import sole
from seals.filing import makers, recording
from seals.filing_models import FilingKind
from seals.imprint import Imprint
from seals.kinds import SealClass, SealKind, spec
from seals.likeness import Look, look
from seals.models import GIVEN_UP, Seal, SealPhoto, SealState
from seals.seal_views import SealView, reason_of, seal_view

__all__ = ["MAX_SEALS", "add_seal", "preview"]

MAX_SEALS = 60
"""Of one company, without those given up; a bound on what one owner can store, not a rule of law."""
ADDS_PER_PERSON = Limit("seal.add", 30, 3600)
PREVIEWS_PER_PERSON = Limit("seal.preview", 60, 60)
TURNS = 12  # for a number of its kind, when several are made at once

BY_PHOTO = reason_of(
    "印模来自照片，需人工核对后发放，一般一个工作日内完成。",
    "The imprint is from a photo; a person compares it before it is issued, mostly within a working day.",
)
TOO_LIKE = reason_of(
    "印模与其他企业已有的印模过于相似，需人工核对后发放。您无须操作；急用时请联系客服。",
    "The imprint is too like another company's, so a person looks at it first. You need not do anything.",
)


async def add_seal(company_id: str, person_id: str, form: AddForm, now: datetime) -> SealView:
    """Make one more seal: ISSUED, to be collected; or HELD, with the reason. No key exists yet.

    The same request_id again gives the same seal. Raises NotFound `company.not_found`, `photo.not_found`;
    Refused `access.denied`; Conflict `company.closed`, `seal.only_one`, `seal.too_many`,
    `seal.other_request`; TooMany; Unavailable `maker.unlicensed`; Invalid with the field that is wrong: all
    before any number is reserved.
    """
    company = await require(person_id, Act.ADD_SEAL, company_id, now)
    require_active(company)
    wanted = await _wanted(company, form)
    if (known := await _known(company.id, form, wanted)) is not None:
        return known
    require_confirmed(form, wanted)
    await throttling.count(ADDS_PER_PERSON, person_id, now)
    await _require_room(company.id, wanted.kind)
    photo = await _photo(form.photo, company.id, wanted.kind)
    _drawn(wanted)  # a character that no font has is refused here
    await makers.require(now)
    (number,) = await numbers.reserve(company.region, 1)
    for _ in range(TURNS):
        design = replace(wanted, seal_number=number, ordinal=await _ordinal(company.id, wanted))
        made = _drawn(design) if photo is None else _taken(photo)
        try:
            return await _issue(company, person_id, form.request_id, design, made, photo, now)
        except IntegrityError:  # another request was faster: for this one, for the only one, for the ordinal
            if (known := await _known(company.id, form, wanted)) is not None:
                return known
            await _require_room(company.id, wanted.kind)
    raise Conflict(
        "seal.busy",
        "同时制作的印章过多，请稍后再试。",
        "Too many seals are being made at once. Please try again in a moment.",
    )


async def preview(company_id: str, person_id: str, form: AddForm, now: datetime) -> tuple[Imprint, int]:
    """What `add_seal` would draw, with zeros for a seal number, and the ordinal.

    Changes nothing; raises as `add_seal`.
    """
    company = await require(person_id, Act.ADD_SEAL, company_id, now)
    require_active(company)
    await throttling.count(PREVIEWS_PER_PERSON, person_id, now)
    wanted = await _wanted(company, form)
    await _require_room(company.id, wanted.kind)
    photo = await _photo(form.photo, company.id, wanted.kind)
    design = replace(wanted, ordinal=await _ordinal(company.id, wanted))
    return (_drawn(design) if photo is None else _taken(photo)), design.ordinal


async def _wanted(company: Company, form: AddForm) -> Design:
    return design_of(form, (await licences.in_force(company.id)).data)


async def _known(company_id: str, form: AddForm, wanted: Design) -> SealView | None:
    """The seal that this request has made already; Conflict when it asked for another one then."""
    row = await Seal.get_or_none(company_id=company_id, request_id=form.request_id)
    if row is None:
        return None
    before = Design.from_json(row.design)
    same = replace(before, seal_number=NO_NUMBER, ordinal=1) == wanted and row.photo_id == form.photo
    if not same:
        raise Conflict(
            "seal.other_request",
            "这个请求编号已用于制作另一枚印章，请刷新页面后重新提交。",
            "This request id has made another seal; reload the page and send again.",
            field="request_id",
        )
    return seal_view(row)


async def _require_room(company_id: str, kind: SealKind) -> None:
    place = sole(company_id, kind)
    if place is not None and await Seal.exists(sole=place):
        zh, en = spec(kind).zh, spec(kind).en
        raise Conflict(
            "seal.only_one",
            f"企业已有一枚{zh}，只能有一枚，不能再制作。请使用现有印章，或改选其他种类。",
            f"The company has its one seal of this kind ({en}). Use that one, or choose another kind.",
            field="kind",
        )
    if await Seal.filter(company_id=company_id).exclude(state__in=GIVEN_UP).count() >= MAX_SEALS:
        raise Conflict(
            "seal.too_many",
            f"一家企业最多 {MAX_SEALS} 枚印章。确需更多，请联系客服。",
            f"A company has at most {MAX_SEALS} seals. If more are needed, please contact support.",
            limit=MAX_SEALS,
        )


async def _photo(photo_id: str | None, company_id: str, kind: SealKind) -> SealPhoto | None:
    if photo_id is None:
        return None
    row = await SealPhoto.get_or_none(id=photo_id, company_id=company_id)
    if row is None:
        raise NotFound(
            "photo.not_found", "没有找到该照片，请重新拍照上传。", "There is no such photo; take it again."
        )
    taken_of = SealKind(row.quality["kind"])
    if taken_of is not kind:
        raise Invalid(
            "photo.other_kind",
            f"照片是按{spec(taken_of).zh}拍的，尺寸和形状以此为准。请选择{spec(taken_of).zh}，或重新拍照。",
            f"The photo was taken of another kind ({spec(taken_of).en}), whose size and outline it follows. "
            "Choose that kind, or take a new photo.",
            field="kind",
        )
    return row


def _taken(photo: SealPhoto) -> Imprint:
    return Imprint(photo.width_mm, photo.height_mm, photo.trace)


def _drawn(design: Design) -> Imprint:
    """The imprint; what is wrong with it is said beside the field that the words came from."""
    try:
        return imprint.draw(design)
    except DomainError as error:
        char = error.facts.get("char")
        if error.field is None and isinstance(char, str):
            typed = {
                "unit": design.unit,
                "person_name": design.person_name,
                "foreign_text": design.foreign_text,
            }
            error.field = next((name for name, text in typed.items() if char in text), None)
        raise


async def _ordinal(company_id: str, wanted: Design) -> int:
    """The lowest number that no seal of this kind and bearer has; of a single kind it is 1: `sole` decides.

    A declined one was never seen, and holds none.
    """
    if spec(wanted.kind).single:
        return 1
    rows = await Seal.filter(company_id=company_id, kind=wanted.kind.value, bearer=wanted.bearer).only(
        "ordinal"
    )
    taken = {row.ordinal for row in rows}
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


async def _held(design: Design, seen: Look, company_id: str, photo: SealPhoto | None) -> str | None:
    """Why a person must look first, or None.

    A name seal that we draw is exempt: two people may share a name, and theirs are then rightly alike.
    """
    if photo is not None:
        return BY_PHOTO
    if spec(design.kind).seal_class is SealClass.NAME:
        return None
    return TOO_LIKE if await duplicates.drawn_copy(seen, company_id) is not None else None


async def _issue(
    company: Company,
    person_id: str,
    request_id: str,
    design: Design,
    made: Imprint,
    photo: SealPhoto | None,
    now: datetime,
) -> SealView:
    seen = look(made)
    reason = await _held(design, seen, company.id, photo)
    async with transaction():
        # Whoever lost his right meanwhile, with a change of the representative, adds nothing any more;
        # and a company that was dissolved meanwhile has no seal.
        require_active(await Company.filter(id=company.id).select_for_update().get())
        await require(person_id, Act.ADD_SEAL, company.id, now)
        seal = await Seal.create(
            company_id=company.id,
            kind=design.kind.value,
            bearer=design.bearer,
            ordinal=design.ordinal,
            name=design.name,
            number=design.seal_number,
            design=design.to_json(),
            sole=sole(company.id, design.kind),
            photo_id=photo.id if photo is not None else None,
            request_id=request_id,
            reason=reason,
            width_mm=made.width_mm,
            height_mm=made.height_mm,
            imprint=made.d,
            state=SealState.HELD if reason else SealState.ISSUED,
            created_at=now,
        )
        await duplicates.remember(seal.id, seen)
        if seal.state is SealState.ISSUED:
            await recording.record(seal, FilingKind.MADE, now, agent_id=person_id)
        await events.append(
            events.company_stream(company.id),
            "seal.held" if reason else "seal.issued",
            actor=f"person:{person_id}",
            subject=f"seal:{seal.id}",
            now=now,
            on_behalf=company.id,
            facts=_facts(design, photo),
        )
    return seal_view(seal)


def _facts(design: Design, photo: SealPhoto | None) -> dict[str, str]:
    facts: dict[str, str] = {"kind": design.kind.value, "number": design.seal_number}
    if design.foreign_text:
        # The texts stand in the seal's design; which ones this person vouched for belongs on record.
        texts = f"{design.foreign_text}\n{design.translation}"
        facts["translation_confirmed"] = hashlib.sha256(texts.encode()).hexdigest()
    if photo is not None:
        facts["photo"] = photo.id
    return facts
