"""What crosses the inspector's socket: values, headers, errors."""

from __future__ import annotations

from datetime import datetime

import pytest

from auth.errors import Invalid
from seals.pdf.preparing import OtherField, Protection
from server.inspector.protocol import (
    ProtocolError,
    pack,
    parse_header,
    raise_error,
    unpack,
)
from tests.seals.pdf.sealing_kit import SIGNED

OTHERS = [OtherField("乙方", 0, 20, 30)]


def test_values_come_out_as_they_went_in() -> None:
    parts: list[bytes] = []
    value = {"others": OTHERS, "at": SIGNED, "raw": [b"a", b"b"], "how": Protection.SOLE}
    packed = pack(value, parts)
    assert parts == [b"a", b"b"]
    assert unpack(list[OtherField], packed["others"], parts) == OTHERS
    assert unpack(datetime, packed["at"], parts) == SIGNED
    assert unpack(tuple[bytes, ...], packed["raw"], parts) == (b"a", b"b")
    assert unpack(Protection, packed["how"], parts) is Protection.SOLE
    assert unpack(datetime | None, None, parts) is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int, "x"),
        (bytes, {"$part": 7}),
        (bytes, {"$part": "x"}),
        (datetime, "tomorrow"),
        (Protection, "all"),
        (OtherField, {"name": 1}),
        (list[OtherField], [[[]]]),
    ],
)
def test_values_of_another_type_are_refused(kind: object, value: object) -> None:
    with pytest.raises(ProtocolError):
        unpack(kind, value, [b""])


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"[]",
        b"{}",
        b'{"parts": 1}',
        b'{"parts": [-1]}',
        b'{"parts": [true]}',
        b'{"parts": [1e99]}',
        b"[" * 10**5,
    ],
)
def test_headers_that_are_none(header: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse_header(header)


@pytest.mark.parametrize(
    "body",
    [
        None,
        "x",
        {},
        {"kind": "Exception"},
        {"kind": "Invalid"},
        {"kind": "Invalid", "code": 1, "zh": "", "en": ""},
    ],
)
def test_errors_that_are_none(body: object) -> None:
    with pytest.raises(ProtocolError):
        raise_error(body)


def test_an_error_cannot_overwrite_its_own_parts() -> None:
    facts = {"code": "x", "self": 1, "limit": 5}
    with pytest.raises(Invalid) as raised:
        raise_error({"kind": "Invalid", "code": "a.b", "zh": "z", "en": "e", "field": 3, "facts": facts})
    assert (raised.value.code, raised.value.field, raised.value.facts) == ("a.b", None, {"limit": 5})
