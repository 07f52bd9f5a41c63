"""Ask for a seal, show the QR code, follow it; claim, confirm or reject on the phone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from pydantic import TypeAdapter
from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth import sessions
from auth.errors import Invalid
from h5.qr import qr_svg
from seals.confirm_codes import ConfirmCodeSent
from seals.pdf.layout import Place
from seals.proofs import Proof
from seals.signing import claiming, offering, opening, pictures, requesting, texting, withdrawing
from seals.signing import views as signing_views
from seals.signing.claiming import ClaimView
from seals.signing.offering import Confirmation
from seals.signing.requesting import OtherParty, SigningRequest
from seals.signing.views import ENDED_STATES, SigningView
from server.api.documents import PAGE_MEDIA, PICTURE_QUERY, SCREEN_WIDTH_PX, number, page_asked
from server.api.operation import Body, Id, RequestId, it, operation, session
from server.api.streams import open_stream
from server.context import now

__all__ = ["signings"]

signings = Blueprint("signings", url_prefix="/api")

HEARTBEAT_S = 15.0
# A page that is not woken for so long looks by itself: wake-ups may be lost, and a QR code just expires.
HEARTBEATS_A_LOOK = 8
LONGEST_S = 30 * 60
_signing_json = TypeAdapter(SigningView)


class Other(Body):
    """A known other party and where its field goes: page from 0, top-left corner on the page, mm."""

    name: str
    page: int
    x_mm: float
    y_mm: float


class Also(Body):
    """One more place of the same seal: page from 0, top-left corner on the page, mm."""

    page: int
    x_mm: float
    y_mm: float


class Request_(Body):
    """What is asked: document, seal, place (page from 0, top-left corner, mm), who else will seal.

    document_kind, amount (CNY), counterparty: what the document is; a grant may be limited to some. printed:
    print an access code for who holds the paper (first seal only). agreed: that the parties agreed to use
    electronic signatures, needed where several seal. also: further places of the seal (first seal only).
    """

    request_id: RequestId
    document_id: Id
    seal_id: Id
    page: int = 0
    x_mm: float = 0.0
    y_mm: float = 0.0
    others: str = "none"
    known: tuple[Other, ...] = ()
    field: str | None = None
    document_kind: str = ""
    amount: str | None = None
    counterparty: str = ""
    printed: bool = False
    agreed: bool = False
    also: tuple[Also, ...] = ()


class Claim(Body):
    """The token of a scanned QR code, or the six digits beside it."""

    token: str | None = None
    short_code: str | None = None


class Confirm(Body):
    """The two digits shown on the PC (null on the asking phone itself), the PIN, and what was shown.

    intent: as the claim told it; whoever sends it is refused if bytes, seal or place are others by now.
    device, signature: the enrolled device's id and its signature (r || s, base64) over what is confirmed;
    or code: of the text message that was asked for.
    """

    digits: str | None = None
    pin: str
    intent: str | None = None
    device: Id | None = None
    signature: str | None = None
    code: str | None = None


class Reject(Body):
    """Why."""

    reason: str


@dataclass(frozen=True)
class Challenge:
    """A fresh QR code: its URL (token in the fragment) and picture, the short code, the two digits."""

    url: str
    qr_svg: str
    short_code: str
    digits: str
    expires_at: datetime


@operation(
    signings,
    "POST",
    "/signings",
    "Ask for a document to be sealed",
    answer=SigningView,
    body=Request_,
    status=201,
    agreed=True,
)
async def ask(request: Request, body: Request_) -> SigningView:
    values = body.model_dump(exclude={"known", "also"})
    known = tuple(OtherParty(**other.model_dump()) for other in body.known)
    also = tuple(Place(**place.model_dump()) for place in body.also)
    asked = SigningRequest(**values, known=known, also=also)
    return await requesting.request(asked, session(request), now(), it(request).workshop)


@operation(signings, "GET", "/signings/<signing:str>", "A signing", answer=SigningView)
async def signing(request: Request, signing: str) -> SigningView:
    return await signing_views.find(signing, session(request).person_id, now(), it(request).records)


@operation(
    signings,
    "GET",
    "/signings/<signing:str>/pages/<page:str>",
    "A page of the prepared bytes, marked 未签署",
    media="image/png",
    query={**PICTURE_QUERY, "digest": "The signing's `digest_sha256`: a picture of other bytes is refused"},
)
async def prepared_page(request: Request, signing: str, page: str) -> HTTPResponse:
    width = number(request.args.get("w", str(SCREEN_WIDTH_PX)))
    place, webp = page_asked(page)
    picture = await pictures.prepared_page(
        signing,
        place,
        width,
        session(request).person_id,
        now(),
        it(request).workshop,
        request.args.get("digest"),
        webp,
    )
    return HTTPResponse(picture, content_type=PAGE_MEDIA[webp], headers={"cache-control": "no-store"})


@operation(
    signings, "POST", "/signings/<signing:str>/challenge", "A fresh QR code", answer=Challenge, status=201
)
async def open_challenge(request: Request, signing: str) -> Challenge:
    ctx = it(request)
    made = await opening.open_challenge(signing, session(request), now(), ctx.workshop)
    url = f"{ctx.settings.public_url}/c#{made.token}"
    return Challenge(url, qr_svg(url), made.short_code, made.digits, made.expires_at)


@operation(
    signings,
    "POST",
    "/signings/<signing:str>/challenge/here",
    "Begin on the asking phone itself",
    answer=ClaimView,
    status=201,
)
async def open_here(request: Request, signing: str) -> ClaimView:
    ctx = it(request)
    return await claiming.open_here(signing, session(request), now(), ctx.workshop)


@operation(signings, "POST", "/signings/<signing:str>/cancel", "Cancel", answer=SigningView)
async def cancel(request: Request, signing: str) -> SigningView:
    return await withdrawing.cancel(signing, session(request), now(), it(request).records)


@operation(
    signings,
    "GET",
    "/signings/<signing:str>/events",
    "Follow a signing (server-sent events)",
    media="text/event-stream",
)
async def follow(request: Request, signing: str) -> None:
    who = session(request)
    await signing_views.own_signing(signing, who.person_id, now())
    response = await open_stream(request)
    told, end = b"", time.monotonic() + LONGEST_S
    with it(request).hub.place([f"signing:{signing}"]) as place:
        while time.monotonic() < end and await sessions.lives(who.id, now()):
            told, ended = await _tell(request, response, signing, told)
            if ended:
                break
            for _ in range(HEARTBEATS_A_LOOK):
                if await place.wait(HEARTBEAT_S):
                    break
                await response.send(": still here\n\n")
    await response.eof()


async def _tell(request: Request, response: HTTPResponse, signing: str, told: bytes) -> tuple[bytes, bool]:
    """Send how a signing stands if it is not what was told last; returns its hash, and whether it ended.

    Thousands of pages may wait, so none of them keeps a view of it.
    """
    view = await signing_views.find(signing, session(request).person_id, now(), it(request).records)
    text = _signing_json.dump_json(view)
    digest = sha256(text).digest()
    if digest != told:
        await response.send(b"event: signing\ndata: " + text + b"\n\n")
    return digest, view.state in ENDED_STATES


@operation(signings, "POST", "/challenges/claim", "Claim a scanned code", answer=ClaimView, body=Claim)
async def claim(request: Request, body: Claim) -> ClaimView:
    records = it(request).records
    if body.token:
        return await claiming.claim_by_token(body.token, session(request), now(), records)
    if body.short_code:
        return await claiming.claim_by_short_code(body.short_code, session(request), now(), records)
    raise Invalid(
        "claim.empty", "请扫码或输入短码。", "Scan the code or type the short code.", field="short_code"
    )


@operation(signings, "GET", "/challenges/<challenge:str>", "A challenge this phone holds", answer=ClaimView)
async def challenge(request: Request, challenge: str) -> ClaimView:
    return await claiming.show(challenge, session(request), now(), it(request).records)


@operation(
    signings,
    "POST",
    "/challenges/<challenge:str>/confirm",
    "Confirm with the PIN",
    answer=SigningView,
    body=Confirm,
)
async def confirm(request: Request, challenge: str, body: Confirm) -> SigningView:
    ctx = it(request)
    proof = Proof(body.device, body.signature, body.code)
    said = Confirmation(challenge, body.digits, body.pin, body.intent, proof)
    return await offering.confirm(said, session(request), now(), ctx.records, ctx.desk)


@operation(
    signings,
    "POST",
    "/challenges/<challenge:str>/code",
    "Send a code by text message, to confirm without an enrolled device",
    answer=ConfirmCodeSent,
    status=202,
)
async def send_confirm_code(request: Request, challenge: str) -> ConfirmCodeSent:
    return await texting.ask(challenge, session(request), now())


@operation(
    signings,
    "POST",
    "/challenges/<challenge:str>/reject",
    "Reject with a reason",
    answer=SigningView,
    body=Reject,
)
async def reject(request: Request, challenge: str, body: Reject) -> SigningView:
    return await withdrawing.reject(challenge, body.reason, session(request), now(), it(request).records)
