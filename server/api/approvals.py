"""Approval before a signing is confirmed: a seal's rule, approve, refuse, the code for an approver."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sanic import Blueprint, Request

from h5.qr import qr_svg
from seals import approving, rule_setting
from seals.confirm_codes import ConfirmCodeSent
from seals.proofs import Proof
from seals.rule_setting import RuleDraft, RuleForm, RuleView
from seals.signing.views import SigningView
from server.api.operation import Body, it, operation, session
from server.context import now

__all__ = ["approvals"]

approvals = Blueprint("approvals", url_prefix="/api")


class RuleWanted(Body):
    """Which documents need an approval, by whom.

    approvers: ids of members, or `representative`, at most five; none for no approval. amount: above which,
    in CNY; kinds: of `seals.scopes.DOCUMENT_KINDS`; with neither, every document. four_eyes: what the
    representative confirms himself needs one too.
    """

    approvers: tuple[str, ...]
    amount: str | None = None
    kinds: tuple[str, ...] = ()
    four_eyes: bool = False


class Approved(Body):
    """The PIN, with the device's signature over what is confirmed, or the code that came by text message."""

    pin: str
    device: str | None = None
    signature: str | None = None
    code: str | None = None


class Refusal(Body):
    """Why."""

    reason: str


class ApproverToken(Body):
    """The token of a scanned approver's code, from its fragment."""

    token: str


@dataclass(frozen=True)
class ApproverCode:
    """A code for an approver: its URL (token in the fragment) and picture."""

    url: str
    qr_svg: str
    expires_at: datetime


@operation(
    approvals, "GET", "/seals/<seal:str>/approval-rule", "The approval rule of a seal", answer=RuleView
)
async def approval_rule(request: Request, seal: str) -> RuleView:
    return await rule_setting.find(seal, session(request).person_id, now(), it(request).records)


@operation(
    approvals,
    "POST",
    "/seals/<seal:str>/approval-rules",
    "Draft the next approval rule of a seal: what is to be confirmed",
    answer=RuleDraft,
    body=RuleWanted,
    status=201,
    agreed=True,
)
async def draft_rule(request: Request, seal: str, body: RuleWanted) -> RuleDraft:
    form = RuleForm(**body.model_dump())
    return await rule_setting.draft(seal, form, session(request).person_id, now(), it(request).records)


@operation(
    approvals,
    "POST",
    "/approval-rules/<rule:str>/confirm",
    "Confirm a drafted approval rule with the PIN",
    answer=RuleView,
    body=Approved,
)
async def confirm_rule(request: Request, rule: str, body: Approved) -> RuleView:
    ctx = it(request)
    proof = Proof(body.device, body.signature, body.code)
    return await rule_setting.confirm(
        rule, session(request).person_id, body.pin, proof, now(), ctx.records, ctx.desk
    )


@operation(
    approvals,
    "POST",
    "/approval-rules/<rule:str>/code",
    "Send a code by text message, to confirm an approval rule without an enrolled device",
    answer=ConfirmCodeSent,
    status=202,
)
async def send_rule_code(request: Request, rule: str) -> ConfirmCodeSent:
    return await rule_setting.ask_code(rule, session(request).person_id, now())


@operation(
    approvals,
    "POST",
    "/signings/<signing:str>/approve",
    "Approve a signing with the PIN",
    answer=SigningView,
    body=Approved,
    agreed=True,
)
async def approve_signing(request: Request, signing: str, body: Approved) -> SigningView:
    ctx = it(request)
    proof = Proof(body.device, body.signature, body.code)
    return await approving.approve(signing, session(request), body.pin, proof, now(), ctx.records, ctx.desk)


@operation(
    approvals,
    "POST",
    "/signings/<signing:str>/approve/code",
    "Send a code by text message, to approve without an enrolled device",
    answer=ConfirmCodeSent,
    status=202,
)
async def send_approval_code(request: Request, signing: str) -> ConfirmCodeSent:
    return await approving.ask_code(signing, session(request).person_id, now())


@operation(
    approvals,
    "POST",
    "/signings/<signing:str>/refuse",
    "Refuse to approve a signing, with a reason",
    answer=SigningView,
    body=Refusal,
)
async def refuse_signing(request: Request, signing: str, body: Refusal) -> SigningView:
    return await approving.refuse(signing, body.reason, session(request), now(), it(request).records)


@operation(
    approvals,
    "POST",
    "/signings/<signing:str>/approver-code",
    "A fresh QR code that leads an approver to a signing",
    answer=ApproverCode,
    status=201,
)
async def open_approver_code(request: Request, signing: str) -> ApproverCode:
    made = await approving.open_code(signing, session(request), now())
    url = f"{it(request).settings.public_url}/a#{made.token}"
    return ApproverCode(url, qr_svg(url), made.expires_at)


@operation(
    approvals,
    "POST",
    "/approvals/claim",
    "The signing that a scanned approver's code leads to",
    answer=SigningView,
    body=ApproverToken,
)
async def claim_approval(request: Request, body: ApproverToken) -> SigningView:
    return await approving.claim(body.token, session(request), now(), it(request).records)
