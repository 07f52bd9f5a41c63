"""`ezhang verify-seal`: seals and signatures of GB/T 38540, judged without a server; one JSON line per file.

Reading, trust and revocation lists are as with `ezhang verify`. The roots of a data folder are two: that of
the SM2 authorities, and that of the time-stamping unit.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from auth.errors import Invalid
from seals.pdf.opening import MAX_BYTES
from seals.pdf.trust import Trust
from seals.revocation import AUTHORITIES, ISSUING, ROOT, SM2_ISSUING, SM2_ROOT
from seals.ses.causes import Cause
from seals.ses.reading import MAX_STRUCTURE_BYTES
from seals.ses.reports import undecided
from server.file_verdicts import (
    certificates,
    print_verdicts,
    read_file,
    records_at_hand,
    trust_certificates,
)
from server.inspector.client import InspectorClient
from server.secret_files import time_service_roots, trust_path
from server.settings import Settings

__all__ = ["verify_structures"]


def verify_structures(
    files: Sequence[Path],
    given: Sequence[Path] | None,
    document: Path | None,
    out: TextIO = sys.stdout,
) -> int:
    """Print a line per file; exit status 0 when every one is valid, else 1.

    given: PEM files of what is trusted, None for the data folder's. document: what was signed, for every
    signature among the files. Raises Invalid `verify.root`, `verify.document` when they cannot be read.
    """
    settings = Settings.places(os.environ)
    if given is not None:
        roots = tuple(der for path in given for der in certificates(path))
    else:
        roots = (*certificates(trust_path(settings, SM2_ROOT)), *trust_certificates(settings, ROOT))
    signed = _document(document) if document is not None else None
    return asyncio.run(_verify(files, roots, signed, settings, out))


async def _verify(
    files: Sequence[Path], roots: tuple[bytes, ...], document: bytes | None, settings: Settings, out: TextIO
) -> int:
    issuers = trust_certificates(settings, SM2_ISSUING, ISSUING)
    async with records_at_hand(settings, *AUTHORITIES) as at_hand:
        trust = Trust(roots, issuers, at_hand.lists, time_service_roots(settings))

        async def judge(client: InspectorClient, data: bytes) -> dict[str, Any]:
            if len(data) > MAX_STRUCTURE_BYTES:
                return undecided(Cause.TOO_LARGE, datetime.now(UTC)).to_json()
            return (await client.verify_ses(data, trust, document)).to_json()

        return await print_verdicts(files, MAX_STRUCTURE_BYTES, judge, out)


def _document(path: Path) -> bytes:
    try:
        _, data = read_file(path, MAX_BYTES)
    except OSError:
        data = None
    if data is None or len(data) > MAX_BYTES:
        raise Invalid(
            "verify.document",
            f"无法读取被签的文件 {path}，或文件超过 {MAX_BYTES >> 20} MB。请核对 --document。",
            f"Cannot read the document {path}, or it is over {MAX_BYTES >> 20} MB. Check --document.",
            field="document",
        )
    return data
