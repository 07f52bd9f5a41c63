"""What makers in use write differently from the text of the standards: accepted, and named where odd."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asn1crypto import core, x509
from cryptography import x509 as c_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from seals import sm2
from seals.pdf.reports import Verdict
from seals.pdf.trust import Trust
from seals.ses import structures as asn1
from seals.ses.causes import Cause
from seals.ses.reading import Seal, read
from tests.seals.ses import old_structures
from tests.seals.ses.kit import (
    DOCUMENT,
    END,
    MADE,
    NOW,
    SIGNED,
    START,
    Signer,
    World,
    assembled,
    certificate_of,
    explicit,
    members,
    old_seal,
    old_signature,
    resealed,
    sequence,
    tagged,
)

TRUE, FALSE = b"\x01\x01\xff", b"\x01\x01\x00"
RAW_BYTES = 64


def raw(der: bytes) -> bytes:
    r, s = (part for part in (core.Integer.load(each).native for each in members(der)))
    return bytes(r.to_bytes(32) + s.to_bytes(32))


def extension(critical: bytes) -> bytes:
    return sequence(core.ObjectIdentifier("1.2.3.4").dump(), critical, core.OctetString(b"x").dump())


def good(world: World, data: bytes, *notes: str, **judged: Any) -> None:
    report = world.judge(data, **judged)
    assert (report.verdict, report.reasons) == (Verdict.VALID, ())
    assert set(report.notes) - {"signing_time_claimed"} == set(notes)


# ---------------------------------------------------------------- values


def test_seal_value_as_raw_r_and_s(world: World) -> None:
    signed = members(world.seal())[0]
    good(world, assembled(signed, world.maker.der, lambda m: raw(world.maker.sign(m))), "raw_value")


def test_signature_value_as_raw_r_and_s(world: World) -> None:
    signed = members(world.signature())[0]
    good(world, assembled(signed, world.signer.der, lambda m: raw(world.signer.sign(m))), "raw_value")


@pytest.mark.parametrize("oid", [sm2.CURVE_OID, f"{sm2.CURVE_OID}.1"])
def test_algorithm_named_by_the_curve(world: World, oid: str) -> None:
    signed = members(world.signature())[0]
    good(world, assembled(signed, world.signer.der, world.signer.sign, algorithm=oid))


# ---------------------------------------------------------------- extension data


@pytest.mark.parametrize("critical", [b"", FALSE, TRUE], ids=["left out", "false", "true"])
@pytest.mark.parametrize("tagged_too", [False, True], ids=["untagged", "tagged"])
@pytest.mark.parametrize("version", [1, 4])
def test_extensions_of_a_seal(world: World, critical: bytes, tagged_too: bool, version: int) -> None:
    listed = sequence(extension(critical))
    listed = explicit(0, listed) if tagged_too else listed
    if version == 1:
        seal = old_with(world, listed)
    else:
        first = members(members(world.seal())[0])
        seal = assembled(sequence(*first, listed), world.maker.der, world.maker.sign)
    good(world, seal)
    found = read(seal)
    assert isinstance(found, Seal)
    (one,) = found.extensions
    assert (one.oid, one.critical, one.value) == ("1.2.3.4", critical == TRUE, b"x")


def old_with(world: World, listed: bytes) -> bytes:
    first, second = members(old_seal(world))
    certificate, algorithm, _ = members(second)
    first = sequence(*members(first), listed)
    value = core.OctetBitString(world.maker.sign(sequence(first, certificate, algorithm))).dump()
    return sequence(first, sequence(certificate, algorithm, value))


@pytest.mark.parametrize("wrap", [lambda der: explicit(0, der), lambda der: der], ids=["tagged", "untagged"])
def test_extensions_of_a_signature(world: World, wrap: Callable[[bytes], bytes]) -> None:
    parts = [*members(members(world.signature())[0]), wrap(sequence(extension(TRUE)))]
    good(world, assembled(sequence(*parts), world.signer.der, world.signer.sign))


def test_an_empty_list_of_extensions(world: World) -> None:
    parts = [*members(members(world.seal())[0]), sequence()]
    good(world, assembled(sequence(*parts), world.maker.der, world.maker.sign))


def test_a_timestamp_without_its_tag(world: World) -> None:
    stamped = members(world.stamped(world.signature(), SIGNED))
    good(world, sequence(*stamped[:4], stamped[4][2 + (stamped[4][1] & 0x7F) :]))


# ---------------------------------------------------------------- the list of certificates


def digests(world: World, name: str, value: bytes) -> bytes:
    def change(info: Any) -> None:
        info["property"]["certListType"] = asn1.DIGESTS
        info["property"]["certList"] = asn1.CertDigestList([{"type": name, "value": value}])

    return resealed(world.seal(), world.maker, change)


@pytest.mark.parametrize("name", [sm2.SM3_OID, "SM3", "sm3", "1", ""])
def test_list_of_plain_digests_whatever_they_are_called(world: World, name: str) -> None:
    good(world, world.signature(digests(world, name, sm2.sm3(world.signer.der))))


def test_list_of_digests_by_sha_256(world: World) -> None:
    good(world, world.signature(digests(world, "SHA256", hashlib.sha256(world.signer.der).digest())))


def test_list_of_digests_with_the_identity(world: World) -> None:
    value = sm2.message_digest(world.signer.key.public, world.signer.der)
    good(world, world.signature(digests(world, "SM3", value)), "digest_with_identity")


def test_several_signers(world: World) -> None:
    seal = world.seal(certificates=(world.other.der, world.signer.der))
    for signer in (world.other, world.signer):
        good(world, world.signature(seal, signer=signer))


# ---------------------------------------------------------------- hash, times, version 1


def test_hash_with_the_identity(world: World) -> None:
    value = sm2.message_digest(world.signer.key.public, DOCUMENT)
    good(world, world.signature(data_hash=value), "hash_with_identity")


def test_hash_with_the_identity_of_another_is_none(world: World) -> None:
    value = sm2.message_digest(world.other.key.public, DOCUMENT)
    assert world.judge(world.signature(data_hash=value)).reasons == ("document_hash",)


def test_hash_in_an_octet_string(world: World) -> None:
    parts = members(members(world.signature())[0])
    parts[3] = core.OctetString(sm2.sm3(DOCUMENT)).dump()
    good(world, assembled(sequence(*parts), world.signer.der, world.signer.sign))


def test_time_with_fractions_of_a_second(world: World) -> None:
    parts = members(members(world.signature())[0])
    parts[2] = tagged(0x18, b"20260415020000.123Z")
    signature = assembled(sequence(*parts), world.signer.der, world.signer.sign)
    good(world, signature)
    assert world.judge(signature).signatures[0].signed_at == SIGNED + timedelta(milliseconds=123)


@pytest.mark.parametrize(
    "time",
    [
        core.UTCTime(SIGNED).dump(),
        core.GeneralizedTime(SIGNED).dump(),
        b"20260415020000Z",
    ],
    ids=["UTCTime", "GeneralizedTime", "text"],
)
def test_time_in_a_signature_of_2014(world: World, time: bytes) -> None:
    signature = old_signature(world, time=time)
    good(world, signature)
    assert world.judge(signature).signatures[0].signed_at == SIGNED


def test_a_token_in_place_of_the_time_in_a_signature_of_2014(world: World) -> None:
    token = world.token(sm2.sm3(DOCUMENT), SIGNED)
    signature = old_signature(world, time=token)
    good(world, signature)
    assert world.judge(signature).signatures[0].timestamp == SIGNED
    other = old_signature(world, time=world.token(b"something else", SIGNED))
    assert world.judge(other).reasons == (Cause.TIMESTAMP.code,)


def test_generalized_time_in_a_seal_of_2014(world: World) -> None:
    property_info = old_structures.SES_ESPropertyInfoV1(
        {
            "type": 1,
            "name": "章",
            "certList": asn1.CertInfoList([core.OctetString(world.signer.der)]),
            "createDate": MADE,
            "validStart": MADE,
            "validEnd": END,
        }
    ).dump()
    late = tagged(0x18, f"{END:%Y%m%d%H%M%S}Z".encode())
    first, second = members(old_seal(world))
    parts = members(first)
    parts[2] = sequence(*members(property_info)[:-1], late)
    certificate, algorithm, _ = members(second)
    value = world.maker.sign(sequence(sequence(*parts), certificate, algorithm))
    seal = sequence(sequence(*parts), sequence(certificate, algorithm, core.OctetBitString(value).dump()))
    good(world, seal)


@pytest.mark.parametrize("version", [1, 2, 11])
def test_versions_in_headers_of_2014(world: World, version: int) -> None:
    good(world, old_seal(world, header={"ID": "ES", "version": version, "Vid": "maker"}))


@pytest.mark.parametrize("kind", ["png", ".png", "Png"])
def test_how_the_picture_is_called(world: World, kind: str) -> None:
    seal = resealed(world.seal(), world.maker, lambda info: info["picture"].__setitem__("type", kind))
    good(world, seal)


def test_a_kind_of_picture_that_the_standard_leaves_open(world: World) -> None:
    seal = resealed(world.seal(), world.maker, lambda info: info["picture"].__setitem__("type", "OFD"))
    good(world, seal)
    assert world.judge(seal).signatures[0].picture.media is None


# ---------------------------------------------------------------- RSA and ECDSA, as 2014 allowed


def name(text: str) -> c_x509.Name:
    return c_x509.Name([c_x509.NameAttribute(NameOID.COMMON_NAME, text)])


Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def issued(text: str, key: Key, issuer: str, by: Key, ca: bool = False) -> bytes:
    made = (
        c_x509.CertificateBuilder()
        .subject_name(name(text))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(c_x509.random_serial_number())
        .not_valid_before(START)
        .not_valid_after(END)
        .add_extension(c_x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(by, hashes.SHA256())
    )
    return made.public_bytes(Encoding.DER)


class Foreign:
    """Root, maker and signer of another algorithm."""

    def __init__(self, make: Callable[[], Key], oid: str, digest: hashes.HashAlgorithm) -> None:
        self.oid, self.digest = oid, digest
        self.keys = [make() for _ in range(3)]
        root, maker, signer = self.keys
        self.root = issued("Root", root, "Root", root, ca=True)
        self.maker = issued("Maker", maker, "Root", root)
        self.signer = issued("Signer", signer, "Root", root)

    def sign(self, place: int, message: bytes) -> bytes:
        key = self.keys[place]
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(message, padding.PKCS1v15(), self.digest)
        return key.sign(message, ec.ECDSA(self.digest))

    def signature(self, world: World) -> bytes:
        information = members(world.seal(certificates=(self.signer,)))[0]
        seal = assembled(information, self.maker, lambda m: self.sign(1, m), algorithm=self.oid)
        digest = hashes.Hash(self.digest)
        digest.update(DOCUMENT)
        signed = members(world.signature(seal, data_hash=digest.finalize()))[0]
        return assembled(signed, self.signer, lambda m: self.sign(2, m), algorithm=self.oid)


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    ("make", "oid", "digest"),
    [
        (rsa_key, "1.2.840.113549.1.1.11", hashes.SHA256()),
        (p256, "1.2.840.10045.4.3.2", hashes.SHA256()),
        (p256, "1.2.840.10045.4.3.3", hashes.SHA384()),
    ],
    ids=["RSA", "ECDSA", "ECDSA with SHA-384"],
)
def test_rsa_and_ecdsa(world: World, make: Callable[[], Key], oid: str, digest: Any) -> None:
    foreign = Foreign(make, oid, digest)
    trust = Trust((foreign.root,))
    good(world, foreign.signature(world), "revocation_not_checked", trust=trust)
    report = world.judge(foreign.signature(world), b"other", trust=trust)
    assert report.reasons == ("document_hash",)


@pytest.mark.parametrize(
    ("bits", "oid", "digest"),
    [
        (2048, "1.2.840.113549.1.1.5", hashes.SHA1()),  # noqa: S303 - what must be refused
        (1024, "1.2.840.113549.1.1.11", hashes.SHA256()),
    ],
    ids=["SHA-1", "1024 bits"],
)
def test_weak_ones_are_undecided(world: World, bits: int, oid: str, digest: Any) -> None:
    foreign = Foreign(lambda: rsa_key(bits), oid, digest)
    report = world.judge(foreign.signature(world), trust=Trust((foreign.root,)))
    assert report.verdict is Verdict.UNKNOWN
    assert "algorithm" in report.reasons
    assert not report.signatures[0].signature_valid


# ---------------------------------------------------------------- chains


def test_among_authorities_of_one_name_the_right_one_is_found(world: World) -> None:
    """An authority that changed its key has two certificates under one name."""

    def rename(der: bytes) -> bytes:
        tbs = x509.Certificate.load(der)["tbs_certificate"].copy()
        tbs["subject"] = x509.Certificate.load(world.issuing.der).subject
        return bytes(tbs.dump(force=True))

    other = certificate_of(rename(World().issuing.der), world.root)
    trust = world.trust()
    both = Trust(trust.roots, (other, *trust.intermediates), trust.crls)
    good(world, world.signature(), trust=both)


def test_authorities_that_issue_each_other_end_the_search(world: World) -> None:
    names = [x509.Certificate.load(world.issuing.der).subject, x509.Certificate.load(world.root.der).subject]
    ring = []
    for subject, issuer, key, by in (
        (names[0], names[1], world.issuing, world.root),
        (names[1], names[0], world.root, world.issuing),
    ):
        tbs = x509.Certificate.load(world.issuing.der)["tbs_certificate"].copy()
        tbs["subject"], tbs["issuer"] = subject, issuer
        tbs["subject_public_key_info"] = x509.Certificate.load(key.der).public_key
        tbs["extensions"] = x509.Extensions(
            [e for e in tbs["extensions"] if e["extn_id"].native in ("basic_constraints", "key_usage")]
        )
        ring.append(certificate_of(bytes(tbs.dump(force=True)), by))
    report = world.judge(world.seal(), trust=Trust((World().root.der,), tuple(ring)))
    assert report.reasons == ("maker_untrusted",)


def test_an_anchor_that_cannot_be_read_does_no_harm(world: World) -> None:
    trust = world.trust()
    good(world, world.seal(), trust=Trust((b"\x30\x00", *trust.roots), trust.intermediates, trust.crls))


def test_the_root_itself_makes_no_seals(world: World) -> None:
    seal = world.seal(maker=Signer(world.root.key, world.root.der))
    assert world.judge(seal).verdict is not Verdict.VALID


def test_judged_before_the_authority_existed(world: World) -> None:
    early = START - timedelta(days=10)
    report = world.judge(world.seal(), now=early, trust=world.trust(at=NOW))
    assert report.reasons == ("maker_period",)
