"""WeChat: a page where one of three users allows the login, and the exchange of the code for his openid."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from datetime import timedelta
from json import dumps, loads
from urllib.parse import urlencode

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import InvalidUsage
from sanic.response import json, redirect

from server.sandbox.control import fault_of, meet_fault
from server.sandbox.pages import field, render
from server.sandbox.settings import may_return_to, now

__all__ = ["USERS", "account", "api", "openid_of", "pages", "ticket_of"]

CODE_LIFE = timedelta(minutes=5)
USERS = ("甲", "乙", "丙")
TOKEN_LENGTH = 64
NO_TOKEN = (40001, "invalid credential")
SDK = """window.wx = {
  asked: [],
  config(told) { wx.asked.push(["config", told]); setTimeout(() => wx.act?.()); },
  ready(act) { wx.act = act; },
  updateAppMessageShareData(told) { wx.asked.push(["friend", told]); },
  updateTimelineShareData(told) { wx.asked.push(["timeline", told]); },
};"""
INVALID, USED = (40029, "invalid code"), (40163, "code been used")

api = Blueprint("wechat_api", url_prefix="/sns")
account = Blueprint("wechat_account_api", url_prefix="/cgi-bin")
pages = Blueprint("wechat_pages", url_prefix="/wechat")


def openid_of(user: str, app_id: str) -> str:
    """A user's openid towards one application; another application sees another."""
    return "oSB" + hashlib.sha256(f"{app_id}/{user}".encode()).hexdigest()[:25]


def _error(told: tuple[int, str]) -> HTTPResponse:
    return json({"errcode": told[0], "errmsg": told[1]})


@account.on_request
@api.on_request
async def meet(request: Request) -> HTTPResponse | None:
    """Play the fault that is set."""
    return await meet_fault(request, "wechat")


@api.get("/jscode2session")
async def code2session(request: Request) -> HTTPResponse:
    """Exchange a code, once."""
    db: sqlite3.Connection = request.app.ctx.db
    asked = {name: request.args.get(name, "") for name in ("appid", "secret", "js_code", "grant_type")}
    if fault_of(db, "wechat") == "refuse":
        return _error(INVALID)
    if not asked["secret"] or asked["grant_type"] != "authorization_code":
        return _error((40125, "invalid appsecret"))
    row = db.execute("SELECT * FROM wechat_code WHERE code = ?", (asked["js_code"],)).fetchone()
    if row is None or row["app_id"] != asked["appid"] or row["at"] < (now() - CODE_LIFE).isoformat():
        return _error(INVALID)
    if row["openid"] == "":
        return _error(USED)
    db.execute("UPDATE wechat_code SET openid = '' WHERE code = ?", (row["code"],))
    return json({"openid": row["openid"], "session_key": secrets.token_urlsafe(16)})


def _token_of(app_id: str) -> str:
    return hashlib.sha256(f"token/{app_id}".encode()).hexdigest()


def ticket_of(token: str) -> str:
    """The ticket that a page's signature is made with."""
    return hashlib.sha256(f"ticket/{token}".encode()).hexdigest()


@account.post("/stable_token")
async def stable_token(request: Request) -> HTTPResponse:
    """The token of an application; refused without its secret."""
    asked = request.json if isinstance(request.json, dict) else {}
    if not asked.get("secret") or asked.get("grant_type") != "client_credential":
        return _error((40125, "invalid appsecret"))
    return json({"access_token": _token_of(str(asked.get("appid"))), "expires_in": 7200})


@account.get("/ticket/getticket")
async def ticket(request: Request) -> HTTPResponse:
    """A ticket for the JS-SDK."""
    token = str(request.args.get("access_token") or "")
    if len(token) != TOKEN_LENGTH or request.args.get("type") != "jsapi":
        return _error(NO_TOKEN)
    return json({"errcode": 0, "ticket": ticket_of(token), "expires_in": 7200})


@account.post("/message/subscribe/send")
async def send_message(request: Request) -> HTTPResponse:
    """Take a subscribe message."""
    db: sqlite3.Connection = request.app.ctx.db
    asked = request.json if isinstance(request.json, dict) else {}
    if len(str(request.args.get("access_token") or "")) != TOKEN_LENGTH or not asked.get("touser"):
        return _error(NO_TOKEN)
    if fault_of(db, "wechat") == "refuse":
        return _error((43101, "user refuse to accept the msg"))
    db.execute(
        "INSERT INTO wechat_message (openid, message, at) VALUES (?, ?, ?)",
        (asked["touser"], dumps(asked, ensure_ascii=False), now().isoformat()),
    )
    return json({"errcode": 0, "errmsg": "ok"})


@account.get("/_messages")
async def messages(request: Request) -> HTTPResponse:
    """What came, oldest first, for programs."""
    rows = request.app.ctx.db.execute("SELECT * FROM wechat_message ORDER BY id DESC LIMIT 100").fetchall()
    return json({"messages": [loads(row["message"]) for row in reversed(rows)]})


@pages.get("/jweixin.js")
async def sdk(request: Request) -> HTTPResponse:
    """In the place of WeChat's script: it keeps what a page asks of it in `wx.asked`."""
    return HTTPResponse(SDK, content_type="text/javascript; charset=utf-8")


def _checked_return(request: Request) -> str:
    target = str(request.args.get("redirect_uri") or "")
    if not may_return_to(target, request.app.ctx.settings):
        raise InvalidUsage("返回地址不在允许的来源之内")
    return target


@pages.get("/authorize")
async def ask(request: Request) -> HTTPResponse:
    """The page that stands for WeChat on the phone."""
    _checked_return(request)
    return render(request, "wechat.html", users=USERS)


@pages.post("/authorize")
async def decide(request: Request) -> HTTPResponse:
    """Back to the asker, with a code or without one."""
    target = _checked_return(request)
    told = {"state": str(request.args.get("state") or "")}
    user = field(request, "user")
    if user:
        app_id, code = str(request.args.get("appid") or ""), secrets.token_urlsafe(24)
        db: sqlite3.Connection = request.app.ctx.db
        db.execute(
            "INSERT INTO wechat_code VALUES (?, ?, ?, ?)",
            (code, app_id, openid_of(user, app_id), now().isoformat()),
        )
        told["code"] = code
    return redirect(f"{target}?{urlencode(told)}", status=303)
