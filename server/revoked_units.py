"""Built-in time-stamping units that are trusted no more: `revoked-units.json` in the trust folder.

The root's revocation list and its OCSP answers say what stands there (role `issue`). An entry is never taken
out: a list without it would call good again what somebody else may have stamped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509

from seals.authorities import CRL_REASONS, Revoked, whole_second
from server.secret_files import broken, read_trust
from server.settings import Settings

__all__ = ["FILE", "revoke_units", "revoked_units"]

FILE = "revoked-units.json"


def revoked_units(settings: Settings) -> tuple[Revoked, ...]:
    """All entries, none where the file is not there. Raises Refused `secrets.broken`: nobody goes on without
    knowing what is revoked."""
    path = _path(settings)
    if not path.exists():
        return ()
    try:
        return tuple(_entry(each) for each in json.loads(read_trust(path)))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise broken(path) from None


def revoke_units(settings: Settings, units: Sequence[x509.Certificate], now: datetime) -> None:
    """Add these, for a key that somebody else may have; what is revoked already stays as it is."""
    entries = list(revoked_units(settings))
    known = {one.serial for one in entries}
    for unit in units:
        if unit.serial_number not in known:
            entries.append(Revoked(unit.serial_number, whole_second(now), x509.ReasonFlags.key_compromise))
    rows = [
        {"serial": f"{one.serial:x}", "revoked_at": one.at.isoformat(), "reason": one.reason.value}
        for one in entries
    ]
    fresh = _path(settings).with_suffix(".new")
    with fresh.open("w") as file:
        file.write(json.dumps(rows, indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, _path(settings))


def _path(settings: Settings) -> Path:
    return settings.trust_folder / FILE


def _entry(row: dict[str, str]) -> Revoked:
    at, reason = datetime.fromisoformat(row["revoked_at"]), x509.ReasonFlags(row["reason"])
    if at.tzinfo is None or reason not in CRL_REASONS:
        raise ValueError("no such entry")
    return Revoked(int(row["serial"], 16), at, reason)
