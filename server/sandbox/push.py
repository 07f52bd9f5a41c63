"""A push service: takes messages for browsers, which only those can read, and shows that they came.

`POST /push/<browser>` → 201, as RFC 8030; a browser named `gone-…` is gone (410). Programs read what came
at `GET /api/push/<browser>`.
"""

from __future__ import annotations

import base64
import sqlite3

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, json

from server.sandbox.control import fault_of, meet_fault
from server.sandbox.settings import now

__all__ = ["api", "pages"]

KEPT_MESSAGES = 200
HEADERS = ("content-encoding", "ttl", "urgency", "topic", "authorization")

api = Blueprint("push_api", url_prefix="/api/push")
pages = Blueprint("push_service", url_prefix="/push")


@pages.on_request
async def meet(request: Request) -> HTTPResponse | None:
    """Play the fault that is set."""
    return await meet_fault(request, "push")


@pages.post("/<browser:str>")
async def take(request: Request, browser: str) -> HTTPResponse:
    """Take a message."""
    db: sqlite3.Connection = request.app.ctx.db
    if browser.startswith("gone-"):
        return empty(410)
    if fault_of(db, "push") == "refuse":
        return json({"error": {"code": "push.refused", "reason": "沙箱设定：拒绝推送"}}, 403)
    headers = "\n".join(f"{name}: {request.headers.get(name, '')}" for name in HEADERS)
    db.execute(
        "INSERT INTO push_message (browser, headers, body, at) VALUES (?, ?, ?, ?)",
        (browser, headers, request.body, now().isoformat()),
    )
    db.execute(
        "DELETE FROM push_message WHERE id <= (SELECT max(id) FROM push_message) - ?", (KEPT_MESSAGES,)
    )
    return empty(201)


@api.get("/<browser:str>")
async def read(request: Request, browser: str) -> HTTPResponse:
    """What came for a browser, oldest first."""
    db: sqlite3.Connection = request.app.ctx.db
    rows = db.execute("SELECT * FROM push_message WHERE browser = ? ORDER BY id", (browser,))
    came = []
    for row in rows:
        headers = dict(line.split(": ", 1) for line in row["headers"].splitlines())
        came.append({"headers": headers, "body": base64.b64encode(row["body"]).decode()})
    return json({"messages": came})
