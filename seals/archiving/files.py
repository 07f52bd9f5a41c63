"""Delete what the register names from the store: after the transaction, and as often as anybody asks."""

from __future__ import annotations

from seals.archiving.register import Line
from seals.models import Document
from seals.ports import Blobs

__all__ = ["delete"]


async def delete(line: Line, blobs: Blobs) -> int:
    """Delete the files of an entry, but for those that somebody brought anew since; returns how many."""
    again = (
        await Document.filter(original__in=line.files).exclude(name="—").values_list("original", flat=True)
    )
    gone = 0
    for sha256 in sorted(set(line.files) - {str(each) for each in again}):
        gone += await blobs.delete(sha256)
    return gone
