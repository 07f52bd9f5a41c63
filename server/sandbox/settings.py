"""What the sandbox is started with, and the two rules about addresses that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

__all__ = ["SandboxSettings", "may_return_to", "now", "origin_of"]


@dataclass(frozen=True)
class SandboxSettings:
    """data: folder of the sandbox's own database. public_url: how phones reach this process.

    return_origins: origins (`https://host:port`) to which an identity check may lead back.
    """

    data: Path
    public_url: str
    return_origins: tuple[str, ...] = ()


def now() -> datetime:
    """The present in UTC."""
    return datetime.now(UTC)


def origin_of(url: str) -> str | None:
    """Scheme, host and port of an http(s) URL in one spelling; None for anything else.

    Control characters, spaces and user names are refused: browsers and `urlsplit` read such
    addresses differently, which is how open redirects are made.
    """
    if any(ord(char) <= 0x20 for char in url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    port = port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{parts.hostname.lower()}:{port}"


def may_return_to(url: str, settings: SandboxSettings) -> bool:
    """Whether an identity check may lead a person back to this address."""
    origin = origin_of(url)
    return origin is not None and origin in {origin_of(allowed) for allowed in settings.return_origins}
