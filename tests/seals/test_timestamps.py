"""RFC 3161 tokens, judged by `openssl ts` and by pyHanko, each with a tampered twin that must fail."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from seals import pki, timestamps
from seals.timestamps import TimeStampResponse, answer

NOW = datetime(2026, 11, 21, 10, 5, 3, 987654, tzinfo=UTC)
MADE = NOW - timedelta(days=30)
ROOT = pki.make_root(MADE)
TSA = pki.make_tsa(ROOT, MADE)
SERIAL = (1 << 159) - 19
DATA = "合同正文".encode()
NONCE = 0x0123456789ABCDEF


def query(**changes: Any) -> bytes:
    """A request over DATA with nonce and certReq, with single fields changed."""
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(DATA).digest()}
    fields: dict[str, Any] = {"version": 1, "message_imprint": imprint, "nonce": NONCE, "cert_req": True}
    return bytes(tsp.TimeStampReq({**fields, **changes}).dump())


def imprint(algorithm: str, digest: bytes) -> tsp.MessageImprint:
    return tsp.MessageImprint({"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest})


def ask(request: bytes, *, now: datetime = NOW, serial: int = SERIAL) -> TimeStampResponse:
    return TimeStampResponse.load(answer(request, TSA, (), now, serial), strict=True)


def signed_data(response: TimeStampResponse) -> cms.SignedData:
    assert response["status"]["status"].native == "granted"
    return response["time_stamp_token"]["content"]


def info(response: TimeStampResponse) -> tsp.TSTInfo:
    return signed_data(response)["encap_content_info"]["content"].parsed


def openssl(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["openssl", "ts", *command], cwd=folder, capture_output=True, text=True, check=False
    )


def openssl_query(folder: Path, *options: str) -> bytes:
    (folder / "data").write_bytes(DATA)
    done = openssl(folder, "-query", "-data", "data", "-out", "request.tsq", *options)
    assert done.returncode == 0, done.stderr
    return (folder / "request.tsq").read_bytes()


def openssl_accepts(folder: Path, response: bytes, *options: str) -> tuple[bool, str]:
    (folder / "root.pem").write_bytes(pki.dump_certificate(ROOT.certificate))
    (folder / "response.tsr").write_bytes(response)
    command = ["-verify", "-in", "response.tsr", "-CAfile", "root.pem", "-attime", str(int(NOW.timestamp()))]
    done = openssl(folder, *command, *(options or ("-queryfile", "request.tsq")))
    return "Verification: OK" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("digest", ["-sha256", "-sha384", "-sha512"])
@pytest.mark.parametrize("nonce", [(), ("-no_nonce",)], ids=["nonce", "no nonce"])
def test_openssl_accepts_the_token(tmp_path: Path, digest: str, nonce: tuple[str, ...]) -> None:
    request = openssl_query(tmp_path, "-cert", digest, *nonce)
    good, words = openssl_accepts(tmp_path, answer(request, TSA, (), NOW, SERIAL))
    assert good, words


def test_openssl_refuses_the_token_for_other_data_or_another_request(tmp_path: Path) -> None:
    response = answer(openssl_query(tmp_path, "-cert"), TSA, (), NOW, SERIAL)
    (tmp_path / "other").write_bytes(DATA + b".")
    assert openssl_accepts(tmp_path, response, "-data", "data")[0]
    good, words = openssl_accepts(tmp_path, response, "-data", "other")
    assert not good
    assert "message imprint mismatch" in words
    openssl_query(tmp_path, "-cert")
    good, words = openssl_accepts(tmp_path, response)
    assert not good
    assert "nonce mismatch" in words


def test_openssl_refuses_a_token_whose_time_was_moved(tmp_path: Path) -> None:
    response = answer(openssl_query(tmp_path, "-cert"), TSA, (), NOW, SERIAL)
    moved = response.replace(b"20261121100503Z", b"20261121100502Z")
    assert moved != response
    good, words = openssl_accepts(tmp_path, moved)
    assert not good
    assert "digest failure" in words or "signature failure" in words


def test_without_cert_req_the_token_holds_no_certificates(tmp_path: Path) -> None:
    response = answer(openssl_query(tmp_path), TSA, (ROOT.certificate,), NOW, SERIAL)
    token = signed_data(TimeStampResponse.load(response))
    assert token["certificates"].native is None
    (tmp_path / "tsa.pem").write_bytes(pki.dump_certificate(TSA.certificate))
    assert not openssl_accepts(tmp_path, response)[0]
    good, words = openssl_accepts(tmp_path, response, "-queryfile", "request.tsq", "-untrusted", "tsa.pem")
    assert good, words


def test_with_cert_req_the_chain_is_sent_along() -> None:
    response = TimeStampResponse.load(answer(query(), TSA, (ROOT.certificate,), NOW, SERIAL))
    sent = {certificate.chosen.dump() for certificate in signed_data(response)["certificates"]}
    assert sent == {TSA.der, ROOT.der}


async def pyhanko_judges(token: cms.SignedData, data: bytes = DATA) -> dict[str, Any]:
    roots = [asn1_x509.Certificate.load(ROOT.der)]
    crl = pki.make_crl(ROOT, [], 1, NOW - timedelta(hours=1), NOW + timedelta(days=1))
    context = ValidationContext(trust_roots=roots, crls=[crl], moment=NOW, revocation_mode="require")
    judged: dict[str, Any] = await validate_tst_signed_data(
        token, context, lambda algorithm: hashlib.new(algorithm, data).digest()
    )
    return judged


async def test_pyhanko_trusts_the_token() -> None:
    judged = await pyhanko_judges(signed_data(ask(query())))
    assert (judged["intact"], judged["valid"]) == (True, True)
    assert judged["trust_problem_indic"] is None
    assert judged["timestamp"] == NOW.replace(microsecond=0)
    assert judged["signing_cert"].dump() == TSA.der


async def test_pyhanko_does_not_trust_the_tampered_twins() -> None:
    response = answer(query(), TSA, (), NOW, SERIAL)
    moved = TimeStampResponse.load(response.replace(b"20261121100503Z", b"20261121100502Z"))
    assert not (await pyhanko_judges(signed_data(moved)))["intact"]
    forged = bytearray(response)
    forged[-1] ^= 1
    assert not (await pyhanko_judges(signed_data(TimeStampResponse.load(bytes(forged)))))["valid"]
    assert not (await pyhanko_judges(signed_data(ask(query())), b"other data"))["intact"]


def test_the_token_says_what_was_asked_and_when() -> None:
    east = NOW.astimezone(timezone(timedelta(hours=8)))
    told = info(ask(query(), now=east)).native
    assert told["gen_time"] == datetime(2026, 11, 21, 10, 5, 3, tzinfo=UTC)
    assert told["policy"] == pki.POLICY_TIMESTAMP.dotted_string
    assert told["serial_number"] == SERIAL
    assert told["nonce"] == NONCE
    assert told["message_imprint"]["hashed_message"] == hashlib.sha256(DATA).digest()
    assert told["accuracy"]["seconds"] == timestamps.ACCURACY_S
    assert told["ordering"] is False
    assert told["tsa"] == asn1_x509.Certificate.load(TSA.der).subject.native


def test_a_request_without_nonce_gets_a_token_without() -> None:
    request = tsp.TimeStampReq({"version": 1, "message_imprint": imprint("sha384", bytes(48))}).dump()
    assert info(ask(request))["nonce"].native is None


def test_the_signing_certificate_is_bound_by_its_digest() -> None:
    signer = signed_data(ask(query()))["signer_infos"][0]
    attributes = {attribute["type"].native: attribute["values"][0] for attribute in signer["signed_attrs"]}
    assert set(attributes) == {"content_type", "message_digest", "signing_certificate_v2"}
    bound = attributes["signing_certificate_v2"]["certs"][0]
    assert bound["cert_hash"].native == hashlib.sha256(TSA.der).digest()
    assert bound["issuer_serial"]["serial_number"].native == TSA.certificate.serial_number


@pytest.mark.parametrize(
    ("request_der", "failure"),
    [
        (b"", "bad_data_format"),
        (b"\x30\x00", "bad_data_format"),
        (query() + b"\x00", "bad_data_format"),
        (query(nonce=1 << 8 * timestamps.MAX_REQUEST_BYTES), "bad_data_format"),
        (query(message_imprint=imprint("sha256", bytes(31))), "bad_data_format"),
        (query(version=2), "bad_request"),
        (query(message_imprint=imprint("sha1", bytes(20))), "bad_alg"),
        (query(message_imprint=imprint("md5", bytes(16))), "bad_alg"),
        (query(message_imprint=imprint("1.2.156.10197.1.401", bytes(32))), "bad_alg"),
        (query(req_policy="1.2.3.4"), "unaccepted_policy"),
        (query(extensions=[{"extn_id": "1.2.3.4", "extn_value": b"x"}]), "unaccepted_extensions"),
    ],
)
def test_a_refusal_says_why_and_holds_no_token(tmp_path: Path, request_der: bytes, failure: str) -> None:
    response = ask(request_der)
    assert response["status"]["status"].native == "rejection"
    assert response["status"]["fail_info"].native == {failure}
    assert response["time_stamp_token"].native is None
    (tmp_path / "response.tsr").write_bytes(response.dump())
    assert "Status: Rejected." in openssl(tmp_path, "-reply", "-in", "response.tsr", "-text").stdout


def test_digest_parameters_may_be_null_or_absent_and_nothing_else() -> None:
    digest = hashlib.sha256(DATA).digest()
    oid = bytes.fromhex("0609608648016503040201")
    for algorithm, status in (
        (b"\x30\x0b" + oid, "granted"),
        (b"\x30\x0d" + oid + b"\x05\x00", "granted"),
        (b"\x30\x0e" + oid + b"\x02\x01\x07", "rejection"),
    ):
        fields = algorithm + b"\x04\x20" + digest
        body = b"\x02\x01\x01" + b"\x30" + bytes([len(fields)]) + fields
        response = ask(b"\x30" + bytes([len(body)]) + body)
        assert response["status"]["status"].native == status
        if status == "granted":
            assert info(response)["message_imprint"].contents == fields, "echoed as it was sent"


def test_our_own_policy_may_be_asked_for() -> None:
    assert info(ask(query(req_policy=pki.POLICY_TIMESTAMP.dotted_string)))


@pytest.mark.parametrize("now", [MADE - timedelta(days=1), pki.years_after(MADE, 11)])
def test_a_unit_whose_certificate_is_not_valid_stamps_nothing(now: datetime) -> None:
    response = ask(query(), now=now)
    assert response["status"]["fail_info"].native == {"system_failure"}
    assert response["time_stamp_token"].native is None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.tuples(st.integers(0, len(query()) - 1), st.integers(1, 255)))
def test_no_request_makes_it_raise(sent: bytes | tuple[int, int]) -> None:
    if isinstance(sent, tuple):
        changed = bytearray(query())
        changed[sent[0]] ^= sent[1]
        sent = bytes(changed)
    assert ask(sent)["status"]["status"].native in {"granted", "rejection"}
