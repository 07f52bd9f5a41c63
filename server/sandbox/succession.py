"""The registrar's desk: a clerk registers changes of legal representatives (法定代表人变更登记), of names and
types of companies (企业名称、类型变更登记), and their ends (注销登记), once each.

What a company's representative is now is its newest change, or whom its application named; so it is with its
name and type. The end of one is the last of its changes: it has no licence number.
"""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator
from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import BadRequest, NotFound
from sanic.response import json, redirect

from auth.china import CHINA
from auth.company_types import COMPANY_TYPES
from auth.identifiers import company_name, mobile, person_name, resident_id, uscc
from server.sandbox.control import fault_of, meet_fault
from server.sandbox.desk import ApplicationForm
from server.sandbox.issuing import new_licence_number
from server.sandbox.pages import field, render
from server.sandbox.settings import now

__all__ = ["api", "pages"]

SHOWN = 50
AT_ONCE = 100
DRAWS = 20  # of a licence number, before giving up on its uniqueness
REASON_SET = "沙箱设定：不提供登记信息"

api = Blueprint("succession_api", url_prefix="/api/registrar")
pages = Blueprint("succession_pages", url_prefix="/representatives")


def _today() -> date:
    return now().astimezone(CHINA).date()


def _id_number(value: str) -> str:
    return resident_id(value, _today())


def _type(value: str) -> str:
    if value not in COMPANY_TYPES.values():
        raise ValueError("no such type of company")
    return value


class Change(BaseModel):
    """What the clerk types. since: the day of the registration, today or before."""

    model_config = ConfigDict(extra="forbid")

    uscc: Annotated[str, AfterValidator(uscc)]
    name: Annotated[str, AfterValidator(person_name)]
    id_number: Annotated[str, AfterValidator(_id_number)]
    mobile: Annotated[str, AfterValidator(mobile)]
    since: date

    @model_validator(mode="after")
    def _is_not_to_come(self) -> Self:
        if self.since > _today():
            raise ValueError("the day is yet to come")
        return self


class NameChange(BaseModel):
    """What the clerk types of a company that calls itself otherwise. since: the day, today or before."""

    model_config = ConfigDict(extra="forbid")

    uscc: Annotated[str, AfterValidator(uscc)]
    company_name: Annotated[str, AfterValidator(company_name)]
    since: date

    @model_validator(mode="after")
    def _is_not_to_come(self) -> Self:
        if self.since > _today():
            raise ValueError("the day is yet to come")
        return self


class TypeChange(BaseModel):
    """What the clerk chooses for a company that changes its type. since: the day, today or before."""

    model_config = ConfigDict(extra="forbid")

    uscc: Annotated[str, AfterValidator(uscc)]
    company_type: Annotated[str, AfterValidator(_type)]
    since: date

    @model_validator(mode="after")
    def _is_not_to_come(self) -> Self:
        if self.since > _today():
            raise ValueError("the day is yet to come")
        return self


class Dissolution(BaseModel):
    """What the clerk types of a company that ends. since: the day, today or before."""

    model_config = ConfigDict(extra="forbid")

    uscc: Annotated[str, AfterValidator(uscc)]
    since: date

    @model_validator(mode="after")
    def _is_not_to_come(self) -> Self:
        if self.since > _today():
            raise ValueError("the day is yet to come")
        return self


def _company(db: sqlite3.Connection, code: str) -> sqlite3.Row | None:
    found: sqlite3.Row | None = db.execute(
        "SELECT * FROM application WHERE uscc = ? AND state = 'approved'", (code,)
    ).fetchone()
    return found


def _rename(db: sqlite3.Connection, wanted: NameChange, at: datetime) -> None:
    current = _current(db, wanted.uscc)
    if current is None:
        raise BadRequest("没有登记这个统一社会信用代码的企业")
    others = db.execute("SELECT uscc FROM application WHERE state = 'approved'").fetchall()
    if any(_name(db, row["uscc"]) == wanted.company_name for row in others):
        raise BadRequest("该名称已登记")
    person = {name: current[name] for name in ("name", "id_number", "mobile")}
    number = _register(db, Change(uscc=wanted.uscc, since=wanted.since, **person), at)
    db.execute("INSERT INTO name_change VALUES (?, ?)", (number, wanted.company_name))


def _retype(db: sqlite3.Connection, wanted: TypeChange, at: datetime) -> None:
    current = _current(db, wanted.uscc)
    if current is None:
        raise BadRequest("没有登记这个统一社会信用代码的企业")
    person = {name: current[name] for name in ("name", "id_number", "mobile")}
    number = _register(db, Change(uscc=wanted.uscc, since=wanted.since, **person), at)
    db.execute("INSERT INTO type_change VALUES (?, ?)", (number, wanted.company_type))


def _type_now(db: sqlite3.Connection, code: str) -> str | None:
    """The type of a company where it was changed, else that of its application stands: None."""
    row = db.execute(
        "SELECT company_type FROM type_change JOIN representative_change USING (number)"
        " WHERE uscc = ? ORDER BY number DESC LIMIT 1",
        (code,),
    ).fetchone()
    return None if row is None else str(row["company_type"])


def _name(db: sqlite3.Connection, code: str) -> str:
    """How a registered company is called now."""
    row = db.execute(
        "SELECT company_name FROM name_change JOIN representative_change USING (number)"
        " WHERE uscc = ? ORDER BY number DESC LIMIT 1",
        (code,),
    ).fetchone()
    row = row or db.execute("SELECT company_name FROM application WHERE uscc = ?", (code,)).fetchone()
    return str(row["company_name"])


def _register(db: sqlite3.Connection, change: Change, at: datetime) -> int:
    """Returns its number."""
    row = _company(db, change.uscc)
    if row is None:
        raise BadRequest("没有登记这个统一社会信用代码的企业")
    if _dissolved_on(db, change.uscc) is not None:
        raise BadRequest("该企业已注销，不能再变更")
    region = ApplicationForm.model_validate_json(row["form"]).region
    for _ in range(DRAWS):
        number = new_licence_number(region, change.since)
        taken = db.execute("SELECT 1 FROM application WHERE licence_number = ?", (number,)).fetchone()
        if taken is None:
            try:
                made = db.execute(
                    "INSERT INTO representative_change (uscc, name, id_number, mobile, licence_number,"
                    " since, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        change.uscc,
                        change.name,
                        change.id_number,
                        change.mobile,
                        number,
                        change.since.isoformat(),
                        at.isoformat(),
                    ),
                )
            except sqlite3.IntegrityError:
                continue
            return int(made.lastrowid or 0)
    raise RuntimeError("no free licence number after many draws")


def _dissolved_on(db: sqlite3.Connection, code: str) -> str | None:
    row = db.execute(
        "SELECT since FROM representative_change WHERE uscc = ? AND licence_number IS NULL", (code,)
    ).fetchone()
    return None if row is None else str(row["since"])


def _dissolve(db: sqlite3.Connection, wanted: Dissolution, at: datetime) -> None:
    current = _current(db, wanted.uscc)
    if current is None or current["dissolved_on"] is not None:
        raise BadRequest("没有登记这个统一社会信用代码的企业，或已注销")
    person = (current["name"], current["id_number"], current["mobile"])
    db.execute(
        "INSERT INTO representative_change (uscc, name, id_number, mobile, licence_number, since, at)"
        " VALUES (?, ?, ?, ?, NULL, ?, ?)",
        (wanted.uscc, *person, wanted.since.isoformat(), at.isoformat()),
    )


def _current(db: sqlite3.Connection, code: str) -> dict[str, Any] | None:
    """The representative of a company now, and when it ended; None where no such company is registered."""
    company = _company(db, code)
    if company is None:
        return None
    columns = ("uscc", "name", "id_number", "mobile", "licence_number", "since")
    row = db.execute(
        "SELECT * FROM representative_change WHERE uscc = ? AND licence_number IS NOT NULL"
        " ORDER BY number DESC LIMIT 1",
        (code,),
    ).fetchone()
    ended = {
        "dissolved_on": _dissolved_on(db, code),
        "company_name": _name(db, code),
        "company_type": _type_now(db, code),
    }
    if row is not None:
        return {name: row[name] for name in columns} | ended
    form = ApplicationForm.model_validate_json(company["form"])
    values = (
        code,
        form.representative_name,
        form.representative_id_number,
        form.representative_mobile,
        company["licence_number"],
        datetime.fromisoformat(company["decided_at"]).astimezone(CHINA).date().isoformat(),
    )
    return dict(zip(columns, values, strict=True)) | ended


def _refusal() -> HTTPResponse:
    return json({"error": {"code": "registrar.closed", "reason": REASON_SET}}, 409)


@api.on_request
async def meet(request: Request) -> HTTPResponse | None:
    """Play the fault that is set for the registrar."""
    return await meet_fault(request, "registrar")


@api.get("/representative-changes")
async def changes(request: Request) -> HTTPResponse:
    """The changes after a number, of all companies."""
    db: sqlite3.Connection = request.app.ctx.db
    if fault_of(db, "registrar") == "refuse":
        return _refusal()
    try:
        after = int(request.args.get("after") or "0")
    except ValueError:
        raise BadRequest("after 应为数字") from None
    rows = db.execute(
        "SELECT number, uscc FROM representative_change WHERE number > ? ORDER BY number LIMIT ?",
        (after, AT_ONCE),
    )
    return json({"changes": [dict(row) for row in rows]})


@api.get("/representatives/<code:str>")
async def current(request: Request, code: str) -> HTTPResponse:
    """Who represents a company."""
    db: sqlite3.Connection = request.app.ctx.db
    if fault_of(db, "registrar") == "refuse":
        return _refusal()
    found = _current(db, code)
    if found is None:
        raise NotFound
    return json(found)


@pages.get("")
async def show(request: Request) -> HTTPResponse:
    """The companies, newest first, with a form for each; and what was registered lately."""
    db: sqlite3.Connection = request.app.ctx.db
    rows = db.execute(
        "SELECT company_name, uscc FROM application WHERE state = 'approved'"
        " ORDER BY decided_at DESC LIMIT ?",
        (SHOWN,),
    ).fetchall()
    done = db.execute(
        "SELECT change.*, application.company_name, name_change.company_name AS renamed,"
        " type_change.company_type AS retyped"
        " FROM representative_change AS change JOIN application ON application.uscc = change.uscc"
        " LEFT JOIN name_change USING (number) LEFT JOIN type_change USING (number)"
        " ORDER BY number DESC LIMIT ?",
        (SHOWN,),
    ).fetchall()
    return render(
        request,
        "representatives.html",
        companies=[{"founded_as": row["company_name"], **(_current(db, row["uscc"]) or {})} for row in rows],
        done=[dict(row) for row in done],
        types=list(COMPANY_TYPES.values()),
        today=_today().isoformat(),
    )


@pages.post("/names")
async def rename(request: Request) -> HTTPResponse:
    """The clerk registers another name of a company."""
    given = {name: field(request, name) for name in ("uscc", "company_name", "since")}
    _rename(request.app.ctx.db, NameChange.model_validate(given), now())
    return redirect("/representatives", status=303)


@pages.post("/types")
async def retype(request: Request) -> HTTPResponse:
    """The clerk registers another type of a company."""
    given = {name: field(request, name) for name in ("uscc", "company_type", "since")}
    _retype(request.app.ctx.db, TypeChange.model_validate(given), now())
    return redirect("/representatives", status=303)


@pages.post("/dissolutions")
async def dissolve(request: Request) -> HTTPResponse:
    """The clerk strikes a company off."""
    given = {name: field(request, name) for name in ("uscc", "since")}
    _dissolve(request.app.ctx.db, Dissolution.model_validate(given), now())
    return redirect("/representatives", status=303)


@pages.post("")
async def register(request: Request) -> HTTPResponse:
    """The clerk registers a change."""
    names = ("uscc", "name", "id_number", "mobile", "since")
    change = Change.model_validate({name: field(request, name) for name in names})
    _register(request.app.ctx.db, change, now())
    return redirect("/representatives", status=303)
