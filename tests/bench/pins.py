"""PINs: what many at once do to everybody else, and what logging in and confirming cost the web process."""

from __future__ import annotations

import asyncio
import secrets
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from seals import custody
from seals.offers import PinDesk
from server.demo import PIN
from tests.bench.site import Site, owner
from tests.bench.table import Row
from tests.bench.timing import each, percentile

__all__ = ["login_to_confirm", "pins_at_once"]

PART = "PINs"
TARGET_P99_MS = 100.0
TARGET_WEB_MS = 10.0
TICK_S = 0.002


def pins_at_once(pins: int) -> list[Row]:
    """So many PINs stretched at once, and how long other work of that process waits for its turn."""
    took, waits = asyncio.run(_at_once(pins))
    return [
        Row(PART, f"{pins} at once: all of them stretched", took, "s"),
        Row(PART, f"{pins} at once: others wait, p50", percentile(waits, 0.5) * 1000, "ms"),
        Row(PART, f"{pins} at once: others wait, p99", percentile(waits, 0.99) * 1000, "ms", TARGET_P99_MS),
    ]


async def _at_once(pins: int) -> tuple[float, list[float]]:
    desk = PinDesk(secrets.token_bytes(32), Ed25519PrivateKey.generate().public_key())
    waits: list[float] = []

    async def others() -> None:
        while True:
            begun = time.monotonic()
            await asyncio.sleep(TICK_S)
            waits.append(time.monotonic() - begun - TICK_S)

    other, begun = asyncio.create_task(others()), time.monotonic()
    await asyncio.gather(*(desk.stretch(PIN, secrets.token_bytes(16)) for _ in range(pins)))
    took = time.monotonic() - begun
    other.cancel()
    return took, waits


def login_to_confirm(site: Site, shares: dict[str, float], times: int) -> list[Row]:
    """The phone's part of a sealing in the web process: log in by text message, claim, confirm.

    What the process takes at rest is taken off, and Argon2id.
    """
    login = confirm = 0.0
    for _ in range(times):
        with owner(site) as person:
            signing = person.ask()
            shown = person.demo.phone.open_challenge(signing)
            token = str(shown["url"]).partition("#")[2]
            begun, before = time.monotonic(), site.cpu(("web",))
            claim = person.demo.phone.claim(token=token)
            person.demo.phone.confirm(claim["id"], PIN, shown["digits"], claim["intent"])
            confirm += _spent(site, before, begun, shares)
            person.demo.phone.log_out()
            begun, before = time.monotonic(), site.cpu(("web",))
            person.log_in()
            login += _spent(site, before, begun, shares)
    stretch = each(lambda: custody.stretch_pin(PIN, bytes(16), bytes(32)), 5)
    login_ms, confirm_ms = login / times * 1000, confirm / times * 1000 - stretch
    return [
        Row(PART, "web CPU: log in by text message", login_ms, "ms"),
        Row(PART, "web CPU: claim and confirm, besides Argon2id", confirm_ms, "ms"),
        Row(PART, "web CPU: both, besides Argon2id", login_ms + confirm_ms, "ms", TARGET_WEB_MS),
    ]


def _spent(site: Site, before: dict[str, float], begun: float, shares: dict[str, float]) -> float:
    took = time.monotonic() - begun
    return max(0.0, site.cpu_since(before)["web"] - shares["web"] * took)
