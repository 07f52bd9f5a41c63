"""Server-sent events: the beginning of a stream that a page follows, perhaps for half an hour."""

from __future__ import annotations

from sanic import Request
from sanic.response import HTTPResponse

__all__ = ["open_stream"]

REOPEN_MS = 1000
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}  # a proxy must pass each event on at once


async def open_stream(request: Request) -> HTTPResponse:
    """Send the head. Read what is wanted of the request's headers before: they are forgotten here.

    Thousands of pages wait; what their heads are made of takes 5 KB a page, and nobody reads it again.
    """
    response = await request.respond(content_type="text/event-stream; charset=utf-8", headers=_HEADERS)
    assert response is not None
    await response.send(f"retry: {REOPEN_MS}\n\n")
    response.headers.clear()
    request.headers.clear()
    request.head = b""
    return response
