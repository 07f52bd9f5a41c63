"""The web process: `python -m server.web`, under the supervisor or in a container of its own."""

from __future__ import annotations

import resource

from sanic import Sanic

from auth.errors import DomainError
from server.app import create_app
from server.logs import start_log
from server.settings import Settings, refuse_to_start

__all__ = ["allow_files", "main"]

OPEN_FILES = 65_536
"""Each waiting page is an open connection, and a shell's usual limit is 1,024 files."""


def main() -> None:
    """Serve until a signal says stop."""
    start_log()
    try:
        settings = Settings.from_env()
    except DomainError as error:
        refuse_to_start(error)
    allow_files()
    # Workers are forked with the program loaded; what they hold open they open for themselves (`_open`).
    Sanic.start_method = "fork"
    app = create_app(settings)
    app.prepare(
        host=settings.host,
        port=settings.port,
        workers=settings.web_workers,
        ssl=_tls(settings),
        access_log=False,
        motd=False,
    )
    Sanic.serve(primary=app)


def allow_files() -> None:
    """Raise this process's limit of open files to OPEN_FILES, as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def _tls(settings: Settings) -> dict[str, str] | None:
    if not settings.https:
        return None
    return {"cert": str(settings.tls_certificate), "key": str(settings.tls_key)}


if __name__ == "__main__":
    main()
