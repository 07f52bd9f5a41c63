"""`ezhang staff`: the host's way to say who works at the platform's desks. There is no other.

Each line it prints is a JSON object. It runs beside a running server, with the same settings, and needs the
records key that the web has.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TextIO

from auth import staff
from auth.engine import close_database
from auth.errors import DomainError
from auth.privacy import RecordsKey
from auth.staff_models import StaffRoleName
from seals.service.supervision import Authority, assign
from server.accounts import operator_account
from server.json_lines import json_line
from server.migrating import open_own_database
from server.secret_files import records_key
from server.settings import Settings

__all__ = ["add", "authority", "code", "end", "listed"]


def add(mobile: str, role: str, name: str, out: TextIO | None = None) -> int:
    """A role, and the code by which its owner binds his passkey to it, shown this once."""

    async def work(records: RecordsKey) -> list[dict[str, Any]]:
        made = await staff.add(mobile, StaffRoleName(role), name, operator_account(), _now(), records)
        return [asdict(made)]

    return _run(work, out)


def code(staff_id: str, out: TextIO | None = None) -> int:
    """Another code, in place of the passkey that the role had."""

    async def work(_: RecordsKey) -> list[dict[str, Any]]:
        return [asdict(await staff.renew_code(staff_id, operator_account(), _now()))]

    return _run(work, out)


def end(staff_id: str, out: TextIO | None = None) -> int:
    """The role ends at once."""

    async def work(_: RecordsKey) -> list[dict[str, Any]]:
        await staff.end(staff_id, operator_account(), _now())
        return [{"id": staff_id, "state": "ended"}]

    return _run(work, out)


def authority(staff_id: str, name: str, out: TextIO | None = None) -> int:
    """Which authority a regulator's role belongs to."""

    async def work(_: RecordsKey) -> list[dict[str, Any]]:
        await assign(staff_id, Authority(name), operator_account(), _now())
        return [{"id": staff_id, "authority": name}]

    return _run(work, out)


def listed(out: TextIO | None = None) -> int:
    """A line for each role that is or was, oldest first."""

    async def work(records: RecordsKey) -> list[dict[str, Any]]:
        return [asdict(each) for each in await staff.listed(records)]

    return _run(work, out)


def _now() -> datetime:
    return datetime.now(UTC)


def _run(work: Callable[[RecordsKey], Awaitable[list[dict[str, Any]]]], out: TextIO | None) -> int:
    """Exit status 0, or 1 with the error as a line. Raises what settings, secrets and database refuse."""
    settings = Settings.from_env(os.environ)
    records = records_key(settings)

    async def inside() -> int:
        await open_own_database(settings)
        try:
            lines, status = await work(records), 0
        except DomainError as error:
            lines, status = [{"error": {"code": error.code, "zh": error.zh, "en": error.en}}], 1
        finally:
            await close_database()
        for line in lines:
            print(json_line(line), file=out, flush=True)
        return status

    return asyncio.run(inside())
