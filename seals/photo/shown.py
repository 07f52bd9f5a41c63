"""What a photo was taken for at a first look, and what its QR codes say: for web, which reads none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["MAX_CODES", "MAX_TEXT", "Codes", "Shown", "ShownKind"]

MAX_CODES = 8
MAX_TEXT = 2000  # characters of one; ours are under 200


@dataclass(frozen=True)
class Codes:
    """What the codes say, in the order of the page; whoever made them wrote it, so it is nobody's word."""

    texts: tuple[str, ...]


class ShownKind(StrEnum):
    """A QR code, a stamped sheet, or else a document."""

    QR = "qr"
    STAMP = "stamp"
    DOCUMENT = "document"


@dataclass(frozen=True)
class Shown:
    """text: of the QR code, if it is one."""

    kind: ShownKind
    text: str = ""
