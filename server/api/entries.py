"""A company that exists already applies: its form, its materials, its verification; submitted, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import Field
from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth.identity_checks import IdentityCheckView
from h5.qr import qr_svg
from seals.entry import confirming, giving, seeing, starting, submitting, verified
from seals.entry.confirming import EntryClaim
from seals.entry.views import EntryForm, EntryView, MaterialView, SealWish
from server.api.operation import Body, RequestId, WayWanted, attachment, it, operation, session
from server.context import now

__all__ = ["entries"]

entries = Blueprint("entries", url_prefix="/api")


class SealWanted(Body):
    """One seal. style: `drawn`, or `digitised` from the physical one; the others as for a further seal."""

    kind: str
    style: str = "drawn"
    unit: str = ""
    person_name: str = ""
    foreign_text: str = ""
    translation: str = ""
    translation_confirmed: bool = False
    width_mm: str = ""


class Entry(Body):
    """The form. owner_type: kind of body; applicant: `representative` or `agent`; superior: a body above it
    exists; permit: its trade needs one. Numbers left empty in a change stay as they were.
    """

    request_id: RequestId = "-"
    owner_type: str
    company_name: str
    uscc: str
    company_type: str
    representative_name: str
    representative_id_number: str
    representative_mobile: str
    applicant: str
    superior: bool = False
    permit: bool = False
    seals: tuple[SealWanted, ...] = Field(max_length=50)
    agent_name: str = ""
    agent_id_number: str = ""
    agent_mobile: str = ""

    def form(self) -> EntryForm:
        """For the use cases."""
        wishes = tuple(SealWish(**each.model_dump()) for each in self.seals)
        return EntryForm(**{**self.model_dump(), "seals": wishes})


class EntryToken(Body):
    """The token of a scanned code, from its fragment."""

    token: str


class EntrySubmitted(Body):
    """claim: of the code that this phone holds; digest: of the application as it was shown; declaration: that
    all is true; will: that applying is the company's true will.
    """

    claim: str
    digest: str
    declaration: bool
    will: bool


@dataclass(frozen=True)
class EntryCode:
    """A fresh code to submit by: its URL (token in the fragment) and picture."""

    url: str
    qr_svg: str
    expires_at: datetime


@operation(
    entries,
    "POST",
    "/entries",
    "Begin the application of a company that exists already",
    answer=EntryView,
    body=Entry,
    status=201,
    agreed=True,
)
async def begin_entry(request: Request, body: Entry) -> EntryView:
    return await starting.start(body.form(), session(request).person_id, now(), it(request).records)


@operation(entries, "GET", "/entries", "My applications of existing companies", answer=tuple[EntryView, ...])
async def list_entries(request: Request) -> tuple[EntryView, ...]:
    return await seeing.listed(session(request).person_id, it(request).records)


@operation(entries, "GET", "/entries/<entry:str>", "Such an application", answer=EntryView)
async def entry(request: Request, entry: str) -> EntryView:
    return await seeing.find(entry, session(request).person_id, it(request).records)


@operation(
    entries, "POST", "/entries/<entry:str>/form", "Change its form", answer=EntryView, body=Entry, agreed=True
)
async def change_entry(request: Request, entry: str, body: Entry) -> EntryView:
    return await starting.change(entry, body.form(), session(request).person_id, now(), it(request).records)


@operation(
    entries,
    "POST",
    "/entries/<entry:str>/materials/<slot:str>",
    "Give one of the materials that it needs: a photo or a PDF",
    answer=MaterialView,
    status=201,
    upload=True,
    upload_media="application/octet-stream",
    agreed=True,
)
async def give_material(request: Request, entry: str, slot: str) -> MaterialView:
    file = request.files.get("file") if request.files else None
    name, data = (file.name or "", file.body) if file is not None else ("", b"")
    person, workshop = session(request).person_id, it(request).workshop
    return await giving.give(entry, slot, name, data, person, now(), workshop)


@operation(
    entries,
    "GET",
    "/entries/<entry:str>/materials/<material:str>/file",
    "A material as it was given, for its applicant alone",
    media="application/octet-stream",
)
async def material_file(request: Request, entry: str, material: str) -> HTTPResponse:
    found = await giving.file(entry, material, session(request).person_id, it(request).workshop)
    return attachment(found.name, found.data, found.media_type)


@operation(
    entries,
    "POST",
    "/entries/<entry:str>/code",
    "A fresh QR code to submit it by, on a phone",
    answer=EntryCode,
    status=201,
)
async def open_entry_code(request: Request, entry: str) -> EntryCode:
    made = await confirming.open_code(entry, session(request), now(), it(request).records)
    url = f"{it(request).settings.public_url}/e#{made.token}"
    return EntryCode(url, qr_svg(url), made.expires_at)


@operation(
    entries,
    "POST",
    "/entry-codes/claim",
    "Claim a code on the phone: the application that it submits",
    answer=EntryClaim,
    body=EntryToken,
)
async def claim_entry_code(request: Request, body: EntryToken) -> EntryClaim:
    return await confirming.claim(body.token, session(request), now(), it(request).records)


@operation(
    entries,
    "POST",
    "/entries/<entry:str>/submit",
    "Submit it on the phone that claimed its code, the first time or again",
    answer=EntryView,
    body=EntrySubmitted,
    agreed=True,
)
async def submit_entry(request: Request, entry: str, body: EntrySubmitted) -> EntryView:
    said = submitting.Said(**body.model_dump())
    return await submitting.submit(entry, said, session(request), now(), it(request).records)


@operation(entries, "POST", "/entries/<entry:str>/withdraw", "Take it back", answer=EntryView)
async def withdraw_entry(request: Request, entry: str) -> EntryView:
    return await submitting.withdraw(entry, session(request).person_id, now(), it(request).records)


@operation(
    entries,
    "POST",
    "/entries/<entry:str>/checks",
    "Begin the identity check of the representative whom it names",
    answer=IdentityCheckView,
    body=WayWanted,
    status=201,
    agreed=True,
)
async def begin_entry_check(request: Request, entry: str, body: WayWanted) -> IdentityCheckView:
    ctx, person = it(request), session(request).person_id
    back = ctx.settings.public_url + "/m/identity/{id}"
    return await verified.begin(entry, person, back, now(), ctx.records, ctx.realname, body.way)


@operation(
    entries,
    "POST",
    "/entry-checks/<check:str>/use",
    "Record that the representative's identity check was passed",
    answer=EntryView,
)
async def use_entry_check(request: Request, check: str) -> EntryView:
    ctx, person = it(request), session(request).person_id
    return await verified.finish(check, person, now(), ctx.records, ctx.realname)
