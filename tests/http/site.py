"""The real server that this folder's tests share, and the people who use it. Nothing here is a stand-in
but the sandbox that the product itself starts."""

from __future__ import annotations

import itertools
import json
import re
import sqlite3
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from sanic.router import Route
from stdnum.cn import ric

from seals import access_codes
from seals.immutable import REFUSAL, lifted, statements
from server.app import create_app
from server.client import ApiError, Client, Json
from server.demo import HANDSET, Demo
from server.secret_files import records_key
from server.settings import Settings
from server.tls import trusted
from tests.main_job.stage import until

__all__ = [
    "BOUNDARY",
    "LOG",
    "Party",
    "Site",
    "access_code",
    "client_at",
    "combinations",
    "fill",
    "in_words",
    "invited",
    "joined",
    "joined_as",
    "multipart",
    "refused",
    "routes",
    "speak",
]

TIMEOUT_S = 60.0
BOUNDARY = "limit0123456789"
# What only the sealer's own clock writes, and the counters of rate limits.
NOT_STATE = frozenset(
    {
        *("throttle", "head_signature", "sealer_key", "crl", "ocsp_answer", "root", "root_leaf"),
        *("representative_change", "register_cursor", "maker_filing", "push_notice"),
    }
)
# Where the one who was refused is told so.
LOG = frozenset({"event", "stream_head", "sqlite_sequence"})
LONG_AGO = "2020-"
_addresses = itertools.count(2)


def _long_over(row: dict[str, Any]) -> bool:
    """A row that some test made end in 2020: a sealer may tidy it away at any moment."""
    return any(str(row.get(name) or "").startswith(LONG_AGO) for name in ("expires_at", "ends_at", "until"))


def client_at(url: str, address: str | None = None) -> Client:
    """A client with a loopback address of its own: rate limits count by address."""
    client = Client(url)
    client.close()
    number = next(_addresses)
    client.http = httpx.Client(
        base_url=url,
        timeout=TIMEOUT_S,
        transport=httpx.HTTPTransport(
            verify=trusted(), local_address=address or f"127.0.{number // 250}.{number % 250 + 1}"
        ),
    )
    return client


@dataclass
class Party:
    """A person with a session, and his company where he has one."""

    demo: Demo
    name: str
    id_number: str
    pin: str
    company: str = ""
    company_name: str = ""
    application: str = ""
    collection: str = ""
    seen: list[str] = field(default_factory=list)

    @property
    def client(self) -> Client:
        """The person's client."""
        return self.demo.phone

    @property
    def http(self) -> httpx.Client:
        """The same, for requests that no client would make."""
        return self.demo.phone.http

    def code(self) -> str:
        """The newest SMS code, remembered."""
        self.seen.append(self.demo.sms_code())
        return self.seen[-1]

    def form(self, company: str, **changes: Any) -> Json:
        """A registration form, the person himself being the representative."""
        return {
            "request_id": str(uuid.uuid4()),
            "company_name": company,
            "company_type": "limited",
            "region": "110105",
            "address": "北京市朝阳区望京街 10 号",
            "capital_wan": "500",
            "business_scope": "精密仪器的制造、销售。",
            "representative_name": self.name,
            "representative_id_number": self.id_number,
            "representative_mobile": self.demo.mobile,
            "term_years": None,
            "declaration": True,
            **changes,
        }

    def seal(self, kind: str = "contract") -> str:
        """The id of a seal of the company."""
        return self.demo.seal_id(self.company, kind)

    def ask(self, data: bytes, name: str = "合同.pdf", **place: Any) -> Json:
        """Upload and ask for a seal on it."""
        return self.demo.ask(name, data, self.company, **place)

    def sign(self, data: bytes, name: str = "合同.pdf", **place: Any) -> tuple[Json, bytes]:
        """Have it sealed: the signing and the signed bytes."""
        done = self.demo.scan_and_confirm(self.ask(data, name, **place)["id"], self.pin)
        assert done["state"] == "signed", done
        return done, self.client.signed_file(done["id"])


@dataclass(frozen=True)
class Site:
    """A running server: its address, its data folder, its log; every answer that its parties got."""

    url: str
    data: Path
    log: Path
    told: list[tuple[str, str, int, Any]] = field(default_factory=list)

    @property
    def port(self) -> int:
        """The web process's port."""
        return urlsplit(self.url).port or 0

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data / "ezhang.db"

    def newcomer(self, number: int, name: str = "李泽宇") -> Party:
        """Somebody without a session yet; number: makes his mobile and identity number his own, so every test
        file has numbers of its own.
        """
        body = f"1101011990{number % 12 + 1:02d}{number % 28 + 1:02d}{number % 1000:03d}"
        demo = Demo(self.url, mobile=f"139{number:08d}")
        demo.phone.close()
        demo.phone = client_at(self.url)
        demo.phone.http.headers["user-agent"] = HANDSET
        demo.phone.http.event_hooks["response"].append(self._note)
        return Party(demo, name, body + ric.calc_check_digit(f"{body}0"), f"9028471635{number * 37 + 17:04d}")

    def person(self, number: int, name: str = "李泽宇") -> Party:
        """Somebody who is logged in."""
        party = self.newcomer(number, name)
        party.client.send_code(party.demo.mobile)
        party.client.log_in(party.demo.mobile, party.code())
        return party

    def founder(self, number: int, name: str, company: str) -> Party:
        """Somebody with a company that is registered and whose licence is signed; its seals wait."""
        party = self.person(number, name)
        party.company_name = company
        party.company = party.demo.register(company, name, party.id_number)
        party.demo.licence_signed(party.company)
        party.application = next(iter(self.column("application", "id", company_name=company)))
        return party

    def owner(self, number: int, name: str, company: str) -> Party:
        """As `founder`, and the seals are collected."""
        party = self.founder(number, name, company)
        party.collection = party.demo.collect(party.company, party.pin)["id"]
        return party

    def _note(self, response: httpx.Response) -> None:
        request = response.request
        if request.method != "HEAD" and "json" in response.headers.get("content-type", ""):
            body = json.loads(response.read())
            self.told.append((request.method, request.url.path, response.status_code, body))

    # ---------------------------------------------------------------- the database, past the server

    def column(self, table: str, column: str, **where: Any) -> list[Any]:
        """One column of the rows that fit."""
        condition = " AND ".join(f'"{name}" = ?' for name in where) or "1"
        statement = f'SELECT "{column}" FROM "{table}" WHERE {condition}'  # noqa: S608  (names of ours)
        with closing(sqlite3.connect(self.database)) as db:
            return [row[0] for row in db.execute(statement, tuple(where.values()))]

    def change(self, statement: str, *values: Any) -> None:
        """Change rows, as time or an operator would; as whoever owns the tables where they are kept."""
        with closing(sqlite3.connect(self.database, timeout=20)) as db, db:
            try:
                db.execute(statement, values)
            except sqlite3.IntegrityError as refusal:
                if REFUSAL not in str(refusal):
                    raise
                for lifting in chain.from_iterable(lifted(postgres=False)):
                    db.execute(lifting)
                db.execute(statement, values)
                for keeping in chain.from_iterable(statements(postgres=False)):
                    db.execute(keeping)

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every row of every table."""
        with closing(sqlite3.connect(self.database)) as db:
            db.row_factory = sqlite3.Row
            names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            for (name,) in names.fetchall():
                for row in db.execute(f'SELECT * FROM "{name}"'):  # noqa: S608  (names of ours)
                    yield name, dict(row)

    def state(self, apart: Collection[str] = ()) -> dict[str, list[str]]:
        """All that is stored: every table's rows and the names of the blobs. apart: tables left out."""
        found: dict[str, list[str]] = {}
        for table, row in self.rows():
            if table not in NOT_STATE and table not in apart and not _long_over(row):
                row.pop("seen_at", None)
                found.setdefault(table, []).append(repr(row))
        blobs = [path.name for path in (self.data / "blobs").rglob("*") if path.is_file()]
        return {**{table: sorted(rows) for table, rows in found.items()}, "blobs": sorted(blobs)}


def filed(party: Party, kind: str = "contract") -> dict[str, Any]:
    """The filing of one of his seals that stands, approved; made where there is none."""
    for each in party.client.filings(party.company)["filings"]:
        if each["seal"] == party.seal(kind) and each["may_update"]:
            return dict(each)
    made = party.client.file_seal(party.company, party.seal(kind))
    until(lambda: party.client.filing(made["id"])["state"] == "approved")
    return dict(party.client.filing(made["id"]))


def access_code(site: Site, code: str) -> str:
    """What is printed on a document for who holds the paper."""
    settings = Settings.from_env({"EZHANG_PROFILE": "development", "EZHANG_DATA": str(site.data)})
    return access_codes.access_code(code, records_key(settings))


@cache
def routes() -> tuple[Route, ...]:
    """Every route of the application, pages included."""
    development = {"EZHANG_PROFILE": "development", "EZHANG_DATA": "/nowhere"}
    app = create_app(Settings.from_env(development), name="routes-of-the-tests")
    return tuple(app.router.routes)


def fill(path: str, ids: Mapping[str, str]) -> str:
    """A route's path with its parameters filled in; a parameter that no test knows is a KeyError."""
    filled = re.sub(r"<(\w+)(?::\w+)?>", lambda found: quote(ids[found[1]]), path)
    return "/" + filled.removeprefix("/")


def refused(act: Callable[[], object], status: int, code: str) -> ApiError:
    """The refusal that `act` must meet, with words in both languages."""
    with pytest.raises(ApiError) as caught:
        act()
    error = caught.value
    assert (error.status, error.code) == (status, code), error
    assert in_words({"zh": error.zh, "en": error.en})
    return error


def in_words(told: Mapping[str, Any]) -> bool:
    """Whether an error has words in both languages, and not the raw name of some exception."""
    return bool(re.search("[\u4e00-\u9fff]", told["zh"])) and bool(re.search("[a-z] [a-z]", told["en"]))


def invited(owner: Party, number: int) -> Json:
    """Somebody whom an owner has invited as an agent."""
    body = f"11010519910101{number:03d}"
    id_number = body + ric.calc_check_digit(f"{body}0")
    return owner.client.invite(owner.company, "agent", "李泽宇", id_number, f"1380000{number:04d}")


def joined(site: Site, owner: Party, number: int, role: str = "agent", **scope: Any) -> tuple[Party, str]:
    """Somebody who has accepted an owner's invitation, and a grant that waits for him to collect."""
    party, member = joined_as(site, owner, number, role, **scope)
    grant = owner.client.grant(owner.seal("finance"), member, owner.pin)
    return party, str(grant["id"])


def joined_as(site: Site, owner: Party, number: int, role: str, **scope: Any) -> tuple[Party, str]:
    """Somebody who has accepted an owner's invitation, and his id as a member."""
    party = site.person(number, "李泽宇")
    mobile = party.demo.mobile
    invitation = owner.client.invite(owner.company, role, party.name, party.id_number, mobile, **scope)
    party.client.accept_invitation(invitation["id"])
    party.company = owner.company
    return party, str(invitation["id"])


def speak(http: httpx.Client, method: str, path: str, **how: Any) -> httpx.Response:
    """A request whose answer may be an endless stream: of that one, the first event is read."""
    with http.stream(method, path, **how) as response:
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            next((line for line in response.iter_lines() if line.startswith("data:")), None)
        else:
            response.read()
    return response


def multipart(disposition: bytes, data: bytes, kind: bytes = b"application/pdf") -> bytes:
    """A form of one part, whose header is as a hostile client writes it."""
    head = b"--%s\r\ncontent-disposition: %s\r\n" % (BOUNDARY.encode(), disposition)
    return head + b"content-type: %s\r\n\r\n%s\r\n--%s--\r\n" % (kind, data, BOUNDARY.encode())


def combinations(path: str, ids: Mapping[str, Sequence[str]]) -> list[str]:
    """The path filled in with every combination of the values of its parameters."""
    names = re.findall(r"<(\w+)", path)
    values = itertools.product(*(ids[name] for name in names))
    return [fill(path, dict(zip(names, each, strict=True))) for each in values]
