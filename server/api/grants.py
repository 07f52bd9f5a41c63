"""Seals granted to members: grant, list, collect, revoke."""

from __future__ import annotations

from dataclasses import dataclass

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth import sessions
from auth.identity_checks import IdentityCheckView
from seals import grant_confirming, grant_endings, granting
from seals.confirm_codes import ConfirmCodeSent
from seals.grant_views import GrantDraft, GrantView
from seals.granting import DEFAULT_DAYS, GrantForm
from seals.proofs import Possession, Proof
from server.api.cookies import cookie, keep_session
from server.api.operation import Body, Id, WayWanted, answer_json, it, operation, session
from server.context import now

__all__ = ["grants"]

grants = Blueprint("grants", url_prefix="/api")


class GrantWanted(Body):
    """To which member, as keeper or user. What is empty or null does not limit.

    kinds: of `seals.scopes.DOCUMENT_KINDS`; amount: at most, in CNY; uses: how often; days: for how long.
    """

    member: Id
    role: str = "user"
    kinds: tuple[str, ...] = ()
    amount: str | None = None
    counterparties: tuple[str, ...] = ()
    uses: int | None = None
    days: int = DEFAULT_DAYS


class GrantConfirmed(Body):
    """The grantor's PIN, with his device's signature of the draft, or the code that came by text message."""

    pin: str
    device: str | None = None
    signature: str | None = None
    code: str | None = None


class GranteePin(Body):
    """The grantee's own PIN, set now or known already: 6 to 20 digits.

    device_key, signature, code: as in collecting; signed are `purpose` join, `grant`, `seal`, `check`, `key`.
    """

    pin: str
    device_key: str | None = None
    signature: str | None = None
    code: str | None = None


@dataclass(frozen=True)
class Grants:
    """The grants of a company that the asker sees."""

    grants: tuple[GrantView, ...]


@operation(
    grants,
    "POST",
    "/seals/<seal:str>/grants",
    "Draft the grant of a seal to a member, to be confirmed",
    answer=GrantDraft,
    body=GrantWanted,
    status=201,
    agreed=True,
)
async def grant_seal(request: Request, seal: str, body: GrantWanted) -> GrantDraft:
    ctx = it(request)
    form = GrantForm(**body.model_dump())
    return await granting.draft(seal, form, session(request).person_id, now(), ctx.records)


@operation(
    grants,
    "POST",
    "/grants/<grant:str>/confirm",
    "Confirm a drafted grant with the PIN",
    answer=GrantView,
    body=GrantConfirmed,
)
async def confirm_grant(request: Request, grant: str, body: GrantConfirmed) -> GrantView:
    ctx = it(request)
    proof = Proof(body.device, body.signature, body.code)
    return await grant_confirming.confirm(
        grant, session(request).person_id, body.pin, proof, now(), ctx.records, ctx.desk
    )


@operation(
    grants,
    "POST",
    "/grants/<grant:str>/code",
    "Send a code by text message, to confirm a grant without an enrolled device",
    answer=ConfirmCodeSent,
    status=202,
)
async def send_grant_code(request: Request, grant: str) -> ConfirmCodeSent:
    return await grant_confirming.ask_code(grant, session(request).person_id, now())


@operation(grants, "GET", "/companies/<company:str>/grants", "The grants of a company", answer=Grants)
async def list_grants(request: Request, company: str) -> Grants:
    return Grants(await granting.listed(company, session(request).person_id, now(), it(request).records))


@operation(grants, "GET", "/grants/<grant:str>", "A grant", answer=GrantView)
async def granted_seal(request: Request, grant: str) -> GrantView:
    return await granting.find(grant, session(request).person_id, now(), it(request).records)


@operation(
    grants,
    "POST",
    "/grants/<grant:str>/checks",
    "Begin to collect a granted seal: identity check",
    answer=IdentityCheckView,
    body=WayWanted,
    status=201,
    agreed=True,
)
async def begin_joining(request: Request, grant: str, body: WayWanted) -> IdentityCheckView:
    ctx = it(request)
    back = f"{ctx.settings.public_url}/m/granted/{grant}"
    return await granting.begin_joining(
        grant, session(request).person_id, back, now(), ctx.records, ctx.realname, body.way
    )


@operation(
    grants,
    "POST",
    "/grants/<grant:str>/pin/code",
    "Send a code by text message, to collect a granted seal with a browser that keeps no key",
    answer=ConfirmCodeSent,
    status=202,
)
async def send_join_code(request: Request, grant: str) -> ConfirmCodeSent:
    return await granting.ask_join_code(grant, session(request).person_id, now())


@operation(
    grants,
    "POST",
    "/grants/<grant:str>/pin",
    "Collect a granted seal with one's own PIN",
    answer=GrantView,
    body=GranteePin,
)
async def join_grant(request: Request, grant: str, body: GranteePin) -> HTTPResponse:
    ctx, asking = it(request), session(request)
    possession = Possession(body.device_key, body.signature, body.code)
    made = await granting.join(
        grant, asking, body.pin, now(), ctx.records, ctx.desk, ctx.realname, possession
    )
    response = answer_json(GrantView, made)
    # From here on this session may seal: a token that was seen before must not.
    keep_session(request, response, await sessions.rotate(asking), cookie(request, "device"))
    return response


@operation(grants, "POST", "/grants/<grant:str>/revoke", "Revoke a grant, or give it back", status=204)
async def revoke_grant(request: Request, grant: str) -> HTTPResponse:
    await grant_endings.revoke(grant, session(request).person_id, now())
    return HTTPResponse(status=204)
