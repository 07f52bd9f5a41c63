"""Years later: a token whose unit is over is judged as of the document timestamp that came next, and by what
its issuers are proven to have said."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import OCSPContainer

from seals import pki
from seals.ocsp import make_answer
from seals.pdf import algorithms
from seals.pdf.archiving import ValidationData, prepare_archive
from seals.pdf.finishing import seal_archive
from seals.pdf.preparing import Protection
from seals.pdf.reports import Report, Verdict
from seals.pdf.verdicts import Trust, verify
from tests.seals.pdf.samples import contract
from tests.seals.pdf.sealing_kit import LATEST, SIGNED, START, Clock, World, appended
from tests.seals.pdf.test_archiving import WORLD, archived

YEAR = timedelta(days=365)
RENEWED, JUDGED = START + 9 * YEAR, START + 12 * YEAR
UNIT = WORLD.tsa.certificate
SECOND = pki.make_tsa(WORLD.root, START + 8 * YEAR)
"""The unit that followed, under the same root."""


def said(
    at: datetime,
    unit: x509.Certificate = UNIT,
    *,
    root: pki.Authority = WORLD.root,
    revoked: pki.Revoked | None = None,
) -> ValidationData:
    """What the root says of a unit at a moment."""
    lists = (pki.make_crl(root, [revoked] if revoked else [], 7, at, at + timedelta(days=7)),)
    return ValidationData((), (make_answer(root, unit, revoked, at),), lists)


def unsigned(validation: ValidationData) -> ValidationData:
    """The same, and nobody signed it: the last byte of a signature is another."""
    ocsps, lists = (
        tuple(der[:-1] + bytes([der[-1] ^ 1]) for der in each) for each in (validation.ocsps, validation.crls)
    )
    return ValidationData((), ocsps, lists)


def stamped(data: bytes, at: datetime, unit: pki.Authority, validation: ValidationData) -> bytes:
    ready = prepare_archive(data, validation)
    return asyncio.run(seal_archive(data, ready, Clock(unit, at), WORLD.trust(), lambda: LATEST)).data


def judged(data: bytes, at: datetime = JUDGED, *more: pki.Revoked) -> Report:
    lists = (WORLD.crl(at=at), pki.make_crl(WORLD.root, more, 9, at, at + timedelta(days=7)))
    return WORLD.judge(data, *lists, now=at)


@pytest.fixture(scope="module")
def whole() -> bytes:
    """A document of today."""
    return archived(WORLD.sign(contract(2), protection=Protection.SOLE))


@pytest.fixture(scope="module")
def renewed(whole: bytes) -> bytes:
    return stamped(whole, RENEWED, SECOND, said(RENEWED))


def test_renewed_in_time_it_is_valid_when_the_first_unit_is_over(renewed: bytes) -> None:
    assert UNIT.not_valid_after_utc < JUDGED
    report = judged(renewed)
    assert (report.verdict, report.reasons, report.document_timestamps) == (Verdict.VALID, (), 2)
    (signature,) = report.signatures
    assert (signature.level, signature.signed_at) == ("B-LTA", SIGNED)
    # The issuing authority is over as well: that the seal was good then is said inside.
    assert signature.certificate_status_then == "good"


def test_renewed_again_it_lasts_again(renewed: bytes) -> None:
    at = START + 17 * YEAR
    third = pki.make_tsa(WORLD.root, at)
    again = stamped(renewed, at, third, said(at, SECOND.certificate))
    report = judged(again, START + 19 * YEAR)
    assert (report.verdict, report.document_timestamps) == (Verdict.VALID, 3)
    assert judged(renewed, START + 19 * YEAR).reasons == ("timestamp_lapsed",)


def test_a_validator_by_the_standard_takes_a_renewed_document(renewed: bytes) -> None:
    """ETSI EN 319 102-1, revocation data demanded for each certificate, and nothing may be fetched.

    Seal and its issuer's word are over by then. When the issuing authority is over too, pyHanko answers
    CERTIFICATE_CHAIN_GENERAL_FAILURE whatever is inside, and does not come to the past.
    """
    at = RENEWED + timedelta(hours=1)
    manager = SimpleTrustManager.build(trust_roots=[asn1_x509.Certificate.load(WORLD.root.der)])
    of_the_last = asn1_ocsp.OCSPResponse.load(said(at, SECOND.certificate).ocsps[0])
    spec = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            CertValidationPolicySpec(manager, CertRevTrustPolicy(REQUIRE_REVINFO)),
            RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
            local_knowledge=LocalKnowledge(known_ocsps=OCSPContainer.load_multi(of_the_last)),
        )
    )
    (embedded,) = PdfFileReader(BytesIO(renewed)).embedded_regular_signatures
    result = asyncio.run(ades_lta_validation(embedded, spec, ValidationTimingInfo(at, at, False)))
    assert result.ades_subindic == AdESPassed.OK


def test_without_renewal_nothing_proves_the_time_and_it_says_why(whole: bytes) -> None:
    report = judged(whole)
    assert (report.verdict, report.reasons) == (Verdict.UNKNOWN, ("timestamp_lapsed",))
    assert "document_timestamp_lapsed" in report.notes
    assert "timestamp_rejected" not in report.notes


def test_renewed_too_late_is_not_renewed(whole: bytes) -> None:
    late = START + 11 * YEAR
    report = judged(stamped(whole, late, SECOND, said(late)))
    assert (report.verdict, report.reasons) == (Verdict.UNKNOWN, ("timestamp_lapsed",))


COMPROMISED = x509.ReasonFlags.key_compromise


@pytest.mark.parametrize(
    ("validation", "reasons"),
    [
        pytest.param(ValidationData(), ("timestamp_lapsed",), id="nothing is said"),
        pytest.param(unsigned(said(RENEWED)), ("timestamp_lapsed",), id="nobody signed it"),
        pytest.param(said(RENEWED, SECOND.certificate), (), id="a list says it of the unit too"),
        pytest.param(
            replace(said(RENEWED, SECOND.certificate), crls=()), ("timestamp_lapsed",), id="of another unit"
        ),
        pytest.param(
            said(RENEWED - timedelta(days=30)), ("timestamp_lapsed",), id="ended before it was stamped"
        ),
        pytest.param(
            said(RENEWED, revoked=pki.Revoked(UNIT.serial_number, RENEWED - YEAR, COMPROMISED)),
            ("timestamp_lapsed",),
            id="it was revoked",
        ),
    ],
)
def test_what_the_archive_must_say_of_the_unit(
    whole: bytes, validation: ValidationData, reasons: tuple[str, ...]
) -> None:
    report = judged(stamped(whole, RENEWED, SECOND, validation))
    assert report.reasons == reasons
    assert report.verdict is (Verdict.UNKNOWN if reasons else Verdict.VALID)


def test_a_unit_lost_after_the_renewal_takes_nothing_with_it(renewed: bytes, whole: bytes) -> None:
    """What was proven before stays; what rests on the lost key alone falls, though it is not over yet."""
    lost = pki.Revoked(UNIT.serial_number, RENEWED + timedelta(days=1), COMPROMISED)
    at = RENEWED + timedelta(days=2)
    assert judged(renewed, at, lost).verdict is Verdict.VALID
    assert judged(whole, at, lost).verdict is Verdict.UNKNOWN


def test_a_lost_last_unit_proves_nothing(renewed: bytes) -> None:
    lost = pki.Revoked(SECOND.certificate.serial_number, RENEWED + timedelta(days=1), COMPROMISED)
    assert judged(renewed, JUDGED, lost).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("in_time", [True, False])
def test_what_an_issuer_is_said_to_have_signed_must_be_older_than_its_end(in_time: bool) -> None:
    """Whoever gets hold of the key of an authority that is over can write what he wants, and date it back."""
    short = pki.make_root(START - 11 * YEAR)  # it ends in the tenth year
    world, then = World(short), START + 8 * YEAR
    plain = stamped(world.sign(contract(2)), SIGNED, world.tsa, ValidationData())
    silent = stamped(plain, then, SECOND, ValidationData())
    at = then + YEAR / 2 if in_time else START + 11 * YEAR
    unit = pki.make_tsa(WORLD.root, at)
    data = stamped(silent, at, unit, said(then, world.tsa.certificate, root=short))
    trust = Trust((short.der, WORLD.root.der), (world.issuing.der,))
    assert verify(data, trust, JUDGED).verdict is (Verdict.VALID if in_time else Verdict.UNKNOWN)


def altered(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page[generic.pdf_name("/Rotate")] = generic.NumberObject(180)
    writer.update_container(page)


def test_a_forged_archive_revision_is_a_forgery(whole: bytes, renewed: bytes) -> None:
    changed = stamped(appended(whole, altered), RENEWED, SECOND, said(RENEWED))
    assert (judged(changed).verdict, judged(changed).reasons) == (Verdict.INVALID, ("changed_after_signing",))
    other = renewed[: len(whole)] + renewed[len(whole) :].replace(b"/DocTimeStamp", b"/DocTimeStamq", 1)
    assert judged(other).verdict is Verdict.INVALID
    start = len(whole)
    moved = renewed[:start] + renewed[start:].replace(b"%%EOF", b"%%EOG", 1)
    assert judged(moved).verdict is Verdict.INVALID


def test_a_strangers_timestamp_on_top_hides_nothing(renewed: bytes) -> None:
    foreign = pki.make_tsa(pki.make_root(START + 8 * YEAR), START + 8 * YEAR)
    report = judged(stamped(renewed, JUDGED, foreign, ValidationData()))
    assert (report.verdict, report.document_timestamps) == (Verdict.VALID, 2)
    assert "document_timestamp_untrusted" in report.notes


@pytest.mark.parametrize("name", ["sha256", "ec-256"])
def test_an_algorithm_that_has_ended_is_no_better_than_a_unit_that_is_over(
    whole: bytes, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    at = SIGNED + YEAR
    assert judged(whole, at).verdict is Verdict.VALID
    monkeypatch.setattr(algorithms, "ENDS", {name: SIGNED + timedelta(days=30)})
    assert judged(whole, at).reasons == ("timestamp_lapsed",)


def test_the_roots_of_time_stamping_services_are_for_timestamps_alone() -> None:
    other = World()
    trust = Trust((WORLD.root.der,), (WORLD.issuing.der,), stamp_roots=(other.root.der,))
    stamped_elsewhere = WORLD.sign(contract(), timestamper=Clock(other.tsa, SIGNED))
    assert verify(stamped_elsewhere, trust, SIGNED).verdict is Verdict.VALID
    report = verify(other.sign(contract()), trust, SIGNED)
    assert (report.verdict, report.reasons) == (Verdict.UNKNOWN, ("untrusted_issuer",))
