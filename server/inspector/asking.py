"""For whom this process asks the inspector: of its readers nobody gets all (`server/inspector/pool.py`)."""

from __future__ import annotations

from contextvars import ContextVar

__all__ = ["HOUSE", "PAPERS", "asker"]

HOUSE = ""
"""The system itself, on behalf of nobody in particular: without a share of its own."""

PAPERS = "papers"
"""The system making a paper that its own key seals: asks no worker that has read anything else."""

asker: ContextVar[str] = ContextVar("asker", default=HOUSE)
"""Person or network of the request that is being answered."""
