"""`ezhang rotate-tsa`: another time-stamping unit under the same root; the one before stays known.

Prints one JSON line. Killed at any point, it is run again. Processes that run keep what they read at their
start: restart all of them afterwards.
"""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os
import sys
from datetime import UTC, datetime
from typing import TextIO

from cryptography.hazmat.primitives.serialization import Encoding

from seals.certificates import fingerprint
from server.firststart import make_secrets
from server.json_lines import json_line
from server.secret_files import secret_path, trust_path, trusted
from server.settings import Keys, Settings

__all__ = ["rotate_tsa"]

UNIT = "tsa"


def rotate_tsa(out: TextIO | None = None, now: datetime | None = None) -> int:
    """Exit status 0. Raises what settings, token and secrets refuse.

    On a token the key stays, under a new certificate.
    """
    settings = _with_address(Settings.from_env(os.environ))
    with (settings.run_folder / "first-start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        current = trust_path(settings, UNIT)
        if current.exists():
            before = trusted(settings, UNIT)
            kept = settings.trust_folder / f"{UNIT}-{before.serial_number:x}.pem"
            fresh = kept.with_suffix(".new")
            fresh.write_bytes(before.public_bytes(Encoding.PEM))
            os.replace(fresh, kept)
        if settings.keys is Keys.FILES:
            secret_path(settings, UNIT).unlink(missing_ok=True)
        else:
            current.unlink(missing_ok=True)
        make_secrets(settings, now or datetime.now(UTC))
    made = trusted(settings, UNIT)
    line = {"unit": fingerprint(made), "not_after": made.not_valid_after_utc.isoformat()}
    print(json_line(line), file=out or sys.stdout, flush=True)
    return 0


def _with_address(settings: Settings) -> Settings:
    """The public address goes into the certificate; the first start wrote it down."""
    marker = settings.data / "profile.json"
    known = json.loads(marker.read_bytes())["public_url"] if marker.exists() else ""
    return dataclasses.replace(settings, public_url=settings.public_url or str(known))
