"""From prepared bytes and a signature value to the signed PDF, PAdES baseline B-T; and on to B-LTA.

ETSI EN 319 142-1 §6: CMS with signingCertificateV2 and a signature timestamp (RFC 3161). No key is used
here: the ECDSA value was made over `signed_attributes` by the one who holds the key. Everything but the
timestamp is determined by the input, so finishing again after a crash gives the same signature.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from asn1crypto import algos, cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import ExternalSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from auth.errors import Conflict, Unavailable
from seals.pdf.algorithms import of_signer
from seals.pdf.archiving import Archive, ArchiveMeta
from seals.pdf.preparing import PreparedMeta, signed_attributes
from seals.pdf.trust import Trust, judge_token

__all__ = [
    "TIMESTAMP_FAILURES",
    "Archived",
    "Stamped",
    "check_reserved",
    "finish",
    "no_timestamp",
    "seal_archive",
]

_EMPTY = re.compile(rb"<0+>")
_DIGEST = "sha256"
_MECHANISM = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
TIMESTAMP_FAILURES = (OSError, ValueError, TypeError, LookupError, AttributeError, SigningError)
"""Of a service that cannot be reached, refuses, or answers what is no timestamp: pyHanko leaks them all."""

MAX_AHEAD = timedelta(seconds=3)
"""How far a timestamp service's clock may be ahead of ours; nothing is wanted of a later moment."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Stamped:
    """A signed PDF; when its timestamp says, UTC; units: certificates (DER) of who made that, the unit's own
    first, up to below a trusted root; none where the token does not prove them. What else lies in a token no
    signature covers."""

    data: bytes
    stamped_at: datetime
    units: tuple[bytes, ...]


@dataclass(frozen=True)
class Archived(Stamped):
    """The same with a document timestamp over all. made_with: algorithms of that (`algorithms`)."""

    made_with: tuple[str, ...]


async def finish(
    prepared_data: bytes,
    meta: PreparedMeta,
    *,
    certificate_der: bytes,
    chain_der: Sequence[bytes],
    signed_attributes_der: bytes,
    signature_value: bytes,
    timestamper: TimeStamper,
    trust: Trust,
    clock: Callable[[], datetime] = _now,
) -> Stamped:
    """The signed PDF, with its timestamp.

    chain_der: the issuers' certificates without the root; signature_value: ECDSA over
    `signed_attributes_der`, DER; timestamper: asked once, for the signature value; trust: by which its units
    are told; clock: read when it has answered.
    Raises Conflict `pdf.changed_after_prepare`, `signature.mismatch`; Unavailable
    `timestamp.unavailable`, `signature.too_large`. Nothing is ever given out without a timestamp.
    """
    check_reserved(prepared_data, meta)
    _check_signature(meta, certificate_der, signed_attributes_der, signature_value)
    issuers = [asn1_x509.Certificate.load(der) for der in chain_der]
    signer = ExternalSigner(
        signing_cert=asn1_x509.Certificate.load(certificate_der),
        cert_registry=SimpleCertificateStore.from_certs(issuers),
        signature_value=signature_value,
        signature_mechanism=_MECHANISM,
        embed_roots=False,
    )
    try:
        container = await signer.async_sign_prescribed_attributes(
            _DIGEST, cms.CMSAttributes.load(signed_attributes_der), timestamper=timestamper
        )
        (attribute,) = container["content"]["signer_infos"][0]["unsigned_attrs"]
        (token,) = attribute["values"]
        digest = sha256(signature_value).digest()
        stamped_at = _check_token(token, digest, clock())
        units = await _units_of(token, digest, trust, stamped_at)
    except TIMESTAMP_FAILURES as error:
        raise no_timestamp() from error
    return Stamped(_fill(prepared_data, meta, container.dump()), stamped_at, units)


async def seal_archive(
    signed: bytes,
    archive: Archive,
    timestamper: TimeStamper,
    trust: Trust,
    clock: Callable[[], datetime] = _now,
) -> Archived:
    """Put a timestamp into the revision that `prepare_archive` appended to `signed`: PAdES B-LTA.

    trust, clock: as of `finish`.
    Raises Conflict `pdf.changed_after_prepare` where it is not `signed` with something appended;
    Unavailable `timestamp.unavailable`, `signature.too_large`.
    """
    check_reserved(archive.data, archive.meta)
    if not (archive.data.startswith(signed) and len(signed) < archive.meta.reserved_start):
        raise _changed()
    digest = bytes.fromhex(archive.meta.digest)
    try:
        token = await timestamper.async_timestamp(digest, _DIGEST)
        stamped_at = _check_token(token, digest, clock())
        units = await _units_of(token, digest, trust, stamped_at)
        made_with = of_signer(token["content"])
    except TIMESTAMP_FAILURES as error:
        raise no_timestamp() from error
    data = _fill(archive.data, archive.meta, token.dump())
    return Archived(data, stamped_at, units, made_with)


def no_timestamp() -> Unavailable:
    """No timestamp can be had now."""
    return Unavailable(
        "timestamp.unavailable",
        "暂时取不到时间戳，系统会自动重试。",
        "No timestamp could be had; the system tries again by itself.",
    )


def check_reserved(prepared_data: bytes, meta: PreparedMeta | ArchiveMeta) -> None:
    """Whether these still are the bytes that were prepared. Raises Conflict `pdf.changed_after_prepare`."""
    start, end = meta.reserved_start, meta.reserved_end
    whole = memoryview(prepared_data)
    digest = sha256(whole[:start])
    digest.update(whole[end:])
    same = len(prepared_data) == meta.length and digest.hexdigest() == meta.digest
    if not (same and 0 < start < end < meta.length and _EMPTY.fullmatch(whole[start:end])):
        raise _changed()


def _changed() -> Conflict:
    return Conflict(
        "pdf.changed_after_prepare",
        "待签文件与确认时的内容不一致，已停止签署，请重新发起用印。",
        "The file is not the one that was prepared; nothing was signed. Start the sealing again.",
    )


def _check_signature(
    meta: PreparedMeta, certificate_der: bytes, signed_attributes_der: bytes, signature_value: bytes
) -> None:
    expected = signed_attributes(bytes.fromhex(meta.digest), certificate_der)
    key = x509.load_der_x509_certificate(certificate_der).public_key()
    try:
        if signed_attributes_der != expected or not isinstance(key, ec.EllipticCurvePublicKey):
            raise InvalidSignature
        key.verify(signature_value, signed_attributes_der, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise Conflict(
            "signature.mismatch",
            "签名值与待签文件或证书不符，已停止签署，请重新发起用印。",
            "The signature does not belong to this file and certificate. Start the sealing again.",
        ) from error


def _check_token(token: cms.ContentInfo, digest: bytes, now: datetime) -> datetime:
    """When the token says, UTC, if it is about this digest and not of the future: pyHanko compares the nonce
    only.

    Raises ValueError.
    """
    info = token["content"]["encap_content_info"]["content"].parsed
    imprint = info["message_imprint"]
    said = imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
    if said != (_DIGEST, digest):
        raise ValueError("the timestamp is about something else")
    moment: datetime = info["gen_time"].native
    if moment - MAX_AHEAD > now:
        raise ValueError("the timestamp is of the future")
    return moment


async def _units_of(
    token: cms.ContentInfo, digest: bytes, trust: Trust, stamped_at: datetime
) -> tuple[bytes, ...]:
    """Who made a token, as of when it says: what proves it, and nothing that was laid beside it.

    Raises ValueError where one of these cannot be read by those who look at it later.
    """
    judged = await judge_token(token["content"], lambda _: digest, trust, stamped_at)
    for der in judged.units:
        x509.load_der_x509_certificate(der)
    return judged.units


def _fill(prepared_data: bytes, meta: PreparedMeta | ArchiveMeta, container: bytes) -> bytes:
    room = meta.reserved_end - meta.reserved_start - 2
    digits = container.hex().upper().encode()
    if len(digits) > room:
        raise Unavailable(
            "signature.too_large",
            "时间戳或证书链过大，放不进签名，请联系管理员更换时间戳服务。",
            "Timestamp and certificates are too large for the signature; ask the operator to use "
            "another timestamp service.",
            room=room // 2,
            needed=len(container),
        )
    at = meta.reserved_start + 1
    return b"".join((prepared_data[:at], digits, prepared_data[at + len(digits) :]))
