"""What `ezhang verify` and `ezhang verify-seal` have in common: files in, one JSON line per file out.

The files are read where the server reads them: in the inspector's killable workers, started for this
command alone. Revocation lists come from the data folder's database where there is one. Nothing is fetched.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
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
    "Judge",
    "certificates",
    "print_verdicts",
    "read_file",
    "records_at_hand",
    "revocation_lists",
    "trust_certificates",
]

Judge = Callable[[InspectorClient, bytes], Awaitable[dict[str, Any]]]
"""From a file's bytes, one more than the limit if it has more, to what is said about it."""


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


async def revocation_lists(settings: Settings, *names: str) -> tuple[bytes, ...]:
    """The newest of these authorities, of the data folder's database where there is one."""
    if settings.sqlite_path is not None and not settings.sqlite_path.exists():
        return ()
    try:
        await open_database(settings.database)
        found = [await newest_crl(name) for name in names]
    except (BaseORMException, OSError) as error:
        # The verdict stands without them and says `revocation_not_checked`; the reason belongs said.
        print(f"吊销列表不可用 · no revocation lists: {type(error).__name__}", file=sys.stderr)
        return ()
    finally:
        await close_database()
    return tuple(crl for crl in found if crl is not None)


@asynccontextmanager
async def records_at_hand(settings: Settings) -> AsyncIterator[bool]:
    """The data folder's database open, where there is one that can be read; tells whether."""
    if settings.sqlite_path is not None and not settings.sqlite_path.exists():
        yield False
        return
    try:
        await open_database(settings.database)
        await Version.exists()
        readable = True
    except (BaseORMException, OSError):
        readable = False  # `revocation_lists` has said so
    try:
        yield readable
    finally:
        await close_database()


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
