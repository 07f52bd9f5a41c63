"""The identity check: name and number, then a page that stands for the camera or the bank, or that shows the
code for the counter (`counter.py`).
"""

from __future__ import annotations

import secrets
import sqlite3
from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import Forbidden, NotFound
from sanic.response import json, redirect

from auth.china import CHINA
from auth.identifiers import mobile, person_name, resident_id
from server.sandbox.control import fault_of, meet_fault, switches
from server.sandbox.pages import field, render
from server.sandbox.settings import may_return_to, now

__all__ = ["CHECK_LIFE", "WAYS", "Way", "api", "check_by", "finish", "pages"]

Way = Literal["face", "bank", "counter"]
WAYS: tuple[Way, ...] = get_args(Way)
CHECK_LIFE = {"face": timedelta(minutes=30), "bank": timedelta(minutes=30), "counter": timedelta(hours=72)}
CODE_DIGITS = 8
URL_MAX = 500
REASON_SET = "沙箱设定：核验不通过"
REASONS = {
    "face": "人脸比对未通过",
    "bank": "银行卡、姓名、证件号码与手机号不一致",
    "counter": "窗口人员核验证件未通过",
}
TOLD = ("id", "state", "name", "id_number", "mobile", "reference", "way", "decided_at", "reason")
REASON_LATE = "核验超时，请重新发起"

api = Blueprint("realname_api", url_prefix="/api/realname")
pages = Blueprint("realname_pages", url_prefix="/realname")


class CheckRequest(BaseModel):
    """Whom to check, and where his phone goes afterwards."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, AfterValidator(person_name)]
    id_number: Annotated[
        str, AfterValidator(lambda value: resident_id(value, now().astimezone(CHINA).date()))
    ]
    mobile: Annotated[str, AfterValidator(mobile)]
    return_url: Annotated[str, Field(max_length=URL_MAX)]
    reference: Annotated[str, Field(pattern="^[a-z_]+:[0-9a-z]{1,60}$")]
    way: Way


def check_by(
    db: sqlite3.Connection, column: Literal["id", "page", "code"], value: str, at: datetime
) -> sqlite3.Row | None:
    """A check by its id (for the company that asked), its page token (for the person checked) or its code
    (for the clerk at the counter).

    One that nobody finished in time is refused first.
    """
    for way in WAYS:
        db.execute(
            "UPDATE identity_check SET state = 'refused', reason = ?, decided_at = ?"
            " WHERE state = 'pending' AND way = ? AND at < ?",
            (REASON_LATE, at.isoformat(), way, (at - CHECK_LIFE[way]).isoformat()),
        )
    row: sqlite3.Row | None = db.execute(
        f"SELECT * FROM identity_check WHERE {column} = ?",  # noqa: S608  (column is one of three words)
        (value,),
    ).fetchone()
    return row


def finish(db: sqlite3.Connection, check: sqlite3.Row, passed: bool, at: datetime) -> None:
    """Record the outcome; a finished check stays as it is."""
    state, reason = ("passed", None) if passed else ("refused", REASONS[check["way"]])
    db.execute(
        "UPDATE identity_check SET state = ?, reason = ?, decided_at = ? WHERE id = ? AND state = 'pending'",
        (state, reason, at.isoformat(), check["id"]),
    )


@api.on_request
async def meet(request: Request) -> HTTPResponse | None:
    """Play the fault that is set."""
    return await meet_fault(request, "realname")


@api.post("/checks")
async def start(request: Request) -> HTTPResponse:
    """Start a check."""
    asked = CheckRequest.model_validate(request.json)
    settings = request.app.ctx.settings
    if not may_return_to(asked.return_url, settings):
        return json({"error": {"code": "realname.return_url", "reason": "返回地址不在允许的来源之内"}}, 422)
    db: sqlite3.Connection = request.app.ctx.db
    state, reason = "pending", None
    if fault_of(db, "realname") == "refuse":
        state, reason = "refused", REASON_SET
    elif switches(db).realname_mode == "pass":
        state = "passed"
    check, page = secrets.token_hex(12), secrets.token_urlsafe(24)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}" if asked.way == "counter" else None
    db.execute(
        "INSERT INTO identity_check VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            check,
            page,
            asked.name,
            asked.id_number,
            asked.mobile,
            asked.return_url,
            asked.reference,
            asked.way,
            code,
            state,
            reason,
            now().isoformat(),
            None if state == "pending" else now().isoformat(),
        ),
    )
    return json({"id": check, "url": f"{settings.public_url}/realname/{page}"}, 201)


@api.get("/checks/<check:str>")
async def result(request: Request, check: str) -> HTTPResponse:
    """How a check stands."""
    row = check_by(request.app.ctx.db, "id", check, now())
    if row is None:
        raise NotFound
    return json({key: row[key] for key in TOLD})


@pages.get("/<page:str>")
async def look(request: Request, page: str) -> HTTPResponse:
    """The page on the person's phone."""
    row = check_by(request.app.ctx.db, "page", page, now())
    if row is None:
        raise NotFound
    return render(request, f"{row['way']}.html", check=row)


@pages.post("/<page:str>")
async def decide(request: Request, page: str) -> HTTPResponse:
    """One of the two buttons; leads back to the asker whatever the outcome. At a counter a clerk decides."""
    db: sqlite3.Connection = request.app.ctx.db
    row = check_by(db, "page", page, now())
    if row is None:
        raise NotFound
    if row["way"] == "counter":
        raise Forbidden("由窗口人员核验证件后决定")
    finish(db, row, field(request, "outcome") == "pass", now())
    return redirect(row["return_url"], status=303)
