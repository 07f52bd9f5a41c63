"""B-LTA: the archive revision proves the signature by itself, and nothing else can be put in its place."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

import pikepdf
import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from auth.errors import Conflict, Invalid, Unavailable
from seals import pki
from seals.ocsp import make_answer, unauthorized
from seals.pdf.archiving import Archive, ValidationData, prepare_archive
from seals.pdf.finishing import seal_archive
from seals.pdf.preparing import Place, Protection
from seals.pdf.reports import Verdict
from tests.seals.pdf.samples import changed, contract
from tests.seals.pdf.sealing_kit import SIGNED, START, Clock, World, appended, der

PLACE = Place(page=0, x_mm=120.0, y_mm=200.0)


class Published(World):
    """Certificates say where their status is asked, as ours do; validators ask for what is offered."""

    def __post_init__(self) -> None:
        where = {"crl_url": "http://127.0.0.1/crl", "ocsp_url": "http://127.0.0.1/ocsp"}
        self.issuing = pki.make_issuing(self.root, START, **where)  # type: ignore[arg-type]
        self.tsa = pki.make_tsa(self.root, START, **where)  # type: ignore[arg-type]
        self.seals = [replace(self.seal(number), **self._certified(number, where)) for number in range(2)]

    def _certified(self, number: int, where: dict[str, str]) -> dict[str, object]:
        key, end = pki.new_key(), START + timedelta(days=1000)
        subject = pki.SealSubject(
            "北京云杉科技有限公司", "91110105MA01ABCD5F", "合同专用章", f"110105000001{number}"
        )
        certificate = pki.issue_seal_certificate(
            self.issuing,
            key.public_key(),
            subject,
            START,
            end,
            **where,  # type: ignore[arg-type]
        )
        return {
            "key": key,
            "certificate_der": der(certificate),
            "chain_der": [self.issuing.der],
            "serial": certificate.serial_number,
        }


def world_at(moment: datetime) -> tuple[World, ValidationData]:
    """An infrastructure, and what its issuers say of seal, issuing authority and time-stamping unit then."""
    world = Published()
    asked = [
        (world.issuing, x509.load_der_x509_certificate(world.seals[0].certificate_der)),
        (world.root, world.issuing.certificate),
        (world.root, world.tsa.certificate),
    ]
    answers = tuple(make_answer(issuer, certificate, None, moment) for issuer, certificate in asked)
    certificates = (world.seals[0].certificate_der, world.issuing.der, world.tsa.der, world.root.der)
    lists = (world.crl(at=moment), world.crl(of=world.root, at=moment))
    return world, ValidationData(certificates, answers, lists)


WORLD, VALIDATION = world_at(SIGNED)


def archived(signed: bytes, at: datetime = SIGNED, validation: ValidationData = VALIDATION) -> bytes:
    prepared = prepare_archive(signed, validation)
    return asyncio.run(seal_archive(signed, prepared, Clock(WORLD.tsa, at), WORLD.trust())).data


@pytest.fixture(scope="module")
def signed() -> bytes:
    return WORLD.sign(contract(2), protection=Protection.SOLE)


@pytest.fixture(scope="module")
def whole(signed: bytes) -> bytes:
    return archived(signed)


def test_the_level_says_how_long_it_can_be_proved(signed: bytes, whole: bytes) -> None:
    report = WORLD.judge(whole)
    assert (report.verdict, report.document_timestamps) == (Verdict.VALID, 1)
    assert [each.level for each in report.signatures] == ["B-LTA"]
    assert [each.level for each in WORLD.judge(signed).signatures] == ["B-T"]
    bare = archived(signed, validation=ValidationData())
    assert [each.level for each in WORLD.judge(bare).signatures] == ["B-T"]  # a stamp proves no revocation


def test_a_null_and_a_number_written_anew_are_no_change() -> None:
    """pyHanko writes catalog and first page again, and 0.000 as 0; nulls have no value of their own."""

    def odd(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pikepdf.Object.parse(b"[null /XYZ null null 0.000]")
        pdf.pages[0].obj.ArtBox = pikepdf.Object.parse(b"[0.00000 0.0 595.27559 841.88976]")

    report = WORLD.judge(archived(WORLD.sign(changed(odd, pages=2), place=replace(PLACE, page=1))))
    assert (report.verdict, report.reasons) == (Verdict.VALID, ())


def test_a_strict_validator_needs_nothing_but_the_root(whole: bytes) -> None:
    """ETSI EN 319 102-1, revocation data demanded for each certificate, and nothing may be fetched."""
    manager = SimpleTrustManager.build(trust_roots=[asn1_x509.Certificate.load(WORLD.root.der)])
    spec = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            CertValidationPolicySpec(manager, CertRevTrustPolicy(REQUIRE_REVINFO)),
            RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        )
    )
    (embedded,) = PdfFileReader(BytesIO(whole)).embedded_regular_signatures
    timing = ValidationTimingInfo(SIGNED + timedelta(hours=1), SIGNED + timedelta(hours=1), False)
    result = asyncio.run(ades_lta_validation(embedded, spec, timing))
    assert result.ades_subindic == AdESPassed.OK


def test_a_further_signature_and_its_archive_leave_the_first_valid() -> None:
    first = archived(WORLD.sign(contract(2)))
    other = x509.load_der_x509_certificate(WORLD.seals[1].certificate_der)
    validation = replace(VALIDATION, ocsps=[make_answer(WORLD.issuing, other, None, SIGNED)])
    second = archived(
        WORLD.sign(first, 1, place=replace(PLACE, y_mm=120.0), protection=Protection.FOLLOWING),
        validation=validation,
    )
    report = WORLD.judge(second)
    assert report.verdict is Verdict.VALID
    assert [each.level for each in report.signatures] == ["B-LTA", "B-LTA"]
    assert report.document_timestamps == 2


def test_what_a_stranger_stored_before_hides_nothing_of_ours(signed: bytes) -> None:
    kept = replace(VALIDATION, ocsps=[unauthorized()], crls=[])
    ours = archived(
        WORLD.sign(archived(WORLD.sign(contract(2)), validation=kept), protection=Protection.FOLLOWING)
    )
    assert {each.level for each in WORLD.judge(ours).signatures} == {"B-LTA"}


def test_a_store_that_nobody_can_read_is_refused_before_anybody_confirms(signed: bytes) -> None:
    def spoil(writer: IncrementalPdfFileWriter) -> None:
        rubbish = writer.add_object(generic.StreamObject(stream_data=b"no answer"))
        store = generic.DictionaryObject({generic.pdf_name("/OCSPs"): generic.ArrayObject([rubbish])})
        writer.root[generic.pdf_name("/DSS")] = writer.add_object(store)
        writer.update_root()

    spoiled = appended(WORLD.sign(contract(2)), spoil)
    with pytest.raises(Invalid) as refused:
        WORLD.sign(spoiled, protection=Protection.FOLLOWING)
    assert refused.value.code == "pdf.broken"


@pytest.mark.parametrize("what", ["other start", "nothing appended", "another place", "another length"])
def test_only_what_was_signed_with_something_appended_is_stamped(signed: bytes, what: str) -> None:
    archive = prepare_archive(signed, VALIDATION)
    meta = archive.meta
    hostile = {
        "other start": Archive(archive.data.replace(b"/Page", b"/Pag0", 1), meta),
        "nothing appended": Archive(signed, replace(meta, length=len(signed))),
        "another place": Archive(archive.data, replace(meta, reserved_start=meta.reserved_start - 1)),
        "another length": Archive(archive.data + b"\n", meta),
    }[what]
    with pytest.raises(Conflict) as refused:
        asyncio.run(seal_archive(signed, hostile, Clock(WORLD.tsa, SIGNED), WORLD.trust()))
    assert refused.value.code == "pdf.changed_after_prepare"


def test_a_place_within_what_was_signed_is_not_filled(signed: bytes) -> None:
    """A worker that a document took over points into the signed part."""
    ready = WORLD.prepare(contract(2), WORLD.seals[0], at=SIGNED, place=PLACE, protection=Protection.OPEN)
    inside = Archive(
        ready.data,
        type(prepare_archive(signed, VALIDATION).meta)(
            ready.meta.digest, ready.meta.reserved_start, ready.meta.reserved_end, ready.meta.length
        ),
    )
    with pytest.raises(Conflict):
        asyncio.run(seal_archive(ready.data[:-1], inside, Clock(WORLD.tsa, SIGNED), WORLD.trust()))


def test_without_a_timestamp_nothing_comes_out(signed: bytes) -> None:
    class Silent(Clock):
        async def async_request_tsa_response(self, req: object) -> object:  # type: ignore[override]
            raise OSError("no network")

    ready = prepare_archive(signed, VALIDATION)
    with pytest.raises(Unavailable) as refused:
        asyncio.run(seal_archive(signed, ready, Silent(WORLD.tsa, SIGNED), WORLD.trust()))
    assert refused.value.code == "timestamp.unavailable"


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(Invalid):
        prepare_archive(b"not a document", VALIDATION)
