"""`ezhang review`: the operator's way to look at held seals, and to approve or decline one.

Each line it prints is a JSON object. It works on the database of the data folder (EZHANG_DATA) or the one
that EZHANG_DATABASE names, beside a running server.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from auth.engine import close_database, open_database
from auth.errors import DomainError, NotFound
from seals import reviewing
from seals.imprint import to_preview_png
from server.accounts import operator_account
from server.json_lines import json_line
from server.settings import Settings

__all__ = ["approve", "decline", "listed", "print_line", "run"]

PICTURE_DPI = 300


def listed(pictures: Path | None, out: TextIO | None = None) -> int:
    """A line for each seal that waits, oldest first; with a folder, its imprint and what it is like."""

    async def work() -> None:
        for each in await reviewing.held():
            line = asdict(each)
            if pictures is not None:
                line["picture"] = str(await _picture(each.id, pictures))
                line["alike_picture"] = str(await _picture(each.alike, pictures)) if each.alike else None
            print_line(line, out)

    return run(work, out)


def approve(seal: str, out: TextIO | None = None) -> int:
    """The seal goes out to its owner."""

    async def work() -> None:
        await reviewing.approve(seal, f"host:{operator_account()}", datetime.now(UTC))
        print_line({"seal": seal, "state": "issued"}, out)

    return run(work, out)


def decline(seal: str, reason: str, reason_en: str | None, out: TextIO | None = None) -> int:
    """The seal is declined, and its owner is told why."""

    async def work() -> None:
        words = reason, reason_en or reason
        await reviewing.decline(seal, f"host:{operator_account()}", *words, datetime.now(UTC))
        print_line({"seal": seal, "state": "declined"}, out)

    return run(work, out)


def run(work: Callable[[], Awaitable[None]], out: TextIO | None) -> int:
    """Exit status 0, or 1 with the error as a line. Raises NotFound `review.no_database`."""
    settings = Settings.places(os.environ)
    if settings.sqlite_path is not None and not settings.sqlite_path.exists():
        raise NotFound(
            "review.no_database",
            f"没有找到数据库 {settings.sqlite_path}。请用 EZHANG_DATA 指明数据目录。",
            f"There is no database {settings.sqlite_path}. Name the data folder with EZHANG_DATA.",
        )

    async def inside() -> int:
        await open_database(settings.database)
        try:
            await work()
        except DomainError as error:
            print_line({"error": {"code": error.code, "zh": error.zh, "en": error.en}}, out)
            return 1
        finally:
            await close_database()
        return 0

    return asyncio.run(inside())


async def _picture(seal_id: str, folder: Path) -> Path:
    number, drawn = await reviewing.picture(seal_id)
    path = folder / f"{number}.png"
    path.write_bytes(to_preview_png(drawn, PICTURE_DPI))
    return path


def print_line(line: dict[str, Any], out: TextIO | None) -> None:
    print(json_line(line), file=out, flush=True)
