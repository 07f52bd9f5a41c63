"""Switches of the sandbox: faults per service and the modes of registrar and identity check."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import html, json

from server.sandbox.pages import render
from server.sandbox.store import get_setting, put_setting

__all__ = ["SERVICES", "Switches", "blueprint", "fault_of", "meet_fault", "switches"]

SERVICES = ("sms", "realname", "registrar", "public_security", "filing_desk", "wechat", "bank", "push")
SLOW_DEFAULT_S = 30.0

Fault = Literal["none", "refuse", "slow", "down", "nonsense", "lost"]
blueprint = Blueprint("control")


class Faults(BaseModel):
    """refuse: a proper answer that says no; slow: waits `delay_s` first; down: 503; nonsense: a page; lost:
    of the bank and the filing desk, it does what it is asked and its answer is a 503.
    """

    model_config = ConfigDict(extra="forbid")

    sms: Fault = "none"
    realname: Fault = "none"
    registrar: Fault = "none"
    public_security: Fault = "none"
    filing_desk: Fault = "none"
    wechat: Fault = "none"
    bank: Fault = "none"
    push: Fault = "none"


class Switches(BaseModel):
    """All switches. registrar_mode, public_security_mode, filing_desk_mode: who decides; realname_mode:
    the page asks, or passes by itself.
    """

    model_config = ConfigDict(extra="forbid")

    faults: Faults = Faults()
    delay_s: Annotated[float, Field(ge=0, le=300)] = SLOW_DEFAULT_S
    registrar_mode: Literal["automatic", "manual"] = "automatic"
    public_security_mode: Literal["automatic", "manual"] = "automatic"
    filing_desk_mode: Literal["automatic", "manual"] = "automatic"
    realname_mode: Literal["page", "pass"] = "page"


def switches(db: sqlite3.Connection) -> Switches:
    """The switches as they stand."""
    return Switches.model_validate_json(get_setting(db, "switches", "{}"))


def fault_of(db: sqlite3.Connection, service: str) -> Fault:
    """The fault that is set for a service."""
    fault: Fault = getattr(switches(db).faults, service)
    return fault


async def meet_fault(request: Request, service: str) -> HTTPResponse | None:
    """Play `slow`, `down`, `nonsense` before a service's interface is reached; `refuse` is the handler's."""
    fault = fault_of(request.app.ctx.db, service)
    if fault == "slow":
        await asyncio.sleep(switches(request.app.ctx.db).delay_s)
    if fault == "down":
        return json({"error": {"code": f"{service}.down", "reason": "沙箱设定：服务中断"}}, 503)
    if fault == "nonsense":
        return html("<p>沙箱设定：答非所问</p>")
    return None


@blueprint.get("/")
async def index(request: Request) -> HTTPResponse:
    """The front page: the services and their switches."""
    return render(request, "index.html", switches=switches(request.app.ctx.db), services=SERVICES)


@blueprint.get("/_control")
async def read(request: Request) -> HTTPResponse:
    """All switches."""
    return json(switches(request.app.ctx.db).model_dump())


@blueprint.post("/_control")
async def change(request: Request) -> HTTPResponse:
    """Change the switches that are named in the body; answers all of them."""
    given = request.json if isinstance(request.json, dict) else {"faults": request.json}
    stands = switches(request.app.ctx.db).model_dump()
    faults = given.get("faults", {})
    merged = {
        **stands,
        **given,
        "faults": {**stands["faults"], **faults} if isinstance(faults, dict) else faults,
    }
    changed = Switches.model_validate(merged)
    put_setting(request.app.ctx.db, "switches", changed.model_dump_json())
    return json(changed.model_dump())
