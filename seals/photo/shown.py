"""What a photo was taken for at a first look."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["MAX_TEXT", "Shown", "ShownKind"]

MAX_TEXT = 500
"""Of a QR code; ours are shorter."""


class ShownKind(StrEnum):
    """A QR code, a stamped sheet, or else a document."""

    QR = "qr"
    STAMP = "stamp"
    DOCUMENT = "document"


@dataclass(frozen=True)
class Shown:
    """text: of the QR code, at most MAX_TEXT characters."""

    kind: ShownKind
    text: str = ""
