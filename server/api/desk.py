"""The platform's desks: who is here, and the answer by the role's passkey that opens them.

Whoever has no role is answered as if there were no such address (`auth/staff.py`).
"""

from __future__ import annotations

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth import staff_opening
from auth.authenticators import Asserted, Party, party_of
from auth.errors import Refused
from auth.staff_opening import DeskView
from server.api.cookies import browser_of, keep_session
from server.api.operation import Body, it, operation, session
from server.api.passkeys import PasskeyOptions
from server.context import now

__all__ = ["desk_api"]

desk_api = Blueprint("desk", url_prefix="/api/desk")


class DeskProof(Body):
    """What `navigator.credentials.get` gave, base64url. code: the host's, to bind this passkey to a role."""

    id: str
    client_data: str
    authenticator_data: str
    signature: str
    code: str | None = None

    def said(self) -> Asserted:
        """For the use case."""
        return Asserted(self.id, self.client_data, self.authenticator_data, self.signature)


class DeskCode(Body):
    """The host's code."""

    code: str


def _party(request: Request) -> Party:
    return party_of(it(request).settings.public_url)


@operation(desk_api, "GET", "", "The platform's own people: which desks are mine, and open", answer=DeskView)
async def my_desk(request: Request) -> DeskView:
    by_code = it(request).settings.development
    return await staff_opening.look(session(request), now(), by_code=by_code)


@operation(
    desk_api,
    "POST",
    "/proof/options",
    "Begin to open my desks by a passkey",
    answer=PasskeyOptions,
    status=201,
)
async def begin_desk_proof(request: Request) -> PasskeyOptions:
    return PasskeyOptions(await staff_opening.begin(session(request), _party(request), now()))


@operation(
    desk_api,
    "POST",
    "/proof",
    "Open the desks whose passkey this is; with a code of the host, bind it first",
    body=DeskProof,
    status=204,
)
async def open_desk(request: Request, body: DeskProof) -> HTTPResponse:
    browser, records = browser_of(request), it(request).records
    token = await staff_opening.prove(
        body.said(), body.code, session(request), browser, _party(request), now(), records
    )
    response = HTTPResponse(status=204)
    keep_session(request, response, token, browser.device)
    return response


@operation(
    desk_api,
    "POST",
    "/code",
    "Development: open a desk by the host's code alone",
    body=DeskCode,
    status=204,
)
async def open_desk_by_code(request: Request, body: DeskCode) -> HTTPResponse:
    asking = session(request)
    await staff_opening.look(asking, now(), by_code=False)
    if not it(request).settings.development:
        raise Refused(
            "staff.passkey_needed",
            "审核台须用通行密钥打开，请在支持通行密钥的浏览器中操作。",
            "This desk opens by a passkey only. Use a browser that keeps passkeys.",
        )
    token = await staff_opening.prove_by_code(body.code, asking, now())
    response = HTTPResponse(status=204)
    keep_session(request, response, token, browser_of(request).device)
    return response
