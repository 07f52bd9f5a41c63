"""Whose account runs a command."""

from __future__ import annotations

import os
import pwd

__all__ = ["operator_account"]

ACCOUNT_MAX = 35  # with `host:` before it, what an event holds of its actor


def operator_account() -> str:
    """Who decides, as the system knows him: LOGNAME and USER are whatever he set them to."""
    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name[:ACCOUNT_MAX]
    except KeyError:  # a container's user need have no name
        return f"uid {uid}"
