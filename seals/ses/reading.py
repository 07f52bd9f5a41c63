"""Read SESeal and SES_Signature of GB/T 38540-2020 (4), GM/T 0031-2025 (5) and GM/T 0031-2014 (1).

Strict about form: DER, nothing before or after, every field there and of its type. Wide where makers in
use differ, because their seals are in the world: `critical` written or left out, extension data tagged or
not, BIT STRING or OCTET STRING for a hash, either kind of time in version 1. Verifies nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from asn1crypto import core, parser

from seals.ses import structures as asn1
from seals.ses.causes import Cause
from seals.ses.der import NotDer, Value, load, read_time
from seals.ses.picture import BadPicture, Picture, check_picture

__all__ = [
    "MAX_STRUCTURE_BYTES",
    "Extension",
    "Malformed",
    "Seal",
    "Signature",
    "read",
]

MAX_STRUCTURE_BYTES = 8 * 2**20
"""A seal is some 100 KiB, most of it its picture."""

MAX_TEXT_BYTES = 4096
MAX_CERTIFICATES = 256
MAX_EXTENSIONS = 64
OLD_VERSIONS = frozenset({1, 2, 3, 11})
"""What makers write into the header of version 1: the print of GM/T 0031-2014 can be read as 11."""

_OLD, _CURRENT, _NEWEST = 1, 4, 5


class Malformed(Exception):
    """No proper structure; `cause` says in what way."""

    def __init__(self, cause: Cause, detail: str) -> None:
        super().__init__(f"{cause.code}: {detail}")
        self.cause = cause


@dataclass(frozen=True)
class Extension:
    """ExtData."""

    oid: str
    critical: bool
    value: bytes


@dataclass(frozen=True)
class Seal:
    """SESeal. `signed`: the bytes that its value signs; certificates or digests, by its certListType."""

    version: int
    vendor: str
    seal_id: str
    type: int
    name: str
    certificates: tuple[bytes, ...]
    digests: tuple[tuple[str, bytes], ...]
    created_at: datetime
    valid_start: datetime
    valid_end: datetime
    picture: Picture
    extensions: tuple[Extension, ...]
    certificate: bytes
    algorithm: str
    signed: bytes
    value: bytes
    timestamp: bytes | None


@dataclass(frozen=True)
class Signature:
    """SES_Signature. `time`: timeInfo; None in version 1 where a time-stamp token stands in its place."""

    version: int
    seal: Seal
    time: datetime | None
    data_hash: bytes
    property_info: str
    extensions: tuple[Extension, ...]
    certificate: bytes
    algorithm: str
    signed: bytes
    value: bytes
    timestamp: bytes | None


def read(data: bytes) -> Seal | Signature:
    """The structure that the bytes are. Raises Malformed, its cause one of the step `format`."""
    if len(data) > MAX_STRUCTURE_BYTES:
        raise Malformed(Cause.TOO_LARGE, "over the limit")
    if data[:1] != b"\x30":
        raise Malformed(Cause.NOT_SES, "no SEQUENCE")
    try:
        top = load(data)
        members = top.children(2, 5)
        first = members[0].children(4, 7)[0]
        # A seal begins with its header, a signature with its version.
        return _seal(top) if first.is_sequence() else _signature(members)
    except BadPicture as wrong:
        raise Malformed(Cause.PICTURE, str(wrong)) from None
    except NotDer as wrong:
        raise Malformed(Cause.FORMAT, str(wrong)) from None


# ---------------------------------------------------------------- seals


def _seal(value: Value) -> Seal:
    members = value.children(2, 5)
    if len(members) == 3:
        raise NotDer("neither version 1 nor 4")
    old = len(members) == 2
    info = members[0].children(4, 5)
    header = info[0].children(3, 3)
    version = _version(header, old, with_timestamp=len(members) == 5)
    maker = members[1].children(3, 3) if old else members[1:4]
    timestamp = _timestamp(members[4:])
    certificate, algorithm, made = maker[0].octets(), maker[1].oid(), maker[2].bits()
    return Seal(
        version=version,
        vendor=_text(header[2], core.IA5String),
        seal_id=_text(info[1], core.IA5String, empty=False),
        picture=check_picture(info[3]),
        extensions=_extensions(info[4:]),
        certificate=certificate,
        algorithm=algorithm,
        signed=_old_seal_signed(members[0], maker) if old else members[0].der,
        value=made,
        timestamp=timestamp,
        **_properties(info[2], old=old),  # type: ignore[arg-type]
    )


def _version(header: list[Value], old: bool, *, with_timestamp: bool) -> int:
    version = header[1].integer()
    if _text(header[0], core.IA5String) != "ES":
        raise Malformed(Cause.VERSION, "the header is not of a seal")
    if old:
        allowed = version in OLD_VERSIONS
        version = _OLD
    else:
        allowed = version == _NEWEST or (version == _CURRENT and not with_timestamp)
    if not allowed:
        raise Malformed(Cause.VERSION, "the header's version is not that of the structure")
    return version


def _properties(value: Value, *, old: bool) -> dict[str, object]:
    members = value.children(6, 6) if old else value.children(7, 7)
    kind = asn1.CERTS if old else members[2].integer()
    listed = members[2 if old else 3]
    created, start, end = (_time(each) for each in members[-3:])
    if not start < end or created > end:
        raise Malformed(Cause.TIMES, "in no sensible order")
    certificates: tuple[bytes, ...] = ()
    digests: tuple[tuple[str, bytes], ...] = ()
    if kind == asn1.CERTS:
        certificates = tuple(each.octets() for each in listed.children(most=MAX_CERTIFICATES))
    elif kind == asn1.DIGESTS:
        pairs = (each.children(2, 2) for each in listed.children(most=MAX_CERTIFICATES))
        digests = tuple((_text(name, *_TEXTS), digest.octets()) for name, digest in pairs)
    if not (certificates or digests):
        raise Malformed(Cause.CERTIFICATE_LIST, "empty, or of an unknown type")
    return {
        "type": members[0].integer(),
        "name": _text(members[1], *_TEXTS, empty=False),
        "certificates": certificates,
        "digests": digests,
        "created_at": created,
        "valid_start": start,
        "valid_end": end,
    }


def _old_seal_signed(info: Value, maker: list[Value]) -> bytes:
    """GM/T 0031-2014: the maker signs his certificate and the algorithm together with the information."""
    body = info.der + maker[0].der + maker[1].der
    return bytes(parser.emit(0, 1, core.Sequence.tag, body))


# ---------------------------------------------------------------- signatures


def _signature(members: list[Value]) -> Signature:
    if len(members) == 2:
        return _old_signature(members)
    if len(members) < 4:
        raise NotDer("neither version 1 nor 4")
    signed = members[0].children(5, 6)
    seal = _inner_seal(signed[1])
    if signed[0].integer() != seal.version or seal.version == _OLD:
        raise Malformed(Cause.VERSION, "signature and seal differ")
    return Signature(
        version=seal.version,
        seal=seal,
        time=_time(signed[2]),
        data_hash=signed[3].bits(),
        property_info=_text(signed[4], *_TEXTS),
        extensions=_extensions(signed[5:]),
        certificate=members[1].octets(),
        algorithm=members[2].oid(),
        signed=members[0].der,
        value=members[3].bits(),
        timestamp=_timestamp(members[4:]),
    )


def _old_signature(members: list[Value]) -> Signature:
    signed = members[0].children(7, 7)
    seal = _inner_seal(signed[1])
    if signed[0].integer() not in OLD_VERSIONS or seal.version != _OLD:
        raise Malformed(Cause.VERSION, "signature and seal differ")
    moment = signed[2].bits()
    token = moment if _is_token(moment) else None
    return Signature(
        version=_OLD,
        seal=seal,
        time=None if token else _written_time(moment),
        data_hash=signed[3].bits(),
        property_info=_text(signed[4], *_TEXTS),
        extensions=(),
        certificate=signed[5].octets(),
        algorithm=signed[6].oid(),
        signed=members[0].der,
        value=members[1].bits(),
        timestamp=token,
    )


def _inner_seal(value: Value) -> Seal:
    if not value.children(2, 5)[0].children(4, 7)[0].is_sequence():
        raise NotDer("no seal in the signature")
    return _seal(value)


def _is_token(moment: bytes) -> bool:
    return moment[:1] == b"\x30"


def _written_time(moment: bytes) -> datetime:
    """Version 1 has the time as the bytes of a BIT STRING: a DER time, or its bare text."""
    try:
        if moment[:1] in (b"\x17", b"\x18"):
            return load(moment).time()
        return read_time(moment.decode("ascii"))
    except (NotDer, UnicodeDecodeError):
        raise Malformed(Cause.TIMES, "no time of signing") from None


# ---------------------------------------------------------------- parts

_TEXTS = (core.UTF8String, core.IA5String, core.PrintableString)


def _text(value: Value, *kinds: type, empty: bool = True) -> str:
    if len(value.content) > MAX_TEXT_BYTES or not (empty or value.content):
        raise NotDer("a text beyond all measure, or none")
    return value.text(*kinds)


def _time(value: Value) -> datetime:
    try:
        return value.time()
    except NotDer:
        raise Malformed(Cause.TIMES, "not a time") from None


def _timestamp(rest: list[Value]) -> bytes | None:
    """[0] EXPLICIT BIT STRING; some leave the tag out."""
    if not rest:
        return None
    return (rest[0].explicit(0) or rest[0]).bits()


def _extensions(rest: list[Value]) -> tuple[Extension, ...]:
    """ExtensionDatas, with the tag of 2014 or without; `critical` written or left out."""
    if not rest:
        return ()
    listed = rest[0].explicit(0) or rest[0]
    found = []
    for value in listed.children(most=MAX_EXTENSIONS):
        members = value.children(2, 3)
        critical = members[1].boolean() if len(members) == 3 else False
        found.append(Extension(members[0].oid(), critical, members[-1].octets()))
    return tuple(found)
