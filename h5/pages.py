"""The pages: thin shells. Data arrives by the JSON API, except on the pages for strangers, which need no
scripts; for a browser without them two forms are answered here (POST), everything else is GET.

The app gives: `request.app.ctx.settings` (public_url, sandbox_url, sandbox_public_url), the session as
`request.ctx.session` (None: nobody), and the look-ups `app.ctx.presented_licence(token)`,
`app.ctx.sealed_record(request, code)`, `app.ctx.checked_file(request, code)`,
`app.ctx.daily_roots(before)` and `app.ctx.local_certificate()`.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from sanic import Blueprint, Request
from sanic.exceptions import NotFound as NoSuchPage
from sanic.response import HTTPResponse, redirect

from auth.browsers import is_handset
from auth.company_types import COMPANY_TYPES
from auth.errors import Gone, Invalid, NotFound
from auth.sessions import ABSOLUTE_LIFE, IDLE_LIFE
from h5.display import LOOKS, TEXTS
from h5.qr import qr_svg
from h5.rendering import language_of, render, static_file
from h5.views import SealedRecord
from seals.entry.cases import OWNER_TYPES
from seals.excluded import EXCLUDED
from seals.filing.submitting import MAX_NAME, MAX_NOTE, MAX_SCOPE
from seals.granting import DEFAULT_DAYS, MAX_DAYS
from seals.kinds import KindSpec, SealKind, spec
from seals.ledger.wanting import OUTCOMES
from seals.papers.licence_print import MAX_PURPOSE
from seals.policies import POLICIES
from seals.scopes import DOCUMENT_KINDS

__all__ = ["local_path", "pages"]

pages = Blueprint("pages")

PHONE_HOME = "/m"
DESK_HOME = "/pc"
MAX_CODE_SHOWN = 40
MAX_ID_SHOWN = 40
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def local_path(asked: str | None, otherwise: str) -> str:
    """Where to go after login: a path of this site only, never an address of another."""
    return asked if asked and _LOCAL.fullmatch(asked) else otherwise


def _is_phone(request: Request) -> bool:
    agent = request.headers.get("user-agent", "")
    return "Mobi" in agent or "MicroMessenger" in agent


def _kinds(request: Request) -> dict[str, str]:
    chinese = language_of(request) == "zh"
    return {each.value: spec(each).zh if chinese else spec(each).en for each in SealKind}


def _private(request: Request, template: str, login: str, **values: Any) -> HTTPResponse:
    if request.ctx.session is None:
        here = request.path + (f"?{request.query_string}" if request.query_string else "")
        return redirect(f"{login}?{urlencode({'next': here})}")
    return render(request, template, **values)


@pages.get("/")
async def front(request: Request) -> HTTPResponse:
    return redirect(PHONE_HOME if _is_phone(request) else DESK_HOME)


@pages.get("/static/<version:str>/<path:path>", name="static")
async def static(request: Request, version: str, path: str) -> HTTPResponse:
    response = static_file(request, version, path)
    if response is None:
        raise NoSuchPage(f"no static file {path!r}")
    return response


@pages.get("/m/login", name="phone_login")
async def phone_login(request: Request) -> HTTPResponse:
    return _login(request, PHONE_HOME)


@pages.get("/pc/login", name="desk_login")
async def desk_login(request: Request) -> HTTPResponse:
    return _login(request, DESK_HOME)


def _login(request: Request, home: str) -> HTTPResponse:
    onward = local_path(request.args.get("next"), home)
    if request.ctx.session is not None:
        return redirect(onward)
    wechat = bool(request.app.ctx.settings.wechat_page)
    return render(request, "login.html", next_path=onward, desk=home == DESK_HOME, wechat=wechat)


@pages.get("/m/wechat")
async def wechat(request: Request) -> HTTPResponse:
    """Where WeChat leads back to; only the page's script uses what it brings."""
    return render(request, "wechat.html")


@pages.get("/m/lost")
async def lost(request: Request) -> HTTPResponse:
    """Where the identity check in place of lost passkeys leads back to."""
    return render(request, "lost.html")


@pages.get("/m")
async def thread(request: Request) -> HTTPResponse:
    return _private(request, "thread.html", "/m/login")


@pages.get("/m/register")
async def register(request: Request) -> HTTPResponse:
    return _private(request, "register.html", "/m/login", company_types=COMPANY_TYPES)


@pages.get("/m/deposit/<entry:str>")
async def deposit(request: Request, entry: str) -> HTTPResponse:
    return _private(request, "deposit.html", "/m/login", entry=entry)


@pages.get("/m/apply")
async def apply(request: Request) -> HTTPResponse:
    """The form of a company that exists already; `entry`: the application whose form is changed."""
    return _private(
        request,
        "apply.html",
        "/m/login",
        entry=(request.args.get("entry") or "")[:MAX_ID_SHOWN],
        owner_types=OWNER_TYPES,
        company_types=COMPANY_TYPES,
        kinds=[spec(kind) for kind in SealKind],
    )


@pages.get("/m/apply/<entry:str>")
async def entry(request: Request, entry: str) -> HTTPResponse:
    """One such application; on a PC with a code that leads a phone to those of whoever logs in there."""
    here = f"{request.app.ctx.settings.public_url}/m/apply"
    return _private(
        request,
        "entry.html",
        "/m/login",
        entry=entry,
        kinds=_kinds(request),
        handset=is_handset(request.headers.get("user-agent", "")),
        qr=f"data:image/svg+xml,{quote(qr_svg(here))}",
    )


@pages.get("/m/licence/<company:str>")
async def licence(request: Request, company: str) -> HTTPResponse:
    return _private(request, "licence.html", "/m/login", company=company, max_purpose=MAX_PURPOSE)


@pages.get("/m/papers/<company:str>")
async def papers(request: Request, company: str) -> HTTPResponse:
    return _private(request, "papers.html", "/m/login", company=company)


@pages.get("/m/collect/<company:str>")
async def collect(request: Request, company: str) -> HTTPResponse:
    return _private(request, "collect.html", "/m/login", company=company)


@pages.get("/m/seals/<company:str>")
async def seals(request: Request, company: str) -> HTTPResponse:
    return _private(
        request,
        "seals.html",
        "/m/login",
        company=company,
        document_kinds=DOCUMENT_KINDS,
        days=DEFAULT_DAYS,
        max_days=MAX_DAYS,
    )


@pages.get("/m/granted/<grant:str>")
async def granted(request: Request, grant: str) -> HTTPResponse:
    return _private(request, "granted.html", "/m/login", grant=grant)


@pages.get("/m/filings/<company:str>")
async def filings(request: Request, company: str) -> HTTPResponse:
    limits = {"max_name": MAX_NAME, "max_scope": MAX_SCOPE, "max_note": MAX_NOTE}
    return _private(request, "filings.html", "/m/login", company=company, **limits)


@pages.get("/m/filing/<filing:str>")
async def filing(request: Request, filing: str) -> HTTPResponse:
    return _private(request, "filing.html", "/m/login", filing=filing)


@pages.get("/m/people/<company:str>")
async def people(request: Request, company: str) -> HTTPResponse:
    return _private(request, "people.html", "/m/login", company=company)


def _seal_groups(*, single: bool) -> dict[str, list[KindSpec]]:
    """The kinds to choose from, by class. single: also those of which a company has its one (R19), to be made
    again once that is cancelled; they stand last.
    """
    groups: dict[str, list[KindSpec]] = {}
    for known in sorted(map(spec, SealKind), key=lambda each: each.single):
        if single or not known.single:
            groups.setdefault(known.seal_class.value, []).append(known)
    return groups


@pages.get("/m/add-seal/<company:str>")
async def add_seal(request: Request, company: str) -> HTTPResponse:
    return _private(
        request,
        "add_seal.html",
        "/m/login",
        company=company,
        groups=_seal_groups(single=True),
    )


@pages.get("/m/photo/<company:str>")
async def photo(request: Request, company: str) -> HTTPResponse:
    return _private(request, "photo.html", "/m/login", company=company, groups=_seal_groups(single=False))


@pages.get("/m/seal", name="phone_seal")
async def phone_seal(request: Request) -> HTTPResponse:
    return _private(
        request, "seal.html", "/m/login", desk=False, document_kinds=DOCUMENT_KINDS, excluded=EXCLUDED
    )


@pages.get("/pc", name="desk_seal")
async def desk_seal(request: Request) -> HTTPResponse:
    return _private(
        request, "seal.html", "/pc/login", desk=True, document_kinds=DOCUMENT_KINDS, excluded=EXCLUDED
    )


@pages.get("/m/records")
async def records(request: Request) -> HTTPResponse:
    return _private(request, "records.html", "/m/login")


@pages.get("/m/ledger/<company:str>")
async def ledger(request: Request, company: str) -> HTTPResponse:
    return _private(
        request,
        "ledger.html",
        "/m/login",
        company=company,
        document_kinds=DOCUMENT_KINDS,
        outcomes=OUTCOMES,
    )


@pages.get("/m/sessions")
async def logins(request: Request) -> HTTPResponse:
    minutes, hours = IDLE_LIFE // timedelta(minutes=1), ABSOLUTE_LIFE // timedelta(hours=1)
    return _private(request, "sessions.html", "/m/login", idle_minutes=minutes, absolute_hours=hours)


@pages.get("/m/account-close")
async def account_close(request: Request) -> HTTPResponse:
    return _private(request, "closing.html", "/m/login")


@pages.get("/m/alerts")
async def alerts(request: Request) -> HTTPResponse:
    return _private(request, "alerts.html", "/m/login")


@pages.get("/m/devices")
async def devices(request: Request) -> HTTPResponse:
    return _private(request, "devices.html", "/m/login")


@pages.get("/m/pin")
async def pin(request: Request) -> HTTPResponse:
    zh, en = POLICIES[request.app.ctx.settings.policy].resets
    authority = zh if language_of(request) == "zh" else en
    return _private(request, "pin.html", "/m/login", authority=authority)


@pages.get("/m/identity/<check:str>")
async def identity(request: Request, check: str) -> HTTPResponse:
    """Where an identity check leads back to; only the page's script does what it was for."""
    return _private(request, "identity.html", "/m/login", check=check)


@pages.get("/m/scan")
async def scan(request: Request) -> HTTPResponse:
    """The one page that may open the camera."""
    response = _private(request, "scan.html", "/m/login", site=request.app.ctx.settings.public_url)
    response.headers["permissions-policy"] = "camera=(self), microphone=(), geolocation=()"
    return response


@pages.get("/m/display")
async def display(request: Request) -> HTTPResponse:
    """Light or dark, and the size of letters; open to all, for it is the browser's and not the person's."""
    return render(request, "display.html", looks=LOOKS, texts=TEXTS)


@pages.get("/m/code")
async def short_code(request: Request) -> HTTPResponse:
    return _private(request, "confirm.html", "/m/login", by_short_code=True)


@pages.get("/c")
async def confirm(request: Request) -> HTTPResponse:
    """Open to all: the token is in the fragment, and only the page's script can keep it over a login."""
    return render(request, "confirm.html", by_short_code=False)


@pages.get("/m/approve/<signing:str>")
async def approve(request: Request, signing: str) -> HTTPResponse:
    return _private(request, "approve.html", "/m/login", signing=signing, document_kinds=DOCUMENT_KINDS)


@pages.get("/a")
async def approve_scanned(request: Request) -> HTTPResponse:
    """Behind the QR code for an approver; open to all for the same reason as /c."""
    return render(request, "approve.html", signing="", document_kinds=DOCUMENT_KINDS)


@pages.get("/e")
async def entry_scanned(request: Request) -> HTTPResponse:
    """Behind the QR code that an application is submitted by; open to all for the same reason as /c."""
    return render(request, "entry_confirm.html", kinds=_kinds(request))


@pages.get("/q")
async def scanned_login(request: Request) -> HTTPResponse:
    """Behind the QR code of a PC's login page; open to all for the same reason as /c."""
    return render(request, "scanned.html")


@pages.get("/verify")
async def verify(request: Request) -> HTTPResponse:
    return render(request, "verify.html")


@pages.post("/verify", name="verify_file")
async def verify_file(request: Request) -> HTTPResponse:
    """The form of a browser without scripts; with them the page asks the JSON API."""
    return render(request, "checked.html", checked=await request.app.ctx.checked_file(request, None))


@pages.get("/verify-seal")
async def verify_seal(request: Request) -> HTTPResponse:
    return render(request, "verify_seal.html")


@pages.get("/roots")
async def roots(request: Request) -> HTTPResponse:
    return render(request, "roots.html", page=await request.app.ctx.daily_roots(request.args.get("before")))


@pages.get("/l/<token:str>")
async def presented_licence(request: Request, token: str) -> HTTPResponse:
    try:
        licence = await request.app.ctx.presented_licence(token)
    except (Gone, NotFound):
        return render(request, "presented_gone.html", status=410)
    return render(request, "presented.html", licence=licence)


@pages.get("/v")
async def typed_code(request: Request) -> HTTPResponse:
    """The form for a typed code, of a browser without scripts."""
    code = (request.args.get("code") or "")[:MAX_CODE_SHOWN].strip()
    return redirect(f"/v/{quote(code, safe='')}" if code else "/verify")


@pages.route("/v/<code:str>", methods=["GET", "POST"], unquote=True)
async def sealed_record(request: Request, code: str) -> HTTPResponse:
    """The record; POST as `verify_file`, of a file that should be the one behind the code."""
    if request.method == "POST":  # one route: of two the router names no methods in a 405
        return render(request, "checked.html", checked=await request.app.ctx.checked_file(request, code))
    try:
        record = await request.app.ctx.sealed_record(request, code)
    except (Invalid, NotFound):
        record = SealedRecord(code=code[:MAX_CODE_SHOWN], state="unknown")
    status = 404 if record.state == "unknown" else 200
    return render(request, "record.html", status, private=bool(record.own), record=record)


@pages.get("/offline")
async def offline(request: Request) -> HTTPResponse:
    """What an installed app shows of a page that it cannot fetch."""
    return render(request, "offline.html")


@pages.get("/https")
async def local_https(request: Request) -> HTTPResponse:
    """What the warning of a phone means where this machine made the certificate itself (HTTPS=1)."""
    return render(request, "https.html", certificate=request.app.ctx.local_certificate())
