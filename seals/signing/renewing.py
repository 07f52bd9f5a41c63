"""Renewal: one more document timestamp before the last one proves nothing any more (ETSI EN 319 142-1 §5.5).

Work of the sealer that needs no key and nobody's word: the newest file of the newest version of each record
gets what is said now of the unit that stamped it, and a timestamp over all. An older version is not renewed:
the newer one holds it.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pyhanko.sign.timestamps import TimeStamper

from auth import events
from auth.engine import transaction
from auth.errors import DomainError, Unavailable
from auth.models import Company
from seals.archive_models import ArchivedFile
from seals.models import Document, Record, Signing, SigningState, Version
from seals.pdf.algorithms import ENDS
from seals.pdf.finishing import Archived
from seals.revocation import current_trust
from seals.signing.archived_files import RENEW_BEFORE, proven_until, record_archived, unit_name
from seals.signing.archiving import renewed
from seals.signing.finishing import check_own_output
from seals.signing.workshop import Workshop

__all__ = ["AT_ONCE", "LEFT_FOR", "LOOKED_AT_AGAIN", "Renewer"]

AT_ONCE = 20
"""Of a round."""
LEFT_FOR = timedelta(minutes=10)
"""So long one is taken to be worked on; where nothing came of it, it is due again then."""
LOOKED_AT_AGAIN = timedelta(days=1)
"""After what a further timestamp of today's service would not help."""

_BEING_SIGNED = (SigningState.CONFIRMED, SigningState.KEYED)

_log = logging.getLogger("sealer")


@dataclass(frozen=True)
class Renewer:
    """clock: UTC."""

    workshop: Workshop
    timestamper: TimeStamper
    clock: Callable[[], datetime]

    async def round(self) -> bool:
        """Renew what is due, `AT_ONCE` at most; whether there was as much, so that there may be more."""
        await _hear_of_ends(self.clock())
        for number in range(AT_ONCE):
            row = await _take(self.clock())
            if row is None:
                return False
            try:
                await self._renew(row)
            except Unavailable as error:
                _log.warning("a renewal waits, %d were done: %s", number, error.code)
                return False
            except DomainError as error:
                _log.error("%s cannot be renewed: %s %s", row.sha256, error.code, error.facts)
                await _leave(row, self.clock() + LOOKED_AT_AGAIN)
        return True

    async def _renew(self, row: ArchivedFile) -> None:
        now = self.clock()
        if row.proven_until <= now:
            _log.error("%s proves nothing any more: it was not renewed in time", row.sha256)
            await _leave(row, None)
            return
        data = await self.workshop.blobs.get(row.sha256)
        units = [base64.b64decode(each) for each in row.units]
        archived = await renewed(data, units, self.workshop, self.timestamper, self.clock)
        if proven_until(archived) <= row.proven_until:
            await _nothing_gained(proven_until(archived), now)
            return
        version = await Version.get(id=row.version_id).prefetch_related("signing")
        report = await self.workshop.inspector.verify(archived.data, await current_trust(self.workshop))
        check_own_output(report, version.signing)
        await self.workshop.blobs.put(archived.data)
        async with transaction():
            await _record(row, version, archived, self.clock())


async def _take(now: datetime) -> ArchivedFile | None:
    for row in await ArchivedFile.filter(renew_at__lte=now).order_by("renew_at").limit(5):
        if await _leave(row, now + LEFT_FOR):
            return await ArchivedFile.get(sha256=row.sha256)
    return None


async def _leave(row: ArchivedFile, until: datetime | None) -> int:
    """Put off one that nobody else has taken since."""
    return await ArchivedFile.filter(sha256=row.sha256, renew_at=row.renew_at).update(renew_at=until)


async def _nothing_gained(until: datetime, now: datetime) -> None:
    """What today's service gives ends no later than what is there: for all of these alike."""
    _log.warning("timestamps of today prove until %s: replace the time-stamping unit", until.isoformat())
    alike = ArchivedFile.filter(renew_at__lte=now + LEFT_FOR, proven_until__gte=until)
    await alike.update(renew_at=now + LOOKED_AT_AGAIN)


async def _hear_of_ends(now: datetime) -> None:
    """What was stamped before an algorithm's end was known is due as soon as that is near."""
    for name, end in ENDS.items():
        if end - RENEW_BEFORE <= now:
            made_with = ArchivedFile.filter(made_with__contains=f" {name} ", proven_until__gt=end)
            await made_with.filter(renew_at__isnull=False).update(proven_until=end, renew_at=now)


async def _record(row: ArchivedFile, version: Version, archived: Archived, now: datetime) -> None:
    documents = await Document.filter(record_id=version.record_id)
    companies = sorted({each.company_id for each in documents})
    await Company.filter(id__in=companies).order_by("id").select_for_update()
    named = [each.id for each in documents]
    if await Signing.filter(document_id__in=named, state__in=_BEING_SIGNED).exists():
        return  # it gets a newer timestamp just now; else this is due again soon
    if not await _leave(row, None):
        return
    if not await Record.filter(code=version.record_id, newest=version.number).exists():
        return
    newest = await record_archived(version.id, row.number + 1, archived, now)
    await Document.filter(record_id=version.record_id, blob=row.sha256).update(blob=newest.sha256)
    await events.append(
        events.company_stream(version.signing.company_id),
        "document.renewed",
        actor="sealer",
        subject=f"document:{version.signing.document_id}",
        now=now,
        on_behalf=version.signing.company_id,
        facts={
            "sha256": newest.sha256,
            "before": row.sha256,
            "code": version.record_id,
            "version": version.number,
            "proven_until": newest.proven_until.isoformat(),
            "time_stamping_unit": unit_name(archived),
        },
    )
