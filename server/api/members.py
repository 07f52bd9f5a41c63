"""The people of a company: invite, list, remove; accept or decline an invitation."""

from __future__ import annotations

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth import members as company_members
from auth.members import DEFAULT_DAYS, Invitation, MemberView, People
from seals import grant_endings
from server.api.operation import Body, it, operation, session
from server.context import now

__all__ = ["members"]

members = Blueprint("members", url_prefix="/api")


class MemberInvited(Body):
    """Whom to invite. role: manager or agent; matters: of an agent, present and ask, none for everything;
    days: how long an agent's membership lasts.
    """

    role: str
    name: str
    id_number: str
    mobile: str
    matters: tuple[str, ...] = ()
    days: int = DEFAULT_DAYS


@operation(
    members,
    "GET",
    "/companies/<company:str>/members",
    "The people of a company",
    answer=People,
)
async def list_members(request: Request, company: str) -> People:
    return await company_members.listed(company, session(request).person_id, now(), it(request).records)


@operation(
    members,
    "POST",
    "/companies/<company:str>/invitations",
    "Invite a manager (证照管理员) or an agent (办事人)",
    answer=MemberView,
    body=MemberInvited,
    status=201,
    agreed=True,
)
async def invite_member(request: Request, company: str, body: MemberInvited) -> MemberView:
    form = Invitation(**body.model_dump())
    return await company_members.invite(company, form, session(request).person_id, now(), it(request).records)


@operation(
    members, "POST", "/members/<member:str>/accept", "Accept an invitation", answer=MemberView, agreed=True
)
async def accept_invitation(request: Request, member: str) -> MemberView:
    return await company_members.accept(member, session(request).person_id, now(), it(request).records)


@operation(members, "POST", "/members/<member:str>/decline", "Decline an invitation", status=204)
async def decline_invitation(request: Request, member: str) -> HTTPResponse:
    await company_members.decline(member, session(request).person_id, now())
    return HTTPResponse(status=204)


@operation(members, "POST", "/members/<member:str>/remove", "Remove a member, or leave", status=204)
async def remove_member(request: Request, member: str) -> HTTPResponse:
    await grant_endings.remove_member(member, session(request).person_id, now())
    return HTTPResponse(status=204)
