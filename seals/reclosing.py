"""Change the PIN, in the sealer: the holder's private half is opened with the old, closed with the new."""

from __future__ import annotations

from datetime import datetime

from auth import events
from auth.engine import transaction
from auth.errors import Conflict
from seals import custody, holders, offers
from seals.keyring import Keyring
from seals.models import Holder, Offer
from seals.repinning import change_info
from seals.unlocking import no_pin

__all__ = ["reclose"]


async def reclose(offer: Offer, keyring: Keyring, now: datetime) -> None:
    """Act on a change's offer. Counts the try first; the key pair and all wraps stay what they are.

    Raises Refused `pin.wrong`, `pin.wait`, `pin.locked`, `offer.changed`, `custody.not_attested`;
    Gone `offer.expired`; Conflict `pin.none`, `pin.changed`.
    """
    offers.require_live(offer, now)
    row = await Holder.get_or_none(person_id=offer.person_id)
    if row is None:
        raise no_pin()
    old, new = await offers.opened_change(offer, change_info(row, offer.new_salt or ""), keyring.vault)
    private = await holders.open_holder(row, offer, old, keyring, now)
    closed = custody.seal_holder(private, new, keyring.pepper, row.person_id).hex()
    who = f"person:{row.person_id}"
    async with transaction():
        same = Holder.filter(person_id=row.person_id, sealed_private=row.sealed_private)
        moved = await same.update(
            sealed_private=closed,
            salt=offer.new_salt,
            pin_set_at=now,
            tries=0,
            wait_until=None,
        )
        if not moved:
            raise Conflict(
                "pin.changed", "用印口令刚刚更改过，请刷新。", "The PIN was changed just now; reload."
            )
        await offers.finish(offer, {})
        await events.append(
            events.person_stream(row.person_id), "pin.changed", actor=who, subject=who, now=now
        )
