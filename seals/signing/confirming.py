"""Confirm and key, in the sealer, the only one that confirms (architecture §5.5, 5.6).

A row is not believed: the digests come from the stored bytes, and the offer opens only for the intent
that the phone confirmed. The order is fixed: count the try, open the offer, open the keys, then one
transaction that spends the challenge. Both signatures, the PDF's value and the SES_Signature, are made and
stored next; then the offer is erased. After a crash in between, `key` opens the offer once more.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key
from tortoise.expressions import F

from auth import events
from auth.engine import transaction
from auth.errors import Conflict, DomainError, Refused, Unavailable
from auth.models import Challenge, ChallengeState
from seals import approved, holders, keks, mandates, offers, pins, sm2, sm2_keys, tries
from seals.granted import Secret, moving, open_secret
from seals.keyring import SM2, Keyring
from seals.models import (
    Document,
    Holder,
    Offer,
    OfferPurpose,
    OfferState,
    Seal,
    SealKey,
    SealWrap,
    SesSeal,
    Signing,
    SigningState,
)
from seals.pdf.preparing import PreparedMeta, signed_attributes
from seals.ports import Blobs
from seals.proofs import Proven, require_proof
from seals.rotation import rotate_if_due
from seals.ses import building
from seals.ses.making import require_ours
from seals.signing.offering import confirm_info, confirm_values
from seals.signing.opening import intent
from seals.signing.parents import lock_parents
from seals.signing.preparing import base_of, changed, digests
from seals.unlocking import no_pin

__all__ = ["KEY_WITHIN", "LEASE", "confirm", "fail", "key"]

LEASE = timedelta(seconds=30)
KEY_WITHIN = timedelta(minutes=10)
"""So long after its PIN was offered a confirmed signing is tried again; then its offer is erased."""


@dataclass(frozen=True)
class Opened:
    """A seal's keys for one signing, with what they sign into.

    certificate, sm2_certificate: DER; structure: the seal's SESeal (DER); length: of the prepared file;
    proven: that the holder's own phone confirmed; original: SHA-256 of the document as it was brought.
    """

    p256: ec.EllipticCurvePrivateKey = field(repr=False)
    certificate: bytes
    sm2: sm2.Sm2Key = field(repr=False)
    sm2_certificate: bytes
    structure: bytes
    length: int
    proven: Proven
    secret: Secret = field(repr=False)
    original: str = ""

    @property
    def grant(self) -> str:
        """The id of the grant by which the holder has it, empty for the owner."""
        return "" if self.secret.grant is None else self.secret.grant.id


async def confirm(offer: Offer, keyring: Keyring, blobs: Blobs, owner: str, now: datetime) -> str:
    """Act on a confirmation's offer: PENDING → CONFIRMED; returns the signing's id.

    Raises a DomainError for every reason not to; the signing then waits on, unless it ended meanwhile.
    """
    row, challenge, seal = await _waiting(offer, now)
    await pins.require_young(offer.person_id, keyring.policy, now)
    opened = await open_key(offer, row, challenge, seal, keyring, blobs, now)
    await tries.right(offer.person_id)
    grant = opened.secret.grant
    judged = await _judged(offer, row, opened, keyring, now)
    async with transaction():
        await lock_parents(row, opened.grant, now)
        await approved.require_still(row, judged, now)
        await opened.proven.use(now)
        spent = await Challenge.filter(
            id=challenge.id, state=ChallengeState.CLAIMED, intent=challenge.intent
        ).update(state=ChallengeState.SPENT)
        moved = await Signing.filter(
            id=row.id,
            state=SigningState.PENDING,
            prepared_blob=row.prepared_blob,
            approval=row.approval,
        ).update(
            state=SigningState.CONFIRMED,
            grant=opened.grant,
            confirmer=offer.person_id,
            lease_owner=owner,
            lease_until=now + LEASE,
            fence=F("fence") + 1,
        )
        done = await Offer.filter(id=offer.id, state=OfferState.OFFERED, fence=offer.fence).update(
            state=OfferState.DONE, outcome={"state": SigningState.CONFIRMED.value}
        )
        if not (spent and moved and done):
            raise _not_pending()
        if grant is not None:
            await mandates.take_use(grant.id, opened.secret.scope, now)
        await events.append(
            events.company_stream(row.company_id),
            "signing.confirmed",
            actor=f"person:{offer.person_id}",
            subject=f"signing:{row.id}",
            now=now,
            on_behalf=row.company_id,
            facts={
                "digest_sha256": row.digest_sha256,
                "digest_sm3": row.digest_sm3,
                "seal": seal.id,
                "same_device": challenge.digits is None,
                "grant": opened.grant or None,
                "approval": None if judged.approval is None else judged.approval.id,
                **opened.proven.facts,
            },
        )
    return str(row.id)


async def _judged(
    offer: Offer, row: Signing, opened: Opened, keyring: Keyring, now: datetime
) -> approved.Judged:
    """The grant reaches so far, and what needs an approval has it."""
    if opened.secret.grant is not None:
        opened.secret.scope.require(mandates.stated(row.request))
    return await approved.judge(row, opened.secret, offer.person_id, opened.original, keyring, now)


async def _waiting(offer: Offer, now: datetime) -> tuple[Signing, Challenge, Seal]:
    row = await Signing.get(id=offer.subject)
    challenge = await Challenge.get(id=offer.challenge_id)
    offers.require_live(offer, now)
    live = challenge.state is ChallengeState.CLAIMED and challenge.subject == row.id
    if row.state is not SigningState.PENDING or not live or challenge.expires_at <= now:
        raise _not_pending()
    document = await Document.get(id=row.document_id)
    if base_of(document) != (row.base_blob, row.base_version):
        raise Conflict(
            "signing.base_moved",
            "该文件刚被加盖了另一枚印章，请重新扫码核对后再确认。",
            "Another seal was put on this document just now; scan again and look before you confirm.",
        )
    return row, challenge, await Seal.get(id=row.seal_id)


async def open_key(
    offer: Offer,
    row: Signing,
    challenge: Challenge,
    seal: Seal,
    keyring: Keyring,
    blobs: Blobs,
    now: datetime,
) -> Opened:
    """The seal's private keys, by this offer only. Counts the try first, then looks for the device.

    Raises Refused for a wrong PIN, for what the holder's phone did not prove (`seals.proofs`), and for every
    row that is not what it was; see `require_ours`, `Keyring.require_issued`.
    """
    holder = await Holder.get_or_none(person_id=offer.person_id)
    if holder is None:
        raise no_pin()
    await tries.count_try(offer, now)
    data = await blobs.get(row.prepared_blob)
    sha256, sm3 = digests(data, PreparedMeta.from_json(row.prepared))
    if challenge.intent != intent(row, challenge.purpose) or (sha256, sm3) != (
        row.digest_sha256,
        row.digest_sm3,
    ):
        raise changed()
    wrap = await SealWrap.get_or_none(seal_id=seal.id, generation=seal.generation, holder_id=offer.person_id)
    grant = "" if wrap is None else wrap.grant
    info = confirm_info(row, challenge, seal, offer.person_id, sha256, sm3, grant)
    stretched, code = await offers.opened(offer, info, keyring.vault)
    proven = await require_proof(
        offer,
        code,
        challenge.id,
        confirm_values(row, challenge, sha256, sm3),
        keyring,
        now,
        again=row.state is SigningState.CONFIRMED,
    )
    private = await holders.open_holder(holder, offer, stretched, keyring, now)
    secret = await open_secret(seal, offer.person_id, private, keyring, now)
    p256 = await SealKey.get(id=row.key_id)
    pair = await SealKey.get(seal_id=seal.id, generation=p256.generation, algorithm=SM2)
    if p256.generation == seal.generation and {p256.epoch, pair.epoch} != {secret.epoch}:
        raise moving()
    ses = await SesSeal.get_or_none(seal_id=seal.id, generation=p256.generation)
    opened = Opened(
        _p256(await keks.private_of(p256, secret.value, keyring.vault)),
        base64.b64decode(p256.certificate),
        sm2_keys.load_private(await keks.private_of(pair, secret.value, keyring.vault)),
        base64.b64decode(pair.certificate),
        base64.b64decode(ses.der if ses is not None else ""),
        len(data),
        proven,
        secret,
        await approved.original_of(row, data, blobs) if row.approval else "",
    )
    keyring.require_issued(opened.certificate, opened.p256.public_key())
    require_ours(opened.structure, keyring.sm2_issuing_public, opened.sm2_certificate, opened.sm2)
    return opened


def _p256(der: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        private = load_der_private_key(der, None)
    except (ValueError, UnsupportedAlgorithm):
        private = None  # the row names the seal's SM2 key
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise Refused("custody.key", "印章密钥无效。", "The seal's key is of another kind.")
    return private


async def key(signing_id: str, keyring: Keyring, blobs: Blobs, owner: str, now: datetime) -> None:
    """Make both signatures of a CONFIRMED signing and store them: KEYED; the offer is erased.

    The caller holds the lease. A seal frozen or a grant ended meanwhile ends the signing: FAILED. Afterwards
    the seal's secret changes, if that is due. Raises Unavailable where a part does not answer now: the
    signing is taken up again when the lease ends, until `KEY_WITHIN` is over.
    """
    row = await Signing.get(id=signing_id)
    offer = await Offer.get_or_none(subject=row.id, purpose=OfferPurpose.CONFIRM, state=OfferState.DONE)
    if offer is None or offer.sealed is None:
        await fail(row, _offer_gone(), now)
        return
    challenge = await Challenge.get(id=offer.challenge_id)
    seal = await Seal.get(id=row.seal_id)
    try:
        opened = await open_key(offer, row, challenge, seal, keyring, blobs, now)
        judged = await _judged(offer, row, opened, keyring, now)
        attributes = signed_attributes(bytes.fromhex(row.digest_sha256), opened.certificate)
        value = opened.p256.sign(attributes, ec.ECDSA(hashes.SHA256()))
        ses = _ses_signature(row, opened)
        async with transaction():
            await lock_parents(row, opened.grant, now)
            await approved.require_still(row, judged, now)
            moved = await Signing.filter(
                id=row.id, state=SigningState.CONFIRMED, lease_owner=owner, fence=row.fence
            ).update(
                state=SigningState.KEYED,
                signed_attributes=base64.b64encode(attributes).decode(),
                signature_value=base64.b64encode(value).decode(),
                ses_signature=base64.b64encode(ses).decode(),
            )
            if moved:
                await Offer.filter(id=offer.id).update(sealed=None)
                await _event(row, "signing.keyed", now)
    except Unavailable as error:
        if now < offer.created_at + KEY_WITHIN:
            raise
        await fail(row, error, now)
        return
    except DomainError as error:
        await fail(row, error, now)
        return
    if moved:
        # Both signatures are made: where the secret cannot be changed now, the next confirm does it.
        with contextlib.suppress(DomainError):
            await rotate_if_due(seal.id, opened.secret, keyring, now)


def _ses_signature(row: Signing, opened: Opened) -> bytes:
    """The SES_Signature over the same byte range, by its SM3 digest."""
    meta = PreparedMeta.from_json(row.prepared)
    return building.build_signature(
        opened.structure,
        signer_certificate=opened.sm2_certificate,
        data_hash=bytes.fromhex(row.digest_sm3),
        # The field of a stranger's PDF may have any name, propertyInfo holds ASCII only.
        property_info=building.property_of_range(
            quote(meta.field_name), meta.reserved_start, meta.reserved_end, opened.length
        ),
        signed_at=row.claimed_at,
        sign=lambda message: sm2.sign(opened.sm2, message),
    )


async def fail(row: Signing, error: DomainError, now: datetime) -> None:
    """End a confirmed signing that cannot be finished; its signatures and offer are erased."""
    reason = f"{error.zh}\n{error.en}"
    async with transaction():
        moved = await Signing.filter(
            id=row.id, state__in=[SigningState.CONFIRMED, SigningState.KEYED], fence=row.fence
        ).update(
            state=SigningState.FAILED,
            reason=reason[:500],
            ended_at=now,
            signature_value=None,
            signed_attributes=None,
            ses_signature=None,
        )
        if moved:
            await Offer.filter(subject=row.id).update(sealed=None)
            await _event(row, "signing.failed", now, {"code": error.code})


async def _event(row: Signing, kind: str, now: datetime, facts: Mapping[str, Any] | None = None) -> None:
    await events.append(
        events.company_stream(row.company_id),
        kind,
        actor="sealer",
        subject=f"signing:{row.id}",
        now=now,
        on_behalf=row.company_id,
        facts=facts,
    )


def _offer_gone() -> Conflict:
    return Conflict(
        "signing.offer_gone",
        "确认信息已不可用，签署未完成。请重新发起用印。",
        "The confirmation is no longer there, so nothing was signed. Ask again.",
    )


def _not_pending() -> Conflict:
    return Conflict(
        "signing.not_pending",
        "该用印任务已确认、已结束或二维码已失效。",
        "This signing was confirmed already, has ended, or its code is no longer good.",
    )
