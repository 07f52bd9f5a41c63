"""The ASN.1 types of GB/T 38540-2020 (version 4) and GM/T 0031-2025 (5).

Names are the standards', misspelling included (`SES_ESPictrueInfo`). Parsing these does not verify
anything, and is lenient: `seals/ses/reading.py` says what is well formed.
"""

# ruff: noqa: RUF012 - asn1crypto's own form, and the standards' own names
# mypy: disable-error-code="misc"
from __future__ import annotations

from asn1crypto.core import (
    Any,
    Boolean,
    GeneralizedTime,
    IA5String,
    Integer,
    ObjectIdentifier,
    OctetBitString,
    OctetString,
    PrintableString,
    Sequence,
    SequenceOf,
    UTF8String,
)

__all__ = [
    "CERTS",
    "DIGESTS",
    "CertDigestList",
    "CertDigestObj",
    "CertInfoList",
    "ExtData",
    "ExtensionDatas",
    "SES_ESPictrueInfo",
    "SES_ESPropertyInfo",
    "SES_Header",
    "SES_SealInfo",
    "SES_Signature",
    "SESeal",
    "TBS_Sign",
]

CERTS, DIGESTS = 1, 2
"""SES_ESPropertyInfo.certListType: whole certificates, or their digests."""


class ExtData(Sequence):
    # Strict DER leaves out a FALSE; readers in use take three elements by position, so it is written.
    _fields = [
        ("extnID", ObjectIdentifier),
        ("critical", Boolean, {"default": False}),
        ("extnValue", OctetString),
    ]


class ExtensionDatas(SequenceOf):
    _child_spec = ExtData


class SES_Header(Sequence):
    _fields = [("ID", IA5String), ("version", Integer), ("Vid", IA5String)]


class CertInfoList(SequenceOf):
    _child_spec = OctetString


class CertDigestObj(Sequence):
    _fields = [("type", PrintableString), ("value", OctetString)]


class CertDigestList(SequenceOf):
    _child_spec = CertDigestObj


def _cert_list_spec(value: Sequence) -> type[SequenceOf]:
    return CertDigestList if value["certListType"].native == DIGESTS else CertInfoList


class SES_ESPropertyInfo(Sequence):
    _fields = [
        ("type", Integer),
        ("name", UTF8String),
        ("certListType", Integer),
        ("certList", Any),
        ("createDate", GeneralizedTime),
        ("validStart", GeneralizedTime),
        ("validEnd", GeneralizedTime),
    ]
    _spec_callbacks = {"certList": _cert_list_spec}


class SES_ESPictrueInfo(Sequence):
    _fields = [("type", IA5String), ("data", OctetString), ("width", Integer), ("height", Integer)]


class SES_SealInfo(Sequence):
    _fields = [
        ("header", SES_Header),
        ("esID", IA5String),
        ("property", SES_ESPropertyInfo),
        ("picture", SES_ESPictrueInfo),
        ("extDatas", ExtensionDatas, {"optional": True}),
    ]


class SESeal(Sequence):
    """timeStamp: version 5 only."""

    _fields = [
        ("eSealInfo", SES_SealInfo),
        ("cert", OctetString),
        ("signAlgID", ObjectIdentifier),
        ("signedValue", OctetBitString),
        ("timeStamp", OctetBitString, {"explicit": 0, "optional": True}),
    ]


class TBS_Sign(Sequence):
    _fields = [
        ("version", Integer),
        ("eseal", SESeal),
        ("timeInfo", GeneralizedTime),
        ("dataHash", OctetBitString),
        ("propertyInfo", IA5String),
        ("extDatas", ExtensionDatas, {"explicit": 0, "optional": True}),
    ]


class SES_Signature(Sequence):
    _fields = [
        ("toSign", TBS_Sign),
        ("cert", OctetString),
        ("signatureAlgID", ObjectIdentifier),
        ("signature", OctetBitString),
        ("timeStamp", OctetBitString, {"explicit": 0, "optional": True}),
    ]
