"""Upload a PDF, look at its pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth.errors import Invalid
from seals import deleting, uploading
from seals.uploading import PAGE_WIDTHS, WEBP_WIDTHS, DocumentView, Upload
from server.api.operation import it, operation, row_id, session
from server.context import now

__all__ = ["PAGE_MEDIA", "PICTURE_QUERY", "documents", "number", "page_asked", "uploaded_file"]

documents = Blueprint("documents", url_prefix="/api")

SCREEN_WIDTH_PX = 900
PICTURE_QUERY = {
    "w": f"Width, pixels: of `N.png` {PAGE_WIDTHS[0]} to {PAGE_WIDTHS[1]}, {SCREEN_WIDTH_PX} if not said; "
    f"of `N.webp` one of {', '.join(map(str, WEBP_WIDTHS))}"
}
PAGE_MEDIA = {False: "image/png", True: "image/webp"}


def uploaded_file(request: Request) -> tuple[str, bytes]:
    """Name and bytes of the part `file`; raises Invalid `upload.missing`."""
    file = request.files.get("file") if request.files else None
    if file is None or not file.body:
        raise Invalid("upload.missing", "请选择一个 PDF 文件。", "Choose a PDF file.", field="file")
    return file.name or "", file.body


def number(text: str) -> int:
    """A page number or width from the address; -1 for what is none, which no page has."""
    return int(text) if text.isdecimal() and len(text) <= 6 else -1


def page_asked(name: str) -> tuple[int, bool]:
    """A page's number from the name of its picture, and whether that is to be WebP."""
    stem, _, ending = name.rpartition(".")
    return (number(stem), ending == "webp") if ending in {"png", "webp"} else (number(name), False)


@operation(
    documents,
    "POST",
    "/documents",
    "Upload a PDF to be sealed",
    answer=DocumentView,
    status=201,
    upload=True,
    form={
        "company_id": "The company that seals; not needed by who has just one",
        "remove_active": "1: scripts and other active content may be taken out",
        "lift_restrictions": "1: the sealed copy may be without the restrictions of a protected file",
        "via": "thread: sent into the conversation",
        "photo": "1: it is a photo (JPEG, PNG, WebP), to be made a PDF of one page",
    },
)
async def upload(request: Request) -> DocumentView:
    ctx = it(request)
    name, data = uploaded_file(request)
    form: Mapping[str, Any] = request.form or {}
    named = form.get("company_id")
    company = row_id(named) if named else None
    new = Upload(
        company,
        name,
        data,
        remove_active=form.get("remove_active") == "1",
        from_thread=form.get("via") == "thread",
        photo=form.get("photo") == "1",
        lift_restrictions=form.get("lift_restrictions") == "1",
    )
    return await uploading.upload(new, session(request), now(), ctx.workshop)


@operation(documents, "GET", "/documents/<document:str>", "A document", answer=DocumentView)
async def document(request: Request, document: str) -> DocumentView:
    return await uploading.find(document, session(request).person_id, now())


@operation(
    documents,
    "POST",
    "/documents/<document:str>/deletion",
    "Delete a document that was never sealed, for good",
    status=204,
)
async def delete_document(request: Request, document: str) -> HTTPResponse:
    await deleting.delete(document, session(request), now(), it(request).workshop.blobs)
    return HTTPResponse(status=204)


@operation(
    documents,
    "GET",
    "/documents/<document:str>/pages/<page:str>",
    "A page as picture",
    media="image/png",
    query=PICTURE_QUERY,
)
async def page(request: Request, document: str, page: str) -> HTTPResponse:
    width = number(request.args.get("w", str(SCREEN_WIDTH_PX)))
    place, webp = page_asked(page)
    picture = await uploading.page_picture(
        document, place, width, session(request).person_id, now(), it(request).workshop, webp
    )
    headers = {"cache-control": "private, max-age=300"}
    return HTTPResponse(picture, content_type=PAGE_MEDIA[webp], headers=headers)
