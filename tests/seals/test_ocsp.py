"""What issuers say of their certificates: read by openssl, and not believed from anybody else."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ReasonFlags, ocsp

from auth.errors import Invalid
from seals import pki
from seals.certificates import SealSubject
from seals.ocsp import (
    ANSWER_LIFE,
    MAX_REQUEST_BYTES,
    Asked,
    key_hash,
    make_answer,
    read_request,
    require_answer,
    unauthorized,
)

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = pki.make_root(NOW - timedelta(days=400))
ISSUING = pki.make_issuing(ROOT, NOW - timedelta(days=300))
SUBJECT = SealSubject("北京云杉科技有限公司", "91110105MA01ABCD5F", "合同专用章", "1101050000017")


def certificate() -> x509.Certificate:
    key, made = pki.new_key().public_key(), NOW - timedelta(days=9)
    end = pki.latest_seal_end(ISSUING, made)
    return pki.issue_seal_certificate(ISSUING, key, SUBJECT, made, end, None, "http://x/ocsp")


CERTIFICATE = certificate()
GOOD = make_answer(ISSUING, CERTIFICATE, None, NOW)
FORGED = GOOD[:-1] + bytes([GOOD[-1] ^ 1])  # the signature comes last


def openssl(folder: Path, answer: bytes) -> str:
    """What openssl says of an answer about `CERTIFICATE`, trusting the root alone."""
    for name, data in (
        ("root.pem", pki.dump_certificate(ROOT.certificate)),
        ("issuing.pem", pki.dump_certificate(ISSUING.certificate)),
        ("own.pem", pki.dump_certificate(CERTIFICATE)),
        ("answer.der", answer),
    ):
        (folder / name).write_bytes(data)
    command = "openssl ocsp -respin answer.der -issuer issuing.pem -cert own.pem -CAfile root.pem -no_nonce"
    done = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_openssl_reads_a_good_and_a_revoked_one(tmp_path: Path) -> None:
    good = openssl(tmp_path, make_answer(ISSUING, CERTIFICATE, None, NOW))
    assert "Response verify OK" in good
    assert "own.pem: good" in good
    entry = pki.Revoked(CERTIFICATE.serial_number, NOW - timedelta(days=1), ReasonFlags.key_compromise)
    revoked = openssl(tmp_path, make_answer(ISSUING, CERTIFICATE, entry, NOW))
    assert "Response verify OK" in revoked
    assert "own.pem: revoked" in revoked
    assert "keyCompromise" in revoked


def test_openssl_does_not_believe_another_signature(tmp_path: Path) -> None:
    assert "Response Verify Failure" in openssl(tmp_path, FORGED)


def test_an_answer_is_good_for_its_life_and_says_nothing_of_an_unspecified_reason() -> None:
    entry = pki.Revoked(CERTIFICATE.serial_number, NOW - timedelta(days=1))
    answer = ocsp.load_der_ocsp_response(make_answer(ISSUING, CERTIFICATE, entry, NOW))
    assert answer.next_update_utc is not None
    assert answer.next_update_utc - answer.this_update_utc == ANSWER_LIFE
    assert answer.revocation_reason is None


OTHER = pki.make_issuing(ROOT, NOW)


@pytest.mark.parametrize(
    ("answer", "since"),
    [
        (make_answer(ISSUING, CERTIFICATE, None, NOW), NOW + timedelta(seconds=1)),
        (make_answer(ISSUING, certificate(), None, NOW), NOW),
        (make_answer(OTHER, CERTIFICATE, None, NOW), NOW),
        (FORGED, NOW),
        (unauthorized(), NOW),
        (b"no answer", NOW),
    ],
    ids=["older", "another certificate", "another issuer", "another signature", "a refusal", "no answer"],
)
def test_an_answer_out_of_the_database_is_not_believed_as_such(answer: bytes, since: datetime) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (of several libraries)
        require_answer(answer, CERTIFICATE, ISSUING.certificate, since)


def test_one_that_is_right_is() -> None:
    require_answer(make_answer(ISSUING, CERTIFICATE, None, NOW), CERTIFICATE, ISSUING.certificate, NOW)


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256()])  # noqa: S303
def test_a_request_names_certificate_and_issuer(algorithm: hashes.HashAlgorithm) -> None:
    request = ocsp.OCSPRequestBuilder().add_certificate(CERTIFICATE, ISSUING.certificate, algorithm).build()  # type: ignore[arg-type]
    asked = read_request(request.public_bytes(serialization.Encoding.DER))
    assert asked == Asked(key_hash(ISSUING.certificate, asked.issuer_key_hash), CERTIFICATE.serial_number)
    assert asked.issuer_key_hash != key_hash(ROOT.certificate, asked.issuer_key_hash)


@pytest.mark.parametrize("der", [b"", b"\x30\x00", b"x" * (MAX_REQUEST_BYTES + 1)])
def test_what_is_no_request_is_refused(der: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read_request(der)
    assert refused.value.code == "ocsp.request"


def test_a_certificate_says_who_answers() -> None:
    access = CERTIFICATE.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert [one.access_location.value for one in access] == ["http://x/ocsp"]
