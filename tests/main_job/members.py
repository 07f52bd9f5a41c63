"""People who do the main job over HTTP: logged in, registered, with collected seals, on one or two phones."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import pytest
from stdnum.cn import ric

from auth.models import Throttle
from seals.models import Holder
from server.client import ApiError, Client
from server.demo import PIN, Demo
from server.demo_contract import demo_contract
from server.settings import Settings
from tests.databases import Database

__all__ = ["Member", "Server", "contract", "refused"]

Json = dict[str, Any]
_numbers = itertools.count(1)


@cache
def contract() -> bytes:
    """The contract that is sealed; it names no company."""
    return demo_contract("甲方")


@dataclass(frozen=True)
class Server:
    """A running system: where it answers, where its rows are, the settings of a further process of it."""

    url: str
    database: Database
    settings: Settings

    def forget_limits(self) -> None:
        """Forget what was counted towards the limits of rate; the people of tests are quick."""
        self.database.run(lambda: Throttle.all().delete())

    @contextmanager
    def member(self) -> Iterator[Member]:
        """Somebody new, logged in; his client is closed in the end."""
        member = Member(self, next(_numbers))
        try:
            member.log_in()
            yield member
        finally:
            member.close()

    @contextmanager
    def owner(self) -> Iterator[Member]:
        """Somebody new whose company is registered and has its seals collected."""
        with self.member() as member:
            member.found_company()
            member.collect(member.company)
            yield member


class Member(Demo):
    """One person with a mobile of his own, and his company."""

    def __init__(self, server: Server, number: int) -> None:
        super().__init__(server.url, f"139{number:08d}")
        self.server = server
        self.number = number
        self.name = "王小明"
        body = f"11010519800101{number:03d}"
        self.id_number = body + ric.calc_check_digit(f"{body}0")
        self.company_name = f"北京晨星{number}号精密仪器有限公司"
        self.company = ""
        self._phones: list[Client] = []

    def close(self) -> None:
        """Close all clients."""
        for phone in self._phones:
            phone.close()
        super().close()

    def found_company(self, company_name: str | None = None) -> str:
        """Register a company, and wait until its licence is signed; returns its id."""
        self.company = self.register(company_name or self.company_name, self.name, self.id_number)
        self.licence_signed(self.company)
        return self.company

    def same_session(self) -> Client:
        """Another connection of the same browser."""
        phone = self._phone()
        phone.http.cookies.update(self.phone.http.cookies)
        return phone

    def another_phone(self) -> Client:
        """The same person, logged in a second time, by a browser of the same enrolled device."""
        phone = self._phone()
        self.server.forget_limits()
        self.log_in(phone)
        return phone

    def _phone(self) -> Client:
        phone = Client(self.url, device=self.phone.device)
        self._phones.append(phone)
        return phone

    def seal_of(self, kind: str) -> str:
        """The id of his company's seal of a kind."""
        return self.seal_id(self.company, kind)

    def ask_for(self, data: bytes | None = None, kind: str = "contract", **place: Any) -> Json:
        """Upload a contract and ask for a seal on it; returns the signing."""
        return self.ask("合同.pdf", data or contract(), self.company, kind, **place)

    def claimed(self, signing: str) -> tuple[Json, str]:
        """Show a fresh QR code and scan it: the claim, and the two digits on the PC."""
        shown = self.phone.open_challenge(signing)
        return self.phone.claim(token=token_of(shown)), shown["digits"]

    def ended(self, signing: str, timeout_s: float = 60.0) -> Json:
        """Wait until a signing has ended."""
        states = ("signed", "failed", "rejected", "expired", "cancelled")
        return Client.until(lambda: self.phone.signing(signing), *states, timeout_s=timeout_s)

    def sealed(self, data: bytes | None = None, kind: str = "contract", **place: Any) -> tuple[Json, bytes]:
        """Have a document sealed; returns the ended signing and the signed file."""
        asked = self.ask_for(data, kind, **place)
        done = self.scan_and_confirm(asked["id"], PIN)
        assert done["state"] == "signed", done
        return done, self.phone.signed_file(asked["id"])

    @cached_property
    def id(self) -> str:
        """His person's id."""
        return str(self.phone.me()["id"])

    def holder(self) -> Holder:
        """His row of tries and locks."""
        return self.server.database.run(lambda: Holder.get(person_id=self.id))


def token_of(shown: Json) -> str:
    """The token of a QR code, which stands in the fragment of its URL."""
    return str(shown["url"].partition("#")[2])


def refused(act: Callable[[], object]) -> ApiError:
    """The refusal of a call that must be refused."""
    with pytest.raises(ApiError) as refusal:
        act()
    return refusal.value


def member_form(member: Member) -> Json:
    """The registration form of a member who founds his company himself."""
    return {
        "request_id": str(uuid.uuid4()),
        "company_name": member.company_name,
        "company_type": "limited",
        "region": "110105",
        "address": "北京市朝阳区望京街 10 号院 3 号楼 1801 室",
        "capital_wan": "500",
        "business_scope": "精密仪器的技术开发。",
        "representative_name": member.name,
        "representative_id_number": member.id_number,
        "representative_mobile": member.mobile,
        "term_years": None,
        "declaration": True,
    }
