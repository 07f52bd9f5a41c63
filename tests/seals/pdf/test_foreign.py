"""Genuine documents of other products: never called forged, and the reason said why they are not proven."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest

from seals.pdf.preparing import Protection
from seals.pdf.reports import Report
from seals.pdf.steps import Outcome, Step
from seals.pdf.verdicts import Verdict
from tests.seals.pdf.forging import by_hand, changed
from tests.seals.pdf.samples import contract, contract_pdf
from tests.seals.pdf.sealing_kit import BESIDE, World, appended, with_document_timestamp, with_dss
from tests.seals.pdf.strangers import LEVELS, Stranger, signed_by_sm2
from tests.seals.pdf.test_forged_revisions import new_page_content


@pytest.fixture(scope="module")
def stranger() -> Stranger:
    return Stranger()


def outcomes(report: Report) -> dict[Step, Outcome]:
    return {one.step: one.outcome for one in report.steps}


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_under_another_authority(world: World, stranger: Stranger, level: str) -> None:
    """All that can be checked holds; who signed, and when, is nobody's word that we know."""
    data = stranger.sign(contract(2), level)
    report = world.judge(data)
    assert (report.verdict, report.reasons) == (Verdict.UNKNOWN, ("untrusted_issuer", "no_trusted_time"))
    assert "Acme Corporation" in (report.signatures[0].subject or "")
    assert report.signatures[0].company is None
    found = outcomes(report)
    sound = (Step.FORMAT, Step.COVERAGE, Step.DIGEST, Step.SIGNATURE, Step.CHANGES)
    assert {found[step] for step in sound} == {Outcome.PASSED}
    assert (found[Step.CHAIN], found[Step.TIME]) == (Outcome.OPEN, Outcome.OPEN)
    changed(world.judge(appended(data, new_page_content)))


def test_several_signatures_of_others(world: World, stranger: Stranger) -> None:
    twice = stranger.sign(stranger.sign(contract(), "B-LTA"), "B-LTA", field="Signature2")
    report = world.judge(twice)
    assert report.verdict is Verdict.UNKNOWN
    assert not set(report.reasons) - {"untrusted_issuer", "no_trusted_time", "later_signature_unproven"}
    assert len(report.signatures) == 2


@pytest.mark.parametrize(
    "build",
    [
        lambda: save(linearize=True),
        lambda: save(object_streams=True),
        lambda: contract().replace(b"%PDF-1.7", b"%PDF-1.4", 1),
        lambda: by_hand(contract(), {}),
    ],
    ids=["linearized", "object streams", "an older version", "saved twice"],
)
def test_files_of_every_make(world: World, stranger: Stranger, build: Callable[[], bytes]) -> None:
    report = world.judge(stranger.sign(build(), "B-LTA"))
    assert (report.verdict, report.reasons) == (Verdict.UNKNOWN, ("untrusted_issuer", "no_trusted_time"))


def save(*, linearize: bool = False, object_streams: bool = False) -> bytes:
    out, kind = BytesIO(), pikepdf.ObjectStreamMode
    mode = kind.generate if object_streams else kind.disable
    contract_pdf(2).save(out, linearize=linearize, object_stream_mode=mode)
    return out.getvalue()


def test_a_seal_on_a_document_that_others_signed(world: World, stranger: Stranger) -> None:
    data = world.sign(stranger.sign(contract(), "B-LTA"), protection=Protection.FOLLOWING, place=BESIDE)
    assert [one.verdict for one in world.judge(data).signatures] == [Verdict.UNKNOWN, Verdict.VALID]


def test_others_sign_a_sealed_document(world: World, stranger: Stranger, sealed: bytes) -> None:
    """It is not changed; what stands above the seal now is of somebody unknown, and that is said."""
    for visible in (True, False):
        report = world.judge(stranger.sign(sealed, "B-LTA", visible=visible))
        assert report.verdict is Verdict.UNKNOWN
        assert report.signatures[0].reasons == ("later_signature_unproven",)
        assert outcomes(report)[Step.CHANGES] is Outcome.OPEN


def test_validation_data_and_timestamps_of_others_do_no_harm(
    world: World, stranger: Stranger, sealed: bytes
) -> None:
    """As an archive adds them to what it keeps."""
    data = with_document_timestamp(with_dss(sealed, stranger.stamping), stranger.stamping.tsa)
    report = world.judge(with_dss(data, world))
    assert (report.verdict, report.reasons) == (Verdict.VALID, ())
    assert report.notes == ("document_timestamp_untrusted",)
    assert report.document_timestamps == 0
    assert outcomes(report)[Step.CHANGES] is Outcome.PASSED


def test_a_signature_by_the_national_algorithms_in_cms(world: World) -> None:
    """SM2 and SM3 in PDF are not checked here: unknown with that reason, and not called forged."""
    report = world.judge(signed_by_sm2(world, contract()))
    assert (report.verdict, report.reasons) == (Verdict.UNKNOWN, ("unsupported_signature",))
    assert outcomes(report)[Step.CHANGES] is Outcome.PASSED
