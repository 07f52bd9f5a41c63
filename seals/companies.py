"""A company with its licence and seals, as its people see it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from auth import identity_checks, licences, throttling
from auth.authority import OF_A_SEAL, Act, Standing, of_seals, require, standing
from auth.errors import Conflict
from auth.throttling import Limit
from seals import expiring, rules
from seals.asks.asking import ASKABLE
from seals.freezing import own_seal
from seals.imprint import Imprint, to_preview_png
from seals.kinds import SealKind
from seals.life import BY_PIN, Change, possible, steps_of
from seals.models import GIVEN_UP, Collection, Holder, Seal, SealState, SesSeal
from seals.seal_views import SealView, seal_view
from seals.signing.preparing import seal_imprint

__all__ = [
    "PICTURES_PER_PERSON",
    "CompanyView",
    "LicenceView",
    "company",
    "imprint_of",
    "picture_of",
    "structure_of",
]

PICTURES_PER_PERSON = Limit("picture.person", 60, 60)
"""Painting one takes up to a fifth of a second, of a photo more, and the web process does nothing else."""


@dataclass(frozen=True)
class LicenceView:
    """The electronic licence: registered data and state."""

    number: str
    state: str
    data: dict[str, Any]
    signed_at: datetime | None


@dataclass(frozen=True)
class CompanyView:
    """A company, its licence, its seals, those given up last; the id of a collection under way, or None.

    may: what the person who looks may do here (`auth.authority.Act`).
    """

    id: str
    name: str
    uscc: str
    state: str
    licence: LicenceView
    seals: tuple[SealView, ...]
    to_collect: int
    collection: str | None
    pin_known: bool
    may: tuple[str, ...]


async def company(company_id: str, person_id: str, now: datetime) -> CompanyView:
    """Raises NotFound `company.not_found`, also for another's company."""
    row = await require(person_id, Act.SEE_COMPANY, company_id, now)
    his = await standing(person_id, company_id, now)
    licence = await licences.in_force(row.id)
    order = {kind.value: place for place, kind in enumerate(SealKind)}
    seals = sorted(
        await Seal.filter(company_id=row.id), key=lambda s: (s.state in GIVEN_UP, order[s.kind], s.ordinal)
    )
    towards = await of_seals(person_id, row.id, [seal.id for seal in seals], now)
    ruled = await rules.needed_of([seal.id for seal in seals])
    ends = await expiring.ends_of(seals)
    newest = await Collection.filter(company_id=row.id, person_id=person_id).order_by("-created_at").first()
    under_way = newest is not None and newest.ended_at is None and _lives(newest, now)
    return CompanyView(
        row.id,
        row.name,
        row.uscc,
        row.state.value,
        LicenceView(licence.number, licence.state.value, licence.data, licence.signed_at),
        tuple(
            _seal(seal, towards[seal.id], ruled.get(seal.id, ""), ends.get(seal.id), now) for seal in seals
        ),
        sum(seal.state is SealState.ISSUED for seal in seals),
        newest.id if newest is not None and under_way else None,
        await Holder.exists(person_id=person_id),
        tuple(act.value for act in Act if his.may(act)),
    )


def _seal(row: Seal, his: Standing, approval: str, end: datetime | None, now: datetime) -> SealView:
    return replace(
        seal_view(row),
        may=tuple(act for act in OF_A_SEAL if his.may(act)),
        valid_until=end,
        changes=tuple(each for each in Change if _offered(each, row, his, end, now)),
        approval=approval,
        asks=tuple(each for each in ASKABLE if _askable(each, row, his)),
    )


def _offered(change: Change, row: Seal, his: Standing, end: datetime | None, now: datetime) -> bool:
    """Whether he may ask for it now: by a tap or with his PIN."""
    asked = change is Change.SUSPEND or change in BY_PIN
    act = steps_of(change)[0].act
    due = change is not Change.RENEW or expiring.is_due(end, now)
    return asked and due and act is not None and his.may(act) and possible(change, row.state)


def _askable(change: Change, row: Seal, his: Standing) -> bool:
    """Whether he may ask the representative for it: what he can do himself, he need not."""
    act = steps_of(change)[0].act
    itself = act is not None and his.may(act)
    return his.may(Act.ASK_CHANGE) and not itself and possible(change, row.state)


def _lives(row: Collection, now: datetime) -> bool:
    return identity_checks.ends(row.created_at, row.check_way) > now


async def imprint_of(seal_id: str, person_id: str, now: datetime) -> Imprint:
    """The imprint of one's own seal; raises NotFound `seal.not_found`."""
    return seal_imprint(await own_seal(seal_id, person_id, Act.SEE_COMPANY, now))


async def picture_of(seal_id: str, person_id: str, dpi: int, now: datetime) -> bytes:
    """The imprint as a PNG for preview. Raises NotFound `seal.not_found`, TooMany, Invalid `imprint.dpi`."""
    drawn = await imprint_of(seal_id, person_id, now)
    await throttling.count(PICTURES_PER_PERSON, person_id, now)
    return to_preview_png(drawn, dpi)


async def structure_of(seal_id: str, person_id: str, now: datetime) -> tuple[str, bytes]:
    """Name and SESeal (DER) of one's own seal, as of its present keys.

    Raises NotFound `seal.not_found`; Refused `access.denied`; Conflict `seal.not_collected`.
    """
    seal = await own_seal(seal_id, person_id, Act.TAKE_STRUCTURE, now)
    row = await SesSeal.get_or_none(seal_id=seal.id, generation=seal.generation)
    if row is None or seal.collected_at is None:  # as after a re-keying
        raise Conflict(
            "seal.not_collected",
            "该印章尚未领取，还没有电子印章数据。请先在手机上领取。",
            "This seal has not been collected, so it has no structure yet. Collect it on the phone first.",
        )
    return f"{seal.name}.esl", base64.b64decode(row.der)
