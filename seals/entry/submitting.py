"""Submit an application, the first time or after it was returned; withdraw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tortoise.exceptions import IntegrityError

from auth import challenges, throttling
from auth.engine import transaction
from auth.errors import Invalid
from auth.models import Challenge, ChallengeState
from auth.privacy import RecordsKey
from auth.sessions import SessionView
from auth.throttling import Limit
from auth.tokens import new_id
from seals.entry.confirming import held, require_handset
from seals.entry.models import OPEN, EntryApplication, EntryOutcome, EntryRound, EntryState
from seals.entry.seeing import digest, given, missing, opened, own, round_place, sealed, view
from seals.entry.starting import AT_APPLICANT
from seals.entry.states import (
    changed_meanwhile,
    company_applies,
    known_company,
    lacking,
    not_verified,
    wrong_state,
)
from seals.entry.telling import tell
from seals.entry.views import EntryView

__all__ = ["Said", "submit", "withdraw"]

SUBMISSIONS_PER_PERSON = Limit("entry.submit", 40, 86_400)


@dataclass(frozen=True)
class Said:
    """What the phone sends. claim: of the code that it holds; digest: of what it showed; declaration: R110;
    will: R113.
    """

    claim: str
    digest: str
    declaration: bool
    will: bool


def _require(said: Said) -> None:
    if not said.declaration:
        raise Invalid(
            "declaration.missing",
            "请阅读并勾选真实性声明。",
            "Please read and tick the declaration of truth.",
            field="declaration",
        )
    if not said.will:
        raise Invalid(
            "entry.will",
            "请确认：申请印章是本企业的真实意愿。",
            "Please confirm that applying for the seals is the company's true will.",
            field="will",
        )


async def submit(
    application_id: str, said: Said, session: SessionView, now: datetime, records: RecordsKey
) -> EntryView:
    """Hand the application in, on the phone that claimed its code: a new round with its form and its files.

    Raises NotFound `entry.not_found`, `challenge.not_found`; Refused `entry.on_phone`; Invalid
    `declaration.missing`, `entry.will`, `entry.missing` (facts: `missing`, the slots); Conflict
    `entry.state`, `entry.changed`, `entry.company_known`, `entry.company_applies`, `entry.not_verified`;
    TooMany.
    """
    row = await own(application_id, session.person_id)
    if row.state not in AT_APPLICANT:
        raise wrong_state()
    challenge = await held(said.claim, row, session, now)
    await require_handset(session)
    _require(said)
    lying = await given(row)
    if lacks := missing(row, lying):
        raise lacking(lacks)
    if not challenge.intent == said.digest == digest(row, opened(row, records), lying, records):
        raise changed_meanwhile()
    await known_company(row.uscc, row.company_name)
    if not lying.verified:  # else a stranger holds the company's one application
        raise not_verified()
    await throttling.count(SUBMISSIONS_PER_PERSON, session.person_id, now)
    try:
        async with transaction():
            files = {key: each.id for key, each in lying.live.items()}
            await _submit(row, files, challenge, session, now, records)
    except IntegrityError:
        raise company_applies() from None
    return await view(await own(application_id, session.person_id), records)


async def _submit(
    row: EntryApplication,
    files: dict[str, str],
    challenge: Challenge,
    session: SessionView,
    now: datetime,
    records: RecordsKey,
) -> None:
    moved = await EntryApplication.filter(id=row.id, state=row.state, changed_at=row.changed_at).update(
        state=EntryState.SUBMITTED,
        round=row.round + 1,
        live_uscc=row.uscc,
        reason=None,
        declared_at=now,
        confirmed_at=now,
        confirmed_session=session.id,
        submitted_at=now,
        changed_at=now,
    )
    if not moved:
        raise changed_meanwhile()
    claimed = Challenge.filter(id=challenge.id, state=ChallengeState.CLAIMED)
    if not await claimed.update(state=ChallengeState.SPENT):
        raise challenges.not_found()
    round_id = new_id()
    await EntryRound.create(
        id=round_id,
        application_id=row.id,
        number=row.round + 1,
        form_sealed=sealed(opened(row, records), round_place(round_id), records),
        materials=files,
        outcome=EntryOutcome.WAITING,
        submitted_at=now,
    )
    kind = "resubmitted" if row.round else "submitted"
    facts = {"round": row.round + 1, "scanned": challenge.opener_id != session.id}
    await tell(row, kind, f"person:{session.person_id}", now, facts)


async def withdraw(application_id: str, person_id: str, now: datetime, records: RecordsKey) -> EntryView:
    """Take an application back; it ends, and the company may apply anew.

    Raises NotFound `entry.not_found`, Conflict `entry.state`.
    """
    row = await own(application_id, person_id)
    async with transaction():
        if not await EntryApplication.filter(id=row.id, state__in=OPEN).update(
            state=EntryState.WITHDRAWN, live_uscc=None, decided_at=now, changed_at=now
        ):
            raise wrong_state()
        await EntryRound.filter(application_id=row.id, outcome=EntryOutcome.WAITING).update(
            outcome=EntryOutcome.WITHDRAWN, decided_at=now
        )
        await tell(row, "withdrawn", f"person:{person_id}", now)
    return await view(await own(application_id, person_id), records)
