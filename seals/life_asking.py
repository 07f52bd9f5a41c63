"""Ask for a change in a seal's life, in web: drafted, then confirmed with the PIN by a sealer's offer.

Resume, renew, cancel, loss, damage (R42–R46). Session and PIN alone change nothing: the device signs what the
draft says, or a code came for exactly it, and the sealer builds the same (`seals/life_acting.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth import throttling
from auth.authority import Act, require_active
from auth.china import signed_second
from auth.errors import Invalid, NotFound
from auth.member_models import Grant
from auth.models import Company
from auth.throttling import Limit
from seals import confirm_codes, offers, remaking
from seals.asks.deciding import require_waiting
from seals.confirm_codes import ConfirmCodeSent
from seals.expiring import require_due
from seals.filing import makers
from seals.freezing import own_seal
from seals.grant_endings import UNENDED
from seals.life import BY_PIN, Change, possible, remade, steps_of
from seals.life_models import AskedState, SealChange
from seals.living import OPEN, not_possible
from seals.models import OfferPurpose, Seal, Signing
from seals.offers import PINS_PER_PERSON, PinDesk
from seals.proofs import Proof, require_offered
from seals.seal_views import SealView, seal_view

__all__ = [
    "ChangeDraft",
    "ask_code",
    "change_info",
    "confirm",
    "draft",
    "forget_old",
    "is_draft",
    "no_such",
    "values",
]

DRAFTED_FOR = timedelta(minutes=10)
"""So long a draft can be confirmed; longer than a code by text message lives."""
CHANGES_PER_PERSON = Limit("seal_change.person", 60, 3600)


@dataclass(frozen=True)
class ChangeDraft:
    """A change that is to be confirmed until `expires_at`, and what it would end now.

    found, generation: the seal as it stands, part of what a device signs. revoked: why its certificates
    would be revoked, as RFC 5280 names it, or null; remade: whether another seal is issued in its place, with
    another number; unlicensed: that none is, because nobody may make it now. ask, letter: the request of a
    member that it carries out, and the digest of his letter of authorisation, else empty.
    """

    id: str
    change: str
    seal_id: str
    seal_name: str
    found: str
    generation: int
    revoked: str | None
    remade: bool
    grants: int
    signings: int
    expires_at: datetime
    unlicensed: bool = False
    ask: str = ""
    letter: str = ""


def values(row: SealChange) -> dict[str, str]:
    """What the representative's device signs, besides its own id; both sides build it.

    expires: UTC, to the second.
    """
    return {
        "purpose": OfferPurpose.CHANGE.value,
        "id": row.id,
        "seal": row.seal_id,
        "change": row.change,
        "found": row.found.value,
        "generation": str(row.generation),
        "ask": row.ask,
        "letter": row.letter,
        "expires": signed_second(row.created_at + DRAFTED_FOR),
    }


def change_info(row: SealChange) -> dict[str, object]:
    """What the PIN offer of a change is bound to; both sides build it."""
    return {**values(row), "person": row.person_id, "company": row.company_id}


def is_draft(row: SealChange, person_id: str, now: datetime) -> bool:
    """Whether a change is this person's to confirm, and in time."""
    return row.state is AskedState.DRAFT and row.person_id == person_id and now < row.created_at + DRAFTED_FOR


def no_such() -> NotFound:
    """The answer to whoever has no such draft."""
    return NotFound(
        "change.not_found",
        "没有这项待确认的印章业务，或已超时。请重新办理。",
        "There is no such change to confirm, or it is too late. Begin again.",
    )


def _change_of(name: str) -> Change:
    if name not in BY_PIN:
        raise Invalid(
            "change.unknown",
            "请选择要办理的业务：恢复、续期、注销、挂失或损坏重制。",
            f"Choose what is to be done: {', '.join(BY_PIN)}.",
            field="change",
        )
    return Change(name)


async def _own(seal_id: str, change: Change, person_id: str, now: datetime) -> Seal:
    """The seal, if this change is possible now. Raises NotFound, Refused, Conflict."""
    act = steps_of(change)[0].act
    assert act is not None, "what is confirmed with a PIN is an act of a person"
    seal = await own_seal(seal_id, person_id, act, now)
    require_active(await Company.get(id=seal.company_id))
    if not possible(change, seal.state):
        raise not_possible(change)
    if change is Change.RENEW:
        await require_due(seal, now)
    return seal


async def draft(
    seal_id: str, change: str, person_id: str, now: datetime, ask: str | None = None
) -> ChangeDraft:
    """Draft a change, to be confirmed; nothing changes yet. It replaces an earlier draft for the seal.

    ask: the request of a member that it carries out. Raises NotFound `seal.not_found`; Refused
    `access.denied`; Invalid `change.unknown`; Conflict `seal.state`, `seal.not_due`, `company.closed`,
    `ask.over`; Unavailable `maker.unlicensed` of what is made anew and was not lost; TooMany.
    """
    await own_seal(seal_id, person_id, Act.SEE_COMPANY, now)  # what is not there is told before what is wrong
    wanted = _change_of(change)
    seal = await _own(seal_id, wanted, person_id, now)
    if await remaking.makes_another(wanted, seal, now):
        await makers.require(now)
    asked = None if ask is None else await require_waiting(ask, seal.id, wanted, now)
    await throttling.count(CHANGES_PER_PERSON, person_id, now)
    await SealChange.filter(seal_id=seal.id, state=AskedState.DRAFT).delete()
    row = await SealChange.create(
        company_id=seal.company_id,
        seal_id=seal.id,
        person_id=person_id,
        change=wanted.value,
        found=seal.state,
        generation=seal.generation,
        ask="" if asked is None else asked.id,
        letter="" if asked is None else asked.letter_sha256,
        state=AskedState.DRAFT,
        created_at=now,
    )
    return await _view(row, seal, now)


async def _view(row: SealChange, seal: Seal, now: datetime) -> ChangeDraft:
    step = next(each for each in steps_of(Change(row.change)) if each.frm is seal.state)
    another = await remaking.makes_another(step.change, seal, now)
    ends_grants = step.revoked is not None
    return ChangeDraft(
        row.id,
        row.change,
        seal.id,
        seal.name,
        seal.state.value,
        seal.generation,
        None if step.revoked is None else step.revoked.value,
        another,
        await Grant.filter(seal=seal.id, state__in=UNENDED).count() if ends_grants else 0,
        await Signing.filter(seal_id=seal.id, state__in=OPEN).count() if step.ends else 0,
        row.created_at + DRAFTED_FOR,
        remade(step.change, seal) and not another,
        row.ask,
        row.letter,
    )


async def _own_draft(change_id: str, person_id: str, now: datetime) -> SealChange:
    row = await SealChange.get_or_none(id=change_id)
    if row is None or not is_draft(row, person_id, now):
        raise no_such()
    await _own(row.seal_id, Change(row.change), person_id, now)
    return row


async def ask_code(change_id: str, person_id: str, now: datetime) -> ConfirmCodeSent:
    """Have a code sent for one's own draft, where the browser is no enrolled device.

    Raises NotFound `change.not_found`; and what `draft` and `confirm_codes.ask` do.
    """
    row = await _own_draft(change_id, person_id, now)
    return await confirm_codes.ask(OfferPurpose.CHANGE, row.id, person_id, now)


async def confirm(
    change_id: str, person_id: str, pin: str, proof: Proof, now: datetime, desk: PinDesk
) -> SealView:
    """Confirm one's own draft; returns the seal once the sealer has acted.

    Raises NotFound `change.not_found`; Refused `access.denied`, `device.…`, `code.…`, `pin.wrong` …,
    `seal.not_collected` of who has no PIN; Conflict `seal.…`, `company.closed`; Invalid `code.format`;
    TooMany; Unavailable.
    """
    row = await _own_draft(change_id, person_id, now)
    await throttling.count(PINS_PER_PERSON, person_id, now)
    await require_offered(proof, person_id)
    offer = await offers.make(
        desk,
        OfferPurpose.CHANGE,
        row.id,
        person_id,
        pin,
        change_info(row),
        now,
        device=proof.signed,
        code=proof.code or "",
    )
    await offers.outcome(offer)
    return seal_view(await Seal.get(id=row.seal_id))


async def forget_old(now: datetime) -> None:
    """Delete drafts that nobody confirmed."""
    await SealChange.filter(state=AskedState.DRAFT, created_at__lt=now - DRAFTED_FOR).delete()
