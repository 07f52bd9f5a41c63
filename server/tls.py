"""Whom this program trusts where it calls others by https: the authorities that httpx brings."""

from __future__ import annotations

import ssl
from functools import cache

import httpx

__all__ = ["trusted"]


@cache
def trusted() -> ssl.SSLContext:
    """One for all clients of a process: to read them takes longer than most calls. No variable is read."""
    return httpx.create_ssl_context(trust_env=False)
