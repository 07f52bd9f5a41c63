"""Who works at the platform's desks, in tests: made by the host's command, as everywhere."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from unittest import mock
from urllib.parse import urlsplit

from auth.staff_models import StaffRoleName
from seals.deposits import asking
from server import staff_command
from server.client import Client, Json
from server.secret_files import records_key
from server.settings import Settings
from tests.authenticator import Authenticator
from tests.http.site import Party, Site

__all__ = ["Desk", "at_every_desk", "host", "right_amount", "staffed"]


def host(site: Site, step: str, *given: str) -> list[Json]:
    """`ezhang staff STEP` beside the running server: the lines that it prints."""
    out = io.StringIO()
    environ = {"EZHANG_PROFILE": "development", "EZHANG_DATA": str(site.data), "EZHANG_PORT": str(site.port)}
    # In a thread of its own: in a browser's test this one has a loop already.
    with mock.patch.dict(os.environ, environ), ThreadPoolExecutor(1) as apart:
        apart.submit(getattr(staff_command, step), *given, out=out).result()
    return [json.loads(line) for line in out.getvalue().splitlines()]


@contextmanager
def at_every_desk(site: Site, party: Party) -> Iterator[None]:
    """While somebody has every role, his desks shut; he is of the tests that come after as he was."""
    roles = [host(site, "add", party.demo.mobile, role, "沈砚秋")[0]["id"] for role in StaffRoleName]
    try:
        yield
    finally:
        for role in roles:
            host(site, "end", role)


@dataclass
class Desk:
    """A staff member: id of his role; his passkey."""

    id: str
    party: Party
    key: Authenticator

    @property
    def client(self) -> Client:
        """His browser."""
        return self.party.client

    def open(self, code: str | None = None) -> None:
        """Answer with the passkey."""
        self.client.open_desk(self.key.answer(self.client.begin_desk_proof()), code)


def staffed(site: Site, number: int, name: str, role: str = "operator") -> Desk:
    """Somebody with this role, whose desk is open in his browser; number: as in `Site.person`."""
    party = site.person(number, name)
    key = Authenticator(site.url, urlsplit(site.url).hostname or "")
    party.client.add_passkey("工作电脑", key.make(party.client.begin_passkey()))
    (made,) = host(site, "add", party.demo.mobile, role, name)
    desk = Desk(made["id"], party, key)
    desk.open(made["code"])
    return desk


def right_amount(site: Site) -> str:
    """What arrived by the newest small payment."""
    settings = Settings.from_env({"EZHANG_PROFILE": "development", "EZHANG_DATA": str(site.data)})
    newest = site.column("bank_deposit", "id", state="sent")[-1]
    return f"0.{asking.amount_of(newest, records_key(settings)):02d}"
