"""The review of held seals (R79): an operator looks, and lets a seal go out or declines it.

Photo-made imprints always come here, drawn ones when they are too like another company's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tortoise.exceptions import IntegrityError

from auth import events
from auth.engine import transaction
from auth.errors import Conflict, Invalid, NotFound
from auth.models import Company, Event
from seals import duplicates, numbers
from seals.entry.models import EntryApplication
from seals.filing import makers, recording
from seals.filing_models import FilingKind
from seals.imprint import Imprint
from seals.life import Change, columns, the_step
from seals.models import Seal, SealState
from seals.seal_views import reason_of
from seals.signing.preparing import seal_imprint

__all__ = [
    "HeldSeal",
    "approve",
    "dealt_with",
    "decline",
    "held",
    "no_seal",
    "one",
    "picture",
]

REASON_MAX = 240
ACTOR_MAX = 40  # what an event holds of its actor
PAGE = 100


@dataclass(frozen=True)
class HeldSeal:
    """A seal that waits. alike: the living seal of another company that it is most like, if any."""

    id: str
    company: str
    uscc: str
    kind: str
    name: str
    number: str
    photo: bool
    reason: str
    created_at: datetime
    alike: str | None
    alike_company: str | None
    score: float | None


async def held() -> list[HeldSeal]:
    """The seals that wait, oldest first, at most PAGE; each is compared as it stands today."""
    rows = await Seal.filter(state=SealState.HELD).order_by("created_at", "id").limit(PAGE)
    companies = {row.id: row for row in await Company.filter(id__in={seal.company_id for seal in rows})}
    return [await _held(row, companies[row.company_id]) for row in rows]


async def one(seal_id: str) -> HeldSeal:
    """One that waits, compared as it stands today. Raises NotFound `seal.not_found`."""
    row = await _found(seal_id)
    return await _held(row, await Company.get(id=row.company_id))


async def _held(row: Seal, company: Company) -> HeldSeal:
    seen = await duplicates.kept(row.id)
    find = duplicates.drawn_copy if row.photo_id is None else duplicates.copy_among_all
    alike = await find(seen, company.id)
    other = await Seal.get(id=alike.seal_id).select_related("company") if alike is not None else None
    return HeldSeal(
        row.id,
        company.name,
        company.uscc,
        row.kind,
        row.name,
        row.number,
        row.photo_id is not None,
        row.reason or "",
        row.created_at,
        other.id if other is not None else None,
        other.company.name if other is not None else None,
        round(alike.score, 3) if alike is not None else None,
    )


async def picture(seal_id: str) -> tuple[str, Imprint]:
    """Number and imprint of a held seal, or of what it is like. Raises NotFound `seal.not_found`."""
    row = await _found(seal_id)
    return row.number, seal_imprint(row)


async def approve(seal_id: str, actor: str, now: datetime) -> None:
    """HELD → ISSUED; the owner is told, and may collect it. actor: as events name whoever decides.

    Raises as `decline`, and Unavailable `maker.unlicensed`.
    """
    seal = await _seal(seal_id, actor)
    agent = await _agent(seal)
    async with transaction():
        step = the_step(Change.APPROVE)
        moved = await Seal.filter(id=seal.id, state=step.frm).update(reason=None, **columns(step, now))
        if moved:
            await makers.require(now)
            await recording.record(seal, FilingKind.MADE, now, agent_id=agent)
        await _tell(seal, "seal.issued", moved, actor, now)


async def decline(seal_id: str, actor: str, reason_zh: str, reason_en: str, now: datetime) -> None:
    """HELD → DECLINED, for good; the owner is told why. Its number is not used again.

    What it held goes free: being the only one of its kind (R19), and its ordinal (R20), which nobody saw.
    Raises NotFound `seal.not_found`, Conflict `seal.state`, Invalid on the field.
    """
    reason = reason_of(
        _checked(reason_zh, "reason", REASON_MAX), _checked(reason_en, "reason_en", REASON_MAX)
    )
    seal = await _seal(seal_id, actor)
    ordinal = await numbers.ordinal_given_up(seal)
    try:
        async with transaction():
            step = the_step(Change.DECLINE)
            written = columns(step, now)
            moved = await Seal.filter(id=seal.id, state=step.frm).update(
                reason=reason, ordinal=ordinal, **written
            )
            await _tell(seal, "seal.declined", moved, actor, now)
    except IntegrityError:
        raise dealt_with() from None


async def _seal(seal_id: str, actor: str) -> Seal:
    _checked(actor, "operator", ACTOR_MAX)
    return await _found(seal_id)


async def _agent(seal: Seal) -> str | None:
    """Who applied for it, for its filing (R32): who added it; of a company that entered, its applicant."""
    told = Event.filter(
        stream=events.company_stream(seal.company_id), subject=f"seal:{seal.id}", kind="seal.held"
    )
    held_by = await told.first()
    role, _, who = held_by.actor.partition(":") if held_by is not None else ("", "", "")
    if role == "person":
        return who
    entered = await EntryApplication.get_or_none(company_id=seal.company_id)
    return entered.applicant_id if entered is not None else None


async def _found(seal_id: str) -> Seal:
    row = await Seal.get_or_none(id=seal_id)
    if row is None:
        raise no_seal()
    return row


def no_seal() -> NotFound:
    """The answer where there is no such seal."""
    return NotFound("seal.not_found", "没有找到该印章。", "There is no such seal.")


def _checked(text: str, field: str, most: int) -> str:
    text = " ".join(text.split())
    if not 0 < len(text) <= most or not text.isprintable():
        raise Invalid(
            f"review.{field}",
            f"请填写 {field}，不超过 {most} 个字。",
            f"Give the {field}, at most {most} characters.",
            field=field,
        )
    return text


def dealt_with() -> Conflict:
    """The answer where it waits no more."""
    return Conflict(
        "seal.state",
        "该印章不在待核对状态，可能已由他人处理，请重新查看列表。",
        "This seal does not wait for review; somebody may have dealt with it. Look at the list again.",
    )


async def _tell(seal: Seal, kind: str, moved: int, actor: str, now: datetime) -> None:
    if not moved:
        raise dealt_with()
    await events.append(
        events.company_stream(seal.company_id),
        kind,
        actor=actor,
        subject=f"seal:{seal.id}",
        now=now,
        on_behalf=seal.company_id,
        facts={"kind": seal.kind, "number": seal.number},
    )
