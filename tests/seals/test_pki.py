"""The built-in authority, judged by openssl and by pyHanko's validator, each with a twin that must fail."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathValidationError

from auth.errors import Invalid
from seals import pki
from seals.certificates import seal_common_name, subject_name

pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length must be:UserWarning")

NOW = datetime(2026, 11, 21, 10, 5, 3, tzinfo=UTC)
LONG_NAME = "内蒙古自治区呼伦贝尔市海拉尔区示例科技发展（集团）股份有限责任公司"
SUBJECT = pki.SealSubject(LONG_NAME, "91150702MA0EXAMP1X", LONG_NAME + "合同专用章", "1507020012345")
ROOT = pki.make_root(NOW - timedelta(days=30), development=True)
ISSUING = pki.make_issuing(ROOT, NOW - timedelta(days=30), crl_url="http://127.0.0.1:8000/root.crl")
TSA = pki.make_tsa(ROOT, NOW - timedelta(days=30))


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def seal_certificate(subject: pki.SealSubject = SUBJECT, now: datetime = NOW) -> x509.Certificate:
    end = pki.latest_seal_end(ISSUING, now)
    return pki.issue_seal_certificate(
        ISSUING, new_key().public_key(), subject, now, end, "http://127.0.0.1:8000/issuing.crl"
    )


def crl(issuer: pki.Authority, *revoked: pki.Revoked, now: datetime = NOW) -> bytes:
    return pki.make_crl(issuer, revoked, 1, now - timedelta(hours=1), now + timedelta(days=7))


def openssl_verify(
    folder: Path, certificate: bytes, crls: list[bytes], *options: str, at: datetime = NOW
) -> tuple[bool, str]:
    """What `openssl verify` says of a PEM certificate under ROOT and ISSUING; all CRLs are asked for."""
    (folder / "root.pem").write_bytes(pki.dump_certificate(ROOT.certificate))
    (folder / "issuing.pem").write_bytes(pki.dump_certificate(ISSUING.certificate))
    (folder / "subject.pem").write_bytes(certificate)
    pems = [x509.load_der_x509_crl(der).public_bytes(serialization.Encoding.PEM) for der in crls]
    (folder / "crls.pem").write_bytes(b"".join(pems))
    command = ["openssl", "verify", "-x509_strict", "-attime", str(int(at.timestamp())), "-crl_check_all"]
    command += ["-CAfile", "root.pem", "-untrusted", "issuing.pem", "-CRLfile", "crls.pem", *options]
    done = subprocess.run([*command, "subject.pem"], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def test_openssl_accepts_a_seal_certificate_and_its_chain(tmp_path: Path) -> None:
    good, words = openssl_verify(
        tmp_path, pki.dump_certificate(seal_certificate()), [crl(ROOT), crl(ISSUING)]
    )
    assert good, words


def test_openssl_refuses_the_revoked_twin(tmp_path: Path) -> None:
    certificate = seal_certificate()
    revoked = pki.Revoked(certificate.serial_number, NOW, x509.ReasonFlags.key_compromise)
    good, words = openssl_verify(
        tmp_path, pki.dump_certificate(certificate), [crl(ROOT), crl(ISSUING, revoked)]
    )
    assert not good
    assert "certificate revoked" in words


def test_openssl_refuses_everything_below_a_revoked_issuing_authority(tmp_path: Path) -> None:
    revoked = pki.Revoked(ISSUING.certificate.serial_number, NOW, x509.ReasonFlags.ca_compromise)
    crls = [crl(ROOT, revoked), crl(ISSUING)]
    good, words = openssl_verify(tmp_path, pki.dump_certificate(seal_certificate()), crls)
    assert not good
    assert "certificate revoked" in words
    still_good, words = openssl_verify(tmp_path, pki.dump_certificate(TSA.certificate), crls)
    assert still_good, "timestamps outlive a revoked issuing authority: " + words


def test_openssl_refuses_a_crl_that_has_ended(tmp_path: Path) -> None:
    later = NOW + timedelta(days=8)
    pem = pki.dump_certificate(seal_certificate())
    good, words = openssl_verify(tmp_path, pem, [crl(ROOT), crl(ISSUING)], at=later)
    assert not good
    assert "CRL has expired" in words


def test_openssl_refuses_a_certificate_with_one_changed_letter(tmp_path: Path) -> None:
    der = seal_certificate().public_bytes(serialization.Encoding.DER)
    tampered = der.replace(SUBJECT.uscc.encode(), SUBJECT.uscc[:-1].encode() + b"Y")
    assert tampered != der
    pem = pki.dump_certificate(x509.load_der_x509_certificate(tampered))
    good, words = openssl_verify(tmp_path, pem, [crl(ROOT), crl(ISSUING)])
    assert not good
    assert "signature failure" in words


@pytest.mark.parametrize(
    ("certificate", "accepted"), [(TSA.certificate, True), (seal_certificate(), False)], ids=["tsa", "seal"]
)
def test_only_the_unit_may_stamp_time(tmp_path: Path, certificate: x509.Certificate, accepted: bool) -> None:
    pem = pki.dump_certificate(certificate)
    good, words = openssl_verify(tmp_path, pem, [crl(ROOT), crl(ISSUING)], "-purpose", "timestampsign")
    assert good is accepted, words


def test_the_issuing_authority_cannot_make_another_authority(tmp_path: Path) -> None:
    below = pki.make_issuing(ISSUING, NOW)
    end = NOW + timedelta(days=1)
    certificate = pki.issue_seal_certificate(below, new_key().public_key(), SUBJECT, NOW, end)
    (tmp_path / "below.pem").write_bytes(pki.dump_certificate(below.certificate))
    crls = [crl(ROOT), crl(ISSUING), crl(below)]
    pem = pki.dump_certificate(certificate)
    good, words = openssl_verify(tmp_path, pem, crls, "-untrusted", "below.pem")
    assert not good
    assert "path length constraint exceeded" in words


@pytest.mark.parametrize("revoked", [False, True])
async def test_pyhanko_judges_the_chain_with_revocation_required(revoked: bool) -> None:
    certificate = seal_certificate()
    entry = pki.Revoked(certificate.serial_number, NOW - timedelta(minutes=1))
    crls = [crl(ROOT), crl(ISSUING, entry) if revoked else crl(ISSUING)]
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(ROOT.der)], crls=crls, moment=NOW, revocation_mode="require"
    )
    validator = CertificateValidator(
        asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        intermediate_certs=[asn1_x509.Certificate.load(ISSUING.der)],
        validation_context=context,
    )
    if revoked:
        with pytest.raises(PathValidationError, match="revoked"):
            await validator.async_validate_usage({"digital_signature", "non_repudiation"})
    else:
        await validator.async_validate_usage({"digital_signature", "non_repudiation"})


def test_the_subject_is_read_back_from_a_long_chinese_name() -> None:
    certificate = seal_certificate()
    assert len(SUBJECT.seal_name.encode()) > 64, "longer than cryptography itself would make"
    assert pki.read_subject(certificate) == SUBJECT
    assert pki.read_subject(certificate.public_bytes(serialization.Encoding.DER)) == SUBJECT


def test_openssl_reads_the_same_subject_in_utf8(tmp_path: Path) -> None:
    (tmp_path / "seal.pem").write_bytes(pki.dump_certificate(seal_certificate()))
    command = ["openssl", "x509", "-in", "seal.pem", "-noout", "-subject"]
    command += ["-nameopt", "utf8,sep_multiline,show_type"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert [line.strip() for line in shown.splitlines()[1:]] == [
        "C=PRINTABLESTRING:CN",
        f"O=UTF8STRING:{SUBJECT.company}",
        f"organizationIdentifier=UTF8STRING:{SUBJECT.uscc}",
        f"CN=UTF8STRING:{SUBJECT.seal_name}",
        f"serialNumber=PRINTABLESTRING:{SUBJECT.seal_number}",
    ]


def test_what_names_no_seal_reads_as_none() -> None:
    der = seal_certificate().public_bytes(serialization.Encoding.DER)
    doubled = x509.Name([*subject_name(SUBJECT), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "另一家公司")])
    key = new_key()
    twofold = x509.CertificateBuilder(doubled, doubled, key.public_key(), 1, NOW, NOW + timedelta(days=1))
    for certificate in (TSA.certificate, b"", b"not a certificate", der[:-1], der + b"x"):
        assert pki.read_subject(certificate) is None
    assert pki.read_subject(twofold.sign(key, hashes.SHA256())) is None


def test_a_broken_certificate_never_raises_when_its_subject_is_read() -> None:
    der = seal_certificate().public_bytes(serialization.Encoding.DER)
    for at in range(len(der)):
        found = pki.read_subject(der[:at] + bytes([der[at] ^ 0xFF]) + der[at + 1 :])
        assert found is None or isinstance(found, pki.SealSubject)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"company": ""}, "pki.subject_empty"),
        ({"seal_number": ""}, "pki.subject_empty"),
        ({"company": "长" * 65}, "pki.subject_too_long"),
        ({"seal_name": "长" * 65}, "pki.subject_too_long"),
    ],
)
def test_a_subject_that_no_certificate_may_hold_is_refused(changes: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        seal_certificate(pki.SealSubject(**{**SUBJECT.__dict__, **changes}))
    assert refused.value.code == code


def test_sixty_four_characters_are_allowed() -> None:
    subject = pki.SealSubject("长" * 64, SUBJECT.uscc, "章" * 64, SUBJECT.seal_number)
    assert pki.read_subject(seal_certificate(subject)) == subject


def test_validity_begins_before_now_but_never_before_the_issuer() -> None:
    assert seal_certificate().not_valid_before_utc == NOW - pki.BACKDATING
    issued_at = ISSUING.certificate.not_valid_before_utc + timedelta(seconds=2)
    assert seal_certificate(now=issued_at).not_valid_before_utc == ISSUING.certificate.not_valid_before_utc


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (NOW, NOW),
        (NOW, NOW - timedelta(days=1)),
        (NOW, pki.years_after(NOW, 3) + timedelta(seconds=1)),
        (pki.years_after(NOW, 8), pki.years_after(NOW, 10)),
    ],
    ids=["ends now", "ended", "over three years", "outlives its issuer"],
)
def test_a_life_out_of_range_is_refused(now: datetime, end: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        pki.issue_seal_certificate(ISSUING, new_key().public_key(), SUBJECT, now, end)
    assert refused.value.code == "pki.life_out_of_range"


def test_lives_of_the_authorities_and_the_seal() -> None:
    assert ROOT.certificate.not_valid_after_utc == pki.years_after(NOW - timedelta(days=30), 20)
    assert ISSUING.certificate.not_valid_after_utc == pki.years_after(NOW - timedelta(days=30), 10)
    assert seal_certificate().not_valid_after_utc == datetime(2029, 11, 21, 10, 5, 3, tzinfo=UTC)
    assert pki.years_after(datetime(2028, 2, 29, tzinfo=UTC), 3) == datetime(2031, 2, 28, tzinfo=UTC)


def test_how_many_authorities_may_follow_each() -> None:
    chain = (ROOT.certificate, ISSUING.certificate, TSA.certificate, seal_certificate())
    found = [c.extensions.get_extension_for_class(x509.BasicConstraints) for c in chain]
    assert all(extension.critical for extension in found)
    constraints = [(extension.value.ca, extension.value.path_length) for extension in found]
    assert constraints == [(True, 1), (True, 0), (False, None), (False, None)]


def test_a_seal_key_on_another_curve_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    with pytest.raises(Invalid) as refused:
        pki.issue_seal_certificate(ISSUING, other, SUBJECT, NOW, NOW + timedelta(days=1))
    assert refused.value.code == "pki.key_not_p256"


def test_serials_are_random_and_fit_twenty_bytes() -> None:
    serials = {seal_certificate().serial_number for _ in range(20)}
    assert len(serials) == 20
    assert all(0 < serial < 1 << 159 for serial in serials)
    assert max(serials).bit_length() > 128


def test_a_crl_says_when_why_and_which() -> None:
    at = NOW - timedelta(hours=2)
    revoked = [
        pki.Revoked(7, at, x509.ReasonFlags.superseded),
        pki.Revoked(5, at),
        pki.Revoked(9, at.astimezone(), x509.ReasonFlags.cessation_of_operation),
    ]
    read = x509.load_der_x509_crl(pki.make_crl(ISSUING, revoked, 42, NOW, NOW + timedelta(hours=24)))
    assert read.is_signature_valid(ISSUING.key.public_key())
    assert read.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 42
    own = ISSUING.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    authority = read.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    assert authority.key_identifier == own.digest
    assert (read.last_update_utc, read.next_update_utc) == (NOW, NOW + timedelta(hours=24))
    entries = {entry.serial_number: entry for entry in read}
    assert {entry.revocation_date_utc for entry in entries.values()} == {at}
    assert len(entries[5].extensions) == 0, "RFC 5280 §5.3.1: unspecified is said by silence"
    assert entries[7].extensions[0].value == x509.CRLReason(x509.ReasonFlags.superseded)
    assert entries[9].extensions[0].value == x509.CRLReason(x509.ReasonFlags.cessation_of_operation)


def test_a_certificate_names_where_its_crl_is() -> None:
    points = seal_certificate().extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    names = points[0].full_name
    assert names is not None
    assert [name.value for name in names] == ["http://127.0.0.1:8000/issuing.crl"]
    without = pki.issue_seal_certificate(
        ISSUING, new_key().public_key(), SUBJECT, NOW, NOW + timedelta(days=1)
    )
    with pytest.raises(x509.ExtensionNotFound):
        without.extensions.get_extension_for_class(x509.CRLDistributionPoints)


def test_the_development_mark_is_inherited_and_absent_elsewhere() -> None:
    marked = (ROOT.certificate, ISSUING.certificate, TSA.certificate, seal_certificate())
    assert all(pki.is_development(certificate) for certificate in marked)
    root = pki.make_root(NOW)
    plain = (root.certificate, pki.make_issuing(root, NOW).certificate, pki.make_tsa(root, NOW).certificate)
    assert not any(pki.is_development(certificate) for certificate in plain)


def test_two_generations_of_an_authority_have_different_names() -> None:
    again = pki.make_issuing(ROOT, NOW)
    assert again.certificate.subject != ISSUING.certificate.subject
    assert again.certificate.issuer == ISSUING.certificate.issuer == ROOT.certificate.subject


def test_an_authority_survives_its_files() -> None:
    loaded = pki.load_authority(pki.dump_key(ISSUING), pki.dump_certificate(ISSUING.certificate))
    assert loaded.certificate == ISSUING.certificate
    assert pki.key_fingerprint(loaded.key.public_key()) == pki.key_fingerprint(ISSUING.key.public_key())
    assert pki.fingerprint(loaded.certificate) == pki.fingerprint(ISSUING.der)
    assert pki.load_certificate(ISSUING.der) == ISSUING.certificate


def test_files_that_are_no_pair_or_no_key_are_refused() -> None:
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    rsa_key = rsa.generate_private_key(65537, 2048).private_bytes(*pem)
    certificate = pki.dump_certificate(ISSUING.certificate)
    cases = [
        (pki.dump_key(ROOT), certificate, "pki.key_mismatch"),
        (rsa_key, certificate, "pki.key_not_p256"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", certificate, "pki.key_broken"),
        (pki.dump_key(ISSUING), b"-----BEGIN CERTIFICATE-----\n", "pki.certificate_broken"),
        (pki.dump_key(ISSUING), b"", "pki.certificate_broken"),
    ]
    for key_pem, certificate_pem, code in cases:
        with pytest.raises(Invalid) as refused:
            pki.load_authority(key_pem, certificate_pem)
        assert refused.value.code == code


def test_a_seal_name_too_long_for_a_certificate_leaves_the_company_to_its_own_attribute() -> None:
    company = "恒" * 60
    named = seal_common_name(company + "财务专用章（2）", company)
    subject = pki.SealSubject(company, SUBJECT.uscc, named, SUBJECT.seal_number)
    assert pki.read_subject(seal_certificate(subject)) == subject
    assert named == "财务专用章（2）"
    assert seal_common_name("恒信公司财务专用章", "恒信公司") == "恒信公司财务专用章"
