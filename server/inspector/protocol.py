"""Frames between client, inspector and worker.

A frame is a length (4 bytes, big endian), that many bytes of JSON, then the binary parts whose lengths
the JSON lists under `parts`. Binary values stay out of the JSON: a 50 MiB document is not turned into
base64. Nothing here can build an object of the sender's choice (no pickle): the receiver says which type
it expects, because a worker that parses hostile files is not believed.
"""

from __future__ import annotations

import dataclasses
import json
import struct
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from auth import errors
from auth.errors import DomainError

__all__ = [
    "LENGTH",
    "MAX_HEADER_BYTES",
    "MAX_PARTS_BYTES",
    "ProtocolError",
    "error_frame",
    "expect",
    "frame",
    "frame_head",
    "pack",
    "parse_header",
    "raise_error",
    "unpack",
]

LENGTH = struct.Struct(">I")
MAX_HEADER_BYTES = 16 * 2**20  # the imprint of a seal is a path of some 100 KiB; facts and reports are less
MAX_PARTS_BYTES = 256 * 2**20
_PART = "$part"

_ERRORS: dict[str, type[DomainError]] = {
    kind.__name__: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, DomainError)
}


class ProtocolError(Exception):
    """The other side sent something that is no frame; the connection is of no further use."""


def frame(header: dict[str, Any], parts: list[bytes]) -> list[bytes]:
    """The pieces to write, in order. `header` must be plain JSON; `parts` are sent as they are."""
    return [frame_head(header, [len(part) for part in parts]), *parts]


def frame_head(header: dict[str, Any], lengths: list[int]) -> bytes:
    """The beginning of a frame; as many bytes as `lengths` say must follow."""
    text = json.dumps({**header, "parts": lengths}, ensure_ascii=False).encode()
    return LENGTH.pack(len(text)) + text


def parse_header(text: bytes) -> tuple[dict[str, Any], list[int]]:
    """The header and the lengths of the parts that follow it. Raises ProtocolError."""
    try:
        header = json.loads(text)
        lengths = header.pop("parts")
        sound = all(type(length) is int and length >= 0 for length in lengths)
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError) as error:
        raise ProtocolError("header is not a JSON object with parts") from error
    if not sound or sum(lengths) > MAX_PARTS_BYTES:
        raise ProtocolError("parts have no sound length")
    return header, lengths


def pack(value: object, parts: list[bytes]) -> Any:
    """`value` as plain JSON; bytes are moved to `parts` and referred to by place."""
    if isinstance(value, bytes):
        parts.append(value)
        return {_PART: len(parts) - 1}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: pack(getattr(value, field.name), parts) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): pack(item, parts) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [pack(item, parts) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"{type(value).__name__} has no place in a frame")


def unpack(kind: Any, value: object, parts: list[bytes]) -> Any:
    """The value of type `kind` (dataclasses, enums, tuples, ...) from plain JSON. Raises ProtocolError."""
    try:
        return expect(kind).validate_python(_join(value, parts))
    except (ValidationError, IndexError, TypeError, RecursionError) as error:
        raise ProtocolError(f"not a {kind}") from error


def error_frame(error: DomainError) -> list[bytes]:
    """A refusal of the domain, so that `raise_error` on the other side raises the same."""
    facts: dict[str, Any] = json.loads(json.dumps(error.facts, default=str))
    return frame(
        {
            "error": {
                "kind": type(error).__name__,
                "code": error.code,
                "zh": error.zh,
                "en": error.en,
                "field": error.field,
                "facts": facts,
            }
        },
        [],
    )


def raise_error(body: object) -> None:
    """Raise what `error_frame` described. Raises ProtocolError where it describes nothing known."""
    if not isinstance(body, dict) or body.get("kind") not in _ERRORS:
        raise ProtocolError("unknown kind of error")
    words = [body.get("code"), body.get("zh"), body.get("en")]
    field, facts = body.get("field"), body.get("facts")
    if not all(isinstance(word, str) for word in words) or not isinstance(facts, dict):
        raise ProtocolError("malformed error")
    facts = {name: fact for name, fact in facts.items() if name not in ("code", "zh", "en", "field", "self")}
    code, zh, en = cast(list[str], words)
    raise _ERRORS[body["kind"]](code, zh, en, field=field if isinstance(field, str) else None, **facts)


def _join(value: object, parts: list[bytes]) -> object:
    if isinstance(value, dict):
        if value.keys() == {_PART}:
            return parts[value[_PART]]
        return {key: _join(item, parts) for key, item in value.items()}
    if isinstance(value, list):
        return [_join(item, parts) for item in value]
    return value


@lru_cache(maxsize=128)
def expect(kind: Any) -> TypeAdapter[Any]:
    """What checks values of type `kind`; made once."""
    return TypeAdapter(kind)
