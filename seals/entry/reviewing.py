"""What lies on the reviewer's desk. Who he is, and that he may, is his desk's to check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from auth.privacy import RecordsKey
from seals.entry.giving import FileView, file_of, imprint_of
from seals.entry.models import EntryApplication, EntryState, EntryVerification
from seals.entry.seeing import not_found, opened, view
from seals.entry.views import ReviewView
from seals.signing.workshop import Workshop

__all__ = ["QueuedView", "file", "look", "waiting"]


@dataclass(frozen=True)
class QueuedView:
    """An application in the queue. round: from 1; verified: which ways."""

    id: str
    company_name: str
    uscc: str
    round: int
    submitted_at: datetime
    verified: tuple[str, ...]


async def waiting(limit: int = 50) -> tuple[QueuedView, ...]:
    """What waits for a decision, the oldest first."""
    rows = await EntryApplication.filter(state=EntryState.SUBMITTED).order_by("submitted_at").limit(limit)
    found = await EntryVerification.filter(
        application_id__in=[row.id for row in rows], live__isnull=False
    ).order_by("way")
    return tuple(
        QueuedView(
            row.id,
            row.company_name,
            row.uscc,
            row.round,
            row.submitted_at or row.created_at,
            tuple(each.way.value for each in found if each.application_id == row.id),
        )
        for row in rows
    )


async def look(application_id: str, records: RecordsKey) -> ReviewView:
    """One that was submitted, with its form whole. Raises NotFound `entry.not_found`."""
    row = await _submitted(application_id)
    return ReviewView(await view(row, records), opened(row, records), row.applicant_id)


async def file(
    application_id: str, material_id: str, workshop: Workshop, *, imprint: bool = False
) -> FileView:
    """A file as it was given, of an application that was submitted. Raises NotFound `entry.not_found`.

    imprint: what was taken off it, in its place.
    """
    row = await _submitted(application_id)
    return await (imprint_of if imprint else file_of)(row.id, material_id, workshop)


async def _submitted(application_id: str) -> EntryApplication:
    """A draft is nobody's but the applicant's, and what was erased nobody's."""
    row = await EntryApplication.get_or_none(id=application_id)
    if row is None or row.round == 0 or not row.form_sealed:
        raise not_found()
    return row
