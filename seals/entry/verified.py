"""The company is verified (R112): its representative's identity check, or what the deposit's desk records."""

from __future__ import annotations

from datetime import datetime

from tortoise.exceptions import IntegrityError

from auth import identity_checks
from auth.engine import transaction
from auth.errors import Conflict
from auth.identity_checks import IdentityCheckView
from auth.identity_models import IdentityPurpose
from auth.people import Identity
from auth.ports import IdentityWay, RealName
from auth.privacy import RecordsKey
from seals.entry.models import OPEN, EntryApplication, EntryVerification, EntryWay
from seals.entry.seeing import opened, own, view
from seals.entry.states import changed_meanwhile, wrong_state
from seals.entry.telling import tell
from seals.entry.views import EntryView

__all__ = ["begin", "finish", "record_here"]


async def record_here(row: EntryApplication, way: EntryWay, reference: str, by: str, now: datetime) -> None:
    """Write down which way a company was verified, when and by whom; a second time changes nothing.

    row: as it was judged; a form that was changed since may name another company. Inside the caller's
    transaction. Raises Conflict `entry.state`, `entry.changed`.
    """
    if row.state not in OPEN:
        raise wrong_state()
    # The condition alone locks the row: nothing else moves it while this is written down.
    judged = EntryApplication.filter(id=row.id, state__in=OPEN, formed_at=row.formed_at)
    if not await judged.update(created_at=row.created_at):
        raise changed_meanwhile()
    live = f"{row.id}:{way.value}"
    if await EntryVerification.exists(live=live):
        return
    await EntryVerification.create(
        application_id=row.id, way=way, reference=reference, by=by, live=live, at=now
    )
    await tell(row, "verified", by, now, {"way": way.value})


async def begin(
    application_id: str,
    person_id: str,
    return_url: str,
    now: datetime,
    records: RecordsKey,
    realname: RealName,
    way: IdentityWay,
) -> IdentityCheckView:
    """Begin the identity check of the representative whom the form names, on whichever phone he has.

    Raises NotFound `entry.not_found`, Conflict `entry.state`, and as `identity_checks.begin`.
    """
    row = await own(application_id, person_id)
    if row.state not in OPEN:
        raise wrong_state()
    form = opened(row, records)
    whom = Identity(form.representative_name, form.representative_id_number, form.representative_mobile)
    return await identity_checks.begin(
        IdentityPurpose.ENTRY, row.id, person_id, return_url, now, records, realname, way=way, whom=whom
    )


async def finish(
    check: str, person_id: str, now: datetime, records: RecordsKey, realname: RealName
) -> EntryView:
    """Record what a passed check has shown: that the representative himself stands behind it.

    Raises NotFound `identity.not_found`; Refused `identity.not_passed`; Gone `identity.expired`; Conflict
    `entry.state`, `entry.changed`, `entry.other_representative`.
    """
    found, result = await identity_checks.passed(check, person_id, IdentityPurpose.ENTRY, now, realname)
    row = await own(found.subject, person_id)
    form = opened(row, records)
    if (result.name, result.id_number) != (form.representative_name, form.representative_id_number):
        raise Conflict(
            "entry.other_representative",
            "核验的不是申请表上的法定代表人，请由法定代表人本人重新核验。",
            "The check was not of the representative whom the form names. Have him do it again.",
        )
    try:
        async with transaction():
            await identity_checks.use(found, now)
            await record_here(row, EntryWay.FACE, found.id, f"person:{person_id}", now)
    except IntegrityError:
        pass  # another check of the same was recorded at the same moment
    return await view(await own(row.id, person_id), records)
