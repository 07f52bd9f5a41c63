"""The server side of RFC 3161: a time-stamp request in, a signed time-stamp response out.

Tokens are CMS SignedData over TSTInfo (RFC 3161 §2.4.2), signed with ECDSA P-256 and SHA-256, the signing
certificate bound by ESSCertIDv2 (RFC 5816 §2.2). Pure: clock and serial numbers come from the caller.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeVar

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute

from seals.certificates import POLICY_TIMESTAMP
from seals.pki import Authority

__all__ = [
    "ACCURACY_S",
    "IMPRINT_BYTES",
    "MAX_REQUEST_BYTES",
    "MAX_SERIAL_BITS",
    "QUERY_TYPE",
    "REPLY_TYPE",
    "TimeStampResponse",
    "answer",
]

QUERY_TYPE = "application/timestamp-query"
REPLY_TYPE = "application/timestamp-reply"
"""The media types over HTTP (RFC 3161 §3.4)."""

MAX_REQUEST_BYTES = 4096
"""A request is a digest, a nonce and perhaps a policy: some 60 to 150 bytes."""

MAX_SERIAL_BITS = 160
"""RFC 3161 §2.4.2: requesters must be ready for serial numbers up to 160 bits."""

ACCURACY_S = 1
"""genTime is given in whole seconds, so it is right to within one second."""

IMPRINT_BYTES = {"sha256": 32, "sha384": 48, "sha512": 64}
"""The digests accepted for a message imprint, and their length in bytes."""


class TimeStampResponse(core.Sequence):  # type: ignore[misc]
    """TimeStampResp (RFC 3161 §2.4.2) with the token optional, as it is in every refusal.

    asn1crypto's own class demands a token and so cannot hold or read a refusal.
    """

    _fields = [  # noqa: RUF012 (asn1crypto's way to declare fields)
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


_Value = TypeVar("_Value", bound=core.Asn1Value)
_SHA256 = algos.DigestAlgorithm({"algorithm": "sha256"})
_ECDSA_SHA256 = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})


@dataclass(frozen=True)
class _Unit:
    """What every token of one time-stamping unit says about it, encoded once."""

    name: asn1_x509.GeneralName
    signer: cms.IssuerAndSerialNumber
    bound: cms.CMSAttribute


class _BadRequest(Exception):
    """A request that gets no token. `failure`: name of the PKIFailureInfo bit (RFC 3161 §2.4.2)."""

    def __init__(self, failure: str, text: str) -> None:
        super().__init__(text)
        self.failure = failure
        self.text = text


def answer(
    request_der: bytes,
    tsa: Authority,
    chain: Sequence[x509.Certificate],
    now: datetime,
    serial: int,
) -> bytes:
    """The DER of the response to one request: a token, or a refusal with its PKIFailureInfo.

    chain: certificates between the unit and the root, sent along when the request asks for certificates;
    now: UTC; serial: positive, never used before by this unit, at most `MAX_SERIAL_BITS` bits.
    A refusal is an answer, not an error: nothing a requester sends makes this raise.
    """
    assert now.tzinfo is not None, "a moment without its time zone is no moment"
    assert 0 < serial < 1 << MAX_SERIAL_BITS, "a serial number is positive and has at most 160 bits"
    try:
        request = _read(request_der)
        certificate = tsa.certificate
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise _BadRequest("system_failure", "The certificate of the time-stamping unit is not valid now.")
    except _BadRequest as refusal:
        return _refusal(refusal)
    info = _tst_info(request, tsa, now, serial)
    status = {"status": "granted"}
    certificates = [tsa.certificate, *chain] if request["cert_req"].native else None
    token = _token(info.dump(), tsa, certificates)
    return _der(TimeStampResponse({"status": status, "time_stamp_token": token}))


def _read(request_der: bytes) -> tsp.TimeStampReq:
    """The parsed and accepted request. Checks in the order of RFC 3161 §2.4.1."""
    if len(request_der) > MAX_REQUEST_BYTES:
        raise _BadRequest("bad_data_format", f"The request is over {MAX_REQUEST_BYTES} bytes.")
    try:
        request = tsp.TimeStampReq.load(request_der, strict=True)
        version = int(request["version"])
        algorithm = request["message_imprint"]["hash_algorithm"]["algorithm"].native
        # asn1crypto raises on parameters other than NULL.
        _ = request["message_imprint"]["hash_algorithm"]["parameters"].native
        imprint = request["message_imprint"]["hashed_message"].native
        policy = request["req_policy"].native
        _ = request["nonce"].native, request["cert_req"].native
        extensions = len(request["extensions"]) if request["extensions"].native else 0
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise _BadRequest("bad_data_format", "The request is not a TimeStampReq.") from error
    if version != 1:
        raise _BadRequest("bad_request", "Only version 1 is known.")
    if algorithm not in IMPRINT_BYTES:
        raise _BadRequest("bad_alg", "The message imprint must be SHA-256, SHA-384 or SHA-512.")
    if len(imprint) != IMPRINT_BYTES[algorithm]:
        raise _BadRequest("bad_data_format", "The message imprint has the wrong length.")
    if policy is not None and policy != POLICY_TIMESTAMP.dotted_string:
        raise _BadRequest("unaccepted_policy", f"The only policy is {POLICY_TIMESTAMP.dotted_string}.")
    if extensions:
        raise _BadRequest("unaccepted_extensions", "No extensions are known.")
    return request


def _tst_info(request: tsp.TimeStampReq, tsa: Authority, now: datetime, serial: int) -> tsp.TSTInfo:
    fields = {
        "version": "v1",
        "policy": POLICY_TIMESTAMP.dotted_string,
        "message_imprint": request["message_imprint"],
        "serial_number": serial,
        "gen_time": now.astimezone(UTC).replace(microsecond=0),
        "accuracy": {"seconds": ACCURACY_S},
        "tsa": _unit(tsa.der).name,
    }
    if request["nonce"].native is not None:
        fields["nonce"] = request["nonce"]
    return tsp.TSTInfo(fields)


def _token(
    info_der: bytes, tsa: Authority, certificates: Sequence[x509.Certificate] | None
) -> cms.ContentInfo:
    """The TimeStampToken (RFC 3161 §2.4.2) over `info_der`, without certificates where not asked for."""
    unit = _unit(tsa.der)
    attributes = _encoded(
        cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("message_digest", hashlib.sha256(info_der).digest()),
                unit.bound,
            ]
        )
    )
    signer = {
        "version": "v1",
        "sid": unit.signer,
        "digest_algorithm": _SHA256,
        "signed_attrs": attributes,
        "signature_algorithm": _ECDSA_SHA256,
        "signature": tsa.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
    }
    signed = {
        "version": "v3",
        "digest_algorithms": [_SHA256],
        "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info_der)},
        "signer_infos": [_encoded(cms.SignerInfo(signer))],
    }
    if certificates is not None:
        encoded = [certificate.public_bytes(serialization.Encoding.DER) for certificate in certificates]
        signed["certificates"] = [asn1_x509.Certificate.load(der) for der in encoded]
    content = _encoded(cms.SignedData(signed))
    return _encoded(cms.ContentInfo({"content_type": "signed_data", "content": content}))


@lru_cache(maxsize=4)
def _unit(certificate_der: bytes) -> _Unit:
    own = asn1_x509.Certificate.load(certificate_der)
    signer = cms.IssuerAndSerialNumber({"issuer": own.issuer, "serial_number": own.serial_number})
    bound = simple_cms_attribute("signing_certificate_v2", as_signing_certificate_v2(own))
    name = asn1_x509.GeneralName("directory_name", own.subject)
    return _Unit(_encoded(name), _encoded(signer), _encoded(bound))


def _encoded(value: _Value) -> _Value:
    """The same value, held as its DER. asn1crypto encodes a value that was built anew at each level
    above it, several times over: without this a token costs eight times as much."""
    encoded: _Value = type(value).load(value.dump())
    return encoded


def _refusal(refusal: _BadRequest) -> bytes:
    status = {"status": "rejection", "status_string": [refusal.text], "fail_info": {refusal.failure}}
    return _der(TimeStampResponse({"status": status}))


def _der(value: core.Asn1Value) -> bytes:
    return bytes(value.dump())
