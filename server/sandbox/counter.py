"""The counter (窗口): a clerk types the code that the person shows, looks at the ID card, and decides."""

from __future__ import annotations

import sqlite3

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import NotFound
from sanic.response import redirect

from server.sandbox.pages import field, render
from server.sandbox.realname import check_by, finish
from server.sandbox.settings import now

__all__ = ["pages"]

pages = Blueprint("counter_pages", url_prefix="/counter")


def _digits(text: str) -> str:
    return "".join(text.split())


@pages.get("/")
async def desk(request: Request) -> HTTPResponse:
    """The clerk's page: a code to type, and whom it is about."""
    code = _digits(request.args.get("code") or "")
    row = check_by(request.app.ctx.db, "code", code, now()) if code else None
    return render(request, "desk_counter.html", code=code, check=row)


@pages.post("/")
async def decide(request: Request) -> HTTPResponse:
    """The ID card fits the person, or not."""
    db: sqlite3.Connection = request.app.ctx.db
    code = _digits(field(request, "code"))
    row = check_by(db, "code", code, now())
    if row is None:
        raise NotFound
    finish(db, row, field(request, "outcome") == "pass", now())
    return redirect(f"/counter?code={code}", status=303)
