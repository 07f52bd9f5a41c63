"""What `ezhang verify` and `ezhang verify-seal` have in common: files in, one JSON line per file out.

The files are read where the server reads them: in the inspector's killable workers, started for this
command alone. Revocation lists come from the data folder's database where there is one. Nothing is fetched.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tortoise.exceptions import BaseORMException

from auth.engine import close_database, open_database
from auth.errors import DomainError, Invalid
from seals.models import Version
from seals.pdf.reports import Verdict
from seals.revocation import newest_crl
from server.inspector.client import InspectorClient
from server.inspector.pool import Pool
from server.inspector.process import Inspector
from server.json_lines import json_line
from server.secret_files import trust_path
from server.settings import Settings

__all__ = [
    "AtHand",
    "Judge",
    "certificates",
    "print_verdicts",
    "read_file",
    "records_at_hand",
    "trust_certificates",
]

Judge = Callable[[InspectorClient, bytes], Awaitable[dict[str, Any]]]
"""From a file's bytes, one more than the limit if it has more, to what is said about it."""


@dataclass(frozen=True)
class AtHand:
    """What a database gives: the newest revocation lists (DER); records: files can be looked up in it."""

    lists: tuple[bytes, ...] = ()
    records: bool = False


async def print_verdicts(files: Sequence[Path], limit: int, judge: Judge, out: TextIO) -> int:
    """Print a line per file; exit status 0 when every one is valid, else 1."""
    good = True
    async with _inspecting() as client:
        for file in files:
            line = {"file": str(file), **await _told(file, limit, judge, client)}
            print(json_line(line), file=out, flush=True)
            good = good and line.get("verdict") == Verdict.VALID
    return 0 if good else 1


async def _told(file: Path, limit: int, judge: Judge, client: InspectorClient) -> dict[str, Any]:
    try:
        sha256, data = read_file(file, limit)
        return {"sha256": sha256, **await judge(client, data)}
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "unreadable"
        return {"error": {"code": "file.unreadable", "en": reason}}
    except DomainError as error:
        return {"error": {"code": error.code, "zh": error.zh, "en": error.en}}


@asynccontextmanager
async def _inspecting() -> AsyncIterator[InspectorClient]:
    """An inspector of this command's own, with one worker."""
    with tempfile.TemporaryDirectory(prefix="ezhang-") as folder:
        inspector = Inspector(Path(folder) / "inspector.sock", Pool(1))
        await inspector.start()
        try:
            yield InspectorClient(Path(folder) / "inspector.sock")
        finally:
            await inspector.stop()


def read_file(file: Path, limit: int) -> tuple[str, bytes]:
    """SHA-256 of all of it, and its bytes up to one more than the limit. Raises OSError."""
    with file.open("rb") as source:
        sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        source.seek(0)
        return sha256, source.read(limit + 1)


@asynccontextmanager
async def records_at_hand(settings: Settings, *authorities: str) -> AsyncIterator[AtHand]:
    """The data folder's database open, where there is one; what cannot be read of it is not at hand."""
    if settings.sqlite_path is not None and not settings.sqlite_path.exists():
        yield AtHand()
        return
    try:
        yield await _at_hand(settings, authorities)
    finally:
        await close_database()


async def _at_hand(settings: Settings, authorities: Sequence[str]) -> AtHand:
    lists: tuple[bytes, ...] = ()
    try:
        await open_database(settings.database)
        found = [await newest_crl(name) for name in authorities]
        lists = tuple(crl for crl in found if crl is not None)
        await Version.exists()
    except (BaseORMException, sqlite3.Error, OSError) as error:
        # A verdict stands without, and says so (`revocation_not_checked`); the reason belongs said.
        print(f"数据库读不了 · the database cannot be read: {type(error).__name__}", file=sys.stderr)
        return AtHand(lists)
    return AtHand(lists, records=True)


def trust_certificates(settings: Settings, *names: str) -> tuple[bytes, ...]:
    """What the trust folder has of these authorities. Raises as `certificates`."""
    paths = [trust_path(settings, name) for name in names]
    return tuple(der for path in paths if path.exists() for der in certificates(path))


def certificates(path: Path) -> tuple[bytes, ...]:
    """All certificates of a PEM file, DER. Raises Invalid `verify.root`."""
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        raise Invalid(
            "verify.root",
            f"无法读取证书文件 {path}。请用 --root 指定 PEM 格式的根证书。",
            f"Cannot read the certificate file {path}. Name the root to trust, in PEM, with --root.",
            field="root",
        ) from None
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in found)
