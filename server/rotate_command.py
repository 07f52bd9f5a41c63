"""`ezhang rotate-kek`: a new version of the key-encryption key, beside a running system.

It prints one JSON line. Killed at any point, it is run again and goes on where it stopped.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TextIO

from auth.engine import close_database
from auth.errors import DomainError
from seals import rotating
from server.accounts import operator_account
from server.json_lines import json_line
from server.keys import kek_store, open_token
from server.migrating import open_own_database
from server.settings import Settings

__all__ = ["rotate_kek"]


def rotate_kek(out: TextIO | None = None) -> int:
    """Exit status 0, or 1 with the error as a line. Raises what settings, token and database refuse."""
    settings = Settings.from_env(os.environ)
    with open_token(settings, write=True) as token:
        store = kek_store(settings, token)

        async def inside() -> int:
            await open_own_database(settings)
            try:
                line = asdict(await rotating.rotate(store, operator_account(), datetime.now(UTC)))
                status = 0
            except DomainError as error:
                line = {"error": {"code": error.code, "zh": error.zh, "en": error.en}}
                status = 1
            finally:
                await close_database()
            print(json_line(line), file=out, flush=True)
            return status

        return asyncio.run(inside())
