"""The verdict on an uploaded B-LTA document against bare pyHanko's `ades_lta_validation`, by turns."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from io import BytesIO
from statistics import median

from asn1crypto import x509 as asn1_x509
from cryptography import x509
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

from seals import pki
from seals.ocsp import make_answer
from seals.pdf.archiving import ValidationData, prepare_archive
from seals.pdf.cleaning import clean
from seals.pdf.finishing import seal_archive
from seals.pdf.reports import Verdict
from seals.pdf.verdicts import Trust, verify
from tests.bench.material import Material, contract, material
from tests.bench.parts import Engine, OwnClock
from tests.bench.table import Row
from tests.bench.timing import each

__all__ = ["verifying_by_the_archive"]

PART = "verdict on a B-LTA document"
TARGET_RATIO = 1.2
ROUNDS = 5
WEEK = timedelta(days=7)


def verifying_by_the_archive(times: int) -> list[Row]:
    """Ours checks every appended byte and object as well; bare pyHanko checks what the signature needs."""
    made = material()
    data, trust = _archived(made)
    signed = [
        (
            each(lambda: _ours(data, trust), max(2, times // ROUNDS)),
            each(lambda: _theirs(data, made), max(2, times // ROUNDS)),
        )
        for _ in range(ROUNDS)
    ]
    ours, theirs = (median(column) for column in zip(*signed, strict=True))
    return [
        Row(PART, "ours", ours, "ms"),
        Row(PART, "bare pyHanko, ades_lta_validation", theirs, "ms"),
        Row(PART, "ratio", ours / theirs, "x", TARGET_RATIO),
    ]


def _archived(made: Material) -> tuple[bytes, Trust]:
    """A document as the sealer gives it out."""
    clock = OwnClock(made.tsa)
    signed = asyncio.run(Engine(made, clock).seal(clean(contract(), False).data, mark=True))
    now = datetime.now(UTC)
    seal = x509.load_der_x509_certificate(made.certificate_der)
    asked = [(made.issuing, seal), (made.root, made.issuing.certificate), (made.root, made.tsa.certificate)]
    answers = [make_answer(issuer, certificate, None, now) for issuer, certificate in asked]
    lists = tuple(pki.make_crl(each, [], 1, now, now + WEEK) for each in (made.root, made.issuing))
    certificates = (made.certificate_der, made.issuing.der, made.tsa.der, made.root.der)
    prepared = prepare_archive(signed, ValidationData(certificates, answers, lists))
    trust = Trust((made.root.der,), (made.issuing.der,), lists)
    return asyncio.run(seal_archive(signed, prepared, clock, trust)).data, trust


def _ours(data: bytes, trust: Trust) -> None:
    report = verify(data, trust, datetime.now(UTC))
    assert report.verdict is Verdict.VALID
    assert report.signatures[0].level == "B-LTA"


def _theirs(data: bytes, made: Material) -> None:
    manager = SimpleTrustManager.build(trust_roots=[asn1_x509.Certificate.load(made.root.der)])
    spec = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            CertValidationPolicySpec(manager, CertRevTrustPolicy(REQUIRE_REVINFO)),
            RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        )
    )
    (embedded,) = PdfFileReader(BytesIO(data)).embedded_regular_signatures
    moment = datetime.now(UTC) + timedelta(seconds=2)
    result = asyncio.run(ades_lta_validation(embedded, spec, ValidationTimingInfo(moment, moment, False)))
    assert result.ades_subindic == AdESPassed.OK
