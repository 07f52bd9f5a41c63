"""The name seal of whom the licence names: with a change one is cancelled and another made (R42)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from auth.errors import DomainError
from seals import imprint, living, numbers
from seals.design import Design
from seals.filing import makers
from seals.forms import company_form, owners_name_seal
from seals.founding import Drawn
from seals.kinds import SealKind
from seals.life import Change
from seals.likeness import look
from seals.living import Moved
from seals.models import Seal
from seals.registered import Registered

__all__ = ["cancel", "draw", "ids_of", "kind_of"]

_log = logging.getLogger("sealer")


def kind_of(said: Registered) -> SealKind:
    """The kind of it: the legal representative's, or a sole trader's operator's."""
    return owners_name_seal(company_form(str(said.data["company_type"])))


async def draw(district: str, said: Registered, now: datetime) -> Drawn | None:
    """The name seal of the representative now. None where it cannot be drawn, as for a character that no font
    has, or must not be made now (`makers.require`): the change itself must not wait for it, and he can add
    the seal later.
    """
    try:
        await makers.require(now)
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


async def ids_of(company_id: str, said: Registered) -> Sequence[str]:
    """The name seals that there are, whatever became of them."""
    own = Seal.filter(company_id=company_id, kind=kind_of(said).value)
    return [str(each) for each in await own.values_list("id", flat=True)]


async def cancel(company_id: str, said: Registered, now: datetime) -> Moved:
    """Cancel the name seals that there are, for good; after their re-keying, in its transaction.

    What they held goes free: being the only one of their kind (R19), and their ordinal (R20).
    """
    return await living.move(Change.REPLACE, company_id, await ids_of(company_id, said), now)
