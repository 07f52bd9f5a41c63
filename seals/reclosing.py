"""Change the PIN, in the sealer: the holder's private half is opened with the old, closed with the new."""

from __future__ import annotations

from datetime import datetime, timedelta

from auth import events
from auth.china import signed_moment
from auth.engine import transaction
from auth.errors import Conflict, Refused
from seals import custody, holders, offers, tries
from seals.keyring import Keyring
from seals.models import Holder, Offer
from seals.proofs import require_proof
from seals.repinning import PROOF_LIFE, change_info, change_values
from seals.unlocking import no_pin

__all__ = ["reclose"]


async def reclose(offer: Offer, keyring: Keyring, now: datetime) -> None:
    """Act on a change's offer. Counts the try; device or code come before the PIN.

    The key pair and all wraps stay what they are.
    Raises Refused `device.…`, `code.…`, `pin.wrong`, `pin.wait`, `pin.locked`, `offer.changed`,
    `custody.not_attested`; Gone `offer.expired`; Conflict `pin.none`, `pin.changed`.
    """
    offers.require_live(offer, now)
    row = await Holder.get_or_none(person_id=offer.person_id)
    if row is None:
        raise no_pin()
    values = _values(row, offer, now)
    await tries.count_try(offer, now)
    info = change_info(row, offer.new_salt or "")
    old, new, code = await offers.opened_change(offer, info, keyring.vault)
    proven = await require_proof(offer, code, row.person_id, values, keyring, now)
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
        await proven.use(now)
        await offers.finish(offer, {})
        await events.append(
            events.person_stream(row.person_id),
            "pin.changed",
            actor=who,
            subject=who,
            now=now,
            facts=proven.facts,
        )


def _values(row: Holder, offer: Offer, now: datetime) -> dict[str, str]:
    """What must have been signed, or a code been sent for.

    Raises Refused `device.late` for a signature that is over, or would be good for longer than it may.
    """
    values = change_values(row)
    if offer.device is None:
        return values
    said = offer.device.get("expires", "")
    try:
        left = signed_moment(said) - now
    except ValueError:
        left = timedelta(0)
    if not timedelta(0) < left <= PROOF_LIFE:
        raise Refused(
            "device.late",
            "手机的签名已过期，请重新提交。",
            "The device's signature is not good at this time; send it again.",
        )
    return {**values, "expires": said}
