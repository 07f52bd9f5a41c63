"""A seal's secret changes after a grant has ended: the next confirm by whoever remains makes a new one. It
changes with the approval rule too, in the act that sets it.

Both private keys are closed anew under the new secret, which is wrapped to the owner and to every grantee
whose grant the sealer signed and that still counts; `epoch` + 1 stands in the associated data of keys and
wraps. Keys, certificates and generation stay. A wrap from before opens nothing from then on.
"""

from __future__ import annotations

import base64
import contextlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from auth import events
from auth.engine import transaction
from auth.errors import DomainError
from auth.member_models import Grant, GrantState
from seals import custody, holders, keks, mandates, rules
from seals.granted import Secret, epoch_of
from seals.keyring import Keyring
from seals.models import Holder, Seal, SealKey, SealState, SealWrap

__all__ = ["NewSecret", "new_secret", "rotate_if_due", "store"]


@dataclass(frozen=True)
class NewSecret:
    """What is stored of a secret that is to be. old: the epoch that it follows; kek: version.

    keys: id → private half; wraps: holder → (grant, wrap), the owner's grant empty; kept: by grant; judged:
    the grants that were looked at, with their state.
    """

    generation: int
    old: int
    kek: int
    keys: dict[str, str]
    wraps: dict[str, tuple[str, str]]
    kept: dict[str, str]
    judged: set[tuple[str, GrantState]]


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


async def rotate_if_due(seal_id: str, old: Secret, keyring: Keyring, now: datetime) -> bool:
    """Change the secret where a grant has ended since it was made. old: as the confirming holder opened it.

    False where it is not due, or where something moved meanwhile: then the next confirm does it.
    """
    seal = await Seal.get(id=seal_id)
    if not seal.rotation_due:
        return False
    new = await new_secret(seal, old, old.rule, keyring, now)
    async with transaction():
        fresh = await Seal.filter(id=seal.id).select_for_update().get()
        if (await rules.of(seal.id)).version != old.rule:
            return False
        return await store(fresh, new, now)


async def store(fresh: Seal, new: NewSecret, now: datetime) -> bool:
    """Inside a transaction that holds the seal's lock; False, with nothing written, where keys or grants
    moved since the secret was made.
    """
    if fresh.state is not SealState.COLLECTED:  # its keys may have ended, and must not be written again
        return False
    live = await _live(fresh, now)
    if fresh.generation != new.generation or {(row.id, row.state) for row in live} - new.judged:
        return False
    if await epoch_of(fresh) != new.old:  # another sealer has changed it
        return False
    await keks.hold(new.kek, now)
    for key_id, closed in new.keys.items():
        if not await SealKey.filter(id=key_id, epoch=new.old).update(
            sealed_private=closed, epoch=new.old + 1, kek_version=new.kek
        ):
            raise RuntimeError(f"the keys of seal {fresh.id} are of different epochs")
    await _replace_wraps(fresh, new, {"", *(row.id for row in live)})
    await Seal.filter(id=fresh.id).update(rotation_due=False)
    await events.append(
        events.company_stream(fresh.company_id),
        "seal.rotated",
        actor="sealer",
        subject=f"seal:{fresh.id}",
        now=now,
        on_behalf=fresh.company_id,
        facts={"epoch": new.old + 1},
    )
    return True


async def _replace_wraps(seal: Seal, new: NewSecret, still: Collection[str]) -> None:
    await SealWrap.filter(seal_id=seal.id, generation=seal.generation).delete()
    await SealWrap.bulk_create(
        SealWrap(seal_id=seal.id, generation=seal.generation, holder_id=holder, grant=grant, wrapped=wrap)
        for holder, (grant, wrap) in new.wraps.items()
        if grant in still
    )
    for grant, kept in new.kept.items():
        await Grant.filter(id=grant, state=GrantState.WAITING).update(kept=kept, kek_version=new.kek)


async def _live(seal: Seal, now: datetime) -> list[Grant]:
    """The grants that count, or wait to be collected."""
    states = [GrantState.WAITING, GrantState.ACTIVE]
    return await Grant.filter(seal=seal.id, generation=seal.generation, state__in=states, ends_at__gt=now)


async def new_secret(seal: Seal, old: Secret, rule: int, keyring: Keyring, now: datetime) -> NewSecret:
    """A fresh secret for whoever remains, wrapped for a version of the approval rule; nothing is stored."""
    secret, epoch = secrets.token_bytes(custody.SECRET_BYTES), old.epoch + 1
    new = NewSecret(seal.generation, old.epoch, keyring.vault.version, {}, {}, {}, set())
    for key in await SealKey.filter(seal_id=seal.id, generation=seal.generation):
        private = await keks.private_of(key, old.value, keyring.vault)
        place = (seal.id, seal.generation, key.id)
        closed = custody.seal_private(private, secret, keyring.vault, new.kek, *place, epoch=epoch)
        new.keys[key.id] = _text(closed)
    owner = holders.attested_public(await Holder.get(person_id=old.owner), keyring)
    wrap = custody.wrap_secret(secret, owner, seal.id, seal.generation, old.owner, epoch=epoch, rule=rule)
    new.wraps[old.owner] = ("", _text(wrap))
    for row in await _live(seal, now):
        new.judged.add((row.id, row.state))
        with contextlib.suppress(DomainError):  # a row that the sealer did not write gets nothing
            await _pass_on(row, secret, epoch, rule, keyring, new)
    return new


async def _pass_on(
    row: Grant, secret: bytes, epoch: int, rule: int, keyring: Keyring, new: NewSecret
) -> None:
    mandates.verified(row, keyring.identity.public_key())
    if row.state is GrantState.WAITING:
        kept = custody.keep_secret(
            secret, keyring.vault, new.kek, row.seal, row.generation, epoch, row.id, rule
        )
        new.kept[row.id] = _text(kept)
        return
    holder = await Holder.get_or_none(person_id=row.person_id, identity_ref=row.identity)
    if holder is not None:
        public = holders.attested_public(holder, keyring)
        wrap = custody.wrap_secret(
            secret, public, row.seal, row.generation, row.person_id, epoch=epoch, grant=row.id, rule=rule
        )
        new.wraps[row.person_id] = (row.id, _text(wrap))
