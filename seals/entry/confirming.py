"""The company's will is confirmed on a phone (R113): a code on the PC's page, or on the phone at once.

The code is bound to the application and to the digest of its form and files. Whoever claims it is the
applicant on a phone; the claim submits (`submitting`), and nothing else does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from auth import challenges, throttling
from auth.browsers import browser_name, masked_address, same_network
from auth.engine import transaction
from auth.errors import NotFound, Refused
from auth.models import Challenge, ChallengePurpose, ChallengeState
from auth.privacy import RecordsKey
from auth.sessions import SessionView, on_handset
from auth.throttling import Limit
from auth.tokens import hash_token, new_token
from seals.entry.models import EntryApplication
from seals.entry.seeing import given, missing, own, view
from seals.entry.starting import AT_APPLICANT
from seals.entry.states import changed_meanwhile, lacking, not_verified, wrong_state
from seals.entry.views import EntryView
from seals.signing.claiming import CLAIMS_PER_ADDRESS, CLAIMS_PER_PERSON

__all__ = ["CodeOpened", "EntryClaim", "claim", "held", "open_code", "require_handset"]

CODE_LIFE = timedelta(minutes=3)
CLAIM_LIFE = timedelta(minutes=15)
CODES_PER_ENTRY = Limit("entry_code.entry", 60, 3600)


@dataclass(frozen=True)
class CodeOpened:
    """A fresh code; the token is told once."""

    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class EntryClaim:
    """A code in the hand of the phone that claimed it, with what is confirmed.

    browser, address_masked: of the page that shows the code, in two words and without the host; same_network:
    whether this phone is in that network.
    """

    id: str
    entry: EntryView
    browser: str
    address_masked: str
    same_network: bool
    opened_at: datetime
    expires_at: datetime


async def open_code(
    application_id: str, session: SessionView, now: datetime, records: RecordsKey
) -> CodeOpened:
    """A code for form and files as they stand; the one before it is void.

    Raises NotFound `entry.not_found`; Conflict `entry.state`, `entry.not_verified`; Invalid `entry.missing`
    (facts: `missing`); TooMany.
    """
    row = await own(application_id, session.person_id)
    if row.state not in AT_APPLICANT:
        raise wrong_state()
    lying = await given(row)
    if lacks := missing(row, lying):
        raise lacking(lacks)
    if not lying.verified:
        raise not_verified()
    await throttling.count(CODES_PER_ENTRY, row.id, now)
    intent = (await view(row, records)).digest
    made = CodeOpened(new_token(), now + CODE_LIFE)
    async with transaction():
        await challenges.kill(row.id, ChallengePurpose.ENTRY)
        await Challenge.create(
            purpose=ChallengePurpose.ENTRY,
            subject=row.id,
            intent=intent,
            token_hash=hash_token(made.token, ChallengePurpose.ENTRY.value),
            state=ChallengeState.WAITING,
            opener_id=session.id,
            opener_agent=session.user_agent,
            opener_address=session.address,
            created_at=now,
            expires_at=made.expires_at,
        )
    return made


async def claim(token: str, session: SessionView, now: datetime, records: RecordsKey) -> EntryClaim:
    """Take a scanned code, on a phone of whoever applies.

    Raises NotFound `challenge.not_found`, the same for unknown, expired, taken and another's; Refused
    `entry.on_phone`; Conflict `entry.state`, `entry.changed`; none of them consumes it. TooMany.
    """
    await throttling.count(CLAIMS_PER_ADDRESS, session.address, now)
    await throttling.count(CLAIMS_PER_PERSON, session.person_id, now)
    challenge = await challenges.by_token(token, ChallengePurpose.ENTRY)
    try:
        row = await own(challenge.subject, session.person_id)
    except NotFound:
        raise challenges.not_found() from None
    await require_handset(session)
    seen = await view(row, records)
    if row.state not in AT_APPLICANT:
        raise wrong_state()
    if seen.digest != challenge.intent:
        raise changed_meanwhile()
    async with transaction():
        await challenges.take(challenge, session, CLAIM_LIFE, now)
    mine = await held(challenge.id, row, session, now)
    return EntryClaim(
        mine.id,
        seen,
        browser_name(mine.opener_agent),
        masked_address(mine.opener_address),
        same_network(mine.opener_address, session.address),
        mine.created_at,
        mine.expires_at,
    )


async def held(claim_id: str, row: EntryApplication, session: SessionView, now: datetime) -> Challenge:
    """The claim that this session holds of this application. Raises NotFound `challenge.not_found`."""
    challenge = await challenges.held(claim_id, (ChallengePurpose.ENTRY,), session, now)
    if challenge.subject != row.id:
        raise challenges.not_found()
    return challenge


async def require_handset(session: SessionView) -> None:
    """Raises Refused `entry.on_phone` for a PC. What a browser says of itself is believed: see ADR 38."""
    if not await on_handset(session):
        raise Refused(
            "entry.on_phone",
            "提交申请须在手机上确认。请用手机扫描电脑上的二维码，或在手机上登录后打开该申请。",
            "An application is confirmed on a phone. Scan the code on the PC with it, or log in there and "
            "open the application.",
        )
