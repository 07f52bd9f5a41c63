"""`ezhang filings`: what the maker has not filed in time, what was refused, who never collected.

Each line it prints is a JSON object; nothing of a person is in it. It works as `ezhang review` does.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TextIO

from seals.filing import lapsed as register
from seals.filing import overdue, sending
from seals.policies import DEFAULT, POLICIES
from server.accounts import operator_account
from server.review_command import print_line, run

__all__ = ["again", "lapsed", "listed"]


def listed(out: TextIO | None = None) -> int:
    """A line for each filing that is late or was refused, oldest first."""

    async def work() -> None:
        policy = POLICIES.get(os.environ.get("EZHANG_POLICY", ""), POLICIES[DEFAULT])
        _print(await overdue.overdue(policy, datetime.now(UTC)), out)

    return run(work, out)


def lapsed(out: TextIO | None = None) -> int:
    """The register of seals that were cancelled because nobody collected them, newest first (R40)."""

    async def work() -> None:
        _print(await register.lapsed(), out)

    return run(work, out)


def again(number: str, out: TextIO | None = None) -> int:
    """A refused filing is handed in anew, with the data as they are now."""

    async def work() -> None:
        await sending.file_again(number, operator_account(), datetime.now(UTC))
        print_line({"filing": number, "state": "waiting"}, out)

    return run(work, out)


def _print(rows: Iterable[Any], out: TextIO | None) -> None:
    for row in rows:
        print_line(asdict(row), out)
