"""`ezhang rotate-tsa`: another time-stamping unit under the same root; the one before stays known.

With `--compromised` the root revokes the one before, and with it every unit of the same key. Prints one JSON
line. Killed at any point, it is run again. Processes that run keep what they read at their start: restart all
of them afterwards.
"""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os
import sys
from datetime import UTC, datetime
from typing import TextIO

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from seals.certificates import fingerprint
from server.firststart import make_secrets
from server.json_lines import json_line
from server.revoked_units import revoke_units
from server.secret_files import built_in_units, secret_path, trust_path, trusted
from server.settings import Keys, Settings

__all__ = ["rotate_tsa"]

UNIT = "tsa"


def rotate_tsa(out: TextIO | None = None, now: datetime | None = None, *, compromised: bool = False) -> int:
    """Exit status 0. Raises what settings, token and secrets refuse.

    On a token the key stays, under a new certificate, unless it is compromised: then it is destroyed.
    """
    settings, moment = _with_address(Settings.from_env(os.environ)), now or datetime.now(UTC)
    with (settings.run_folder / "first-start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        current = trust_path(settings, UNIT)
        revoked = _keep(settings, moment, compromised) if current.exists() else ()
        if settings.keys is Keys.FILES:
            secret_path(settings, UNIT).unlink(missing_ok=True)
        else:
            current.unlink(missing_ok=True)
        make_secrets(settings, moment, lost=(UNIT,) if compromised else ())
    made = trusted(settings, UNIT)
    line: dict[str, object] = {"unit": fingerprint(made), "not_after": made.not_valid_after_utc.isoformat()}
    line |= {"revoked": [fingerprint(one) for one in revoked]} if compromised else {}
    print(json_line(line), file=out or sys.stdout, flush=True)
    return 0


def _keep(settings: Settings, now: datetime, compromised: bool) -> tuple[x509.Certificate, ...]:
    """Keep the certificate of the unit; revoke it, with the others of its key, before anything goes."""
    before = trusted(settings, UNIT)
    kept = settings.trust_folder / f"{UNIT}-{before.serial_number:x}.pem"
    fresh = kept.with_suffix(".new")
    fresh.write_bytes(before.public_bytes(Encoding.PEM))
    os.replace(fresh, kept)
    if not compromised:
        return ()
    units = (before, *built_in_units(settings))
    alike = {one.serial_number: one for one in units if one.public_key() == before.public_key()}
    revoke_units(settings, list(alike.values()), now)
    return tuple(alike.values())


def _with_address(settings: Settings) -> Settings:
    """The public address goes into the certificate; the first start wrote it down."""
    marker = settings.data / "profile.json"
    known = json.loads(marker.read_bytes())["public_url"] if marker.exists() else ""
    return dataclasses.replace(settings, public_url=settings.public_url or str(known))
