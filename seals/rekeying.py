"""Re-keying: all seals of a company lose their keys and are to be collected anew (R56, architecture §6).

There is no escrow: where nobody can open a seal's secret any more, or somebody must not be able to, the keys
end and others are made. Number and imprint stay. What was signed before stays good: each signature bears a
timestamp from before the revocation.
"""

from __future__ import annotations

from datetime import datetime

from auth.models import Company
from seals import living
from seals.kinds import SealKind
from seals.life import Change
from seals.living import Moved
from seals.models import RevokedFor, Seal

__all__ = ["rekey", "tell"]

_CHANGES = {
    RevokedFor.SUPERSEDED: Change.FORGOTTEN,
    RevokedFor.AFFILIATION_CHANGED: Change.SUCCEED,
}


async def rekey(company_id: str, cause: RevokedFor, now: datetime, kind: SealKind | None = None) -> Moved:
    """COLLECTED → ISSUED for all seals of a company, or those of one kind; inside a transaction, which ends
    with `tell`. A frozen seal loses its keys as well and stays frozen. now: as `living.move` has it.
    """
    await Company.filter(id=company_id).select_for_update().get()
    which = Seal.filter(company_id=company_id)
    which = which if kind is None else which.filter(kind=kind.value)
    ids = [str(each) for each in await which.values_list("id", flat=True)]
    return await living.move(_CHANGES[cause], company_id, ids, now)


async def tell(done: Moved, now: datetime) -> None:
    """The last step of the transaction, as `living.tell`."""
    await living.tell(done, "sealer", now)
