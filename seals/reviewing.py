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
from auth.models import Company
from seals import duplicates, numbers
from seals.filing import makers, recording
from seals.filing_models import FilingKind
from seals.imprint import Imprint
from seals.life import Change, columns, the_step
from seals.models import Seal, SealState
from seals.seal_views import reason_of
from seals.signing.preparing import seal_imprint

__all__ = ["OPERATOR_MAX", "HeldSeal", "approve", "decline", "held", "picture"]

REASON_MAX = 240
OPERATOR_MAX = 31  # with `operator:` before it, what an event holds of its actor
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


async def approve(seal_id: str, operator: str, now: datetime) -> None:
    """HELD → ISSUED; the owner is told, and may collect it. Raises as `decline`."""
    seal = await _seal(seal_id, operator)
    async with transaction():
        step = the_step(Change.APPROVE)
        moved = await Seal.filter(id=seal.id, state=step.frm).update(reason=None, **columns(step, now))
        if moved:
            await makers.require(now)
            await recording.record(seal, FilingKind.MADE, now)
        await _tell(seal, "seal.issued", moved, operator, now)


async def decline(seal_id: str, operator: str, reason_zh: str, reason_en: str, now: datetime) -> None:
    """HELD → DECLINED, for good; the owner is told why. Its number is not used again.

    What it held goes free: being the only one of its kind (R19), and its ordinal (R20), which nobody saw.
    Raises NotFound `seal.not_found`, Conflict `seal.state`, Invalid on the field.
    """
    reason = reason_of(
        _checked(reason_zh, "reason", REASON_MAX), _checked(reason_en, "reason_en", REASON_MAX)
    )
    seal = await _seal(seal_id, operator)
    ordinal = await numbers.ordinal_given_up(seal)
    try:
        async with transaction():
            step = the_step(Change.DECLINE)
            written = columns(step, now)
            moved = await Seal.filter(id=seal.id, state=step.frm).update(
                reason=reason, ordinal=ordinal, **written
            )
            await _tell(seal, "seal.declined", moved, operator, now)
    except IntegrityError:
        raise _moved() from None


async def _seal(seal_id: str, operator: str) -> Seal:
    _checked(operator, "operator", OPERATOR_MAX)
    return await _found(seal_id)


async def _found(seal_id: str) -> Seal:
    row = await Seal.get_or_none(id=seal_id)
    if row is None:
        raise NotFound("seal.not_found", "没有找到该印章。", "There is no such seal.")
    return row


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


def _moved() -> Conflict:
    return Conflict(
        "seal.state",
        "该印章不在待核对状态，可能已由他人处理，请重新查看列表。",
        "This seal does not wait for review; somebody may have dealt with it. Look at the list again.",
    )


async def _tell(seal: Seal, kind: str, moved: int, operator: str, now: datetime) -> None:
    if not moved:
        raise _moved()
    await events.append(
        events.company_stream(seal.company_id),
        kind,
        actor=f"operator:{operator}",
        subject=f"seal:{seal.id}",
        now=now,
        on_behalf=seal.company_id,
        facts={"kind": seal.kind, "number": seal.number},
    )
