"""Scan: bind a challenge to the phone that took it (architecture §5.3). Looking alone changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from auth import challenges, events, throttling
from auth.browsers import browser_name, masked_address, same_network
from auth.engine import transaction
from auth.errors import NotFound
from auth.models import Challenge, ChallengePurpose
from auth.privacy import RecordsKey
from auth.refusals import tell
from auth.sessions import SessionView
from auth.throttling import Limit
from auth.tokens import hash_token
from seals import mandates
from seals.models import Signing, SigningState
from seals.signing.opening import CLAIM_LIFE, intent, open_claimed
from seals.signing.views import OF_SIGNING, SigningView, view
from seals.signing.workshop import Workshop

__all__ = ["ClaimView", "claim_by_short_code", "claim_by_token", "claimed", "open_here", "show"]

CLAIMS_PER_PERSON = Limit("claim.person", 30, 600)
CLAIMS_PER_ADDRESS = Limit("claim.address", 120, 600)  # an office shares one address
SHORT_CODES_PER_PERSON = Limit("short_code.person", 10, 600)
SHORT_CODES_PER_ADDRESS = Limit("short_code.address", 60, 600)


@dataclass(frozen=True)
class ClaimView:
    """A challenge in the hand of the phone that claimed it.

    intent: what `signing` says of bytes, seal and place, as one hash; the phone sends it back to confirm.
    browser, address_masked: of the screen that shows the code, when it was shown (opened_at), in two words
    and without the host; same_network: whether this phone is in that network.
    """

    id: str
    intent: str
    needs_digits: bool
    browser: str
    address_masked: str
    same_network: bool
    opened_at: datetime
    expires_at: datetime
    signing: SigningView


async def claim_by_token(token: str, session: SessionView, now: datetime, records: RecordsKey) -> ClaimView:
    """Take the challenge of a scanned QR code.

    Raises NotFound `challenge.not_found`, the same for unknown, expired, taken and another tenant's,
    and then consumes nothing, but whoever scanned sees it in his conversation; TooMany.
    """
    await throttling.count(CLAIMS_PER_ADDRESS, session.address, now)
    await throttling.count(CLAIMS_PER_PERSON, session.person_id, now)
    try:
        row = await challenges.by_token(token, ChallengePurpose.SIGNING)
        return await _claim(row, session, now, records)
    except NotFound:
        await tell(session.person_id, "person.scan_refused", session, now, records)
        raise


async def claim_by_short_code(
    code: str, session: SessionView, now: datetime, records: RecordsKey
) -> ClaimView:
    """Take a challenge by its six digits; only those can be found that one may confirm.

    Raises as `claim_by_token`; a code mistyped is told to nobody.
    """
    await throttling.count(SHORT_CODES_PER_ADDRESS, session.address, now)
    await throttling.count(SHORT_CODES_PER_PERSON, session.person_id, now)
    rows = await Challenge.filter(
        short_code_hash=hash_token(code.strip(), "short_code"),
        purpose=ChallengePurpose.SIGNING,
        expires_at__gt=now,
        state__in=challenges.LIVE,
    )
    for row in rows:
        signing = await Signing.get(id=row.subject)
        if await mandates.may_confirm(session.person_id, signing, now):
            return await _claim(row, session, now, records)
    raise challenges.not_found()


async def _claim(row: Challenge, session: SessionView, now: datetime, records: RecordsKey) -> ClaimView:
    signing = await Signing.get(id=row.subject)
    if not await mandates.may_confirm(session.person_id, signing, now):
        raise challenges.not_found()
    async with transaction():
        if await challenges.take(row, session, CLAIM_LIFE, now):
            await events.append(
                events.company_stream(signing.company_id),
                "signing.scanned",
                actor=f"person:{session.person_id}",
                subject=f"signing:{signing.id}",
                now=now,
                on_behalf=signing.company_id,
                facts={"same_network": same_network(row.opener_address, session.address)},
            )
    return await show(row.id, session, now, records)


async def claimed(challenge_id: str, session: SessionView, now: datetime) -> tuple[Challenge, Signing]:
    """The live challenge that this session holds, and its signing; raises NotFound for anything else."""
    row = await challenges.held(challenge_id, OF_SIGNING, session, now)
    signing = await Signing.get_or_none(id=row.subject)
    if signing is None or signing.state is not SigningState.PENDING:
        raise challenges.not_found()
    return row, signing


async def open_here(signing_id: str, session: SessionView, now: datetime, workshop: Workshop) -> ClaimView:
    """Begin on the phone that asks: it holds the challenge at once, without digits."""
    return await show(await open_claimed(signing_id, session, now, workshop), session, now, workshop.records)


async def show(challenge_id: str, session: SessionView, now: datetime, records: RecordsKey) -> ClaimView:
    """The claimed challenge again, for the phone that holds it."""
    row, signing = await claimed(challenge_id, session, now)
    return ClaimView(
        row.id,
        intent(signing, row.purpose),
        row.digits is not None,
        browser_name(row.opener_agent),
        masked_address(row.opener_address),
        same_network(row.opener_address, session.address),
        row.created_at,
        row.expires_at,
        await view(signing, now, records, session.person_id),
    )
