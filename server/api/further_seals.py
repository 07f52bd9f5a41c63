"""Further seals of a company: make one more, look at it first."""

from __future__ import annotations

from dataclasses import dataclass

from sanic import Blueprint, Request

from seals import adding
from seals.add_form import AddForm
from seals.imprint import to_preview_svg
from seals.seal_views import SealView
from server.api.operation import Body, RequestId, operation, row_id, session
from server.context import now

__all__ = ["further_seals"]

further_seals = Blueprint("further_seals", url_prefix="/api")


class WantedSeal(Body):
    """What to make. kind: of the kinds in `seals.kinds`; the others by kind, empty where they do not apply.

    unit: department or branch; person_name: of a name seal; foreign_text: the name in a second script, with
    its Chinese translation, which the company confirms; photo: the id of an uploaded imprint.
    """

    kind: str
    unit: str = ""
    person_name: str = ""
    foreign_text: str = ""
    translation: str = ""
    photo: str | None = None


class NewSeal(WantedSeal):
    """As for a preview; the same request_id again is the same seal."""

    request_id: RequestId
    translation_confirmed: bool = False


ONLY_NEW = {"request_id", "translation_confirmed"}


def _form(body: WantedSeal, request_id: str = "", translation_confirmed: bool = False) -> AddForm:
    values = body.model_dump(exclude={"photo", *ONLY_NEW})
    photo = row_id(body.photo) if body.photo is not None else None
    return AddForm(request_id, **values, translation_confirmed=translation_confirmed, photo=photo)


@dataclass(frozen=True)
class Preview:
    """An imprint before it is made, watermarked, with zeros for its number; nothing is stored.

    ordinal: its number among those of its kind and bearer; the first shows none.
    """

    svg: str
    width_mm: float
    height_mm: float
    ordinal: int


@operation(
    further_seals,
    "POST",
    "/companies/<company:str>/seals",
    "Make one more seal",
    answer=SealView,
    body=NewSeal,
    status=201,
    agreed=True,
)
async def add_seal(request: Request, company: str, body: NewSeal) -> SealView:
    return await adding.add_seal(
        company, session(request).person_id, _form(body, **body.model_dump(include=ONLY_NEW)), now()
    )


@operation(
    further_seals,
    "POST",
    "/companies/<company:str>/seal-previews",
    "See a seal before it is made",
    answer=Preview,
    body=WantedSeal,
)
async def preview_seal(request: Request, company: str, body: WantedSeal) -> Preview:
    drawn, ordinal = await adding.preview(company, session(request).person_id, _form(body), now())
    return Preview(to_preview_svg(drawn), drawn.width_mm, drawn.height_mm, ordinal)
