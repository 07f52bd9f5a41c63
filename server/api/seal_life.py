"""The life of a seal: suspend, and what is confirmed with the PIN: resume, renew, cancel, loss, damage."""

from __future__ import annotations

from sanic import Blueprint, Request

from seals import freezing, life_asking
from seals.confirm_codes import ConfirmCodeSent
from seals.life_asking import ChangeDraft
from seals.proofs import Proof
from seals.seal_views import SealView
from server.api.operation import Body, it, operation, row_id, session
from server.context import now

__all__ = ["seal_life"]

seal_life = Blueprint("seal_life", url_prefix="/api")


class ChangeWanted(Body):
    """change: `resume`, `renew`, `cancel`, `loss` (the seal may be used by others) or `damage`.

    ask: the id of the member's request that it carries out.
    """

    change: str
    ask: str | None = None


class Confirmed(Body):
    """The PIN, with the device's signature over the draft, or the code that came by text message.

    Signed: `purpose` seal_change, `id`, `seal`, `change`, `found`, `generation`, `ask`, `letter`, `expires`,
    `device`.
    """

    pin: str
    device: str | None = None
    signature: str | None = None
    code: str | None = None


@operation(
    seal_life, "POST", "/seals/<seal:str>/freeze", "Suspend (freeze) a seal, in the instant", answer=SealView
)
async def freeze(request: Request, seal: str) -> SealView:
    return await freezing.freeze(seal, session(request).person_id, now())


@operation(
    seal_life,
    "POST",
    "/seals/<seal:str>/changes",
    "Draft a change in a seal's life: what it would end",
    answer=ChangeDraft,
    body=ChangeWanted,
    status=201,
)
async def draft_change(request: Request, seal: str, body: ChangeWanted) -> ChangeDraft:
    ask = row_id(body.ask) if body.ask is not None else None
    return await life_asking.draft(seal, body.change, session(request).person_id, now(), ask)


@operation(
    seal_life,
    "POST",
    "/seal-changes/<change:str>/confirm",
    "Confirm a drafted change of a seal with the PIN",
    answer=SealView,
    body=Confirmed,
)
async def confirm_change(request: Request, change: str, body: Confirmed) -> SealView:
    proof = Proof(body.device, body.signature, body.code)
    person = session(request).person_id
    return await life_asking.confirm(change, person, body.pin, proof, now(), it(request).desk)


@operation(
    seal_life,
    "POST",
    "/seal-changes/<change:str>/code",
    "Send a code by text message, to confirm a change of a seal without an enrolled device",
    answer=ConfirmCodeSent,
    status=202,
)
async def send_change_code(request: Request, change: str) -> ConfirmCodeSent:
    return await life_asking.ask_code(change, session(request).person_id, now())
