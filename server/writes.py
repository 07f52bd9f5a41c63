"""Whether anything was written to the database: it spares a sealer that has nothing to do most of its looks.

SQLite counts what others commit and tells it without a query. PostgreSQL is simply looked at.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

__all__ = ["Writes"]


class Writes:
    """The count of what was committed. path: of the SQLite file; None where there is none."""

    def __init__(self, path: Path | None) -> None:
        self._database: sqlite3.Connection | None = None
        if path is not None:
            # Never waits: it is asked in the event loop.
            self._database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0)

    def count(self) -> int | None:
        """Another number than before if anything was committed since; None: it cannot be told."""
        if self._database is None:
            return None
        try:
            (number,) = self._database.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            return None
        return int(number)

    def close(self) -> None:
        """Close the connection."""
        if self._database is not None:
            self._database.close()
