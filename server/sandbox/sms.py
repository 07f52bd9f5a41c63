"""The SMS gateway: takes messages, sends nothing, shows them in an inbox page."""

from __future__ import annotations

import re
import sqlite3
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json

from auth.identifiers import mobile
from server.sandbox.control import fault_of, meet_fault
from server.sandbox.pages import render
from server.sandbox.settings import now

__all__ = ["api", "pages"]

KEPT_MESSAGES = 500
SHOWN_MESSAGES = 50
TEXT_MAX = 500
CODE = re.compile(r"(?<![0-9])[0-9]{4,8}(?![0-9])")

api = Blueprint("sms_api", url_prefix="/api/sms")
pages = Blueprint("sms_pages", url_prefix="/sms")


class Message(BaseModel):
    """A message to send."""

    model_config = ConfigDict(extra="forbid")

    mobile: Annotated[str, AfterValidator(mobile)]
    text: Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]


def messages(db: sqlite3.Connection, to: str | None) -> list[dict[str, Any]]:
    """The newest messages first; code: the first group of 4 to 8 digits in the text."""
    rows = db.execute(
        "SELECT * FROM message WHERE ?1 IS NULL OR mobile = ?1 ORDER BY id DESC LIMIT ?2",
        (to, SHOWN_MESSAGES),
    )
    found = [dict(row) for row in rows]
    for message in found:
        code = CODE.search(message["text"])
        message["code"] = code[0] if code else None
    return found


@api.on_request
async def meet(request: Request) -> HTTPResponse | None:
    """Play the fault that is set."""
    return await meet_fault(request, "sms") if request.method == "POST" else None


@api.post("/messages")
async def send(request: Request) -> HTTPResponse:
    """Take a message."""
    message = Message.model_validate(request.json)
    db: sqlite3.Connection = request.app.ctx.db
    if fault_of(db, "sms") == "refuse":
        return json({"error": {"code": "sms.refused", "reason": "沙箱设定：短信通道拒发"}}, 422)
    cursor = db.execute(
        "INSERT INTO message (mobile, text, at) VALUES (?, ?, ?)",
        (message.mobile, message.text, now().isoformat()),
    )
    number = cursor.lastrowid or 0
    db.execute("DELETE FROM message WHERE id <= ?", (number - KEPT_MESSAGES,))
    return json({"id": str(number)}, 202)


@api.get("/messages")
async def read(request: Request) -> HTTPResponse:
    """The inbox for programs (tests, `make demo`): newest first, `?mobile=` to choose one phone."""
    return json({"messages": messages(request.app.ctx.db, request.args.get("mobile"))})


@pages.get("")
async def inbox(request: Request) -> HTTPResponse:
    """The inbox for people, all phones together."""
    return render(request, "sms.html", messages=messages(request.app.ctx.db, None))
