"""Certificates and times in a verdict: then, now, and unproven."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.timestamps import TimeStamper

from seals import pki
from seals.pdf.preparing import Protection
from seals.pdf.verdicts import Verdict
from tests.seals.pdf.samples import (
    contract,
)
from tests.seals.pdf.sealing_kit import (
    BESIDE,
    NAMES,
    NOW,
    SIGNED,
    START,
    Clock,
    World,
)


@pytest.fixture(scope="module")
def sealed(world: World) -> bytes:
    return world.sign(contract(2), protection=Protection.SOLE)


def test_revoked_after_signing_stays_valid_and_says_so(world: World, sealed: bytes) -> None:
    revoked = pki.Revoked(world.seals[0].serial, SIGNED + timedelta(days=1))
    report = world.judge(sealed, world.crl(revoked), world.crl(of=world.root))
    assert report.verdict is Verdict.VALID
    assert report.notes == ("revoked_after_signing",)
    (signature,) = report.signatures
    assert (signature.certificate_status_then, signature.certificate_status_now) == ("good", "revoked")


def test_revoked_before_signing_is_invalid(world: World, sealed: bytes) -> None:
    revoked = pki.Revoked(world.seals[0].serial, SIGNED - timedelta(seconds=1))
    report = world.judge(sealed, world.crl(revoked), world.crl(of=world.root))
    assert (report.verdict, report.reasons) == (Verdict.INVALID, ("revoked_before_signing",))
    assert report.signatures[0].company == NAMES[0]


def test_a_revoked_issuer_counts_like_a_revoked_seal(world: World, sealed: bytes) -> None:
    serial = world.issuing.certificate.serial_number
    before = world.crl(pki.Revoked(serial, SIGNED - timedelta(days=1)), of=world.root)
    assert "revoked_before_signing" in world.judge(sealed, before, world.crl()).reasons


def test_lists_that_prove_nothing_are_not_used(world: World, sealed: bytes) -> None:
    other = World()
    revoked = pki.Revoked(world.seals[0].serial, SIGNED - timedelta(days=1))
    forged = pki.make_crl(
        pki.Authority(other.issuing.key, world.issuing.certificate),
        [revoked],
        9,
        NOW,
        NOW + timedelta(days=1),
    )
    renamed = pki.make_crl(
        pki.Authority(world.issuing.key, world.root.certificate), [revoked], 9, NOW, NOW + timedelta(days=1)
    )
    future = world.crl(revoked, at=NOW + timedelta(days=1))
    partial = _partial_list(world, revoked)
    stale = world.crl(at=NOW - timedelta(days=30), days=7)
    useless = [(b"",), (b"\x30\x00",), (forged,), (renamed,), (future,), (partial,), (other.crl(),)]
    for lists in [*useless, (stale, world.crl(of=world.root))]:
        report = world.judge(sealed, *lists)
        assert (report.verdict, report.notes) == (Verdict.VALID, ("revocation_not_checked",))
        assert report.signatures[0].certificate_status_now == "not_checked"


def _partial_list(world: World, entry: pki.Revoked) -> bytes:
    """A list about attribute certificates only (RFC 5280 §5.2.5)."""
    scope = x509.IssuingDistributionPoint(
        full_name=None,
        relative_name=None,
        only_contains_user_certs=False,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=True,
    )
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=world.issuing.certificate.subject, last_update=NOW, next_update=NOW + timedelta(days=1)
    )
    row = x509.RevokedCertificateBuilder(entry.serial, entry.at).build()
    crl = builder.add_revoked_certificate(row).add_extension(scope, critical=True)
    return crl.sign(world.issuing.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def test_expired_since_is_valid_with_a_note(world: World, sealed: bytes) -> None:
    later = START + timedelta(days=1001)
    lists = (world.crl(at=later), world.crl(of=world.root, at=later))
    report = world.judge(sealed, *lists, now=later)
    assert report.verdict is Verdict.VALID
    assert "certificate_expired_since" in report.notes
    assert report.signatures[0].certificate_status_now == "expired"


def test_a_certificate_that_had_ended_before_the_signature_is_invalid(world: World) -> None:
    short = world.seal(0, life=timedelta(days=10))
    ready = world.prepare(
        contract(), short, at=START + timedelta(days=1), place=BESIDE, protection=Protection.OPEN
    )
    data = world.finish(ready, short, Clock(world.tsa, START + timedelta(days=11)))
    report = world.judge(data)
    assert (report.verdict, report.reasons) == (Verdict.INVALID, ("certificate_not_valid_then",))


def test_an_unknown_authority_proves_no_company(sealed: bytes) -> None:
    report = World().judge(sealed)
    (signature,) = report.signatures
    assert report.verdict is Verdict.UNKNOWN
    assert "untrusted_issuer" in report.reasons
    assert (signature.company, signature.uscc, signature.certificate_status_now) == (None, None, None)
    assert NAMES[0] in (signature.subject or "")


def test_a_root_of_the_same_name_is_another_root(world: World) -> None:
    """Names are cheap: only the key counts."""
    key, genuine = ec.generate_private_key(ec.SECP256R1()), world.root.certificate
    builder = x509.CertificateBuilder(
        issuer_name=genuine.subject,
        subject_name=genuine.subject,
        public_key=key.public_key(),
        serial_number=genuine.serial_number,
        not_valid_before=genuine.not_valid_before_utc,
        not_valid_after=genuine.not_valid_after_utc,
        extensions=list(genuine.extensions),
    )
    impostor = World(pki.Authority(key, builder.sign(key, hashes.SHA256())))
    report = world.judge(impostor.sign(contract()))
    assert report.verdict is Verdict.UNKNOWN
    assert report.signatures[0].company is None


def test_a_time_stamping_certificate_may_not_seal(world: World) -> None:
    seal = world.seals[0]
    unit = type(seal)(world.tsa.key, world.tsa.der, seal.imprint, (), world.tsa.certificate.serial_number)
    report = world.judge(world.sign(contract(), unit))
    assert (report.verdict, report.reasons) == (Verdict.INVALID, ("certificate_wrong_usage",))


class Elsewhere(TimeStamper):
    """Gives the token of another signature."""

    def __init__(self, token: cms.ContentInfo) -> None:
        super().__init__()
        self._token = token

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        return self._token


def test_without_a_timestamp_the_time_is_not_proven(world: World) -> None:
    seal = world.seals[0]
    ready = world.prepare(contract(), seal, at=SIGNED, place=BESIDE, protection=Protection.OPEN)
    report = world.judge(world.assemble(ready, seal, None))
    (signature,) = report.signatures
    assert (report.verdict, report.reasons, report.notes) == (Verdict.UNKNOWN, ("no_trusted_time",), ())
    assert (signature.signed_at, signature.claimed_at, signature.level) == (None, SIGNED, "B-B")
    assert signature.certificate_status_then is None
    assert signature.company == NAMES[0]


def test_the_token_of_another_signature_is_no_time(world: World) -> None:
    seal = world.seals[0]
    token = asyncio.run(Clock(world.tsa, SIGNED).async_timestamp(bytes(32), "sha256"))
    ready = world.prepare(contract(), seal, at=SIGNED, place=BESIDE, protection=Protection.OPEN)
    report = world.judge(world.assemble(ready, seal, Elsewhere(token)))
    assert (report.verdict, report.reasons) == (Verdict.INVALID, ("timestamp_wrong",))
    assert report.signatures[0].signed_at is None


def test_an_unknown_time_stamping_unit_is_no_time(world: World) -> None:
    report = world.judge(world.sign(contract(), timestamper=Clock(World().tsa, SIGNED)))
    assert (report.verdict, report.reasons) == (Verdict.UNKNOWN, ("no_trusted_time",))


def test_a_seal_certificate_is_no_time_stamping_unit(world: World) -> None:
    """Whoever holds a seal must not be able to make his own time with it."""
    seal = world.seals[0]
    own = pki.Authority(seal.key, x509.load_der_x509_certificate(seal.certificate_der))
    report = world.judge(world.sign(contract(), timestamper=Clock(own, START + timedelta(days=1))))
    assert (report.verdict, report.reasons) == (Verdict.UNKNOWN, ("no_trusted_time",))


def test_a_time_that_has_not_come_yet_is_no_time(world: World) -> None:
    data = world.sign(contract(), timestamper=Clock(world.tsa, NOW + timedelta(hours=1)))
    assert world.judge(data).reasons == ("no_trusted_time",)


@pytest.mark.parametrize(
    ("reason", "after", "verdict"),
    [
        (x509.ReasonFlags.superseded, True, Verdict.VALID),
        (x509.ReasonFlags.superseded, False, Verdict.UNKNOWN),
        (x509.ReasonFlags.key_compromise, True, Verdict.UNKNOWN),
        (x509.ReasonFlags.unspecified, True, Verdict.UNKNOWN),
    ],
)
def test_a_revoked_time_stamping_unit(
    world: World, sealed: bytes, reason: x509.ReasonFlags, after: bool, verdict: Verdict
) -> None:
    """RFC 3161 §4; "unspecified" is written by leaving the reason out, and then all tokens fall."""
    at = SIGNED + timedelta(days=1 if after else -1)
    entry = pki.Revoked(world.tsa.certificate.serial_number, at, reason)
    assert world.judge(sealed, world.crl(), world.crl(entry, of=world.root)).verdict is verdict
