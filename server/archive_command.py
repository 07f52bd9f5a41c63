"""`ezhang archive`: what is kept for its time and then erased (R38, R142); one JSON line each.

It works on the database and the store of the data folder (EZHANG_DATA, EZHANG_DATABASE), with no secret,
beside a running server. The register's lines are to be kept apart from the backups: after an old backup was
restored, `replay` erases again what it brought back.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from auth.engine import close_database, open_database
from auth.errors import Conflict, DomainError, Invalid
from seals import deleting
from seals.archiving import companies, files, persons
from seals.archiving.register import Line, lines
from seals.policies import DEFAULT, POLICIES
from server.accounts import operator_account
from server.adapters.blobs import LocalBlobs
from server.json_lines import json_line
from server.settings import Settings

__all__ = ["due", "erase", "register", "replay"]


def due(out: TextIO | None = None) -> int:
    """A line for each company that has ended and is not erased: until when it is kept, whether it may go."""

    async def work(settings: Settings) -> None:
        for each in await companies.due(POLICIES[_policy()], datetime.now(UTC)):
            _print(dataclasses.asdict(each), out)

    return _run(work, out)


def erase(wanted: Sequence[str], out: TextIO | None = None) -> int:
    """Erase these companies' part of the archive, or all that are over; a line of the register for each."""

    async def work(settings: Settings) -> None:
        policy, now = POLICIES[_policy()], datetime.now(UTC)
        ids = wanted or [each.id for each in await companies.due(policy, now) if each.over]
        for company in ids:
            line = await companies.erase(company, policy, f"host:{operator_account()}", now)
            await _delete(line, settings)
            _print(dataclasses.asdict(line), out)
        for line in await lines():  # what a crash has left
            await _delete(line, settings)
        await deleting.sweep(LocalBlobs(settings.blobs_folder))

    return _run(work, out)


def register(out: TextIO | None = None) -> int:
    """The whole register, oldest first."""

    async def work(settings: Settings) -> None:
        for line in await lines():
            _print(dataclasses.asdict(line), out)

    return _run(work, out)


def replay(kept: Path, out: TextIO | None = None) -> int:
    """Erase again what a kept register names and this database's does not.

    Raises Invalid `archive.register`.
    """
    subjects = _subjects(kept)

    async def work(settings: Settings) -> None:
        now, actor = datetime.now(UTC), f"host:{operator_account()}"
        there = {line.subject for line in await lines()}
        for subject in dict.fromkeys(subjects):
            kind, _, its_id = subject.partition(":")
            if subject not in there:
                try:
                    line = await (
                        companies.erase(its_id, POLICIES[_policy()], actor, now)
                        if kind == "company"
                        else persons.erase_again(its_id, actor, now)
                    )
                except Conflict as error:
                    if error.code != "archive.erased":
                        raise
                    continue
                _print(dataclasses.asdict(line), out)
        for line in await lines():
            await _delete(line, settings)

    return _run(work, out)


def _subjects(kept: Path) -> list[str]:
    try:
        found = [json.loads(line)["subject"] for line in kept.read_text().splitlines() if line.strip()]
        if not all(isinstance(each, str) and each.startswith(("company:", "person:")) for each in found):
            raise ValueError("no subject")
    except (OSError, ValueError, KeyError, TypeError):
        raise Invalid(
            "archive.register",
            f"{kept} 不是删除登记。请给出 ezhang archive register 的输出。",
            f"{kept} is no register of erasures: name a file with the output of `ezhang archive register`.",
            field="file",
        ) from None
    return found


def _policy() -> str:
    return os.environ.get("EZHANG_POLICY") or DEFAULT


async def _delete(line: Line, settings: Settings) -> None:
    if line.files:
        await files.delete(line, LocalBlobs(settings.blobs_folder))


def _run(work: Callable[[Settings], Awaitable[None]], out: TextIO | None) -> int:
    settings = Settings.places(os.environ)

    async def inside() -> int:
        await open_database(settings.database)
        try:
            await work(settings)
        except DomainError as error:
            _print({"error": {"code": error.code, "zh": error.zh, "en": error.en}}, out)
            return 1
        finally:
            await close_database()
        return 0

    return asyncio.run(inside())


def _print(line: dict[str, Any], out: TextIO | None) -> None:
    print(json_line(line), file=out, flush=True)
