"""The SM2 authority, judged by openssl link by link, each good thing with a twin that must fail.

`openssl verify` of version 3 takes the signer's identity (`distid`) for the certificate in hand only, so
every link of a chain is asked for by itself.
"""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import keys, pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509

from auth.errors import Invalid
from seals import pki, sm2, sm2_certificates, sm2_keys, sm2_pki
from seals.certificates import is_development, load_certificate, read_subject

NOW = datetime(2026, 11, 21, 10, 5, 3, tzinfo=UTC)
MADE = NOW - timedelta(days=30)
NAME = "内蒙古自治区呼伦贝尔市海拉尔区示例科技发展（集团）股份有限责任公司"
SUBJECT = pki.SealSubject(NAME, "91150702MA0EXAMP1X", NAME + "合同专用章", "1507020012345")
ROOT = sm2_pki.make_root(MADE, development=True)
ISSUING = sm2_pki.make_issuing(ROOT, MADE, crl_url="http://127.0.0.1:8000/crl/sm2-root.crl")
CRL_URL = "http://127.0.0.1:8000/crl/sm2-issuing.crl"
MAKER = sm2_pki.make_seal_maker(ISSUING, MADE, crl_url=CRL_URL)
KEY = sm2.generate()
IDENTITY = "distid:1234567812345678"


def seal_certificate(subject: pki.SealSubject = SUBJECT, now: datetime = NOW) -> bytes:
    end = sm2_pki.latest_seal_end(ISSUING, now)
    return sm2_pki.issue_seal_certificate(ISSUING, KEY.public, subject, now, end, CRL_URL)


SEAL = seal_certificate()


def armored(der: bytes, kind: str = "CERTIFICATE") -> bytes:
    return bytes(pem.armor(kind, der))


def openssl(*command: str, at: Path, data: bytes | None = None) -> tuple[bool, str]:
    done = subprocess.run(["openssl", *command], cwd=at, input=data, capture_output=True, check=False)
    return done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")


def verified(certificate: bytes, issuer: bytes, folder: Path, *options: str) -> tuple[bool, str]:
    """Whether openssl takes one certificate as issued by the other."""
    (folder / "issuer.pem").write_bytes(armored(issuer))
    (folder / "subject.pem").write_bytes(armored(certificate))
    command = ["verify", "-x509_strict", "-partial_chain", "-vfyopt", IDENTITY, "-trusted", "issuer.pem"]
    command += ["-attime", str(int(NOW.timestamp())), *options]
    return openssl(*command, "subject.pem", at=folder)


LINKS = [(ISSUING.der, ROOT.der), (MAKER.der, ISSUING.der), (SEAL, ISSUING.der)]


@pytest.mark.parametrize(("certificate", "issuer"), LINKS, ids=["issuing", "seal maker", "seal"])
def test_openssl_accepts_every_link(certificate: bytes, issuer: bytes, tmp_path: Path) -> None:
    good, words = verified(certificate, issuer, tmp_path)
    assert good, words


@pytest.mark.parametrize(("certificate", "issuer"), LINKS, ids=["issuing", "seal maker", "seal"])
def test_openssl_refuses_the_tampered_twin(certificate: bytes, issuer: bytes, tmp_path: Path) -> None:
    at = certificate.rfind(b"\x13\x02CN") + 3  # the subject's country, after the issuer's
    good, words = verified(certificate[:at] + b"X" + certificate[at + 1 :], issuer, tmp_path)
    assert not good
    assert "signature failure" in words


def test_openssl_refuses_another_issuer_and_another_identity(tmp_path: Path) -> None:
    other = sm2_pki.make_issuing(ROOT, MADE)
    assert not verified(SEAL, other.der, tmp_path)[0]
    verified(SEAL, ISSUING.der, tmp_path)
    command = ["verify", "-partial_chain", "-vfyopt", "distid:8765432187654321", "-trusted", "issuer.pem"]
    good, words = openssl(*command, "subject.pem", at=tmp_path)
    assert not good
    assert "signature failure" in words


def test_openssl_shows_a_seals_certificate_as_the_standard_has_it(tmp_path: Path) -> None:
    good, words = openssl("x509", "-text", "-noout", "-nameopt", "utf8", at=tmp_path, data=armored(SEAL))
    assert good
    for said in (
        "Version: 3",
        "Signature Algorithm: SM2-with-SM3",
        "ASN1 OID: SM2",
        "Digital Signature, Non Repudiation",
        "CA:FALSE",
        f"CN={SUBJECT.seal_name}",
        f"organizationIdentifier={SUBJECT.uscc}",
        f"serialNumber={SUBJECT.seal_number}",
        f"URI:{CRL_URL}",
        "Authority Key Identifier",
        "Subject Key Identifier",
    ):
        assert said in words, said


def test_key_identifiers_join_the_chain() -> None:
    for certificate, issuer in LINKS:
        own, above = asn1_x509.Certificate.load(certificate), asn1_x509.Certificate.load(issuer)
        assert own.authority_key_identifier == above.key_identifier
        assert own.issuer == above.subject
    assert asn1_x509.Certificate.load(SEAL).key_identifier_value.native != ROOT.key.public


def test_the_subject_is_that_of_the_p256_certificate() -> None:
    assert read_subject(SEAL) == SUBJECT
    assert read_subject(MAKER.der) is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"company": ""}, "pki.subject_empty"), ({"seal_name": "长" * 65}, "pki.subject_too_long")],
)
def test_a_subject_that_no_certificate_may_hold_is_refused(changes: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        seal_certificate(pki.SealSubject(**{**SUBJECT.__dict__, **changes}))
    assert refusal.value.code == code


def test_a_key_of_another_kind_and_a_life_out_of_range_are_refused() -> None:
    end = NOW + timedelta(days=1)
    with pytest.raises(Invalid, match=r"pki\.key_not_sm2"):
        sm2_pki.issue_seal_certificate(ISSUING, KEY.public[:-1], SUBJECT, NOW, end)
    for late in (NOW, sm2_pki.latest_seal_end(ISSUING, NOW) + timedelta(seconds=1)):
        with pytest.raises(Invalid, match=r"pki\.life_out_of_range"):
            sm2_pki.issue_seal_certificate(ISSUING, KEY.public, SUBJECT, NOW, late)


def test_lives_and_who_may_issue() -> None:
    assert ROOT.certificate.not_valid_after_utc == pki.years_after(MADE, 20)
    assert ISSUING.certificate.not_valid_after_utc == pki.years_after(MADE, 10)
    assert MAKER.certificate.not_valid_after_utc == pki.years_after(MADE, 10)
    seal = load_certificate(SEAL)
    assert seal.not_valid_after_utc == pki.years_after(NOW, 3)
    assert seal.not_valid_before_utc == NOW - pki.BACKDATING
    fresh = seal_certificate(now=ISSUING.certificate.not_valid_before_utc + timedelta(seconds=2))
    assert load_certificate(fresh).not_valid_before_utc == ISSUING.certificate.not_valid_before_utc
    chain = (ROOT.certificate, ISSUING.certificate, MAKER.certificate, seal)
    found = [c.extensions.get_extension_for_class(x509.BasicConstraints) for c in chain]
    assert [(each.value.ca, each.value.path_length) for each in found] == [
        (True, 1),
        (True, 0),
        (False, None),
        (False, None),
    ]
    assert all(each.critical for each in found)


def test_dates_from_2050_on_are_general_times(tmp_path: Path) -> None:
    root = sm2_pki.make_root(datetime(2040, 1, 1, tzinfo=UTC))
    assert root.certificate.not_valid_after_utc == datetime(2060, 1, 1, tzinfo=UTC)
    good, words = openssl("x509", "-noout", "-enddate", at=tmp_path, data=armored(root.der))
    assert good
    assert "2060" in words


def test_the_development_mark_is_inherited_and_absent_elsewhere() -> None:
    assert all(is_development(load_certificate(der)) for der in (ROOT.der, ISSUING.der, MAKER.der, SEAL))
    root = sm2_pki.make_root(NOW)
    issuing = sm2_pki.make_issuing(root, NOW)
    plain = (root, issuing, sm2_pki.make_seal_maker(issuing, NOW))
    assert not any(is_development(each.certificate) for each in plain)


def test_only_the_seal_makers_certificate_is_for_making_seals() -> None:
    assert sm2_certificates.is_seal_maker(MAKER.der)
    for der in (SEAL, ISSUING.der, b"", MAKER.der[:-1]):
        assert not sm2_certificates.is_seal_maker(der)


def test_the_readers_own_check_of_a_signature() -> None:
    for certificate, issuer in ((ISSUING, ROOT), (MAKER, ISSUING)):
        assert sm2_certificates.is_signed_by(certificate.der, issuer.key.public)
        assert not sm2_certificates.is_signed_by(certificate.der, KEY.public)
    for at in range(len(SEAL)):
        forged = SEAL[:at] + bytes([SEAL[at] ^ 1]) + SEAL[at + 1 :]
        assert not sm2_certificates.is_signed_by(forged, ISSUING.key.public), at


def test_public_keys_are_read_off_certificates() -> None:
    assert sm2_certificates.public_key(SEAL) == KEY.public
    p256 = pki.make_root(NOW).der
    for wrong in (p256, b"", b"0" * 200, SEAL[:-1]):
        with pytest.raises(Invalid, match=r"pki\.key_not_sm2"):
            sm2_certificates.public_key(wrong)


# ---------------------------------------------------------------- keys and files


def test_openssl_reads_the_key_and_signs_with_it(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(sm2_pki.dump_key(ISSUING))
    good, words = openssl("pkey", "-in", "key.pem", "-noout", "-text", at=tmp_path)
    assert good
    assert "SM2" in words
    (tmp_path / "message").write_bytes(b"message")
    command = ["pkeyutl", "-sign", "-inkey", "key.pem", "-rawin", "-digest", "sm3", "-pkeyopt", IDENTITY]
    good, words = openssl(*command, "-in", "message", "-out", "signature", at=tmp_path)
    assert good, words
    assert sm2.verify(ISSUING.key.public, (tmp_path / "signature").read_bytes(), b"message")


def test_an_authority_survives_its_files() -> None:
    loaded = sm2_pki.load_authority(sm2_pki.dump_key(ISSUING), armored(ISSUING.der))
    assert loaded == ISSUING
    assert repr(loaded.key.private) not in repr(loaded)


def test_a_private_key_of_few_digits_keeps_its_length() -> None:
    """A leading zero must not be lost: one key in 256 begins with one."""
    pair = next(pair for pair in iter(sm2.generate, None) if pair.private[0] == 0)
    der = sm2_keys.dump_private(pair)
    assert len(der) == len(sm2_keys.dump_private(KEY))
    assert sm2_keys.load_private(der) == pair


def test_files_that_are_no_pair_or_no_key_are_refused() -> None:
    key, certificate = sm2_pki.dump_key(ISSUING), armored(ISSUING.der)
    p256 = pki.make_root(NOW)
    for wrong_key, wrong_certificate, code in (
        (sm2_pki.dump_key(ROOT), certificate, "pki.key_mismatch"),
        (b"nothing", certificate, "pki.key_broken"),
        (pki.dump_key(p256), certificate, "pki.key_broken"),
        (key[:60] + key[90:], certificate, "pki.key_broken"),
        (key, pki.dump_certificate(p256.certificate), "pki.key_not_sm2"),
        (key, b"nothing", "pki.certificate_broken"),
    ):
        with pytest.raises(Invalid) as refusal:
            sm2_pki.load_authority(wrong_key, wrong_certificate)
        assert refusal.value.code == code


def test_halves_of_different_pairs_are_no_key() -> None:
    info = keys.PrivateKeyInfo.load(sm2_keys.dump_private(KEY))
    inner = info["private_key"].parsed
    inner["public_key"] = b"\x04" + sm2.generate().public
    info["private_key"] = inner
    with pytest.raises(Invalid, match=r"sm2\.key"):
        sm2_keys.load_private(info.dump(force=True))


# ---------------------------------------------------------------- revocation


def crl(*revoked: pki.Revoked, number: int = 42) -> bytes:
    return sm2_pki.make_crl(ISSUING, revoked, number, NOW, NOW + timedelta(days=7))


def test_openssl_reads_a_crl(tmp_path: Path) -> None:
    entries = [
        pki.Revoked(7, NOW - timedelta(hours=2), x509.ReasonFlags.superseded),
        pki.Revoked(5, NOW - timedelta(hours=3)),
    ]
    good, words = openssl("crl", "-inform", "DER", "-text", "-noout", at=tmp_path, data=crl(*entries))
    assert good, words
    for said in ("Version 2", "SM2-with-SM3", "Serial Number: 07", "Superseded", "Serial Number: 05"):
        assert said in words
    read = x509.load_der_x509_crl(crl(*entries))
    assert read.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 42
    assert len(read.get_revoked_certificate_by_serial_number(5).extensions) == 0  # type: ignore[union-attr]
    assert (read.last_update_utc, read.next_update_utc) == (NOW, NOW + timedelta(days=7))


def test_the_crls_signature_holds_for_openssl_and_not_that_of_its_twin(tmp_path: Path) -> None:
    read = asn1_crl.CertificateList.load(crl(pki.Revoked(5, NOW)))
    signed = read["tbs_cert_list"].dump()
    (tmp_path / "signature").write_bytes(read["signature"].native)
    public = asn1_x509.Certificate.load(ISSUING.der).public_key.dump()
    (tmp_path / "public.pem").write_bytes(armored(public, "PUBLIC KEY"))
    command = ["pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin", "-digest", "sm3"]
    command += ["-pkeyopt", IDENTITY, "-sigfile", "signature", "-in", "signed"]
    for data, expected in ((signed, True), (signed.replace(b"\x02\x01\x05", b"\x02\x01\x06"), False)):
        (tmp_path / "signed").write_bytes(data)
        assert openssl(*command, at=tmp_path)[0] is expected
