"""Submit an application, the first time or after it was returned; withdraw it."""

from __future__ import annotations

from datetime import datetime

from tortoise.exceptions import IntegrityError

from auth import throttling
from auth.engine import transaction
from auth.errors import Invalid
from auth.privacy import RecordsKey
from auth.sessions import SessionView
from auth.throttling import Limit
from auth.tokens import new_id
from seals.entry.models import OPEN, EntryApplication, EntryOutcome, EntryRound, EntryState
from seals.entry.seeing import given, missing, opened, own, round_place, sealed, view
from seals.entry.starting import AT_APPLICANT
from seals.entry.states import (
    changed_meanwhile,
    company_applies,
    known_company,
    not_verified,
    wrong_state,
)
from seals.entry.telling import tell
from seals.entry.views import EntryView

__all__ = ["submit", "withdraw"]

SUBMISSIONS_PER_PERSON = Limit("entry.submit", 40, 86_400)


def _require_said(declaration: bool, will: bool) -> None:
    if not declaration:
        raise Invalid(
            "declaration.missing",
            "请阅读并勾选真实性声明。",
            "Please read and tick the declaration of truth.",
            field="declaration",
        )
    if not will:
        raise Invalid(
            "entry.will",
            "请确认：申请印章是本企业的真实意愿。",
            "Please confirm that applying for the seals is the company's true will.",
            field="will",
        )


async def submit(
    application_id: str,
    declaration: bool,
    will: bool,
    session: SessionView,
    now: datetime,
    records: RecordsKey,
) -> EntryView:
    """Hand the application in: a new round with its form and its files. declaration: R110; will: R113.

    Raises NotFound `entry.not_found`; Invalid `declaration.missing`, `entry.will`, `entry.missing` (facts:
    `missing`, the slots); Conflict `entry.state`, `entry.changed`, `entry.company_known`,
    `entry.company_applies`, `entry.not_verified`; TooMany.
    """
    row = await own(application_id, session.person_id)
    if row.state not in AT_APPLICANT:
        raise wrong_state()
    _require_said(declaration, will)
    lying = await given(row)
    if lacking := missing(row, lying):
        raise Invalid(
            "entry.missing",
            f"还有 {len(lacking)} 项材料没有提供或需要重拍，请补齐后提交。",
            f"{len(lacking)} materials are missing or have to be given again. Complete them and submit.",
            missing=list(lacking),
        )
    await known_company(row.uscc, row.company_name)
    if not lying.verified:  # else a stranger holds the company's one application
        raise not_verified()
    await throttling.count(SUBMISSIONS_PER_PERSON, session.person_id, now)
    try:
        async with transaction():
            await _submit(row, {key: each.id for key, each in lying.live.items()}, session, now, records)
    except IntegrityError:
        raise company_applies() from None
    return await view(await own(application_id, session.person_id), records)


async def _submit(
    row: EntryApplication, files: dict[str, str], session: SessionView, now: datetime, records: RecordsKey
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
    await tell(row, kind, f"person:{session.person_id}", now, {"round": row.round + 1})


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
