"""The PIN: how it stands, changing it; and identity checks, which unlock, un-freeze, reset, enrol."""

from __future__ import annotations

from sanic import Blueprint, Request

from auth import identity_checks
from auth.identity_checks import IdentityCheckView
from auth.identity_models import IdentityPurpose
from seals import identity_acts, pins, repinning
from seals.confirm_codes import ConfirmCodeSent
from seals.pins import PinView
from seals.repinning import ChangeProof
from server.api.operation import Body, WayWanted, it, operation, row_id, session
from server.context import now

__all__ = ["pins_api"]

pins_api = Blueprint("pins", url_prefix="/api")


class PinChange(Body):
    """The PIN that is, and the one that is to be: 6 to 20 digits.

    device, signature: of an enrolled device, over `purpose` change_pin, `holder`, `since`, `expires` and
    `device`; or code: of the text message.
    """

    old_pin: str
    pin: str
    device: str | None = None
    signature: str | None = None
    expires: str | None = None
    code: str | None = None


class CheckWanted(WayWanted):
    """purpose: `unlock`, `unfreeze`, `reset` or `device`; subject: the seal to un-freeze, else null."""

    purpose: IdentityPurpose
    subject: str | None = None


BACK = {IdentityPurpose.DEVICE: "/m/devices?check={id}"}
"""Where the check's page leads back to, if not to the page of the check, which does what it was for."""


@operation(pins_api, "GET", "/me/pin", "How my PIN stands", answer=PinView)
async def pin(request: Request) -> PinView:
    return await pins.pin(session(request).person_id, it(request).policy, now())


@operation(pins_api, "POST", "/me/pin", "Change my PIN", answer=PinView, body=PinChange)
async def change_pin(request: Request, body: PinChange) -> PinView:
    ctx, person = it(request), session(request).person_id
    proof = ChangeProof(body.device, body.signature, body.code, body.expires)
    await repinning.change(person, body.old_pin, body.pin, proof, now(), ctx.records, ctx.desk)
    return await pins.pin(person, ctx.policy, now())


@operation(
    pins_api,
    "POST",
    "/me/pin/code",
    "Send a code by text message, to change my PIN without an enrolled device",
    answer=ConfirmCodeSent,
    status=202,
)
async def send_pin_code(request: Request) -> ConfirmCodeSent:
    return await repinning.ask_code(session(request).person_id, now())


@operation(
    pins_api,
    "POST",
    "/identity-checks",
    "Begin an identity check",
    answer=IdentityCheckView,
    body=CheckWanted,
    status=201,
)
async def begin_check(request: Request, body: CheckWanted) -> IdentityCheckView:
    ctx = it(request)
    back = ctx.settings.public_url + BACK.get(body.purpose, "/m/identity/{id}")
    person = session(request).person_id
    subject = None if body.subject is None else row_id(body.subject)
    return await identity_acts.begin(
        body.purpose, subject, person, back, now(), ctx.records, ctx.realname, body.way
    )


@operation(pins_api, "GET", "/identity-checks/<check:str>", "An identity check", answer=IdentityCheckView)
async def identity_check(request: Request, check: str) -> IdentityCheckView:
    return await identity_checks.find(check, session(request).person_id, now(), it(request).realname)


@operation(
    pins_api,
    "POST",
    "/identity-checks/<check:str>/use",
    "Do what a passed check was for: unlock the PIN, un-freeze the seal, apply for a reset",
    answer=IdentityCheckView,
)
async def use_check(request: Request, check: str) -> IdentityCheckView:
    return await identity_acts.act(check, session(request).person_id, now(), it(request).realname)
