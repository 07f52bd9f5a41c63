"""An officer's desk: what waits, what was decided, and a page to decide by hand, each once.

The desks differ in what comes in and what deciding means; that is theirs (`public_security.py`,
`filings.py`), and how the officer works is here. The registrar's desk does more (`registrar.py`).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import BadRequest
from sanic.response import redirect

from server.sandbox.control import Switches, switches
from server.sandbox.pages import field, render
from server.sandbox.settings import now
from server.sandbox.store import put_setting

__all__ = ["Desk", "serve"]

SHOWN_DECIDED = 50
REASON_MAX = 200


@dataclass(frozen=True)
class Desk:
    """table: with reference, form, state, at, decided_at; template: of the page; mode: the switch that lets
    it decide by itself; reasons: to choose from; refused: how a rejection is called; decide: database,
    reference, state, reason, moment.
    """

    table: str
    template: str
    mode: str
    reasons: tuple[str, ...]
    refused: str
    decide: Callable[[sqlite3.Connection, str, str, str | None, datetime], None]


def _listed(db: sqlite3.Connection, table: str, *, pending: bool) -> list[dict[str, Any]]:
    which, order = ("=", "at") if pending else ("<>", "decided_at DESC")
    most = -1 if pending else SHOWN_DECIDED
    rows = db.execute(
        f"SELECT * FROM {table} WHERE state {which} 'pending' ORDER BY {order} LIMIT ?",  # noqa: S608  (ours)
        (most,),
    )
    return [{**dict(row), "form": json.loads(row["form"])} for row in rows]


def serve(pages: Blueprint, desk: Desk) -> None:
    """Put the desk's pages under a blueprint."""

    @pages.get("", name="show")
    async def show(request: Request) -> HTTPResponse:
        db: sqlite3.Connection = request.app.ctx.db
        return render(
            request,
            desk.template,
            mode=getattr(switches(db), desk.mode),
            waiting=_listed(db, desk.table, pending=True),
            decided=_listed(db, desk.table, pending=False),
            reasons=desk.reasons,
            reason_max=REASON_MAX,
        )

    @pages.post("/mode", name="switch")
    async def switch(request: Request) -> HTTPResponse:
        # What waits already stays for the officer.
        db: sqlite3.Connection = request.app.ctx.db
        wanted = {**switches(db).model_dump(), desk.mode: field(request, "mode")}
        put_setting(db, "switches", Switches.model_validate(wanted).model_dump_json())
        return redirect(str(pages.url_prefix), status=303)

    @pages.post("/<reference:str>/approve", name="approve")
    async def approve(request: Request, reference: str) -> HTTPResponse:
        desk.decide(request.app.ctx.db, reference, "approved", None, now())
        return redirect(str(pages.url_prefix), status=303)

    @pages.post("/<reference:str>/reject", name="reject")
    async def reject(request: Request, reference: str) -> HTTPResponse:
        reason = field(request, "reason")
        if not 0 < len(reason) <= REASON_MAX:
            raise BadRequest(f"请填写{desk.refused}的原因（不超过 {REASON_MAX} 字）")
        desk.decide(request.app.ctx.db, reference, "rejected", reason, now())
        return redirect(str(pages.url_prefix), status=303)
