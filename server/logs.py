"""The log of a process: an entry a line on standard error, in UTC; no stranger can forge one."""

from __future__ import annotations

import logging
import sys
import time
from textwrap import indent

__all__ = ["Entries", "start_log"]

FORM = "%(asctime)sZ %(levelname)s %(name)s %(message)s"


class Entries(logging.Formatter):
    """An entry begins with its time. What cannot be printed, line ends among it, is escaped in a message;
    the lines of a traceback stand in from the margin.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03d"

    def formatMessage(self, record: logging.LogRecord) -> str:
        line = super().formatMessage(record)
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)

    def formatException(self, ei: object) -> str:
        return indent(super().formatException(ei), "    ")  # type: ignore[arg-type]


def start_log() -> None:
    """Log from INFO up, but for what `server/adapters/http.py` keeps silent."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Entries(FORM))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
