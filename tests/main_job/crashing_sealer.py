"""A real sealer that does something at one step: kills itself, freezes the seal, or waits.

Steps named "… not committed" lie inside a transaction, after its last statement.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from tortoise.expressions import F

from auth import events
from auth.models import Licence
from seals import (
    certificate_requests,
    freezing,
    granted,
    keks,
    licensing,
    offers,
    rotation,
    succeeding,
    tries,
)
from seals.models import Signing, SigningState
from seals.signing import confirming, finishing
from server import sealer
from server.adapters.blobs import LocalBlobs
from server.context import now

__all__ = ["OTHERS", "STEPS", "run"]

Act = Callable[[], Awaitable[None]]
MEETING_LIMIT_S = 30.0
Taken = Callable[[tuple[Any, ...], Any], bool]


def _always(arguments: tuple[Any, ...], result: Any) -> bool:
    return True


def _found(arguments: tuple[Any, ...], result: Any) -> bool:
    return result is not None


def _event(kind: str) -> Taken:
    return lambda arguments, result: arguments[1] == kind


def _after(owner: Any, name: str, counts: Taken = _always, turn: int = 1) -> Callable[[Act], None]:
    """Act right after the `turn`-th call of a function that `counts`."""

    def install(act: Act) -> None:
        original, calls = getattr(owner, name), 0

        async def watched(*arguments: Any, **options: Any) -> Any:
            nonlocal calls
            result = await original(*arguments, **options)
            if counts(arguments, result):
                calls += 1
                if calls == turn:
                    await act()
            return result

        setattr(owner, name, watched)

    return install


def _before(owner: Any, name: str) -> Callable[[Act], None]:
    def install(act: Act) -> None:
        original = getattr(owner, name)

        async def watched(*arguments: Any, **options: Any) -> Any:
            await act()
            return await original(*arguments, **options)

        setattr(owner, name, watched)

    return install


STEPS: dict[str, Callable[[Act], None]] = {
    "offer taken": _after(offers, "take", _found),
    "try counted": _after(tries, "count_try"),
    "key opened": _after(confirming, "open_key"),
    "confirmed, not committed": _after(events, "append", _event("signing.confirmed")),
    "confirmed": _after(confirming, "confirm"),
    "key opened again": _after(confirming, "open_key", turn=2),
    "keyed, not committed": _after(events, "append", _event("signing.keyed")),
    "keyed": _after(confirming, "key"),
    "timestamped": _after(finishing, "finish_pdf"),
    "file inspected": _before(LocalBlobs, "put"),
    "file stored": _after(LocalBlobs, "put"),
    "signed, not committed": _after(events, "append", _event("signing.signed")),
    "signed": _after(finishing, "finish"),
}


# Steps of other jobs than a signing.
OTHERS: dict[str, Callable[[Act], None]] = {
    "change taken": _after(succeeding, "take", _found),
    "change not committed": _after(events, "append", _event("representative.registered")),
    "change applied": _after(succeeding, "advance", _found),
    "right asked": _after(licensing, "require_representative"),
    "grant opened": _after(granted, "open_secret"),
    "kept secret opened": _after(keks, "kept_of"),
    "new secret made": _after(rotation, "new_secret"),
    "certificates issued": _after(certificate_requests, "ask"),
}


async def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _freeze(seal: str, person: str) -> Act:
    async def act() -> None:
        await freezing.freeze(seal, person, now())

    return act


def _meet(folder: Path, how_many: int) -> Act:
    async def act() -> None:
        (folder / str(os.getpid())).touch()
        async with asyncio.timeout(MEETING_LIMIT_S):
            while len(list(folder.iterdir())) < how_many:  # noqa: ASYNC110, ASYNC240 (others are processes)
                await asyncio.sleep(0.01)

    return act


async def _lose_leases() -> None:
    """Another sealer has taken up what this one works on."""
    later = now() + timedelta(hours=1)
    keyed = Signing.filter(state=SigningState.KEYED)
    await keyed.update(fence=F("fence") + 1, lease_owner="another", lease_until=later)


def _until_changed(here: Path, licence: str) -> Act:
    async def act() -> None:
        here.touch()  # noqa: ASYNC240 (once, in a test)
        async with asyncio.timeout(MEETING_LIMIT_S):
            while await Licence.exists(current=licence, version=1):  # noqa: ASYNC110 (others change it)
                await asyncio.sleep(0.01)

    return act


def run(
    environ: Mapping[str, str],
    log: Path,
    step: str | None = None,
    freeze: tuple[str, str] | None = None,
    meet: tuple[Path, int] | None = None,
    changed: tuple[Path, str] | None = None,
    roles: str = "sign,issue,time,work",
    *,
    overtaken: bool = False,
) -> None:
    """Be a sealer with these settings and roles until SIGTERM.

    step: where to kill itself, or, if `freeze` names a seal and its owner, where to freeze that seal, or,
    if `meet` names a folder, where to wait there until so many sealers have come, or, if `changed` names a
    file and a company, where to make that file and wait until the company has another representative, or,
    if `overtaken`, where another sealer gets the leases of what is keyed.
    """
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.environ.clear()
    os.environ.update(environ)
    if step is not None:
        act = _kill
        if freeze is not None:
            act = _freeze(*freeze)
        elif meet is not None:
            act = _meet(*meet)
        elif changed is not None:
            act = _until_changed(*changed)
        elif overtaken:
            act = _lose_leases
        {**STEPS, **OTHERS}[step](act)
    sealer.main(["--roles", roles])
