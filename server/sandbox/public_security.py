"""The public-security authority: PIN resets come in, an officer (or the automatic mode) decides, once."""

from __future__ import annotations

import secrets
import sqlite3
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import NotFound
from sanic.response import json

from auth.china import CHINA
from auth.identifiers import mobile, person_name, uscc
from server.sandbox.control import fault_of, meet_fault, switches
from server.sandbox.officer import Desk, serve
from server.sandbox.settings import now

__all__ = ["api", "pages"]

SERVICE = "public_security"
REASON_SET = "沙箱设定：不予重置"
REASONS = ("申请人身份信息核验不一致", "印章已被依法扣押，不予重置", "材料不全，请到公安机关窗口办理")

api = Blueprint("public_security_api", url_prefix="/api/public-security")
pages = Blueprint("public_security_pages", url_prefix="/public-security")


class ResetCompany(BaseModel):
    """A company whose seals lose their keys."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    uscc: Annotated[str, AfterValidator(uscc)]
    seals: list[Annotated[str, Field(pattern="^[0-9]{13}$")]]


class ResetForm(BaseModel):
    """An application as it is handed in."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, AfterValidator(person_name)]
    id_number: Annotated[str, Field(min_length=1, max_length=18)]
    mobile: Annotated[str, AfterValidator(mobile)]
    companies: list[ResetCompany]
    applied_at: AwareDatetime


def _decide(db: sqlite3.Connection, reference: str, state: str, reason: str | None, at: datetime) -> None:
    db.execute(
        "UPDATE pin_reset SET state = ?, reason = ?, decided_at = ?"
        " WHERE reference = ? AND state = 'pending'",
        (state, reason, at.isoformat(), reference),
    )


@api.on_request
async def meet(request: Request) -> HTTPResponse | None:
    """Play the fault that is set."""
    return await meet_fault(request, SERVICE)


@api.put("/pin-resets/<application:str>")
async def submit(request: Request, application: str) -> HTTPResponse:
    """Take an application; in the automatic mode it is approved at once. The same one again is the same."""
    db: sqlite3.Connection = request.app.ctx.db
    form = ResetForm.model_validate(request.json).model_dump_json()
    row = db.execute("SELECT * FROM pin_reset WHERE application = ?", (application,)).fetchone()
    if row is not None:
        if row["form"] != form:
            reason = "同一申请编号的内容与此前提交的不同"
            return json({"error": {"code": "public_security.differs", "reason": reason}}, 409)
        return json({"reference": row["reference"]})
    reference = f"GA{now().astimezone(CHINA):%Y%m%d}{secrets.token_hex(5).upper()}"
    db.execute(
        "INSERT INTO pin_reset (reference, application, form, state, at) VALUES (?, ?, ?, 'pending', ?)",
        (reference, application, form, now().isoformat()),
    )
    if fault_of(db, SERVICE) == "refuse":
        _decide(db, reference, "rejected", REASON_SET, now())
    elif switches(db).public_security_mode == "automatic":
        _decide(db, reference, "approved", None, now())
    return json({"reference": reference})


@api.get("/pin-reset-decisions/<reference:str>")
async def result(request: Request, reference: str) -> HTTPResponse:
    """How an application stands."""
    db: sqlite3.Connection = request.app.ctx.db
    row = db.execute("SELECT * FROM pin_reset WHERE reference = ?", (reference,)).fetchone()
    if row is None:
        raise NotFound
    return json({name: row[name] for name in ("reference", "application", "state", "reason")})


serve(pages, Desk("pin_reset", "public_security.html", "public_security_mode", REASONS, "不予批准", _decide))
