"""Confirm, in web: check the two digits, offer the PIN to the sealer, wait for what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from auth import challenges, events, throttling
from auth.china import signed_second
from auth.engine import transaction
from auth.models import Challenge
from auth.pins import check_form
from auth.privacy import RecordsKey
from auth.sessions import SessionView
from auth.throttling import Limit
from auth.tokens import same
from seals import approvers, mandates, offers
from seals.models import OfferPurpose, Seal, Signing
from seals.offers import PINS_PER_PERSON, PinDesk
from seals.proofs import Proof, require_offered
from seals.signing.claiming import claimed
from seals.signing.opening import intent, place_of
from seals.signing.preparing import changed
from seals.signing.views import SigningView, view

__all__ = ["Confirmation", "confirm", "confirm_info", "confirm_values"]

ANSWERS_PER_CHALLENGE = Limit("answers.challenge", 30, 900)  # the time of a claim


@dataclass(frozen=True)
class Confirmation:
    """What the phone sends: the two digits (None on the asking phone itself), the PIN, what it showed.

    intent: of the claim as it was shown, with bytes, seal and place; our own pages always say it.
    proof: the device's signature over `confirm_values`, or a code by text message.
    """

    challenge_id: str
    digits: str | None
    pin: str = field(repr=False)
    intent: str | None = None
    proof: Proof = field(default_factory=Proof)


def confirm_info(
    row: Signing, challenge: Challenge, seal: Seal, holder: str, sha256: str, sm3: str, grant: str = ""
) -> dict[str, object]:
    """What a confirmation's PIN offer is bound to; the sealer passes digests it computed itself.

    grant: by which the holder confirms, empty for the owner.
    """
    return {
        "purpose": OfferPurpose.CONFIRM.value,
        "signing": row.id,
        "seal": seal.id,
        "generation": seal.generation,
        "key": row.key_id,
        "holder": holder,
        "grant": grant,
        "challenge": challenge.id,
        "intent": challenge.intent,
        "sha256": sha256,
        "sm3": sm3,
        "place": place_of(row),
        "expires": challenge.expires_at.timestamp(),
    }


def confirm_values(row: Signing, challenge: Challenge, sha256: str, sm3: str) -> dict[str, str]:
    """What the phone's device signs to confirm, besides its own id; the sealer passes its own digests.

    expires: of the claim, UTC, to the second.
    """
    return {
        "purpose": OfferPurpose.CONFIRM.value,
        "challenge": challenge.id,
        "intent": challenge.intent,
        "signing": row.id,
        "seal": row.seal_id,
        "sha256": sha256,
        "sm3": sm3,
        "expires": signed_second(challenge.expires_at),
    }


async def confirm(
    said: Confirmation, session: SessionView, now: datetime, records: RecordsKey, desk: PinDesk
) -> SigningView:
    """Confirm a claimed challenge; returns once the sealer has confirmed.

    Raises NotFound `challenge.not_found`; Conflict `signing.changed`; Gone `challenge.digits_wrong` (and the
    challenge is dead); Invalid `pin.format`, `code.format`; Refused `device.…`, `code.…`, `pin.wrong` (facts:
    `tries_left`), `pin.locked`, `access.denied`, `grant.…`; Conflict `approval.…`; TooMany; Unavailable.
    """
    challenge, row = await claimed(said.challenge_id, session, now)
    await throttling.count(PINS_PER_PERSON, session.person_id, now)
    await throttling.count(ANSWERS_PER_CHALLENGE, challenge.id, now)
    if said.intent not in {None, intent(row, challenge.purpose)}:
        raise changed()
    check_form(said.pin)
    if challenge.digits is not None and not same(challenge.digits, said.digits or ""):
        await _kill(challenge, row, session, now)
        raise challenges.digits_wrong()
    await require_offered(said.proof, session.person_id)
    grant = await mandates.of(session.person_id, row, now)
    await approvers.require_approved(row, session.person_id, now, by_grant=grant is not None)
    seal = await Seal.get(id=row.seal_id)
    info = confirm_info(
        row,
        challenge,
        seal,
        session.person_id,
        row.digest_sha256,
        row.digest_sm3,
        "" if grant is None else grant.id,
    )
    offer = await offers.make(
        desk,
        OfferPurpose.CONFIRM,
        row.id,
        session.person_id,
        said.pin,
        info,
        now,
        challenge_id=challenge.id,
        device=said.proof.signed,
        code=said.proof.code or "",
    )
    await offers.outcome(offer)
    return await view(await Signing.get(id=row.id), now, records)


async def _kill(challenge: Challenge, row: Signing, session: SessionView, now: datetime) -> None:
    async with transaction():
        if await challenges.kill_held(challenge):
            await events.append(
                events.company_stream(row.company_id),
                "signing.digits_wrong",
                actor=f"person:{session.person_id}",
                subject=f"signing:{row.id}",
                now=now,
                on_behalf=row.company_id,
            )
