"""The review desk: what waits, taken by one reviewer, looked at, decided.

Whoever has not the role gets 404; to look, the passkey answered in the last 30 minutes, to decide, in 5.
"""

from __future__ import annotations

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth import staff
from auth.staff import Staff
from auth.staff_models import StaffRoleName
from seals.entry.views import EntryView, FormNumbers
from seals.reviewing import HeldSeal
from seals.reviews import entries, leases, seals
from seals.reviews import queue as queues
from seals.reviews.entries import EntryReview
from seals.reviews.leases import ItemKind
from seals.reviews.queue import ReviewQueue, Waiting
from server.api.operation import Body, it, operation, session
from server.context import now

__all__ = ["reviews_api"]

reviews_api = Blueprint("reviews", url_prefix="/api/desk/reviews")
ENTRY, SEAL = "/entries/<entry:str>", "/seals/<seal:str>"
PICTURE = {"cache-control": "no-store", "content-security-policy": "sandbox; default-src 'none'"}


class Returned(Body):
    """Slot, or `form`, to reason."""

    items: dict[str, str]


class Reason(Body):
    """Why; the applicant reads it."""

    reason: str
    reason_en: str = ""


async def _staff(request: Request, *, deciding: bool = False) -> Staff:
    return await staff.require(session(request), StaffRoleName.OPERATOR, now(), deciding=deciding)


@operation(
    reviews_api,
    "GET",
    "",
    "What waits for review, oldest first",
    answer=ReviewQueue,
    query={"kind": "`entry` or `seal`; else both"},
)
async def review_queue(request: Request) -> ReviewQueue:
    who = await _staff(request)
    asked = request.args.get("kind")
    kind = ItemKind(asked) if asked in set(ItemKind) else None
    return await queues.queue(kind, who, now(), it(request).records)


@operation(reviews_api, "GET", "/count", "How many items wait", answer=Waiting)
async def review_count(request: Request) -> Waiting:
    await _staff(request)
    return await queues.count()


# ---------------------------------------------------------------- applications of existing companies


@operation(reviews_api, "POST", f"{ENTRY}/take", "Take an application", status=204)
async def take_entry(request: Request, entry: str) -> HTTPResponse:
    await entries.take(entry, await _staff(request), now(), it(request).records)
    return HTTPResponse(status=204)


@operation(reviews_api, "POST", f"{ENTRY}/release", "Give it back to the queue", status=204)
async def release_entry(request: Request, entry: str) -> HTTPResponse:
    await leases.give_back(ItemKind.ENTRY, entry, await _staff(request), now())
    return HTTPResponse(status=204)


@operation(
    reviews_api, "GET", ENTRY, "The application that I have taken, held to the register", answer=EntryReview
)
async def review_entry(request: Request, entry: str) -> EntryReview:
    ctx = it(request)
    return await entries.look(entry, await _staff(request), now(), ctx.records, ctx.registrar)


@operation(
    reviews_api,
    "POST",  # as below
    f"{ENTRY}/numbers",
    "The form's personal numbers, whole; each look is recorded",
    answer=FormNumbers,
)
async def review_numbers(request: Request, entry: str) -> FormNumbers:
    return await entries.numbers(entry, await _staff(request), now(), it(request).records)


@operation(
    reviews_api,
    "POST",  # it leaves a line in the log, and a GET changes nothing
    f"{ENTRY}/materials/<material:str>",
    "Open a material of it; each look is recorded",
    media="application/octet-stream",
    query={"imprint": "1: the seal's imprint that was taken off a scan, in the place of the scan"},
)
async def review_material(request: Request, entry: str, material: str) -> HTTPResponse:
    imprint = request.args.get("imprint") == "1"
    who, workshop = await _staff(request), it(request).workshop
    found = await entries.file(entry, material, who, now(), workshop, imprint=imprint)
    return HTTPResponse(found.data, content_type=found.media_type, headers=PICTURE)


@operation(reviews_api, "POST", f"{ENTRY}/approve", "Approve: company and seals come to be", answer=EntryView)
async def approve_entry(request: Request, entry: str) -> EntryView:
    ctx, who = it(request), await _staff(request, deciding=True)
    return await entries.approve(entry, who, now(), ctx.records, ctx.registrar)


@operation(
    reviews_api,
    "POST",
    f"{ENTRY}/return",
    "Return it, each item with its reason",
    answer=EntryView,
    body=Returned,
)
async def return_entry(request: Request, entry: str, body: Returned) -> EntryView:
    who = await _staff(request, deciding=True)
    return await entries.return_items(entry, body.items, who, now(), it(request).records)


@operation(reviews_api, "POST", f"{ENTRY}/reject", "Reject the whole", answer=EntryView, body=Reason)
async def reject_entry(request: Request, entry: str, body: Reason) -> EntryView:
    who = await _staff(request, deciding=True)
    return await entries.reject(entry, body.reason, who, now(), it(request).records)


# ---------------------------------------------------------------- held seals


@operation(reviews_api, "POST", f"{SEAL}/take", "Take a held seal", status=204)
async def take_seal(request: Request, seal: str) -> HTTPResponse:
    await seals.take(seal, await _staff(request), now())
    return HTTPResponse(status=204)


@operation(reviews_api, "POST", f"{SEAL}/release", "Give it back to the queue", status=204)
async def release_seal(request: Request, seal: str) -> HTTPResponse:
    await leases.give_back(ItemKind.SEAL, seal, await _staff(request), now())
    return HTTPResponse(status=204)


@operation(reviews_api, "GET", SEAL, "The held seal that I have taken, and what it is like", answer=HeldSeal)
async def review_seal(request: Request, seal: str) -> HeldSeal:
    return await seals.look(seal, await _staff(request), now())


@operation(reviews_api, "GET", f"{SEAL}/picture", "Its imprint", media="image/png")
async def review_seal_picture(request: Request, seal: str) -> HTTPResponse:
    png = await seals.picture(seal, False, await _staff(request), now())
    return HTTPResponse(png, content_type="image/png", headers=PICTURE)


@operation(reviews_api, "GET", f"{SEAL}/alike", "The imprint that it is like", media="image/png")
async def review_seal_alike(request: Request, seal: str) -> HTTPResponse:
    png = await seals.picture(seal, True, await _staff(request), now())
    return HTTPResponse(png, content_type="image/png", headers=PICTURE)


@operation(reviews_api, "POST", f"{SEAL}/approve", "Let it go out to its owner", status=204)
async def approve_seal(request: Request, seal: str) -> HTTPResponse:
    await seals.approve(seal, await _staff(request, deciding=True), now())
    return HTTPResponse(status=204)


@operation(reviews_api, "POST", f"{SEAL}/decline", "Decline it; its owner reads why", body=Reason, status=204)
async def decline_seal(request: Request, seal: str, body: Reason) -> HTTPResponse:
    who = await _staff(request, deciding=True)
    await seals.decline(seal, body.reason, body.reason_en, who, now())
    return HTTPResponse(status=204)
