"""Register a company; its licence, its seals, collecting them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth import applying, presenting, sessions
from auth.applying import ApplicationForm, ApplicationView
from h5.qr import qr_svg
from seals import applying as seal_applying
from seals import collecting, companies, imprint
from seals.collecting import CollectionView
from seals.companies import CompanyView
from seals.confirm_codes import ConfirmCodeSent
from seals.proofs import Possession
from server.api.cookies import cookie, keep_session
from server.api.operation import Body, RequestId, WayWanted, answer_json, it, operation, session
from server.context import now

__all__ = ["companies_api"]

companies_api = Blueprint("companies", url_prefix="/api")

SCREEN_DPI, MAX_DPI = 300, 600


class Application(Body):
    """The registration form. capital_wan: registered capital in 万元; term_years: null for long-term."""

    request_id: RequestId
    company_name: str
    company_type: str
    region: str
    address: str
    capital_wan: str | float
    business_scope: str
    representative_name: str
    representative_id_number: str
    representative_mobile: str
    term_years: int | None = None
    declaration: bool


class Pin(Body):
    """The PIN that will protect the seals: 6 to 20 digits.

    device_key: of the phone that will confirm with it: P-256, uncompressed point, base64. signature: by it,
    over `purpose` collect, `collection`, `company`, `seals` (comma between) and `key`. Null where the browser
    keeps no key; then code: of the text message.
    """

    pin: str
    device_key: str | None = None
    signature: str | None = None
    code: str | None = None


@dataclass(frozen=True)
class Presentation:
    """A licence to hold out: the QR code's URL and picture, to be renewed after `rotate_after_s`."""

    url: str
    qr_svg: str
    expires_at: datetime
    rotate_after_s: int


@operation(
    companies_api,
    "POST",
    "/applications",
    "Apply to register",
    answer=ApplicationView,
    body=Application,
    status=201,
    agreed=True,
)
async def apply(request: Request, body: Application) -> ApplicationView:
    form = ApplicationForm(**{**body.model_dump(), "capital_wan": str(body.capital_wan)})
    return await seal_applying.apply(form, session(request).person_id, now(), it(request).records)


@operation(companies_api, "GET", "/applications/<application:str>", "An application", answer=ApplicationView)
async def application(request: Request, application: str) -> ApplicationView:
    return await applying.find(application, session(request).person_id)


@operation(companies_api, "GET", "/companies/<company:str>", "A company", answer=CompanyView)
async def company(request: Request, company: str) -> CompanyView:
    return await companies.company(company, session(request).person_id, now())


@operation(
    companies_api,
    "POST",
    "/companies/<company:str>/presentations",
    "Present the licence",
    answer=Presentation,
    status=201,
)
async def present(request: Request, company: str) -> Presentation:
    made = await presenting.present(company, session(request).person_id, now())
    url = f"{it(request).settings.public_url}/l/{made.token}"
    return Presentation(url, qr_svg(url), made.expires_at, made.rotate_after_s)


@operation(
    companies_api,
    "POST",
    "/companies/<company:str>/collections",
    "Begin to collect the seals: identity check",
    answer=CollectionView,
    body=WayWanted,
    status=201,
    agreed=True,
)
async def begin_collection(request: Request, company: str, body: WayWanted) -> CollectionView:
    ctx = it(request)
    back = f"{ctx.settings.public_url}/m/collect/{company}?collection={{id}}"
    person = session(request).person_id
    return await collecting.begin(company, person, back, now(), ctx.records, ctx.realname, body.way)


@operation(companies_api, "GET", "/collections/<collection:str>", "A collection", answer=CollectionView)
async def collection(request: Request, collection: str) -> CollectionView:
    return await collecting.find(collection, session(request).person_id, now(), it(request).realname)


@operation(
    companies_api,
    "POST",
    "/collections/<collection:str>/pin/code",
    "Send a code by text message, to collect with a browser that keeps no key",
    answer=ConfirmCodeSent,
    status=202,
)
async def send_collection_code(request: Request, collection: str) -> ConfirmCodeSent:
    return await collecting.ask_code(collection, session(request).person_id, now())


@operation(
    companies_api,
    "POST",
    "/collections/<collection:str>/pin",
    "Set the PIN; the keys are made",
    answer=CollectionView,
    body=Pin,
)
async def collection_pin(request: Request, collection: str, body: Pin) -> HTTPResponse:
    ctx, asking = it(request), session(request)
    made = await collecting.offer_pin(
        collection,
        asking,
        body.pin,
        Possession(body.device_key, body.signature, body.code),
        now(),
        ctx.records,
        ctx.desk,
        ctx.realname,
    )
    response = answer_json(CollectionView, made)
    # From here on this session may seal: a token that was seen before must not.
    keep_session(request, response, await sessions.rotate(asking), cookie(request, "device"))
    return response


@operation(
    companies_api,
    "GET",
    "/seals/<seal:str>/imprint.svg",
    "An imprint, vector, for preview",
    media="image/svg+xml",
)
async def imprint_svg(request: Request, seal: str) -> HTTPResponse:
    drawn = await companies.imprint_of(seal, session(request).person_id, now())
    return HTTPResponse(imprint.to_preview_svg(drawn), content_type="image/svg+xml; charset=utf-8")


@operation(
    companies_api,
    "GET",
    "/seals/<seal:str>/imprint.png",
    "An imprint, pixels, for preview",
    media="image/png",
    query={"dpi": f"Dots per inch, at most {MAX_DPI}; {SCREEN_DPI} if not said"},
)
async def imprint_png(request: Request, seal: str) -> HTTPResponse:
    asked = request.args.get("dpi", str(SCREEN_DPI))
    dpi = int(asked) if asked.isdecimal() and len(asked) <= 4 else 0
    png = await companies.picture_of(seal, session(request).person_id, min(dpi, MAX_DPI), now())
    return HTTPResponse(png, content_type="image/png")
