"""The ASN.1 types of GM/T 0031-2014 that differ from those of today, for making seals of its version."""

# ruff: noqa: RUF012 - asn1crypto's own form
# mypy: disable-error-code="misc"
from __future__ import annotations

from asn1crypto import core

from seals.ses import structures as asn1

__all__ = ["SES_ESPropertyInfoV1", "SES_SealInfoV1"]


class SES_ESPropertyInfoV1(core.Sequence):
    _fields = [
        ("type", core.Integer),
        ("name", core.UTF8String),
        ("certList", asn1.CertInfoList),
        ("createDate", core.UTCTime),
        ("validStart", core.UTCTime),
        ("validEnd", core.UTCTime),
    ]


class SES_SealInfoV1(core.Sequence):
    _fields = [
        ("header", asn1.SES_Header),
        ("esID", core.IA5String),
        ("property", SES_ESPropertyInfoV1),
        ("picture", asn1.SES_ESPictrueInfo),
        ("extDatas", asn1.ExtensionDatas, {"explicit": 0, "optional": True}),
    ]
