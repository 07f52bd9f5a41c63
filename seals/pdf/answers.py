"""OCSP answers out of a document, verified (RFC 6960 §3.2, §4.2.2): what an issuer said of a certificate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

__all__ = ["Revoked", "Said", "answer_about"]

_REFUSED = (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.DuplicateExtension)
_BROKEN_HASHES = ("md5",)  # what names the issuer's key protects nothing else, so that SHA-1 may stay


@dataclass(frozen=True)
class Revoked:
    """Since when, and why where that is given expressly."""

    at: datetime
    reason: x509.ReasonFlags | None


@dataclass(frozen=True)
class Said:
    """What an issuer said of a certificate at `since`, to be relied on up to `until`."""

    since: datetime
    until: datetime
    revoked: Revoked | None


def answer_about(der: bytes, certificate: x509.Certificate, issuer: x509.Certificate) -> Said | None:
    """What an answer says of `certificate`; None where it is about another, or nobody signed it who may."""
    try:
        answer = ocsp.load_der_ocsp_response(der)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return None
        if any(extension.critical for extension in answer.extensions):
            return None
        for single in answer.responses:
            if _names(single, certificate, issuer):
                return _said(single) if _signed(answer, issuer) else None
    except _REFUSED:
        return None
    return None


def _names(single: ocsp.OCSPSingleResponse, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if single.serial_number != certificate.serial_number or single.hash_algorithm.name in _BROKEN_HASHES:
        return False
    return single.issuer_key_hash == _hashed(_key_bits(issuer), single.hash_algorithm) and (
        single.issuer_name_hash == _hashed(issuer.subject.public_bytes(), single.hash_algorithm)
    )


def _said(single: ocsp.OCSPSingleResponse) -> Said | None:
    since = single.this_update_utc
    until = single.next_update_utc or since
    if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        return None
    if single.certificate_status is ocsp.OCSPCertStatus.GOOD or single.revocation_time_utc is None:
        return Said(since, until, None)
    return Said(since, until, Revoked(single.revocation_time_utc, single.revocation_reason))


def _signed(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
    """By the issuer, or by whom it gave a certificate for answering."""
    return any(_is_signature_of(answer, each) for each in (issuer, *_delegates(answer, issuer)))


def _delegates(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> Iterator[x509.Certificate]:
    for each in answer.certificates:
        try:
            each.verify_directly_issued_by(issuer)
            usage = each.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except (*_REFUSED, x509.ExtensionNotFound):
            continue
        in_time = each.not_valid_before_utc <= answer.produced_at_utc <= each.not_valid_after_utc
        if in_time and ExtendedKeyUsageOID.OCSP_SIGNING in usage:
            yield each


def _is_signature_of(answer: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    key, algorithm = signer.public_key(), answer.signature_hash_algorithm
    if algorithm is None or algorithm.name in ("md5", "sha1"):
        return False
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), algorithm)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _key_bits(certificate: x509.Certificate) -> bytes:
    """The BIT STRING of the public key, as RFC 6960 §4.1.1 hashes it: without tag, length and unused bits."""
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)


def _hashed(data: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()
