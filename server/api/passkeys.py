"""Passkeys: add, list, prove, remove; and the second factor of a login that waits for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth import first_passkey, passkeys, second_factor
from auth.authenticators import Asserted, Attested, Party, party_of
from auth.identity_checks import LIFE, IdentityCheckView
from auth.login import CodeSent
from auth.passkeys import Passkeys, PasskeyView
from auth.people import Me
from auth.second_factor import Entered
from seals import lost_passkeys
from server.api.account import welcome
from server.api.cookies import browser_of, cookie, drop_cookie, keep_pending
from server.api.operation import Body, WayWanted, address, answer_json, it, operation, session
from server.context import now

__all__ = ["passkeys_api"]

passkeys_api = Blueprint("passkeys", url_prefix="/api")


class NewPasskey(Body):
    """What `navigator.credentials.create` gave, base64url, and what its owner calls it."""

    name: str
    id: str
    client_data: str
    attestation: str


class PasskeyAnswer(Body):
    """What `navigator.credentials.get` gave, base64url."""

    id: str
    client_data: str
    authenticator_data: str
    signature: str

    def said(self) -> Asserted:
        """For the use cases."""
        return Asserted(self.id, self.client_data, self.authenticator_data, self.signature)


@dataclass(frozen=True)
class PasskeyOptions:
    """public_key: WebAuthn's options in JSON; bytes in them are base64url."""

    public_key: dict[str, Any]


def _party(request: Request) -> Party:
    return party_of(it(request).settings.public_url)


@operation(passkeys_api, "GET", "/passkeys", "My passkeys", answer=Passkeys)
async def my_passkeys(request: Request) -> Passkeys:
    return await passkeys.listed(session(request), _party(request), it(request).records)


@operation(
    passkeys_api, "POST", "/passkeys/options", "Begin to add a passkey", answer=PasskeyOptions, status=201
)
async def begin_passkey(request: Request) -> PasskeyOptions:
    records = it(request).records
    return PasskeyOptions(await passkeys.begin_adding(session(request), _party(request), now(), records))


class FirstCode(Body):
    """The code that was sent to one's own mobile."""

    code: str


@operation(
    passkeys_api,
    "POST",
    "/passkeys/first/code",
    "Send a code to my mobile, before the first passkey",
    answer=CodeSent,
    status=202,
)
async def send_first_code(request: Request) -> CodeSent:
    ctx = it(request)
    return await first_passkey.ask_code(session(request), address(request), now(), ctx.records, ctx.sms)


@operation(
    passkeys_api,
    "POST",
    "/passkeys/first",
    "Prove it by that code: for five minutes this session may add the first passkey",
    body=FirstCode,
    status=204,
)
async def prove_first(request: Request, body: FirstCode) -> HTTPResponse:
    browser, records = browser_of(request), it(request).records
    await first_passkey.prove(body.code, session(request), browser, now(), records)
    return HTTPResponse(status=204)


@operation(
    passkeys_api, "POST", "/passkeys", "Add a passkey", answer=PasskeyView, body=NewPasskey, status=201
)
async def add_passkey(request: Request, body: NewPasskey) -> PasskeyView:
    said = Attested(body.id, body.client_data, body.attestation)
    return await passkeys.add(body.name, said, session(request), _party(request), now(), it(request).records)


@operation(
    passkeys_api,
    "POST",
    "/passkeys/proof/options",
    "Begin to prove who is here",
    answer=PasskeyOptions,
    status=201,
)
async def begin_proof(request: Request) -> PasskeyOptions:
    return PasskeyOptions(await passkeys.begin_proof(session(request), _party(request), now()))


@operation(
    passkeys_api,
    "POST",
    "/passkeys/proof",
    "Prove it: for five minutes this session may change passkeys",
    body=PasskeyAnswer,
    status=204,
)
async def prove(request: Request, body: PasskeyAnswer) -> HTTPResponse:
    await passkeys.prove(
        body.said(), session(request), browser_of(request), _party(request), now(), it(request).records
    )
    return HTTPResponse(status=204)


@operation(passkeys_api, "DELETE", "/passkeys/<passkey:str>", "Remove a passkey", status=204)
async def remove_passkey(request: Request, passkey: str) -> HTTPResponse:
    await passkeys.remove(passkey, session(request), now())
    return HTTPResponse(status=204)


@operation(
    passkeys_api,
    "POST",
    "/login/factor/options",
    "Begin the second factor of this browser's login",
    answer=PasskeyOptions,
    public=True,
    status=201,
)
async def begin_factor(request: Request) -> PasskeyOptions:
    return PasskeyOptions(
        await second_factor.options(cookie(request, "factor"), browser_of(request), _party(request), now())
    )


@operation(
    passkeys_api,
    "POST",
    "/login/factor",
    "Answer with a passkey and log in",
    answer=Me,
    body=PasskeyAnswer,
    public=True,
)
async def enter_factor(request: Request, body: PasskeyAnswer) -> HTTPResponse:
    browser = browser_of(request)
    token = await second_factor.complete(
        body.said(), cookie(request, "factor"), browser, _party(request), now(), it(request).records
    )
    response = await welcome(request, Entered(session=token), browser.device)
    drop_cookie(request, response, "factor")
    return response


@operation(
    passkeys_api,
    "POST",
    "/login/factor/lost",
    "All passkeys are lost: begin an identity check in their place",
    answer=IdentityCheckView,
    body=WayWanted,
    public=True,
    status=201,
)
async def begin_lost(request: Request, body: WayWanted) -> HTTPResponse:
    ctx, browser, token = it(request), browser_of(request), cookie(request, "factor")
    back = f"{ctx.settings.public_url}/m/lost"
    check = await lost_passkeys.begin(token, browser, back, now(), ctx.records, ctx.realname, body.way)
    response = answer_json(IdentityCheckView, check, 201)
    keep_pending(request, response, token, browser.device, LIFE[body.way])
    return response


@operation(
    passkeys_api,
    "POST",
    "/login/factor/lost/enter",
    "Come in by the identity check; all passkeys are removed",
    answer=Me,
    public=True,
)
async def enter_lost(request: Request) -> HTTPResponse:
    ctx, browser = it(request), browser_of(request)
    token = await lost_passkeys.finish(cookie(request, "factor"), browser, now(), ctx.records, ctx.realname)
    response = await welcome(request, Entered(session=token), browser.device)
    drop_cookie(request, response, "factor")
    return response
