"""Many waiting pages from a process of their own: plain sockets that follow one signing by SSE.

`python -m tests.bench.pages URL COOKIE PATH COUNT` opens them, prints a line of JSON when all have had
their first event, and a second one when a further event has reached all: when each got it, in seconds of
the machine's monotonic clock. It ends when standard input ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from contextlib import suppress
from urllib.parse import urlsplit

from server.web import allow_files

__all__ = ["main"]

AT_ONCE = 16
FIRST_EVENT_S = 60.0
BROWSER = """\
Connection: keep-alive\r
Accept: text/event-stream\r
Cache-Control: no-cache\r
User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r
sec-ch-ua: "Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"\r
sec-ch-ua-mobile: ?0\r
sec-ch-ua-platform: "Windows"\r
Sec-Fetch-Site: same-origin\r
Sec-Fetch-Mode: cors\r
Sec-Fetch-Dest: empty\r
Accept-Encoding: gzip, deflate, br, zstd\r
Accept-Language: zh-CN,zh;q=0.9,en;q=0.8\r
"""  # noqa: E501 (what a browser sends)


async def _open(host: str, port: int, head: bytes, gate: asyncio.Semaphore) -> asyncio.StreamReader:
    """One page, after its first event."""
    async with gate, asyncio.timeout(FIRST_EVENT_S):
        reader, writer = await asyncio.open_connection(host, port, limit=8192)
        writer.write(head)
        status = await reader.readline()
        if b" 200 " not in status:
            raise RuntimeError(f"the page was refused: {status!r}")
        await _event(reader)
    _KEPT.append(writer)  # a writer that nobody holds closes its connection
    return reader


async def _event(reader: asyncio.StreamReader) -> float:
    while not (await reader.readline()).startswith(b"data: "):
        if reader.at_eof():
            raise RuntimeError("the server ended a page that was waiting")
    return time.monotonic()


_KEPT: list[asyncio.StreamWriter] = []


async def _run(url: str, cookie: str, path: str, count: int) -> None:
    parts = urlsplit(url)
    first = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nReferer: {url}/pc\r\nCookie: {cookie}\r\n"
    head = (first + BROWSER + "\r\n").encode()
    gate = asyncio.Semaphore(AT_ONCE)
    begun = time.monotonic()
    opening = (_open(parts.hostname or "", parts.port or 80, head, gate) for _ in range(count))
    readers = await asyncio.gather(*opening)
    print(json.dumps({"opened": len(readers), "seconds": time.monotonic() - begun}), flush=True)
    ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    woken = asyncio.gather(*(_event(reader) for reader in readers))
    await asyncio.wait({ended, woken}, return_when=asyncio.FIRST_COMPLETED)
    if woken.done():
        print(json.dumps({"woken": woken.result()}), flush=True)
        await ended
    woken.cancel()
    with suppress(asyncio.CancelledError):
        await woken


def main() -> None:
    """Open COUNT pages at PATH of URL."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pages")
    parser.add_argument("url")
    parser.add_argument("cookie")
    parser.add_argument("path")
    parser.add_argument("count", type=int)
    given = parser.parse_args()
    allow_files()
    asyncio.run(_run(given.url, given.cookie, given.path, given.count))


if __name__ == "__main__":
    main()
