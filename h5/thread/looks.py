"""How cards look: pictures of what they speak of, each only for whoever may open it, and tones of states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auth.authority import Act
from auth.models import Company
from h5.thread.cards import Picture, State, Telling, Tone
from seals.models import Document, Seal, Signing, SigningState
from seals.seal_views import imprint_url

__all__ = ["act_of", "first_page", "imprints", "licence_face", "signed_page", "state"]

MAX_PICTURES = 5
IMPRINT_PX = 84
PAGE_PX = 96
"""The longer side of a page."""
PAGE_WIDTH_PX = 200
"""Of its picture: a phone has two or three dots to a pixel."""

TONES: Mapping[str, Tone] = {
    **dict.fromkeys(
        (
            "submitted",
            "sent",
            "issued",
            "held",
            "pending",
            "confirmed",
            "keyed",
            "waits",
            "waiting",
            "reviewing",
            "draft",
            "returned",
        ),
        "wait",
    ),
    **dict.fromkeys(("approved", "valid", "collected", "signed", "done"), "good"),
    **dict.fromkeys(("rejected", "revoked", "frozen", "declined", "failed"), "bad"),
    **dict.fromkeys(("replaced", "cancelled", "expired", "ended", "withdrawn"), "past"),
}


def state(t: Telling, group: str, value: str) -> State:
    """The line that says a state, and its tone; group: of the words, as `seal_state`."""
    line = t.w("card.state", state=t.w(f"card.{group}_{value}"))
    return State(line, TONES.get(value, "past"))


def imprints(seals: Iterable[Seal]) -> tuple[Picture, ...]:
    """Everybody who is told of a company's seals may see them (SEE_COMPANY)."""
    return tuple(
        Picture("imprint", imprint_url(seal.id), IMPRINT_PX, IMPRINT_PX, seal.name)
        for seal in list(seals)[:MAX_PICTURES]
    )


def licence_face(company: Company) -> tuple[Picture, ...]:
    """Drawn by the page from the words that the card says anyway."""
    return (Picture("licence", "", PAGE_PX, 68, company.name),)


def act_of(t: Telling, row: Document) -> Act:
    """What the reader needs to see a document, as `seals.own_documents.own_document`."""
    return Act.ASK_SIGNING if row.uploader_id == t.reader.person_id else Act.SEE_DOCUMENTS


def first_page(t: Telling, row: Document) -> tuple[Picture, ...]:
    """None of one that was deleted, or erased after its time."""
    if not row.inspection:
        return ()
    may = t.may(act_of(t, row), row.company_id)
    url = f"/api/documents/{row.id}/pages/0.png?w={PAGE_WIDTH_PX}" if may else ""
    return (_page(row, 0, url),)


def signed_page(t: Telling, signing: Signing, row: Document) -> tuple[Picture, ...]:
    """The page with the seal on it, once it is there, for whoever sees the company's documents."""
    page = signing.request.get("page") or 0  # none where the seal goes into an open field
    on_it = signing.state is SigningState.SIGNED and 0 <= page < len(row.inspection.get("pages", ()))
    if not on_it or not t.may(Act.SEE_DOCUMENTS, row.company_id):
        return first_page(t, row)
    return (_page(row, page, f"/api/signings/{signing.id}/pages/{page}.png?w={PAGE_WIDTH_PX}"),)


def _page(row: Document, page: int, url: str) -> Picture:
    size = row.inspection["pages"][page]
    scale = PAGE_PX / max(size["width_mm"], size["height_mm"], 1)
    width, height = (max(24, round(size[side] * scale)) for side in ("width_mm", "height_mm"))
    return Picture("page", url, width, height, row.name)
