"""`python -m server.sandbox`: run the sandbox in this process until it is told to stop."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
from pathlib import Path

from server.sandbox.app import create_app
from server.sandbox.settings import SandboxSettings, origin_of


def main(arguments: list[str] | None = None) -> None:
    """Parse the arguments, take the port, say loudly what this is, serve."""
    parser = argparse.ArgumentParser(prog="server.sandbox", description="沙箱环境 (development stand-ins)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, required=True, help="port to listen on; 0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="folder for sandbox.db")
    parser.add_argument("--public-url", help="how phones reach the sandbox; default http://HOST:PORT")
    parser.add_argument(
        "--return-origin",
        action="append",
        default=[],
        metavar="URL",
        help="origin to which an identity check may lead back (may be repeated)",
    )
    given = parser.parse_args(arguments)
    for url in (*given.return_origin, *([given.public_url] if given.public_url else [])):
        if origin_of(url) is None:
            parser.error(f"not an http(s) URL: {url}")
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    # Sanic may answer its first request before it listens to signals; till then no orderly end is needed.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    listening = socket.create_server((given.host, given.port))
    public_url = (given.public_url or f"http://{given.host}:{listening.getsockname()[1]}").rstrip("/")
    settings = SandboxSettings(given.data, public_url, tuple(given.return_origin))
    print(f"沙箱环境 SANDBOX: {public_url} （一切均为模拟，不具法律效力 · nothing here is real）", flush=True)
    create_app(settings).run(sock=listening, single_process=True, motd=False, access_log=False)


if __name__ == "__main__":
    main()
