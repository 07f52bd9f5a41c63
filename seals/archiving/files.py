"""Delete what the register names from the store: after the transaction, and as often as anybody asks."""

from __future__ import annotations

from seals.archiving import stored
from seals.archiving.register import Line
from seals.ports import Blobs

__all__ = ["delete"]


async def delete(line: Line, blobs: Blobs) -> int:
    """Delete the files of an entry, but for those that somebody brought anew since; returns how many."""
    again = await stored.needed(line.files, line.subject)
    gone = 0
    for sha256 in sorted(set(line.files) - again):
        gone += await blobs.delete(sha256)
    return gone
