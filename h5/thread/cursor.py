"""How far a thread goes: one sequence number per stream, as one opaque text; and how a card is named.

A thread is several streams told as one, so its cursor is a vector. It must fit into the header
`Last-Event-ID`, with room to spare in the 8 KiB that a server takes for all headers.
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Mapping

from auth.errors import Invalid

__all__ = ["MAX_STREAMS", "card_id", "decode", "encode", "parse_card_id"]

MAX_STREAMS = 200
_ENTRY = struct.Struct(">c12sI")
_LETTERS = {"person": b"p", "company": b"c"}
_KINDS = {letter: kind for kind, letter in _LETTERS.items()}
_CARD = re.compile(r"((?:person|company):[0-9a-f]{24})/([1-9][0-9]{0,9})", re.ASCII)


def encode(cursor: Mapping[str, int]) -> str:
    """A vector {stream: seq} as URL-safe text."""
    packed = bytearray()
    for stream, seq in sorted(cursor.items()):
        kind, _, owner = stream.partition(":")
        packed += _ENTRY.pack(_LETTERS[kind], bytes.fromhex(owner), seq)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(text: str) -> dict[str, int]:
    """The vector again; raises Invalid `thread.cursor` for anything that `encode` does not make.

    It says nothing about whose the streams are: the caller looks only at those of its reader.
    """
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        cursor = {
            f"{_KINDS[letter]}:{owner.hex()}": int(seq) for letter, owner, seq in _ENTRY.iter_unpack(packed)
        }
    except (ValueError, KeyError, struct.error):
        raise _malformed() from None
    if not 1 <= len(cursor) <= MAX_STREAMS or encode(cursor) != text:
        raise _malformed()
    return cursor


def _malformed() -> Invalid:
    return Invalid(
        "thread.cursor",
        "消息位置不正确，请刷新页面。",
        "This place in the messages is not right; reload the page.",
        field="cursor",
    )


def card_id(stream: str, seq: int) -> str:
    """The name of the card that tells one event."""
    return f"{stream}/{seq}"


def parse_card_id(text: str) -> tuple[str, int]:
    """Stream and seq of a card; raises Invalid `thread.before`."""
    found = _CARD.fullmatch(text)
    if found is None:
        raise Invalid(
            "thread.before",
            "消息编号不正确，请刷新页面。",
            "This is no message's name; reload the page.",
            field="before",
        )
    return found[1], int(found[2])
