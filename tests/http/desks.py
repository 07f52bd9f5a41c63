"""Who works at the platform's desks, in tests: made by the host's command, as everywhere."""

from __future__ import annotations

import io
import json
import os
from dataclasses import dataclass
from unittest import mock
from urllib.parse import urlsplit

from server import staff_command
from server.client import Client, Json
from tests.authenticator import Authenticator
from tests.http.site import Party, Site

__all__ = ["Desk", "host", "staffed"]


def host(site: Site, step: str, *given: str) -> list[Json]:
    """`ezhang staff STEP` beside the running server: the lines that it prints."""
    out = io.StringIO()
    environ = {"EZHANG_PROFILE": "development", "EZHANG_DATA": str(site.data), "EZHANG_PORT": str(site.port)}
    with mock.patch.dict(os.environ, environ):
        getattr(staff_command, step)(*given, out=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


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
