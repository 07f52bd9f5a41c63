"""The Sanic application: factory, middleware, security headers; routes are in `server/api` and `h5/pages`."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from sanic import Request, Sanic
from sanic.response import HTTPResponse

from auth import sessions
from auth.browsers import masked_address
from auth.engine import close_database
from auth.errors import Refused
from h5.desk_pages import desk_pages
from h5.installed import installed
from h5.service_pages import pages, service_desk_pages
from server import errors
from server.api.account import account
from server.api.approvals import approvals
from server.api.closing import closing
from server.api.companies import companies_api
from server.api.consents import consents_api
from server.api.cookies import cookie
from server.api.deposits import deposits_api
from server.api.desk import desk_api
from server.api.devices import devices_api
from server.api.documents import documents
from server.api.entries import entries
from server.api.exports import exports
from server.api.filings import filings
from server.api.further_seals import further_seals
from server.api.grants import grants
from server.api.ledger import ledger
from server.api.members import members
from server.api.operation import address
from server.api.papers import papers
from server.api.passkeys import passkeys_api
from server.api.photos import photos
from server.api.pins import pins_api
from server.api.platform import platform
from server.api.printed import printed_documents
from server.api.push import push_api
from server.api.reviews import reviews_api
from server.api.roots import roots_api
from server.api.scanning import scanning
from server.api.seal_asks import seal_asks
from server.api.seal_life import seal_life
from server.api.service import service_api
from server.api.service_desk import service_desk_api
from server.api.signings import signings
from server.api.supervision import supervision_api
from server.api.thread import thread
from server.api.verification import verification
from server.api.wechat import wechat_api
from server.context import Context, make_context, now
from server.inspector.asking import asker
from server.migrating import open_own_database
from server.public_pages import install as install_public_pages
from server.settings import Settings

__all__ = ["create_app"]

REQUEST_MAX_BYTES = 52 * 2**20  # a PDF of 50 MiB and its multipart envelope
REQUEST_TIMEOUT_S = 120
RESPONSE_TIMEOUT_S = 60
GRACE_S = 3.0
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

HSTS = "max-age=31536000; includeSubDomains"
"""A year. Hosts below ours could plant cookies that browsers send here, so they must be on TLS too."""

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'{also}; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
"""also: WeChat's script, in a page that uses it (`h5/rendering.py`)."""

SECURITY_HEADERS = {
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
}


def create_app(settings: Settings, name: str = "ezhang") -> Sanic:
    """The web application of one deployment."""
    app = Sanic(name, configure_logging=False)
    app.config.AUTO_EXTEND = False
    app.config.TOUCHUP = False
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.REQUEST_MAX_SIZE = REQUEST_MAX_BYTES
    app.config.REQUEST_TIMEOUT = REQUEST_TIMEOUT_S
    app.config.RESPONSE_TIMEOUT = RESPONSE_TIMEOUT_S
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = GRACE_S
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.MOTD = False
    # How many reverse proxies of ours append to X-Forwarded-For; with none, nobody's header is believed.
    app.config.PROXIES_COUNT = settings.proxies or None
    app.ctx.settings = settings
    for blueprint in (
        account,
        consents_api,
        service_api,
        closing,
        scanning,
        wechat_api,
        passkeys_api,
        companies_api,
        entries,
        further_seals,
        papers,
        grants,
        approvals,
        seal_life,
        seal_asks,
        members,
        devices_api,
        documents,
        photos,
        pins_api,
        signings,
        exports,
        ledger,
        thread,
        verification,
        printed_documents,
        filings,
        roots_api,
        push_api,
        platform,
        desk_api,
        deposits_api,
        reviews_api,
        desk_pages,
        service_desk_api,
        supervision_api,
        service_desk_pages,
        pages,
        installed,
    ):
        app.blueprint(blueprint)
    errors.install(app)
    install_public_pages(app)
    app.register_listener(_open, "before_server_start")
    app.register_listener(_close, "after_server_stop")
    app.on_request(_before)
    app.on_response(_after)
    return app


async def _open(app: Sanic) -> None:
    settings: Settings = app.ctx.settings
    await open_own_database(settings)
    app.ctx.it = make_context(settings)
    app.ctx.it.hub.start()


async def _close(app: Sanic) -> None:
    it: Context = app.ctx.it
    await it.hub.stop()
    await it.aclose()
    await close_database()


async def _before(request: Request) -> HTTPResponse | None:
    """Who is asking; and no state changes on behalf of another site (CSRF)."""
    request.ctx.session = None
    if request.method not in SAFE_METHODS:
        _refuse_other_origins(request)
    token, device = cookie(request, "session"), cookie(request, "device")
    if token and device:
        agent = request.headers.get("user-agent", "")
        request.ctx.session = await sessions.find(token, device, now(), agent, address(request))
    found = request.ctx.session
    asker.set(
        f"person:{found.person_id}" if found is not None else f"network:{masked_address(address(request))}"
    )
    return None


def _refuse_other_origins(request: Request) -> None:
    """A browser names where a request comes from; programs send no Origin and carry no stranger's cookie."""
    origin = request.headers.get("origin")
    if origin is None:
        if request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}:
            return
    elif origin in _own_origins(request):
        return
    raise Refused(
        "request.cross_site",
        "请求来自其他网站，已拒绝。请直接打开本站操作。",
        "This request comes from another site and was refused. Open this site itself.",
    )


def _own_origins(request: Request) -> set[str]:
    """Our public address, and the name by which this request reached us, under the same scheme."""
    public: str = request.app.ctx.settings.public_url
    return {public, f"{urlsplit(public).scheme}://{request.headers.get('host')}"}


async def _after(request: Request, response: HTTPResponse) -> None:
    also = getattr(request.ctx, "wechat_sdk", "")
    policy = CONTENT_POLICY.format(also=f" {also}" if also else "")
    for name, value in {**SECURITY_HEADERS, "content-security-policy": policy}.items():
        response.headers.setdefault(name, value)
    if request.app.ctx.settings.public_url.startswith("https:"):
        response.headers.setdefault("strict-transport-security", HSTS)
    if not request.path.startswith("/static/"):
        response.headers.setdefault("cache-control", "no-store")
    response.headers.setdefault("date", datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"))
