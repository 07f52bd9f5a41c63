"""The picture in a seal (SES_ESPictrueInfo): what it says of itself, held against its first bytes.

It is not drawn here: a browser or a viewer does that, each in its own confinement.
"""

from __future__ import annotations

from dataclasses import dataclass

from asn1crypto import core

from seals.ses.der import NotDer, Value

__all__ = ["MAX_MM", "BadPicture", "Picture", "check_picture"]

MAX_MM = 300
"""Longer than a sheet of A4: no seal."""

MAX_KIND = 16

_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "GIF": (b"GIF87a", b"GIF89a"),
    "JPG": (b"\xff\xd8\xff",),
    "JPEG": (b"\xff\xd8\xff",),
    "BMP": (b"BM",),
}
_MEDIA = {
    "PNG": "image/png",
    "GIF": "image/gif",
    "JPG": "image/jpeg",
    "JPEG": "image/jpeg",
    "BMP": "image/bmp",
    "SVG": "image/svg+xml",
}
_SVG_HEAD = 4096


@dataclass(frozen=True)
class Picture:
    """kind: in capitals, as `PNG`; whole mm."""

    kind: str
    data: bytes
    width_mm: int
    height_mm: int

    @property
    def media(self) -> str | None:
        """Its media type; None for a kind that browsers do not show."""
        return _MEDIA.get(self.kind)


class BadPicture(NotDer):
    """It is not what it says."""


def check_picture(value: Value) -> Picture:
    """Read it. Raises BadPicture for one that cannot be right, NotDer for what is no SES_ESPictrueInfo.

    Of kinds beyond those that the standard names only the size is judged.
    """
    kind, data, width, height = value.children(4, 4)
    picture = Picture(
        kind.text(core.IA5String).strip().lstrip(".").upper(),
        data.octets(),
        width.integer(),
        height.integer(),
    )
    sizes = 0 < picture.width_mm <= MAX_MM and 0 < picture.height_mm <= MAX_MM
    if not (sizes and picture.data and 0 < len(picture.kind) <= MAX_KIND and _begins_right(picture)):
        raise BadPicture("not what it says")
    return picture


def _begins_right(picture: Picture) -> bool:
    if picture.kind == "SVG":
        return b"<svg" in picture.data[:_SVG_HEAD]
    return picture.kind not in _BEGINNINGS or picture.data.startswith(_BEGINNINGS[picture.kind])
