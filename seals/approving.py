"""Approve or refuse a signing, in web: the approver looks at it on his phone (R81).

Approving needs PIN and device, or the sealer's code; refusing needs neither, and ends the signing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth import challenges, throttling
from auth.engine import transaction
from auth.errors import NotFound
from auth.models import Challenge, ChallengePurpose, ChallengeState
from auth.privacy import RecordsKey
from auth.sessions import SessionView
from auth.throttling import Limit
from auth.tokens import hash_token, new_token
from seals import approvers, confirm_codes, offers, rules
from seals.approval_models import Approval, ApprovalState
from seals.confirm_codes import ConfirmCodeSent
from seals.models import Document, OfferPurpose, Signing, SigningState
from seals.offers import PINS_PER_PERSON, PinDesk
from seals.proofs import Proof, require_offered
from seals.signing.claiming import CLAIMS_PER_ADDRESS, CLAIMS_PER_PERSON
from seals.signing.views import SigningView, own_signing, seen_signing, view
from seals.signing.withdrawing import checked_reason

__all__ = ["CodeOpened", "approve", "ask_code", "claim", "open_code", "refuse"]

CODE_LIFE = timedelta(minutes=10)
CODES_PER_SIGNING = Limit("approval_code.signing", 60, 3600)


@dataclass(frozen=True)
class CodeOpened:
    """A fresh code that leads an approver to a signing; the token is told once."""

    token: str
    expires_at: datetime


async def _to_decide(signing_id: str, person_id: str, now: datetime) -> Signing:
    """A signing that waits for this approver. Raises NotFound `signing.not_found`; Refused `access.denied`;
    Conflict `approval.not_waiting`.
    """
    row = await seen_signing(signing_id, person_id, now)
    rule = await rules.of(row.seal_id)
    waits = row.expires_at > now and await approvers.counting(row, rule, now) is None
    if not waits or await approvers.to_decide(row, person_id, now) is None:
        raise approvers.not_needed()
    return row


async def ask_code(signing_id: str, person_id: str, now: datetime) -> ConfirmCodeSent:
    """Have a code sent to approve, where the browser is no enrolled device.

    Raises as `approve`, and what `confirm_codes.ask` does.
    """
    row = await _to_decide(signing_id, person_id, now)
    return await confirm_codes.ask(OfferPurpose.APPROVE, row.id, person_id, now)


async def approve(
    signing_id: str,
    session: SessionView,
    pin: str,
    proof: Proof,
    now: datetime,
    records: RecordsKey,
    desk: PinDesk,
) -> SigningView:
    """Approve; returns once the sealer has signed the approval.

    Raises NotFound `signing.not_found`; Conflict `approval.not_waiting`, `approval.rule_changed`; Refused
    `device.…`, `code.…`, `pin.wrong` …; Invalid `code.format`; TooMany; Unavailable.
    """
    row = await _to_decide(signing_id, session.person_id, now)
    await throttling.count(PINS_PER_PERSON, session.person_id, now)
    await require_offered(proof, session.person_id)
    original = (await Document.get(id=row.document_id)).original
    info = approvers.approve_info(row, original, session.person_id, await rules.of(row.seal_id))
    offer = await offers.make(
        desk,
        OfferPurpose.APPROVE,
        row.id,
        session.person_id,
        pin,
        info,
        now,
        device=proof.signed,
        code=proof.code or "",
    )
    await offers.outcome(offer)
    return await view(await Signing.get(id=row.id), now, records)


async def refuse(
    signing_id: str, reason: str, session: SessionView, now: datetime, records: RecordsKey
) -> SigningView:
    """Refuse with a reason, which the asker is told: REJECTED.

    Raises as `approve`; Invalid `reject.reason`.
    """
    row = await _to_decide(signing_id, session.person_id, now)
    text = checked_reason(reason)
    rule = await rules.of(row.seal_id)
    async with transaction():
        moved = await Signing.filter(id=row.id, state=SigningState.PENDING, approval=row.approval).update(
            state=SigningState.REJECTED, reason=text, ended_at=now
        )
        if not moved:
            raise approvers.not_needed()
        await Approval.create(
            signing_id=row.id,
            person_id=session.person_id,
            rule=rule.version,
            state=ApprovalState.REFUSED,
            created_at=now,
        )
        await challenges.kill(row.id)
        await approvers.tell(row, "approval.refused", session.person_id, now)
    return await view(await Signing.get(id=row.id), now, records)


async def open_code(signing_id: str, session: SessionView, now: datetime) -> CodeOpened:
    """Show a code that leads an approver to this signing; the one before it is void.

    It confirms nothing and logs nobody in. Raises NotFound `signing.not_found`; Conflict
    `approval.not_waiting`; TooMany.
    """
    row = await own_signing(signing_id, session.person_id, now)
    rule = await rules.of(row.seal_id)
    pending = row.state is SigningState.PENDING and row.expires_at > now
    if not pending or not approvers.asks(row, rule) or await approvers.counting(row, rule, now) is not None:
        raise approvers.not_needed()
    await throttling.count(CODES_PER_SIGNING, row.id, now)
    made = CodeOpened(new_token(), now + CODE_LIFE)
    async with transaction():
        await challenges.kill(row.id, ChallengePurpose.APPROVAL)
        await Challenge.create(
            purpose=ChallengePurpose.APPROVAL,
            subject=row.id,
            intent="",
            token_hash=hash_token(made.token, ChallengePurpose.APPROVAL.value),
            state=ChallengeState.WAITING,
            opener_id=session.id,
            opener_agent=session.user_agent,
            opener_address=session.address,
            created_at=now,
            expires_at=made.expires_at,
        )
    return made


async def claim(token: str, session: SessionView, now: datetime, records: RecordsKey) -> SigningView:
    """The signing that a scanned code leads an approver to; it is good once.

    Raises NotFound `challenge.not_found`, the same for unknown, expired, taken and for whoever is no approver
    of it, and then consumes nothing; TooMany.
    """
    await throttling.count(CLAIMS_PER_ADDRESS, session.address, now)
    await throttling.count(CLAIMS_PER_PERSON, session.person_id, now)
    challenge = await challenges.by_token(token, ChallengePurpose.APPROVAL)
    try:
        row = await seen_signing(challenge.subject, session.person_id, now)
    except NotFound:
        raise challenges.not_found() from None
    if await approvers.to_decide(row, session.person_id, now) is None:
        raise challenges.not_found()
    async with transaction():
        if not await challenges.take(challenge, session, CODE_LIFE, now):
            raise challenges.not_found()
    return await view(row, now, records)
