"""The file of a deleted document: what a crash left goes later, and what somebody brings meanwhile stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from auth.sessions import SessionView
from auth.tokens import new_code
from seals import deleting
from seals.models import Document, Record, Signing, SigningState
from server.adapters.blobs import LocalBlobs
from tests.seals.signing.rows import NOW, signing

DATA, PREPARED = b"%PDF brought", b"%PDF prepared"


class Broken(LocalBlobs):
    """A store that goes away before it deletes anything."""

    async def delete(self, address: str) -> bool:
        raise OSError("away")


class Meanwhile(LocalBlobs):
    """While it deletes, somebody brings the same bytes: he put them in before, and his row comes now."""

    async def delete(self, address: str) -> bool:
        other = await signing(SigningState.CANCELLED)
        record = await Record.create(code=new_code(), created_at=NOW)
        await Document.filter(id=other.document_id).update(
            blob=address, original=address, record_id=record.code
        )
        return await super().delete(address)


async def brought(blobs: LocalBlobs) -> tuple[Document, SessionView, tuple[str, str]]:
    """A document, asked for a seal and cancelled; its uploader; its two files."""
    file, prepared = await blobs.put(DATA), await blobs.put(PREPARED)
    row = await signing(SigningState.CANCELLED)
    await Signing.filter(id=row.id).update(base_blob=file, prepared_blob=prepared)
    await Document.filter(id=row.document_id).update(blob=file, original=file)
    document = await Document.get(id=row.document_id)
    return document, SessionView(row.asker_id, document.uploader_id, "", ""), (file, prepared)


async def test_what_a_crash_left_goes_with_the_next_sweep(database: str, tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path)
    document, session, files = await brought(blobs)
    with pytest.raises(OSError, match=r"^away$"):
        await deleting.delete(document.id, session, NOW, Broken(tmp_path))
    assert [await blobs.has(each) for each in files] == [True, True]
    assert (await Document.get(id=document.id)).blob == ""
    assert await deleting.sweep(blobs) == 2
    assert [await blobs.has(each) for each in files] == [False, False]
    assert await deleting.sweep(blobs) == 0, "safe to repeat"


async def test_bytes_that_somebody_brings_meanwhile_are_put_back(database: str, tmp_path: Path) -> None:
    document, session, (file, _) = await brought(LocalBlobs(tmp_path))
    await Signing.filter(document_id=document.id).update(prepared_blob=file)
    await deleting.delete(document.id, session, NOW, Meanwhile(tmp_path))
    assert await LocalBlobs(tmp_path).get(file) == DATA
