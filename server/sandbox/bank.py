"""The bank: payments come in by key, each is paid once; a page shows what arrived on which account."""

from __future__ import annotations

import json as text
import secrets
import sqlite3
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json

from auth.china import CHINA
from server.sandbox.control import fault_of, meet_fault
from server.sandbox.pages import render
from server.sandbox.settings import now

__all__ = ["api", "pages"]

SERVICE = "bank"
SHOWN = 50
REASON_SET = "沙箱设定：账号与户名不符"
REASON_DIFFERS = "同一流水号的内容与此前提交的不同"

api = Blueprint("bank_api", url_prefix="/api/bank")
pages = Blueprint("bank_pages", url_prefix="/bank")


class Payment(BaseModel):
    """A payment as it is handed in."""

    model_config = ConfigDict(extra="forbid")

    account: Annotated[str, Field(pattern="^[0-9]{8,32}$")]
    bank: Annotated[str, Field(min_length=1, max_length=60)]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    amount: Annotated[str, Field(pattern=r"^0\.[0-9]{2}$")]
    remark: Annotated[str, Field(max_length=60)]


@api.on_request
async def meet(request: Request) -> HTTPResponse | None:
    """Play the fault that is set."""
    return await meet_fault(request, SERVICE)


@api.put("/payments/<key:str>")
async def pay(request: Request, key: str) -> HTTPResponse:
    """Pay once. With the fault `lost` a new payment is made, and its answer is not."""
    db: sqlite3.Connection = request.app.ctx.db
    form = Payment.model_validate(request.json).model_dump_json()
    row = db.execute("SELECT * FROM payment WHERE key = ?", (key,)).fetchone()
    if row is None:
        if fault_of(db, SERVICE) == "refuse":
            return json({"error": {"code": "bank.name", "reason": REASON_SET}}, 422)
        reference = f"YH{now().astimezone(CHINA):%Y%m%d}{secrets.token_hex(5).upper()}"
        db.execute("INSERT INTO payment VALUES (?, ?, ?, ?)", (key, reference, form, now().isoformat()))
        if fault_of(db, SERVICE) == "lost":
            return json({"error": {"code": "bank.lost", "reason": "沙箱设定：已付款，应答丢失"}}, 503)
        return json({"key": key, "reference": reference})
    if row["form"] != form:
        return json({"error": {"code": "bank.differs", "reason": REASON_DIFFERS}}, 409)
    return json({"key": key, "reference": row["reference"]})


@pages.get("")
async def show(request: Request) -> HTTPResponse:
    """What arrived, the newest first."""
    db: sqlite3.Connection = request.app.ctx.db
    rows = db.execute("SELECT * FROM payment ORDER BY at DESC, rowid DESC LIMIT ?", (SHOWN,))
    payments = [{**dict(row), "form": text.loads(row["form"])} for row in rows]
    return render(request, "bank_desk.html", payments=payments)
