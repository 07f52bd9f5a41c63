"""Carry out a change that a representative confirmed, in the sealer: PIN, device or code, then the table.

No row is believed: the offer opens only for this whole change, and whose seal it is must be whom the licence
in force names, which the sealer signed. The seal's own secret is not opened: what has no keys can be
cancelled too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from auth.authority import require_active
from auth.engine import transaction
from auth.errors import Conflict
from auth.models import Company
from seals import holders, licensing, life_asking, living, offers, pins, remaking, tries
from seals.asks.deciding import over, require_waiting
from seals.expiring import require_due
from seals.keyring import Keyring
from seals.life import Change
from seals.life_models import AskedState, SealChange
from seals.models import Holder, Offer, Seal
from seals.proofs import require_proof

__all__ = ["act_on_change"]


async def act_on_change(offer: Offer, keyring: Keyring, clock: Callable[[], datetime]) -> None:
    """Act on the representative's offer: DONE. Raises a DomainError; then nothing has changed.

    Counts the try first, then looks for his device or code, then at his PIN. clock: read again behind the
    company's lock, for the moment of a revocation.
    """
    now = clock()
    offers.require_live(offer, now)
    row = await SealChange.get_or_none(id=offer.subject)
    if row is None or not life_asking.is_draft(row, offer.person_id, now):
        raise life_asking.no_such()
    holder = await Holder.get(person_id=offer.person_id)
    await pins.require_young(offer.person_id, keyring.policy, now)
    await tries.count_try(offer, now)
    stretched, code = await offers.opened(offer, life_asking.change_info(row), keyring.vault)
    proven = await require_proof(offer, code, row.id, life_asking.values(row), keyring, now)
    await holders.open_holder(holder, offer, stretched, keyring, now)
    await tries.right(offer.person_id)
    licence = await licensing.require_representative(row.company_id, holder, keyring)
    seal, change = await Seal.get(id=row.seal_id, company_id=row.company_id), Change(row.change)
    if change is Change.RENEW:
        await require_due(seal, now)
    made = await remaking.draw(seal, now) if await remaking.makes_another(change, seal, now) else None
    actor = f"person:{offer.person_id}"
    async with transaction():
        company = await Company.filter(id=row.company_id).select_for_update().get()
        require_active(company)
        # His right was asked before the lock; a succession since then may leave the seal as it was found.
        if company.representative_id != offer.person_id or not await licensing.is_current(licence):
            raise _moved_on()
        now = clock()
        await proven.use(now)
        drafted = SealChange.filter(id=row.id, state=AskedState.DRAFT)
        if not await drafted.update(state=AskedState.DONE, done_at=now):
            raise life_asking.no_such()
        if row.ask and (await require_waiting(row.ask, seal.id, change, now)).letter_sha256 != row.letter:
            raise over()
        done = await living.move(change, row.company_id, [seal.id], now)
        if not done.seals or _other(done.seals[0].seal, row):
            raise _moved_on()
        fresh = await remaking.put_in_place(seal, made, now)
        await offers.finish(offer, {"state": done.seals[0].step.to.value})
        await living.tell(done, actor, now, proven.facts)
        await remaking.tell(seal, fresh, actor, now, ruled=seal.id in done.ruled)


def _other(seal: Seal, row: SealChange) -> bool:
    return (seal.state, seal.generation) != (row.found, row.generation)


def _moved_on() -> Conflict:
    return Conflict(
        "seal.state",
        "印章状态刚刚有变化，本次没有办理。请刷新后重新办理。",
        "The seal's state changed just now; nothing was done. Reload and begin again.",
    )
