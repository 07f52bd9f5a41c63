"""Delete a document that was brought here and never sealed, by whoever may see it; for good.

Its row stays, without a name and what was read in it, for the signings that were asked for and came to
nothing. Its file goes, and what was prepared of it, unless somebody has the same bytes.
"""

from __future__ import annotations

from datetime import datetime

from auth import events
from auth.engine import transaction
from auth.errors import Conflict
from auth.sessions import SessionView
from seals.archiving import stored
from seals.archiving.company_rows import NO_NAME
from seals.models import Document, Signing, SigningState
from seals.own_documents import own_document
from seals.ports import Blobs

__all__ = ["UNDER_WAY", "delete", "sweep"]

UNDER_WAY = (SigningState.PENDING, SigningState.CONFIRMED, SigningState.KEYED)
"""Of a signing that needs its document."""


async def delete(document_id: str, session: SessionView, now: datetime, blobs: Blobs) -> None:
    """Raises NotFound `document.not_found`, Refused `access.denied`; Conflict `document.sealed`,
    `document.signing_waits`.
    """
    row = await own_document(document_id, session.person_id, now)
    async with transaction():
        mine = Document.filter(id=row.id).exclude(blob="")
        if not await mine.update(blob="", name=NO_NAME, inspection={}, removed=[]):
            await own_document(document_id, session.person_id, now)  # deleted meanwhile
        await _require_free(row.id)  # behind the row's lock, as whoever asks for a signing
        await events.append(
            events.company_stream(row.company_id),
            "document.deleted",
            actor=f"person:{session.person_id}",
            subject=f"document:{row.id}",
            now=now,
            on_behalf=row.company_id,
            facts={"sha256": row.original},
        )
    await _delete_files(row.id, blobs)


async def _require_free(document_id: str) -> None:
    signings = Signing.filter(document_id=document_id)
    if await signings.filter(state=SigningState.SIGNED).exists():
        raise Conflict(
            "document.sealed",
            "这份文件已经盖章，须随企业档案保存，不能删除。",
            "This document was sealed; it is kept with the company's archive and cannot be deleted.",
        )
    if await signings.filter(state__in=UNDER_WAY).exists():
        raise Conflict(
            "document.signing_waits",
            "这份文件有待完成的用印申请，请先撤销申请再删除。",
            "A signing of this document is under way. Cancel it first, then delete the document.",
        )


async def sweep(blobs: Blobs) -> int:
    """Delete what a crash has left of deleted documents; returns how many files."""
    rows = await Document.filter(blob="").only("id")
    return sum([await _delete_files(row.id, blobs) for row in rows])


async def _delete_files(document_id: str, blobs: Blobs) -> int:
    files = await stored.of_document(document_id)
    gone = 0
    for address in sorted(files - await stored.needed(files)):
        if not await blobs.has(address):
            continue
        data = await blobs.get(address)
        gone += await blobs.delete(address)
        # Who brought the same bytes meanwhile put them in before his row was there: either he finds that
        # they are gone (`seals/uploading.py`), or his row is found here.
        if await stored.needed([address]):
            await blobs.put(data)
    return gone
