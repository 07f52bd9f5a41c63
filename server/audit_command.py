"""`ezhang audit check`: whether the log of events is as it was written; one JSON line per finding.

It needs the database, the sealer's public identity key and the root certificate: no secret. The last line
is a summary. What only a copy outside can show needs one: a daily root that somebody kept (`--root`).
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from tortoise.exceptions import BaseORMException

from auth.engine import close_database, open_database
from auth.errors import Invalid, NotFound, Unavailable
from seals.audit.checking import check
from seals.audit.findings import Counts
from seals.audit.published import number_of
from seals.pdf.trust import Trust
from seals.revocation import ISSUING, ROOT, newest_crl
from server.file_verdicts import certificates, trust_certificates
from server.json_lines import json_line
from server.secret_files import sealer_identity, time_service_roots, trust_path
from server.settings import Settings

__all__ = ["check_log"]

MAX_ROOT_BYTES = 2000


def check_log(kept: Sequence[Path], out: TextIO = sys.stdout) -> int:
    """Print a line per finding and a summary; exit status 0 when nothing was found, else 1.

    kept: files of daily roots. Raises Invalid `audit.root`, `verify.root`; NotFound `audit.no_database`,
    `secrets.missing`; Unavailable `audit.database`.
    """
    settings = Settings.places(os.environ)
    return asyncio.run(_check(settings, _kept(kept), out))


def _kept(files: Sequence[Path]) -> dict[int, str]:
    found = {}
    for file in files:
        try:
            with file.open("rb") as source:
                text = source.read(MAX_ROOT_BYTES).decode()
            number = number_of(text)
        except (OSError, ValueError):
            number, text = None, ""
        if number is None:
            raise Invalid(
                "audit.root",
                f"{file} 不是本系统发布的每日根。请用 --root 指定从“每日根”页面下载的 .txt 文件。",
                f"{file} is no published daily root. Name with --root a .txt file as downloaded from /roots.",
                field="root",
            )
        found[number] = text
    return found


async def _check(settings: Settings, kept: Mapping[int, str], out: TextIO) -> int:
    if settings.sqlite_path is not None and not settings.sqlite_path.exists():
        raise NotFound(
            "audit.no_database",
            f"没有数据库 {settings.sqlite_path}。请用 EZHANG_DATA 或 EZHANG_DATABASE 指明。",
            f"There is no database {settings.sqlite_path}. Name it by EZHANG_DATA or EZHANG_DATABASE.",
        )
    identity = sealer_identity(settings)
    roots = certificates(trust_path(settings, ROOT))
    counts = Counts()
    try:
        await open_database(settings.database)
        found = [await newest_crl(name) for name in (ROOT, ISSUING)]
        lists = tuple(crl for crl in found if crl is not None)
        trust = Trust(
            roots, trust_certificates(settings, ISSUING, "tsa"), lists, time_service_roots(settings)
        )
        async for finding in check(identity, trust, kept, datetime.now(UTC), counts):
            counts.findings += 1
            print(json_line(finding.told()), file=out, flush=True)
    except (BaseORMException, OSError) as error:
        reason = type(error).__name__
        raise Unavailable(
            "audit.database",
            f"检查中断：数据库无法读取（{reason}）。请确认数据库已启动且已升级（ezhang migrate）。",
            f"The check broke off: the database cannot be read ({reason}). See that it runs and is "
            "up to date (ezhang migrate).",
        ) from error
    finally:
        await close_database()
    print(json_line({"summary": dataclasses.asdict(counts)}), file=out, flush=True)
    return 1 if counts.findings else 0
