"""`ezhang verify`: the verdicts of the page and the API, without a server; one JSON line per file.

The root is the given one or that of the data folder.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from seals.pdf.opening import MAX_BYTES
from seals.pdf.reports import unknown
from seals.pdf.trust import Trust
from seals.revocation import ISSUING, ROOT
from seals.verifying import in_our_records, words_of
from server.file_verdicts import (
    certificates,
    print_verdicts,
    records_at_hand,
    trust_certificates,
)
from server.inspector.client import InspectorClient
from server.secret_files import time_service_roots, trust_path
from server.settings import Settings

__all__ = ["verify_files"]


def verify_files(files: Sequence[Path], root: Path | None, out: TextIO = sys.stdout) -> int:
    """Print a line per file; exit status 0 when every one is valid, else 1.

    Raises Invalid `verify.root` when the root cannot be read.
    """
    settings = Settings.places(os.environ)
    roots = certificates(root or trust_path(settings, ROOT))
    return asyncio.run(_verify(files, roots, settings, out))


async def _verify(files: Sequence[Path], roots: tuple[bytes, ...], settings: Settings, out: TextIO) -> int:
    issuers = trust_certificates(settings, ISSUING)
    async with records_at_hand(settings, ROOT, ISSUING) as at_hand:
        trust = Trust(roots, issuers, at_hand.lists, time_service_roots(settings))

        async def judge(client: InspectorClient, data: bytes) -> dict[str, Any]:
            now, too_large = datetime.now(UTC), len(data) > MAX_BYTES
            report = unknown("too_large", now) if too_large else await client.verify(data, trust)
            if at_hand.records:
                report = (await in_our_records(data, "", report, now)).report
            return {**report.to_json(), "words": words_of(report)}

        return await print_verdicts(files, MAX_BYTES, judge, out)
