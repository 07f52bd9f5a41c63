"""The name seal of whom the licence names: with a change one is cancelled and another made (R42)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auth.errors import DomainError
from seals import duplicates, imprint, numbers
from seals.design import Design
from seals.forms import company_form, owners_name_seal
from seals.founding import sole
from seals.kinds import SealKind
from seals.likeness import Look, look
from seals.models import Seal, SealState
from seals.registered import Registered

__all__ = ["Drawn", "cancel", "draw", "issue", "kind_of"]

_log = logging.getLogger("sealer")


@dataclass(frozen=True)
class Drawn:
    """A name seal that is not issued yet."""

    design: Design
    imprint: imprint.Imprint
    look: Look


def kind_of(said: Registered) -> SealKind:
    """The kind of it: the legal representative's, or a sole trader's operator's."""
    return owners_name_seal(company_form(str(said.data["company_type"])))


async def draw(district: str, said: Registered) -> Drawn | None:
    """The name seal of the representative now. None where it cannot be drawn, as for a character that no font
    has: the change itself must not wait for it, and he can add the seal later.
    """
    try:
        (number,) = await numbers.reserve(district, 1)
        design = Design(
            kind_of(said),
            company_name=said.company_name,
            uscc=said.uscc,
            seal_number=number,
            person_name=said.representative.name,
            form=company_form(str(said.data["company_type"])),
        )
        drawn = imprint.draw(design)
    except DomainError as error:
        _log.warning("no name seal with a change of representative: %s", error.code)
        return None
    return Drawn(design, drawn, look(drawn))


async def cancel(company_id: str, said: Registered) -> Sequence[Seal]:
    """Cancel the name seals that there are, for good; after their re-keying, in its transaction.

    What they held goes free: being the only one of their kind (R19), and their ordinal (R20).
    """
    kind = kind_of(said)
    own = Seal.filter(company_id=company_id, kind=kind.value)
    gone = [SealState.DECLINED, SealState.CANCELLED]
    rows = await own.exclude(state__in=gone).order_by("id").select_for_update()
    below = await own.filter(ordinal__lt=1).count()
    for place, row in enumerate(rows, start=below + 1):
        await Seal.filter(id=row.id).update(
            state=SealState.CANCELLED, sole=None, ordinal=-place, collected_at=None, frozen_at=None
        )
    return rows


async def issue(company_id: str, made: Drawn, now: datetime) -> Seal:
    """ISSUED: number and imprint, to be collected with the other seals."""
    seal = await Seal.create(
        company_id=company_id,
        kind=made.design.kind.value,
        bearer=made.design.bearer,
        ordinal=1,
        name=made.design.name,
        number=made.design.seal_number,
        design=made.design.to_json(),
        sole=sole(company_id, made.design.kind),
        width_mm=made.imprint.width_mm,
        height_mm=made.imprint.height_mm,
        imprint=made.imprint.d,
        state=SealState.ISSUED,
        created_at=now,
    )
    await duplicates.remember(seal.id, made.look)
    return seal
