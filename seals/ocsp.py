"""Whether a certificate is good at a moment, said by its issuer: OCSP (RFC 6960, profile of RFC 5019).

The issuers answer with their own keys. Pure: values and `now` in, DER out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp

from auth.errors import Invalid
from seals.authorities import Revoked, whole_second
from seals.pki import Authority

__all__ = [
    "ANSWER_LIFE",
    "MAX_REQUEST_BYTES",
    "REPLY_TYPE",
    "REQUEST_TYPE",
    "Asked",
    "key_hash",
    "make_answer",
    "read_request",
    "require_answer",
    "unauthorized",
]

REQUEST_TYPE, REPLY_TYPE = "application/ocsp-request", "application/ocsp-response"
MAX_REQUEST_BYTES = 4096
"""A request about one certificate has about 100 bytes."""

ANSWER_LIFE = timedelta(hours=12)
"""Until when an answer may be relied on; what was revoked since is in the next one."""


@dataclass(frozen=True)
class Asked:
    """The one certificate that a request is about: hash of its issuer's key (SHA-1 or SHA-256), serial."""

    issuer_key_hash: bytes
    serial: int


def make_answer(
    issuer: Authority, certificate: x509.Certificate, revoked: Revoked | None, now: datetime
) -> bytes:
    """What `issuer` says of a certificate of its own at `now`, DER, good for `ANSWER_LIFE`."""
    status = ocsp.OCSPCertStatus.GOOD if revoked is None else ocsp.OCSPCertStatus.REVOKED
    given = revoked is not None and revoked.reason is not x509.ReasonFlags.unspecified
    answer = ocsp.OCSPResponseBuilder().add_response(
        cert=certificate,
        issuer=issuer.certificate,
        # RFC 5019 §2.1.1: what clients ask by; it names the certificate and protects nothing.
        algorithm=hashes.SHA1(),  # noqa: S303
        cert_status=status,
        this_update=whole_second(now),
        next_update=whole_second(now + ANSWER_LIFE),
        revocation_time=whole_second(revoked.at) if revoked is not None else None,
        revocation_reason=revoked.reason if revoked is not None and given else None,
    )
    answer = answer.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
    return answer.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def require_answer(
    der: bytes, certificate: x509.Certificate, issuer: x509.Certificate, since: datetime
) -> None:
    """Before an answer out of the database is used: it is about this certificate, not older than `since`,
    and its issuer signed it. Raises ValueError."""
    answer = ocsp.load_der_ocsp_response(der)
    key = issuer.public_key()
    named = answer.serial_number, answer.issuer_key_hash
    if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL or not isinstance(
        key, ec.EllipticCurvePublicKey
    ):
        raise ValueError("not an answer")
    if named != (certificate.serial_number, key_hash(issuer, answer.issuer_key_hash)):
        raise ValueError("about another certificate")
    if answer.this_update_utc < whole_second(since):
        raise ValueError("too old")
    try:
        key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise ValueError("not signed by the issuer") from error


def unauthorized() -> bytes:
    """The answer about a certificate that no issuer here knows (RFC 5019 §2.2.3); it is not signed."""
    refusal = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    return refusal.public_bytes(serialization.Encoding.DER)


def read_request(der: bytes) -> Asked:
    """The certificate that is asked about. Raises Invalid `ocsp.request` unless it is one, readable."""
    try:
        if len(der) > MAX_REQUEST_BYTES:
            raise ValueError("too large")
        request = ocsp.load_der_ocsp_request(der)
        return Asked(request.issuer_key_hash, request.serial_number)
    except (ValueError, TypeError, NotImplementedError, UnsupportedAlgorithm) as error:
        raise Invalid(
            "ocsp.request",
            "这不是一份可处理的 OCSP 请求（每次查询一张证书）。",
            "This is no OCSP request that can be answered; ask about one certificate at a time.",
        ) from error


def key_hash(certificate: x509.Certificate, like: bytes) -> bytes:
    """The hash of a certificate's key as requests name it, by the algorithm that has this length."""
    algorithm = hashes.SHA1() if len(like) == hashes.SHA1.digest_size else hashes.SHA256()  # noqa: S303
    digest = hashes.Hash(algorithm)
    public = certificate.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    digest.update(public)
    return digest.finalize()
