"""Make the secrets and authorities of a new production deployment, once, in EZHANG_DATA.

With EZHANG_KEYS=pkcs11 the keys are made on the token. Refuses as soon as one of them is there: a new key
beside old data would make the old unreadable.
Afterwards make a backup of the folder off line; nobody can restore these files otherwise.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from auth.errors import DomainError
from server.firststart import make_secrets, present_secrets
from server.settings import Settings, refuse_to_start


def main() -> int:
    """Exit status: 0 made, 1 some are there already, 2 the settings are refused."""
    try:
        settings = Settings.from_env()
    except DomainError as error:
        refuse_to_start(error)
    try:
        there = present_secrets(settings)
        if there:
            print(f"已存在，未作任何改动 · already there, nothing was changed: {there[0]}", file=sys.stderr)
            return 1
        for path in make_secrets(settings, datetime.now(UTC)):
            print(path)
    except DomainError as error:
        refuse_to_start(error)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
