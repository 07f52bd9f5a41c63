"""Ends the supervised processes when the supervisor itself was killed and could not.

Run by path, as a process of its own. Standard input brings `+PID` for a process group that started and
`-PID` for one that ended; its end means that the supervisor is gone.
"""

from __future__ import annotations

import os
import signal
import sys
import time

GRACE_S = 3.0
PAUSE_S = 0.05


def _send(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def main() -> None:
    """Read until the end of input, then end whatever group is still there."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    groups = {group for group in groups if _send(group, signal.SIGTERM)}
    end = time.monotonic() + GRACE_S
    while groups and time.monotonic() < end:
        time.sleep(PAUSE_S)
        groups = {group for group in groups if _send(group, 0)}
    for group in groups:
        _send(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
