"""Strict DER, read value by value: one way to write each thing, and nothing before or after it (X.690 §10).

`asn1crypto` is lenient where this must not be: it reads lengths longer than they need to be and of no fixed
end, and follows nesting by recursion until its stack is used up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import core

__all__ = ["MAX_CHILDREN", "NotDer", "Value", "check_frame", "load", "read_time"]

MAX_CHILDREN = 4096
"""Members of one SEQUENCE; the longest real list is of certificates, and has some tens."""

MAX_VALUES = 20_000
MAX_DEPTH = 32
"""A certificate or a time-stamp token has some hundred values, about 15 deep."""

MAX_INTEGER_BYTES = 8
MAX_LENGTH_BYTES = 4

_UNIVERSAL, _CONTEXT = 0, 2
_CONSTRUCTED = 0x20
_INDEFINITE = 0x80
_LONG_TAG = 0x1F
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,6}))?Z", re.ASCII)
_SHORT_TIME_TURNS = 50
"""RFC 5280 §4.1.2.5.1: UTCTime's two digits from 50 on are of the 20th century."""


class NotDer(ValueError):
    """The bytes are not what they should be."""


@dataclass(frozen=True)
class Value:
    """One value: class, whether it is made of others, tag number, content, and all its bytes."""

    kind: int
    constructed: bool
    tag: int
    content: bytes
    der: bytes

    def children(self, least: int = 0, most: int = MAX_CHILDREN) -> list[Value]:
        """The members of a SEQUENCE. Raises NotDer, also when they are fewer or more than that."""
        if not self.is_sequence():
            raise NotDer("not a SEQUENCE")
        found: list[Value] = []
        rest = memoryview(self.content)
        while rest:
            if len(found) == most:
                raise NotDer("too many members")
            found.append(_first(rest))
            rest = rest[len(found[-1].der) :]
        if len(found) < least:
            raise NotDer("members missing")
        return found

    def is_sequence(self) -> bool:
        """Whether it is a SEQUENCE."""
        return (self.kind, self.constructed, self.tag) == (_UNIVERSAL, True, core.Sequence.tag)

    def is_a(self, kind: type[Any]) -> bool:
        """Whether it is a simple value of asn1crypto's type."""
        return (self.kind, self.constructed, self.tag) == (_UNIVERSAL, False, kind.tag)

    def explicit(self, number: int) -> Value | None:
        """What an EXPLICIT tag [number] holds; None for a value of another tag."""
        if (self.kind, self.constructed, self.tag) != (_CONTEXT, True, number):
            return None
        return load(self.content)

    def integer(self) -> int:
        """An INTEGER, written in as few bytes as it takes."""
        content = self._content(core.Integer)
        redundant = len(content) > 1 and (content[0], content[1] >> 7) in ((0x00, 0), (0xFF, 1))
        if not content or redundant or len(content) > MAX_INTEGER_BYTES:
            raise NotDer("not an INTEGER of ours")
        return int.from_bytes(content, signed=True)

    def octets(self) -> bytes:
        """An OCTET STRING."""
        return self._content(core.OctetString)

    def bits(self) -> bytes:
        """A BIT STRING of whole bytes; some vendors write an OCTET STRING, which says the same."""
        if self.is_a(core.OctetString):
            return self.content
        content = self._content(core.BitString)
        if content[:1] != b"\0":
            raise NotDer("a BIT STRING of no whole bytes")
        return content[1:]

    def boolean(self) -> bool:
        """A BOOLEAN."""
        content = self._content(core.Boolean)
        if content not in (b"\x00", b"\xff"):
            raise NotDer("not a BOOLEAN")
        return content == b"\xff"

    def oid(self) -> str:
        """An OBJECT IDENTIFIER, dotted."""
        content = self._content(core.ObjectIdentifier)
        # X.690 §8.19.2: arcs end, and begin with no padding.
        if not content or content[-1] & 0x80 or content[0] == 0x80 or re.search(rb"[\x00-\x7f]\x80", content):
            raise NotDer("not an OBJECT IDENTIFIER")
        return str(core.ObjectIdentifier.load(self.der).dotted)

    def text(self, *kinds: type[Any]) -> str:
        """A string of one of these types."""
        for kind in kinds:
            if self.is_a(kind):
                return self._decoded("utf-8" if kind is core.UTF8String else "ascii")
        raise NotDer("not such a string")

    def time(self) -> datetime:
        """A GeneralizedTime or UTCTime, in UTC as DER has it (X.690 §11.7, §11.8)."""
        text = self.text(core.GeneralizedTime, core.UTCTime)
        if self.is_a(core.UTCTime):
            text = ("19" if text[:2] >= str(_SHORT_TIME_TURNS) else "20") + text
        return read_time(text)

    def _content(self, kind: type[Any]) -> bytes:
        if not self.is_a(kind):
            raise NotDer(f"not a {kind.__name__}")
        return self.content

    def _decoded(self, encoding: str) -> str:
        try:
            return self.content.decode(encoding)
        except UnicodeDecodeError:
            raise NotDer("not in its character set") from None


def read_time(text: str) -> datetime:
    """`YYYYMMDDHHMMSSZ`, with or without fractions of a second. Raises NotDer."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise NotDer("not a time in UTC")
    *parts, fraction = match.groups()
    try:
        return datetime(*map(int, parts), int((fraction or "").ljust(6, "0")), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except ValueError:
        raise NotDer("no such time") from None


def load(der: bytes) -> Value:
    """The one value that the bytes are. Raises NotDer."""
    value = _first(memoryview(der))
    if len(value.der) != len(der):
        raise NotDer("something follows")
    return value


def check_frame(der: bytes) -> None:
    """Raise NotDer unless all of it, to the innermost value, is framed as DER has it, within limits.

    For what a library reads afterwards, and follows as deep as it is led.
    """
    load(der)
    pending, seen = [(memoryview(der), 0)], 0
    while pending:
        rest, depth = pending.pop()
        while rest:
            constructed, start, end = _frame(rest)
            seen += 1
            if seen > MAX_VALUES or depth > MAX_DEPTH:
                raise NotDer("too many values, or too deep")
            if constructed:
                pending.append((rest[start:end], depth + 1))
            rest = rest[end:]


def _first(data: memoryview) -> Value:
    constructed, start, end = _frame(data)
    tag = data[0]
    return Value(tag >> 6, constructed, tag & _LONG_TAG, bytes(data[start:end]), bytes(data[:end]))


def _frame(data: memoryview) -> tuple[bool, int, int]:
    """Of the first value: whether it is made of others, where its content begins and ends."""
    if len(data) < 2 or data[0] & _LONG_TAG == _LONG_TAG or data[1] == _INDEFINITE:
        raise NotDer("no value of fixed length and short tag")
    start, length = 2, data[1]
    if length > _INDEFINITE:
        start += length & ~_INDEFINITE
        if start > 2 + MAX_LENGTH_BYTES or len(data) < start:
            raise NotDer("no such length")
        length = int.from_bytes(data[2:start])
        if length < _INDEFINITE or data[2] == 0:
            raise NotDer("a length in more bytes than it takes")
    if len(data) < start + length:
        raise NotDer("cut off")
    return bool(data[0] & _CONSTRUCTED), start, start + length
