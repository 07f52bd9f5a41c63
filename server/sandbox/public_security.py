"""The public-security authority: PIN resets come in, an officer (or the automatic mode) decides, once."""

from __future__ import annotations

import json as text
import secrets
import sqlite3
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import BadRequest, NotFound
from sanic.response import json, redirect

from auth.china import CHINA
from auth.identifiers import mobile, person_name, uscc
from server.sandbox.control import Switches, fault_of, meet_fault, switches
from server.sandbox.pages import field, render
from server.sandbox.settings import now
from server.sandbox.store import put_setting

__all__ = ["api", "pages"]

SERVICE = "public_security"
SHOWN_DECIDED = 50
REASON_MAX = 200
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


def _listed(db: sqlite3.Connection, pending: bool) -> list[dict[str, Any]]:
    if pending:
        rows = db.execute("SELECT * FROM pin_reset WHERE state = 'pending' ORDER BY at")
    else:
        rows = db.execute(
            "SELECT * FROM pin_reset WHERE state <> 'pending' ORDER BY decided_at DESC LIMIT ?",
            (SHOWN_DECIDED,),
        )
    return [{**dict(row), "form": text.loads(row["form"])} for row in rows]


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


@pages.get("")
async def show(request: Request) -> HTTPResponse:
    """The desk: what waits and what was decided."""
    db: sqlite3.Connection = request.app.ctx.db
    return render(
        request,
        "public_security.html",
        mode=switches(db).public_security_mode,
        waiting=_listed(db, pending=True),
        decided=_listed(db, pending=False),
        reasons=REASONS,
        reason_max=REASON_MAX,
    )


@pages.post("/mode")
async def switch(request: Request) -> HTTPResponse:
    """Automatic or manual. What waits already stays for the officer."""
    db: sqlite3.Connection = request.app.ctx.db
    wanted = {**switches(db).model_dump(), "public_security_mode": field(request, "mode")}
    put_setting(db, "switches", Switches.model_validate(wanted).model_dump_json())
    return redirect("/public-security", status=303)


@pages.post("/<reference:str>/approve")
async def approve(request: Request, reference: str) -> HTTPResponse:
    """The officer approves."""
    _decide(request.app.ctx.db, reference, "approved", None, now())
    return redirect("/public-security", status=303)


@pages.post("/<reference:str>/reject")
async def reject(request: Request, reference: str) -> HTTPResponse:
    """The officer rejects; a reason is a must."""
    reason = field(request, "reason")
    if not 0 < len(reason) <= REASON_MAX:
        raise BadRequest(f"请填写不予批准的原因（不超过 {REASON_MAX} 字）")
    _decide(request.app.ctx.db, reference, "rejected", reason, now())
    return redirect("/public-security", status=303)
