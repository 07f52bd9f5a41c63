"""Grants in the sealer: the grantor's PIN opens the seal's secret, which is wrapped to the grantee.

No row is believed: the grantor's offer opens only for this whole grant, a keeper's right stands under the
sealer's own signature, the owner's in his wrap. The sealer signs what it granted, and goes by nothing else
afterwards (architecture §6). A grantee who has no keys yet gets them by an identity check of his own, with
his own PIN, as the owner did (Electronic Signature Law art. 20); until then, 72 hours at most, the secret is
kept under the KEK.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from auth import identity_checks
from auth.authority import live_grant, live_member, require_active
from auth.engine import transaction
from auth.errors import Conflict, Refused, Unavailable
from auth.identity_models import IdentityCheck, IdentityPurpose
from auth.member_models import Grant, GrantRole, GrantState, Member
from auth.models import Company
from auth.people import set_identity
from auth.ports import RealName
from auth.privacy import RecordsKey
from seals import (
    custody,
    grant_confirming,
    holders,
    keks,
    licensing,
    mandates,
    offers,
    pins,
    rules,
    tries,
)
from seals.grant_endings import KEPT_FOR, tell
from seals.granting import grant_info, identity_ref, join_info, join_values
from seals.keyring import P256, Keyring
from seals.models import Holder, Offer, Seal, SealKey, SealWrap
from seals.proofs import require_possession, require_proof
from seals.scopes import Scope
from seals.signing.preparing import require_collected
from seals.unlocking import no_pin

__all__ = ["Secret", "act_on_grant", "act_on_join", "epoch_of", "moving", "open_secret"]

READS_MOST = 3


@dataclass(frozen=True)
class Secret:
    """A seal's secret in the hand of one holder. grant: by which, None for the owner; scope: of the grant;
    rule: the version of the approval rule that it was wrapped under.
    """

    value: bytes = field(repr=False)
    epoch: int
    owner: str
    grant: Grant | None
    scope: Scope
    rule: int


async def open_secret(
    seal: Seal, holder: str, private: X25519PrivateKey, keyring: Keyring, now: datetime
) -> Secret:
    """The seal's secret by a holder's wrap and, where it is a grantee's, by a grant that the sealer signed.

    Whose seal it is must be whom the licence in force names. Raises Refused `custody.wrap`,
    `custody.not_attested`, `holder.not_representative`; Conflict `grant.ended`; Unavailable `custody.moving`.
    """
    wrap, epoch = await _wrap_of(seal, holder)
    grant, scope = None, Scope()
    if wrap.grant:
        grant = await Grant.get_or_none(live_grant(now), id=wrap.grant)
        theirs = (seal.id, seal.generation, holder)
        if grant is None or (grant.seal, grant.generation, grant.person_id) != theirs:
            raise Conflict(
                "grant.ended",
                "您的用印授权已结束，本次未用印。",
                "Your grant has ended; nothing was sealed.",
            )
        scope = mandates.verified(grant, keyring.identity.public_key())
    owner = await Holder.get_or_none(person_id=holder if grant is None else grant.owner)
    if owner is None:
        raise no_pin()
    await licensing.require_representative(seal.company_id, owner, keyring)
    rule = await rules.version_of(seal.id, keyring.identity.public_key())
    value = custody.unwrap_secret(
        base64.b64decode(wrap.wrapped),
        private,
        seal.id,
        seal.generation,
        holder,
        epoch=epoch,
        grant=wrap.grant,
        rule=rule,
    )
    return Secret(value, epoch, owner.person_id, grant, scope, rule)


async def _wrap_of(seal: Seal, holder: str) -> tuple[SealWrap, int]:
    """A holder's wrap with the epoch it is of: the secret may change between two reads, which then differ."""
    for _ in range(READS_MOST):
        epoch = await epoch_of(seal)
        wrap = await SealWrap.get_or_none(seal_id=seal.id, generation=seal.generation, holder_id=holder)
        if await epoch_of(seal) != epoch:
            continue
        if wrap is None:
            raise Refused(
                "custody.wrap", "您没有这枚印章的密钥。", "This seal's secret is not wrapped to you."
            )
        return wrap, epoch
    raise moving()


def moving() -> Unavailable:
    """The seal's secret changes at this very moment: what is done is taken up again when its lease ends."""
    return Unavailable(
        "custody.moving",
        "印章密钥刚刚更换，请稍后重试。",
        "The seal's secret changed just now; try again in a moment.",
    )


async def epoch_of(seal: Seal) -> int:
    """How often the secret of the seal's present keys has changed."""
    return (await SealKey.get(seal_id=seal.id, generation=seal.generation, algorithm=P256)).epoch


async def act_on_grant(offer: Offer, keyring: Keyring, records: RecordsKey, now: datetime) -> None:
    """Act on a grantor's offer: ACTIVE, or WAITING for a grantee without keys. Raises a DomainError.

    Counts the try first, then looks for the grantor's device or code, then at his PIN.
    """
    offers.require_live(offer, now)
    row = await Grant.get_or_none(id=offer.subject)
    if row is None or not grant_confirming.is_draft(row, offer.person_id, now):
        raise _moved_on()
    grantor = await Holder.get(person_id=offer.person_id)
    await pins.require_young(offer.person_id, keyring.policy, now)
    await tries.count_try(offer, now)
    member = await Member.get(id=row.member_id)
    if (member.company_id, member.person_id) != (row.company_id, row.person_id):
        raise _moved_on()
    if identity_ref(member, records) != row.identity:
        raise _moved_on()
    seal = await Seal.get(id=row.seal, company_id=row.company_id)
    grantee = await Holder.get_or_none(person_id=row.person_id, identity_ref=row.identity)
    key = None if grantee is None else holders.attested_public(grantee, keyring)
    info = grant_info(row, None if key is None else key.hex())
    stretched, code = await offers.opened(offer, info, keyring.vault)
    proven = await require_proof(offer, code, row.id, grant_confirming.values(row), keyring, now)
    private = await holders.open_holder(grantor, offer, stretched, keyring, now)
    await tries.right(offer.person_id)
    secret = await open_secret(seal, offer.person_id, private, keyring, now)
    _require_right(row, secret)
    row.signature = mandates.attest(row, keyring.identity)
    kept = wrapped = None
    kek = keyring.vault.version
    if key is None:
        kept = custody.keep_secret(
            secret.value, keyring.vault, kek, seal.id, seal.generation, secret.epoch, row.id, secret.rule
        )
    else:
        wrapped = _wrapped(secret.value, key, row, secret.epoch, secret.rule)
    async with transaction():
        await _lock(row, seal, secret.epoch, secret.rule, now)
        await proven.use(now)
        if secret.grant is not None:
            await _take_from_own(row, secret.grant, secret.scope, now)
        if kept is not None:
            await keks.hold(kek, now)
        moved = await Grant.filter(id=row.id, state=GrantState.OFFERED).update(
            state=GrantState.WAITING if wrapped is None else GrantState.ACTIVE,
            signature=row.signature,
            kept=None if kept is None else base64.b64encode(kept).decode(),
            kek_version=None if kept is None else kek,
            collected_at=None if wrapped is None else now,
        )
        if not moved:
            raise _moved_on()
        if wrapped is not None:
            await _store_wrap(row, wrapped)
        await offers.finish(offer, {})
        await tell(row, "grant.made", f"person:{offer.person_id}", now, proven.facts)


def _require_right(row: Grant, secret: Secret) -> None:
    """The owner grants what he likes; a keeper use only, within the grant that the sealer signed for him."""
    own = secret.grant
    if own is None:
        right = row.owner == secret.owner
    else:
        right = (
            own.role is GrantRole.KEEPER
            and row.role is GrantRole.USER
            and row.owner == secret.owner
            and row.ends_at <= own.ends_at
            and Scope.from_json(row.scope).within(secret.scope)
        )
    if not right:
        raise Refused(
            "grant.beyond",
            "授权超出授权人自己的权限，已拒绝。",
            "The grant reaches further than its grantor's own right; refused.",
        )


async def _take_from_own(row: Grant, own: Grant, scope: Scope, now: datetime) -> None:
    """A keeper's own grant still counts, and the uses that he passes on are taken from his."""
    await mandates.require_live(own.id, now)
    if scope.uses is not None:
        await mandates.take_use(own.id, scope, now, Scope.from_json(row.scope).uses or scope.uses)


def _wrapped(secret: bytes, public: bytes, row: Grant, epoch: int, rule: int) -> bytes:
    return custody.wrap_secret(
        secret, public, row.seal, row.generation, row.person_id, epoch=epoch, grant=row.id, rule=rule
    )


async def _lock(row: Grant, seal: Seal, epoch: int, rule: int, now: datetime) -> None:
    """Company, then seal; judged afresh, with the member, the secret's epoch and the approval rule."""
    require_active(await Company.filter(id=row.company_id).select_for_update().get())
    fresh = await Seal.filter(id=seal.id).select_for_update().get()
    require_collected(fresh)
    same = fresh.generation == row.generation == seal.generation and await epoch_of(fresh) == epoch
    same = same and (await rules.of(seal.id)).version == rule
    if not same or not await Member.exists(live_member(now), id=row.member_id):
        raise _moved_on()


async def _store_wrap(row: Grant, wrapped: bytes) -> None:
    await SealWrap.create(
        seal_id=row.seal,
        generation=row.generation,
        holder_id=row.person_id,
        grant=row.id,
        wrapped=base64.b64encode(wrapped).decode(),
    )


async def act_on_join(
    offer: Offer, keyring: Keyring, realname: RealName, records: RecordsKey, now: datetime
) -> None:
    """Act on a grantee's offer: the kept secret is wrapped to his keys: ACTIVE. Raises a DomainError."""
    offers.require_live(offer, now)
    row = await Grant.get_or_none(id=offer.subject, person_id=offer.person_id, state=GrantState.WAITING)
    if row is None or row.kept is None or min(row.ends_at, row.created_at + KEPT_FOR) <= now:
        raise _moved_on()
    mandates.verified(row, keyring.identity.public_key())
    check = await IdentityCheck.get(id=row.check_id, person_id=offer.person_id)
    result = await identity_checks.require_passed(check, IdentityPurpose.JOIN, row.id, now, realname)
    who = holders.identity_of(result, records)
    if who.identity_ref != row.identity:
        raise identity_checks.not_passed()
    seal = await Seal.get(id=row.seal)
    epoch, rule = await epoch_of(seal), await rules.version_of(seal.id, keyring.identity.public_key())
    secret = await keks.kept_of(row, epoch, rule, keyring.vault)
    known = await Holder.get_or_none(person_id=offer.person_id)
    if known is not None:
        await pins.require_young(offer.person_id, keyring.policy, now)
        await tries.count_try(offer, now)
    stretched, code = await offers.opened(offer, join_info(row, check), keyring.vault)
    values = join_values(row, check)
    possessed = await require_possession(offer, code, row.id, values, keyring, now)
    fresh = None
    if known is None:
        private = X25519PrivateKey.generate()
        fresh = holders.new_holder(offer.person_id, keyring, private, stretched, offer.salt, who, now)
    else:
        holders.require_identity(known, result, keyring, records)
        private = await holders.open_holder(known, offer, stretched, keyring, now)
        await tries.right(offer.person_id)
    wrapped = _wrapped(secret, private.public_key().public_bytes_raw(), row, epoch, rule)
    async with transaction():
        await _lock(row, seal, epoch, rule, now)
        moved = await Grant.filter(id=row.id, state=GrantState.WAITING).update(
            state=GrantState.ACTIVE, kept=None, kek_version=None, collected_at=now
        )
        if not moved:
            raise _moved_on()
        await identity_checks.use(check, now)
        # Until now the secret lay under the KEK alone: whoever copied it has nothing after the next confirm.
        await Seal.filter(id=seal.id).update(rotation_due=True)
        if fresh is not None:
            await fresh.save(force_create=True)
        await set_identity(offer.person_id, result.name, result.id_number, records, checked=True)
        await _store_wrap(row, wrapped)
        await offers.finish(offer, {})
        await tell(row, "grant.collected", f"person:{offer.person_id}", now, {"identity": result.way.value})
        await possessed.settle(offer, "collection", result.way, keyring, now)


def _moved_on() -> Conflict:
    return Conflict(
        "grant.state",
        "该授权已变化或已结束，请刷新后重试。",
        "This grant has changed or ended; reload and try again.",
    )
