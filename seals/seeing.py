"""Look at a photo that was sent into the conversation; it is not kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from auth import throttling
from seals.photo import refusals
from seals.photo.shown import MAX_TEXT, ShownKind
from seals.photographing import PHOTOS_PER_PERSON
from seals.signing.workshop import Workshop

__all__ = ["PhotoShown", "see"]


@dataclass(frozen=True)
class PhotoShown:
    """What a photo was taken for. text: of its QR code, href: the page of this site that it leads to."""

    kind: str
    text: str
    href: str | None


async def see(person_id: str, data: bytes, now: datetime, workshop: Workshop) -> PhotoShown:
    """What to offer whoever sent a photo. A QR code leads on only to this very site.

    Raises Invalid `photo.missing`; TooLarge `photo.too_large`; TooMany; and what `seals.photo.reading.read`
    raises.
    """
    refusals.check_size(data)
    await throttling.count(PHOTOS_PER_PERSON, person_id, now)
    shown = await workshop.inspector.look(data)
    text = shown.text[:MAX_TEXT]
    return PhotoShown(shown.kind.value, text, _here(shown.kind, text, workshop.public_url))


def _here(kind: ShownKind, text: str, public_url: str) -> str | None:
    """The path of a page of this site, if it is one: what the worker read is a stranger's text."""
    if kind is not ShownKind.QR or not text.startswith(f"{public_url}/"):
        return None
    path = text.removeprefix(public_url)
    plain = path.isascii() and path.isprintable() and not path.startswith("//")
    return path if plain and not set(path) & {" ", "\\"} else None
