"""Where the parts of signed PDF, SES_Signature and revocation list lie, for `openssl asn1parse` to take."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from asn1crypto import cms
from asn1crypto.core import OctetBitString
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from auth.errors import Conflict
from seals.pdf.preparing import PreparedMeta
from seals.ses import reading

__all__ = [
    "UNTOLD",
    "ListParts",
    "PdfParts",
    "SesParts",
    "list_parts",
    "pdf_parts",
    "ses_parts",
    "unreadable",
]


UNTOLD = frozenset(
    {"signing.exported", "printed.looked", "printed.switched", "ledger.noticed", "ledger.marked"}
)
"""Events of a document that are no part of how the file came to be: who took it out, or looked at it; what
its company's ledger points out.
"""


@dataclass(frozen=True)
class PdfParts:
    """start, end: the place of the signature container in the file, angle brackets included; length: how far
    the signature reaches. value_at, token_at: offsets in the container. signed_at: by the timestamp.
    """

    start: int
    end: int
    length: int
    container: bytes = field(repr=False)
    value_at: int
    token_at: int
    units: tuple[bytes, ...] = field(repr=False)
    signed_at: datetime


@dataclass(frozen=True)
class SesParts:
    """Offsets in the structure, hash_at in its signed part. certificate, maker: DER."""

    signed_at: int
    value_at: int
    token_at: int
    hash_at: int
    certificate: bytes = field(repr=False)
    maker: bytes = field(repr=False)


@dataclass(frozen=True)
class ListParts:
    """Offsets in a revocation list."""

    signed_at: int
    value_at: int


def pdf_parts(data: bytes, meta: PreparedMeta) -> PdfParts:
    """Of a file that we signed. Raises Conflict `evidence.unreadable` for any other."""
    try:
        digits = data[meta.reserved_start + 1 : meta.reserved_end - 1]
        whole = cms.ContentInfo.load(bytes.fromhex(digits.decode()))
        container = whole.dump()
        signer = whole["content"]["signer_infos"][0]
        (stamped,) = [each for each in signer["unsigned_attrs"] if each["type"].native.endswith("token")]
        token = stamped["values"][0]
        info = token["content"]["encap_content_info"]["content"].parsed
        moment: datetime = info["gen_time"].native
        if info["message_imprint"]["hashed_message"].native != sha256(signer["signature"].native).digest():
            raise ValueError("the timestamp is of something else")
        return PdfParts(
            meta.reserved_start,
            meta.reserved_end,
            meta.length,
            container,
            container.index(signer["signature"].dump()),
            container.index(token.dump()),
            tuple(each.dump() for each in token["content"]["certificates"]),
            moment.astimezone(UTC),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise unreadable() from error


def ses_parts(data: bytes) -> SesParts:
    """Of a SES_Signature that we made. Raises Conflict `evidence.unreadable` for any other."""
    try:
        read = reading.read(data)
        if not isinstance(read, reading.Signature) or read.timestamp is None:
            raise ValueError("no stamped signature")
        return SesParts(
            data.index(read.signed),
            data.index(OctetBitString(read.value).dump()),
            data.index(OctetBitString(read.timestamp).dump()),
            read.signed.index(OctetBitString(read.data_hash).dump()),
            read.certificate,
            read.seal.certificate,
        )
    except (reading.Malformed, ValueError) as error:
        raise unreadable() from error


def list_parts(crl: x509.CertificateRevocationList) -> ListParts:
    """Of a revocation list that we published."""
    data = crl.public_bytes(Encoding.DER)
    return ListParts(data.index(crl.tbs_certlist_bytes), data.rindex(OctetBitString(crl.signature).dump()))


def unreadable() -> Conflict:
    """The error of a file that is not as we made it, and of records of it that are gone."""
    return Conflict(
        "evidence.unreadable",
        "签署文件或其记录不完整，无法生成证据包，请联系客服。",
        "The signed file or its records are not whole, so no evidence package is made; contact support.",
    )
