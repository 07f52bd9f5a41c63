"""Answers packed for the way (gzip): static files once, page shells as they are made.

What is packed together with something a stranger can choose tells of itself by its length (BREACH). So only
pages that hold nothing private are packed, and no answer of the JSON API is.
"""

from __future__ import annotations

import gzip

from sanic import Request
from sanic.response import HTTPResponse

__all__ = ["pack", "packed", "takes_gzip"]

WORTH_BYTES = 700  # below it a packet is a packet
PAGE_LEVEL = 6
FILE_LEVEL = 9


def takes_gzip(request: Request) -> bool:
    """Whether the browser unpacks gzip. A weight of none (`gzip;q=0`) no browser sends; it is heard too."""
    for item in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = item.strip().partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def packed(body: bytes, level: int = FILE_LEVEL) -> bytes:
    """The same bytes for the same body: no time is written into it."""
    return gzip.compress(body, level, mtime=0)


def pack(request: Request, response: HTTPResponse) -> HTTPResponse:
    """A page on its way, packed where the browser takes it and it is worth it."""
    response.headers["vary"] = "accept-encoding, cookie"
    body = response.body or b""
    if len(body) >= WORTH_BYTES and takes_gzip(request):
        response.body = packed(body, PAGE_LEVEL)
        response.headers["content-encoding"] = "gzip"
    return response
