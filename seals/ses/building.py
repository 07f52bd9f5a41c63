"""Make seal structures and signatures of GB/T 38540-2020 (version 4) and GM/T 0031-2025 (version 5).

Pure: whoever holds a key gives a `Sign`. Both are made in two steps, because a timestamp is of the
signature's value and needs no key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto.core import OctetString
from asn1crypto.core import Sequence as Structure

from auth.errors import Invalid
from seals import sm2
from seals.authorities import whole_second
from seals.ses import structures as asn1

__all__ = [
    "SEAL_VERSIONS",
    "VENDOR",
    "PictureData",
    "SealData",
    "Sign",
    "build_seal",
    "build_signature",
    "property_of_range",
    "signature_value",
    "with_timestamp",
]

SEAL_VERSIONS = (4, 5)
VENDOR = "ezhang"
Sign = Callable[[bytes], bytes]
"""Signs a message with SM2 and SM3 under the standard identity; returns DER {r, s}."""


@dataclass(frozen=True)
class PictureData:
    """SES_ESPictrueInfo. kind: "PNG" or "SVG"; whole mm."""

    kind: str
    data: bytes
    width_mm: int
    height_mm: int


@dataclass(frozen=True)
class SealData:
    """What a seal structure says (SES_SealInfo).

    seal_id: the 13-digit seal number. type: see `seals.kinds.KindSpec.ses_type`. name: as filed.
    signer_certificates: DER of those who may sign with it. valid_start, valid_end: UTC.
    """

    seal_id: str
    type: int
    name: str
    signer_certificates: Sequence[bytes]
    picture: PictureData
    created_at: datetime
    valid_start: datetime
    valid_end: datetime
    version: int = 4


def build_seal(data: SealData, maker_certificate: bytes, sign: Sign) -> bytes:
    """SESeal in DER, signed by the seal maker. Raises Invalid `ses.version`."""
    if data.version not in SEAL_VERSIONS:
        raise Invalid(
            "ses.version",
            "电子印章数据结构只能按第 4 版或第 5 版生成。",
            "A seal structure is made in version 4 or 5 only.",
        )
    info = asn1.SES_SealInfo(
        {
            "header": {"ID": "ES", "version": data.version, "Vid": VENDOR},
            "esID": data.seal_id,
            "property": {
                "type": data.type,
                "name": data.name,
                "certListType": asn1.CERTS,
                "certList": asn1.CertInfoList([OctetString(each) for each in data.signer_certificates]),
                "createDate": whole_second(data.created_at),
                "validStart": whole_second(data.valid_start),
                "validEnd": whole_second(data.valid_end),
            },
            "picture": {
                "type": data.picture.kind,
                "data": data.picture.data,
                "width": data.picture.width_mm,
                "height": data.picture.height_mm,
            },
        }
    )
    seal = asn1.SESeal(
        {
            "eSealInfo": info,
            "cert": maker_certificate,
            "signAlgID": sm2.SIGNATURE_OID,
            "signedValue": sign(info.dump()),
        }
    )
    return bytes(seal.dump())


def build_signature(
    seal: bytes,
    *,
    signer_certificate: bytes,
    data_hash: bytes,
    property_info: str,
    signed_at: datetime,
    sign: Sign,
) -> bytes:
    """SES_Signature in DER over a document's SM3 digest. seal: SESeal in DER, carried byte for byte."""
    parsed = asn1.SESeal.load(seal, strict=True)
    tbs = asn1.TBS_Sign(
        {
            "version": parsed["eSealInfo"]["header"]["version"].native,
            "eseal": parsed,
            "timeInfo": whole_second(signed_at),
            "dataHash": data_hash,
            "propertyInfo": property_info,
        }
    )
    signature = asn1.SES_Signature(
        {
            "toSign": tbs,
            "cert": signer_certificate,
            "signatureAlgID": sm2.SIGNATURE_OID,
            "signature": sign(tbs.dump()),
        }
    )
    return bytes(signature.dump())


def property_of_range(field: str, start: int, end: int, length: int) -> str:
    """TBS_Sign.propertyInfo for a PDF: its signature field and the byte range that is protected.

    field: percent-encoded (RFC 3986 §2.1), because an IA5String takes no Chinese and fields have such names.
    """
    return f"PDF;Field={field};ByteRange=[0 {start} {end} {length - end}]"


def signature_value(structure: bytes) -> bytes:
    """The signature value of a SESeal or SES_Signature that we built: what a timestamp is taken of."""
    return bytes(_load(structure)[3].native)


def with_timestamp(structure: bytes, token: bytes) -> bytes:
    """The same structure with a time-stamp token (RFC 3161, DER) of its signature value."""
    parsed = _load(structure)
    parsed["timeStamp"] = token
    return bytes(parsed.dump(force=True))


def _load(structure: bytes) -> Structure:
    signature: Structure = asn1.SES_Signature.load(structure, strict=True)
    try:
        _ = signature["toSign"]["eseal"]["cert"].native
    except (ValueError, TypeError, KeyError):
        seal: Structure = asn1.SESeal.load(structure, strict=True)
        return seal
    return signature
