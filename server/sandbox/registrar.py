"""The company registrar: its interface for e章通, and its desk page for a person who plays the officer."""

from __future__ import annotations

import sqlite3

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import BadRequest, NotFound
from sanic.response import json, redirect

from auth.china import CHINA
from auth.identifiers import region_name
from server.sandbox import desk
from server.sandbox.control import Switches, fault_of, meet_fault, switches
from server.sandbox.pages import field, render
from server.sandbox.settings import now
from server.sandbox.store import put_setting

__all__ = ["api", "pages"]

REASON_SET = "沙箱设定：不予登记"
REASON_MAX = 200
REASONS = (
    "企业名称不符合《企业名称登记管理规定》",
    "经营范围表述不规范，请按规范条目填写",
    "住所证明材料与所填地址不一致",
    "法定代表人身份信息核验不一致",
)

api = Blueprint("registrar_api", url_prefix="/api/registrar")
pages = Blueprint("registrar_pages", url_prefix="/registrar")


@api.on_request
async def meet(request: Request) -> HTTPResponse | None:
    """Play the fault that is set."""
    return await meet_fault(request, "registrar")


@api.put("/applications/<application_id:str>")
async def submit(request: Request, application_id: str) -> HTTPResponse:
    """Take an application; in the automatic mode it is decided at once."""
    db: sqlite3.Connection = request.app.ctx.db
    form = desk.ApplicationForm.model_validate(request.json)
    try:
        reference = desk.take(db, application_id, form, now())
    except desk.Taken:
        return json(
            {"error": {"code": "registrar.differs", "reason": "同一申请编号的内容与此前提交的不同"}}, 409
        )
    if fault_of(db, "registrar") == "refuse":
        desk.reject(db, reference, REASON_SET, now())
    elif switches(db).registrar_mode == "automatic":
        desk.approve(db, reference, now())
    return json({"reference": reference})


@api.get("/decisions/<reference:str>")
async def result(request: Request, reference: str) -> HTTPResponse:
    """How an application stands."""
    found = desk.decision(request.app.ctx.db, reference)
    if found is None:
        raise NotFound
    return json(found)


@pages.get("")
async def show(request: Request) -> HTTPResponse:
    """The desk: what waits and what was decided."""
    db: sqlite3.Connection = request.app.ctx.db
    today = now().astimezone(CHINA).date()
    return render(
        request,
        "registrar.html",
        mode=switches(db).registrar_mode,
        waiting=desk.listed(db, pending=True),
        decided=desk.listed(db, pending=False),
        reasons=REASONS,
        reason_max=REASON_MAX,
        region_name=lambda code: region_name(code, today),
    )


@pages.post("/mode")
async def switch(request: Request) -> HTTPResponse:
    """Automatic or manual. What waits already stays for the officer."""
    db: sqlite3.Connection = request.app.ctx.db
    wanted = {**switches(db).model_dump(), "registrar_mode": field(request, "mode")}
    put_setting(db, "switches", Switches.model_validate(wanted).model_dump_json())
    return redirect("/registrar", status=303)


@pages.post("/<reference:str>/approve")
async def approve(request: Request, reference: str) -> HTTPResponse:
    """The officer approves."""
    desk.approve(request.app.ctx.db, reference, now())
    return redirect("/registrar", status=303)


@pages.post("/<reference:str>/reject")
async def reject(request: Request, reference: str) -> HTTPResponse:
    """The officer rejects; a reason is a must."""
    reason = field(request, "reason")
    if not 0 < len(reason) <= REASON_MAX:
        raise BadRequest(f"请填写驳回原因（不超过 {REASON_MAX} 字）")
    desk.reject(request.app.ctx.db, reference, reason, now())
    return redirect("/registrar", status=303)
