"""The register of companies: what it says of one, and a page on which a clerk enters those of long ago.

An entered company stands in the same table as those that applied, so that its representative can change and
it can end like theirs.
"""

from __future__ import annotations

import json as plain
import sqlite3
from datetime import date, datetime, time
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import BadRequest, NotFound
from sanic.response import json, redirect

from auth.china import CHINA
from auth.identifiers import uscc
from server.sandbox.control import fault_of, meet_fault
from server.sandbox.desk import ApplicationForm
from server.sandbox.issuing import authority_name, last_day
from server.sandbox.pages import field, render
from server.sandbox.settings import now

__all__ = ["api", "pages"]

SHOWN = 50
COMPANY_TYPES = (
    "有限责任公司",
    "股份有限公司",
    "有限责任公司（自然人独资）",
    "外商投资企业",
    "个体工商户",
)
REASON_SET = "沙箱设定：不提供登记信息"

api = Blueprint("existing_api", url_prefix="/api/registrar")
pages = Blueprint("existing_pages", url_prefix="/companies")


class Entered(ApplicationForm):
    """A company as the clerk enters it. established_on: today or before."""

    uscc: Annotated[str, AfterValidator(uscc)]
    licence_number: Annotated[str, Field(min_length=1, max_length=80)]
    established_on: date

    @model_validator(mode="after")
    def _is_not_to_come(self) -> Self:
        if self.established_on > now().astimezone(CHINA).date():
            raise ValueError("the day is yet to come")
        return self


@api.on_request
async def meet(request: Request) -> HTTPResponse | None:
    """Play the fault that is set for the registrar."""
    return await meet_fault(request, "registrar")


@api.get("/companies/<code:str>")
async def company(request: Request, code: str) -> HTTPResponse:
    """What the register says of a company."""
    db: sqlite3.Connection = request.app.ctx.db
    if fault_of(db, "registrar") == "refuse":
        return json({"error": {"code": "registrar.closed", "reason": REASON_SET}}, 409)
    row = db.execute("SELECT * FROM application WHERE uscc = ? AND state = 'approved'", (code,)).fetchone()
    if row is None:
        raise NotFound
    form = ApplicationForm.model_validate_json(row["form"])
    terms = {
        "company_type": form.company_type,
        "address": form.address,
        "capital_wan": str(form.capital_wan),
        "business_scope": form.business_scope,
    }
    return json(plain.loads(row["company"]) | terms)


def _enter(db: sqlite3.Connection, entered: Entered, at: datetime) -> None:
    day = entered.established_on
    until = last_day(day, entered.term_years)
    own = {"uscc", "licence_number", "established_on"}
    company = {
        "uscc": entered.uscc,
        "licence_number": entered.licence_number,
        "company_name": entered.company_name,
        "region": entered.region,
        "authority": authority_name(entered.region, at.astimezone(CHINA).date()),
        "established_on": day.isoformat(),
        "valid_from": day.isoformat(),
        "valid_until": until.isoformat() if until else None,
    }
    try:
        db.execute(
            "INSERT INTO application (reference, application_id, company_name, form, state, uscc,"
            " licence_number, company, at, decided_at) VALUES (?, ?, ?, ?, 'approved', ?, ?, ?, ?, ?)",
            (
                f"JC{entered.uscc}",
                f"entered-{entered.uscc}",
                entered.company_name,
                entered.model_dump_json(exclude=own),
                entered.uscc,
                entered.licence_number,
                plain.dumps(company, ensure_ascii=False),
                at.isoformat(),
                datetime.combine(day, time.min, CHINA).isoformat(),
            ),
        )
    except sqlite3.IntegrityError:
        raise BadRequest("该企业名称、统一社会信用代码或执照编号已在登记簿中") from None


@pages.get("")
async def show(request: Request) -> HTTPResponse:
    """The companies that were entered, newest first, and a form for one more."""
    db: sqlite3.Connection = request.app.ctx.db
    rows = db.execute(
        "SELECT company, form FROM application WHERE application_id LIKE 'entered-%'"
        " ORDER BY at DESC LIMIT ?",
        (SHOWN,),
    ).fetchall()
    return render(
        request,
        "existing.html",
        companies=[
            {**plain.loads(row["company"]), "form": ApplicationForm.model_validate_json(row["form"])}
            for row in rows
        ],
        company_types=COMPANY_TYPES,
        today=now().astimezone(CHINA).date().isoformat(),
    )


@pages.post("")
async def enter(request: Request) -> HTTPResponse:
    """The clerk enters a company that exists."""
    given = {name: field(request, name) for name in Entered.model_fields}
    wanted = {**given, "term_years": int(given["term_years"]) if given["term_years"].isdecimal() else None}
    _enter(request.app.ctx.db, Entered.model_validate(wanted), now())
    return redirect("/companies", status=303)
