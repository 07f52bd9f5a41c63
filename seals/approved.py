"""Approvals in the sealer: an approver's PIN, with his device or a code, makes one; a confirm looks for it.

No row is believed: the rule and the approval stand under the sealer's own signature, the approver's keys are
attested for the ID number that the rule names, and the document is the bytes that were brought, with which
the prepared ones begin.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth.authority import live_grant
from auth.engine import transaction
from auth.errors import Conflict, DomainError, Refused
from auth.member_models import Grant
from auth.tokens import new_id
from seals import approvers, custody, holders, mandates, offers, pins, rules, tries
from seals.approval_models import Approval, ApprovalState
from seals.granted import Secret
from seals.keyring import Keyring
from seals.models import Document, Holder, Offer, Signing, SigningState
from seals.ports import Blobs
from seals.proofs import require_proof
from seals.rules import Approver, Rule
from seals.signing.parents import lock_parents
from seals.signing.preparing import changed

__all__ = ["Judged", "act_on_approval", "is_attested", "judge", "original_of", "require_still"]

_LABEL = "approval"


@dataclass(frozen=True)
class Judged:
    """The rule that a confirmation was judged by, and the approval it rests on; None: it needs none."""

    rule: Rule
    approval: Approval | None


async def original_of(row: Signing, prepared: bytes, blobs: Blobs) -> str:
    """SHA-256 of the document as it was brought; raises Conflict `signing.changed` unless the prepared bytes
    begin with it.
    """
    document = await Document.get(id=row.document_id)
    data = await blobs.get(document.original)
    if not prepared.startswith(data):
        raise changed()
    return hashlib.sha256(data).hexdigest()


def _statement(row: Approval, signing: Signing, sha256: str, identity: str) -> bytes:
    said = {
        **approvers.approve_values(signing, sha256),
        "approval": row.id,
        "company": signing.company_id,
        "approver": row.person_id,
        "identity": identity,
        "rule": row.rule,
        "at": row.created_at.timestamp(),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()


def is_attested(
    row: Approval, signing: Signing, sha256: str, named: Approver, identity: Ed25519PublicKey
) -> bool:
    """Whether the sealer signed this approval of this very signing; for a report. sha256: of the document."""
    statement = _statement(row, signing, sha256, named.identity)
    try:
        custody.check_attestation(
            identity, _LABEL, signing.id, statement, base64.b64decode(row.signature or "")
        )
    except Refused:
        return False
    return True


async def act_on_approval(offer: Offer, keyring: Keyring, blobs: Blobs, now: datetime) -> None:
    """Act on an approver's offer: the signing has his approval. Raises a DomainError.

    Counts the try first, then looks for his device or code, then at his PIN.
    """
    offers.require_live(offer, now)
    person = offer.person_id
    row = await Signing.get(id=offer.subject)
    rule = await rules.verified(row.seal_id, keyring.identity.public_key())
    named = await rules.standing_of(rule, row.company_id, person, now)
    if named is None or not await _waits(row, rule, now):
        raise approvers.not_needed()
    holder = await Holder.get(person_id=person)
    await pins.require_young(person, keyring.policy, now)
    await tries.count_try(offer, now)
    sha256 = await original_of(row, await blobs.get(row.prepared_blob), blobs)
    info = approvers.approve_info(row, sha256, person, rule)
    stretched, code = await offers.opened(offer, info, keyring.vault)
    values = approvers.approve_values(row, sha256)
    proven = await require_proof(offer, code, row.id, values, keyring, now)
    await holders.open_holder(holder, offer, stretched, keyring, now)
    await tries.right(person)
    await _require_known(named, row.company_id, keyring, now)
    made = Approval(
        id=new_id(),
        signing_id=row.id,
        person_id=person,
        rule=rule.version,
        state=ApprovalState.APPROVED,
        created_at=now,
    )
    statement = _statement(made, row, sha256, named.identity)
    attested = custody.attest(keyring.identity, _LABEL, row.id, statement)
    made.signature = base64.b64encode(attested).decode()
    async with transaction():
        await lock_parents(row)
        await require_still(row, Judged(rule, made), now)
        await proven.use(now)
        await made.save(force_create=True)
        moved = await Signing.filter(
            id=row.id, state=SigningState.PENDING, approval=row.approval, prepared_blob=row.prepared_blob
        ).update(approval=made.id)
        if not moved:
            raise approvers.not_needed()
        await offers.finish(offer, {})
        await approvers.tell(row, "approval.given", person, now, proven.facts)


async def _waits(row: Signing, rule: Rule, now: datetime) -> bool:
    pending = row.state is SigningState.PENDING and row.expires_at > now
    return pending and approvers.asks(row, rule) and await approvers.counting(row, rule, now) is None


async def _require_known(named: Approver, company_id: str, keyring: Keyring, now: datetime) -> None:
    """His keys are of the person whom the rule names, and a member's by a grant that the sealer signed."""
    holder = await Holder.get_or_none(person_id=named.person, identity_ref=named.identity)
    if holder is None:
        raise _not_his()
    holders.attested_public(holder, keyring)
    if named.member and not await _granted(named, company_id, keyring, now):
        raise _not_his()


async def _granted(named: Approver, company_id: str, keyring: Keyring, now: datetime) -> bool:
    rows = Grant.filter(
        live_grant(now), company_id=company_id, person_id=named.person, member_id=named.member
    )
    for row in await rows.filter(identity=named.identity):
        try:
            mandates.verified(row, keyring.identity.public_key())
        except DomainError:
            continue
        return True
    return False


async def judge(
    row: Signing, secret: Secret, person_id: str, sha256: str, keyring: Keyring, now: datetime
) -> Judged:
    """Whether a confirmation by this person has the approval it needs, before the transaction.

    secret: as his wrap opened, which proves the version of the rule; sha256: of `original_of`. Who has two
    mobiles is one by his ID number, and does not confirm by one what he approved by the other.
    Raises Conflict `approval.missing`, `approval.own`, `approval.rule_changed`; Refused
    `custody.not_attested`, `approval.not_his`.
    """
    rule = await rules.verified(row.seal_id, keyring.identity.public_key())
    if rule.version != secret.rule:
        raise _rule_changed()
    if not approvers.asks(row, rule, own=secret.grant is None):
        return Judged(rule, None)
    given = await approvers.counting(row, rule, now)
    named = None if given is None else rule.of(given.person_id)
    if given is None or named is None:
        raise approvers.missing()
    mine = await Holder.get(person_id=person_id)
    holders.attested_public(mine, keyring)
    if given.person_id == person_id or named.identity == mine.identity_ref:
        raise approvers.own()
    statement = _statement(given, row, sha256, named.identity)
    signature = base64.b64decode(given.signature or "")
    custody.check_attestation(keyring.identity.public_key(), _LABEL, row.id, statement, signature)
    await _require_known(named, row.company_id, keyring, now)
    return Judged(rule, given)


async def require_still(row: Signing, judged: Judged, now: datetime) -> None:
    """The same once more, under the locks of `lock_parents`; raises Conflict `approval.rule_changed`,
    `approval.missing`.
    """
    rule = await rules.of(row.seal_id)
    if rule != judged.rule:
        raise _rule_changed()
    if judged.approval is not None:
        person = judged.approval.person_id
        if await rules.standing_of(rule, row.company_id, person, now) is None:
            raise approvers.missing()


def _rule_changed() -> Conflict:
    return Conflict(
        "approval.rule_changed",
        "审批规则刚刚变更，本次没有生效。请刷新后重试。",
        "The approval rule changed just now; nothing was done. Reload and try again.",
    )


def _not_his() -> Refused:
    return Refused(
        "approval.not_his",
        "审批人的身份与审批规则不符，已拒绝。",
        "The approver is not whom the approval rule names; refused.",
    )
