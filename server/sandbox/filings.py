"""The public-security authority's filing desk: the maker's filings and the companies' own, decided once.

It keeps what came, each number one time, in the order of arrival. Of a seal nothing is taken before its
making, nor out of order: a stand-in that took anything would hide mistakes.
"""

from __future__ import annotations

import json as text
import secrets
import sqlite3
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import BadRequest, NotFound
from sanic.response import json

from auth.china import CHINA
from auth.identifiers import mobile, person_name, uscc
from server.sandbox.control import fault_of, meet_fault, switches
from server.sandbox.officer import Desk, serve
from server.sandbox.settings import now

__all__ = ["api", "pages"]

SERVICE = "filing_desk"
REASON_SET = "沙箱设定：备案材料不符，退回"
REASONS = ("单位信息与登记不一致", "印章名称或使用范围填写不规范", "材料不全，请补充后重新提交")
MAKERS, COMPANIES = "seal", "company"

api = Blueprint("filing_desk_api", url_prefix="/api/public-security")
pages = Blueprint("filing_desk_pages", url_prefix="/filings")

Word = Annotated[str, Field(min_length=1, max_length=200)]


class Party(BaseModel):
    """A person, in full."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, AfterValidator(person_name)]
    id_number: Annotated[str, Field(min_length=1, max_length=18)]
    mobile: Annotated[str, AfterValidator(mobile)]


class Agent(Party):
    """Who acted. What a person's check has not told yet is empty."""

    name: str
    id_number: Annotated[str, Field(max_length=18)]


class Unit(BaseModel):
    """The company."""

    name: Word
    uscc: Annotated[str, AfterValidator(uscc)]
    region: Annotated[str, Field(pattern="^[0-9]{6}$")]
    licence: Word


class MakerUnit(BaseModel):
    """Who made the seal."""

    name: Word
    licence: Word


class SealData(BaseModel):
    """The seal; what else is said of it depends on the kind of filing."""

    number: Annotated[str, Field(pattern="^[0-9]{13}$")]
    district: Annotated[str, Field(pattern="^[0-9]{6}$")]


class MakerForm(BaseModel):
    """A fact about a seal as the maker files it."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["made", "certified", "suspended", "resumed", "rekeyed", "cancelled"]
    change: str
    occurred_at: AwareDatetime
    maker: MakerUnit
    unit: Unit
    representative: Party
    agent: Agent | None
    seal: SealData


class FiledSeal(BaseModel):
    """The seal that a company files."""

    number: Annotated[str, Field(pattern="^[0-9]{13}$")]
    name: Word
    maker_filing: Word


class CompanyForm(BaseModel):
    """A company's own filing."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["first", "update", "correction", "renewal"]
    name: Word
    kind_of_seal: Word
    scope: Word
    note: str
    declared_at: AwareDatetime
    instead_of: str | None
    unit: Unit
    representative: Party
    agent: Agent | None
    seal: FiledSeal


@api.on_request
async def meet(request: Request) -> HTTPResponse | None:
    """Play the fault that is set."""
    return await meet_fault(request, SERVICE)


@api.put("/seal-filings/<number:str>")
async def file_seal(request: Request, number: str) -> HTTPResponse:
    """Take a fact about a seal. The same one again is the same."""
    form = MakerForm.model_validate(request.json)
    seal, _, place = number.partition("-")
    if seal != form.seal.number or not place.isdigit():
        raise BadRequest("备案编号与印章编码不符")
    before = f"{seal}-{int(place) - 1:03d}"
    if int(place) > 1 and not _is_accepted(request.app.ctx.db, before):
        reason = f"此前的备案 {before} 尚未受理，不能办理后续备案"
        return json({"error": {"code": "filing_desk.order", "reason": reason}}, 409)
    return _take(request, MAKERS, number)


@api.put("/company-filings/<number:str>")
async def apply(request: Request, number: str) -> HTTPResponse:
    """Take a company's own filing. The same one again is the same."""
    CompanyForm.model_validate(request.json)
    return _take(request, COMPANIES, number)


@api.get("/seal-filings/<number:str>")
async def seal_filing(request: Request, number: str) -> HTTPResponse:
    """How a filing of the maker stands."""
    return _answer(_row(request.app.ctx.db, MAKERS, number))


@api.get("/company-filings/<number:str>")
async def application(request: Request, number: str) -> HTTPResponse:
    """How a company's filing stands."""
    return _answer(_row(request.app.ctx.db, COMPANIES, number))


def _take(request: Request, who: str, number: str) -> HTTPResponse:
    db: sqlite3.Connection = request.app.ctx.db
    form = text.dumps(request.json, ensure_ascii=False, sort_keys=True)
    row = db.execute("SELECT * FROM filing WHERE who = ? AND number = ?", (who, number)).fetchone()
    if row is not None and row["form"] == form:
        return _answer(row)
    if row is not None and row["state"] != "rejected":
        reason = "同一备案编号的内容与此前提交的不同"
        return json({"error": {"code": "filing_desk.differs", "reason": reason}}, 409)
    db.execute("DELETE FROM filing WHERE who = ? AND number = ?", (who, number))
    at = now()
    reference = f"BA{at.astimezone(CHINA):%Y%m%d}{secrets.token_hex(5).upper()}"
    db.execute(
        "INSERT INTO filing (who, number, reference, form, state, at) VALUES (?, ?, ?, ?, 'pending', ?)",
        (who, number, reference, form, at.isoformat()),
    )
    fault = fault_of(db, SERVICE)
    if fault == "refuse":
        _decide(db, reference, "rejected", REASON_SET, at)
    elif switches(db).filing_desk_mode == "automatic":
        _decide(db, reference, "approved", None, at)
    if fault == "lost":  # it has it, and its answer is lost: the same comes a second time
        return json({"error": {"code": "filing_desk.lost", "reason": "沙箱设定：答复丢失"}}, 503)
    return _answer(_row(db, who, number))


def _is_accepted(db: sqlite3.Connection, number: str) -> bool:
    found = db.execute("SELECT state FROM filing WHERE who = ? AND number = ?", (MAKERS, number)).fetchone()
    return found is not None and found["state"] == "approved"


def _row(db: sqlite3.Connection, who: str, number: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM filing WHERE who = ? AND number = ?", (who, number)
    ).fetchone()
    if row is None:
        raise NotFound
    return row


def _answer(row: sqlite3.Row) -> HTTPResponse:
    return json({name: row[name] for name in ("number", "reference", "state", "reason", "receipt")})


def _decide(db: sqlite3.Connection, reference: str, state: str, reason: str | None, at: datetime) -> None:
    receipt = f"YZBA{at.astimezone(CHINA):%Y}{secrets.randbelow(10**8):08d}"
    db.execute(
        "UPDATE filing SET state = ?, reason = ?, decided_at = ?,"
        " receipt = CASE WHEN who = 'company' AND ? = 'approved' THEN ? ELSE NULL END"
        " WHERE reference = ? AND state = 'pending'",
        (state, reason, at.isoformat(), state, receipt, reference),
    )


serve(pages, Desk("filing", "filings.html", "filing_desk_mode", REASONS, "退回", _decide))
