"""Which file of a version is given out, how long it proves itself, and when it is due to be renewed."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.x509.oid import NameOID

from seals.archive_models import ArchivedFile
from seals.models import Version
from seals.pdf.algorithms import end_of
from seals.pdf.finishing import Archived

__all__ = ["RENEW_BEFORE", "newest_file", "proven_until", "record_archived", "unit_name", "version_of"]

RENEW_BEFORE = timedelta(days=365)
"""Before a file's last timestamp proves nothing any more: time enough to put another unit in its place."""


def proven_until(archived: Archived) -> datetime:
    """When the first of the unit's certificates ends, or an algorithm; without any, at once."""
    ends = [x509.load_der_x509_certificate(der).not_valid_after_utc for der in archived.units]
    algorithms = end_of(archived.made_with)
    return min([*ends, *([algorithms] if algorithms else [])], default=archived.stamped_at)


def unit_name(archived: Archived) -> str:
    """Who made the document timestamp, as its certificate names it; empty where that is not proven."""
    if not archived.units:
        return ""
    subject = x509.load_der_x509_certificate(archived.units[0]).subject
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value if names else subject.rfc4514_string())


async def record_archived(version_id: str, number: int, archived: Archived, now: datetime) -> ArchivedFile:
    """The newest file of the newest version, in the caller's transaction. No older one is due any more."""
    version = await Version.get(id=version_id)
    older = ArchivedFile.filter(version__record_id=version.record_id, renew_at__isnull=False)
    named = await older.values_list("sha256", flat=True)
    await ArchivedFile.filter(sha256__in=list(named)).update(renew_at=None)
    until = proven_until(archived)
    return await ArchivedFile.create(
        sha256=sha256(archived.data).hexdigest(),
        version_id=version_id,
        number=number,
        units=[base64.b64encode(der).decode() for der in archived.units],
        made_with=f" {' '.join(archived.made_with)} ",
        proven_until=until,
        renew_at=until - RENEW_BEFORE,
        created_at=now,
    )


async def newest_file(version: Version) -> str:
    """SHA-256 of what is given out: the version with its renewals."""
    newest = await ArchivedFile.filter(version_id=version.id).order_by("-number").first()
    return version.sha256 if newest is None else newest.sha256


async def version_of(sha256: str) -> Version | None:
    """The version that a file is, renewed or not; None where it is none of ours."""
    row = await ArchivedFile.get_or_none(sha256=sha256).prefetch_related("version")
    return row.version if row is not None else await Version.get_or_none(sha256=sha256)
