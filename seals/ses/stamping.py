"""The time-stamp token in a seal or signature (RFC 3161, GB/T 20520), over the signature's value."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from asn1crypto import cms, tsp

from seals import sm2
from seals.pdf.running import run
from seals.pdf.trust import Trust, judge_token
from seals.ses.der import NotDer, check_frame

__all__ = ["Found", "Stamp", "judge"]

MAX_TOKEN_BYTES = 256 * 1024
MAX_CERTIFICATES = 16
"""Carried in a token; more would be a maze for whoever looks for a chain among them."""

_DIGESTS = frozenset({"sha256", "sha384", "sha512"})
_SIGNED_BY = frozenset({"rsassa_pkcs1v15", "rsassa_pss", "ecdsa"})
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError, IndexError)


class Found(Enum):
    """What a token is worth."""

    GOOD = "good"
    WRONG = "wrong"  # broken, or of something else
    UNTRUSTED = "untrusted"  # it fits, but its unit is not trusted or its algorithm not known here


@dataclass(frozen=True)
class Stamp:
    """`time`: the proven one (UTC), with `GOOD` only."""

    found: Found
    time: datetime | None = None


def judge(token: bytes, stamped: Sequence[bytes], trust: Trust, now: datetime) -> Stamp:
    """Judge a token that should be of one of these byte strings (or have one as its very digest)."""
    try:
        if len(token) > MAX_TOKEN_BYTES:
            raise NotDer("too long")
        check_frame(token)
        content = cms.ContentInfo.load(token, strict=True)
        signed = content["content"]
        info = signed["encap_content_info"]["content"].parsed
        if content["content_type"].native != "signed_data" or not isinstance(info, tsp.TSTInfo):
            return Stamp(Found.WRONG)
        imprint = info["message_imprint"]
        digest, given = imprint["hash_algorithm"]["algorithm"], bytes(imprint["hashed_message"].native)
        signer = signed["signer_infos"][0]
        known = (
            digest.native in _DIGESTS
            and signer["digest_algorithm"]["algorithm"].native in _DIGESTS
            and signer["signature_algorithm"].signature_algo in _SIGNED_BY
        )
        if len(signed["certificates"]) > MAX_CERTIFICATES:
            return Stamp(Found.UNTRUSTED)
        name = "sm3" if digest.dotted == sm2.SM3_OID else str(digest.native)
    except _UNREADABLE:
        return Stamp(Found.WRONG)
    if name != "sm3" and name not in _DIGESTS:
        return Stamp(Found.UNTRUSTED)
    if given not in {*(_digest(name, each) for each in stamped), *stamped}:
        return Stamp(Found.WRONG)
    if not known:
        return Stamp(Found.UNTRUSTED)
    judged = _judge(signed, given, trust, now)
    if judged is None:
        return Stamp(Found.WRONG)
    return Stamp(Found.GOOD, judged[0]) if judged[0] is not None else Stamp(Found.UNTRUSTED)


def _judge(
    signed: cms.SignedData, imprint: bytes, trust: Trust, now: datetime
) -> tuple[datetime | None] | None:
    """The time in it, None for an untrusted one; None altogether when its unit did not sign it."""
    token = run(judge_token(signed, lambda _: imprint, trust, now))
    return (token.time,) if token.intact else None


def _digest(name: str, data: bytes) -> bytes:
    return sm2.sm3(data) if name == "sm3" else hashlib.new(name, data).digest()
