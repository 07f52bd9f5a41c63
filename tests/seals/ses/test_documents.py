"""A signature kept beside a PDF: over just the bytes that the PDF's own signature in its field covers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from seals import sm2
from seals.pdf.preparing import Protection
from seals.pdf.reports import Verdict
from seals.pdf.trust import Trust
from seals.ses.building import property_of_range
from seals.ses.reports import SesReport
from seals.ses.verifying import verify_ses
from tests.seals.pdf import sealing_kit
from tests.seals.pdf.samples import contract
from tests.seals.ses.kit import World

NOW, SIGNED = sealing_kit.NOW, sealing_kit.SIGNED
RANGE = re.compile(rb"/ByteRange\s*\[\s*0 (\d+) (\d+) (\d+)\s*\]")


@dataclass(frozen=True)
class Beside:
    """A sealed PDF, its signature beside it, and what a stranger trusts."""

    pdf: bytes
    ses: bytes
    papers: sealing_kit.World
    world: World

    def judge(self, document: bytes, ses: bytes | None = None) -> SesReport:
        mine, theirs = self.world.trust(), self.papers.trust()
        trust = Trust(
            mine.roots + theirs.roots, mine.intermediates + theirs.intermediates, mine.crls + theirs.crls
        )
        return verify_ses(ses or self.ses, trust, NOW, document)


@pytest.fixture(scope="module")
def beside(world: World) -> Beside:
    papers = sealing_kit.World()
    pdf = papers.sign(contract())
    return Beside(pdf, sign_beside(world, pdf), papers, world)


def ranges(pdf: bytes) -> list[tuple[int, int, int]]:
    return [(int(a), int(b), int(c)) for a, b, c in RANGE.findall(pdf)]


def sign_beside(world: World, pdf: bytes, field: str = "Seal1", which: int = 0) -> bytes:
    start, end, rest = ranges(pdf)[which]
    return world.signature(
        at=SIGNED,
        data_hash=sm2.sm3(pdf[:start] + pdf[end : end + rest]),
        property_info=property_of_range(quote(field), start, end, end + rest),
    )


def test_it_is_valid_with_its_document(beside: Beside) -> None:
    report = beside.judge(beside.pdf)
    assert (report.verdict, report.reasons) == (Verdict.VALID, ())


def test_what_lies_in_the_gap_is_not_its_business(beside: Beside) -> None:
    """The PDF's own value is not covered: it is made after the range is fixed."""
    start, end, _ = ranges(beside.pdf)[0]
    assert beside.pdf[start : start + 1] == b"<"
    at = start + 200
    other = b"0" if beside.pdf[at : at + 1] != b"0" else b"1"
    assert beside.judge(beside.pdf[:at] + other + beside.pdf[at + 1 :]).verdict is Verdict.VALID
    assert at < end


@pytest.mark.parametrize("place", [0.01, 0.4, 0.99])
def test_a_byte_changed_in_the_document(beside: Beside, place: float) -> None:
    at = int(ranges(beside.pdf)[0][0] * place)
    changed = beside.pdf[:at] + bytes([beside.pdf[at] ^ 1]) + beside.pdf[at + 1 :]
    assert beside.judge(changed).reasons == ("document_hash",)


def test_another_document(beside: Beside) -> None:
    assert beside.judge(contract(2)).reasons == ("document_hash",)


def test_a_document_that_was_added_to(beside: Beside) -> None:
    report = beside.judge(beside.pdf + b"\n%% more")
    assert (report.verdict, report.reasons) == (Verdict.UNKNOWN, ("document_continued",))


def test_a_document_that_others_have_signed_since(beside: Beside) -> None:
    """What is appended is judged as the PDF's verification does: a proper signature takes nothing away."""
    second = beside.papers.sign(beside.pdf, 1, place=sealing_kit.BESIDE, protection=Protection.FOLLOWING)
    assert beside.judge(second).verdict is Verdict.VALID
    mine = sign_beside(beside.world, second, "Seal2", 1)
    assert beside.judge(second, mine).verdict is Verdict.VALID


def test_a_range_that_leaves_more_open_than_the_value(beside: Beside) -> None:
    """Its maker could fill what is left open with whatever is wanted afterwards."""
    start, end, rest = ranges(beside.pdf)[0]
    wide = beside.world.signature(
        at=SIGNED,
        data_hash=sm2.sm3(beside.pdf[: start - 50] + beside.pdf[end:]),
        property_info=property_of_range("Seal1", start - 50, end, end + rest),
    )
    assert beside.judge(beside.pdf, wide).reasons == ("document_range",)


@pytest.mark.parametrize("field", ["Seal2", "", "seal1", "Seal1 "])
def test_another_field_than_the_one_named(beside: Beside, field: str) -> None:
    ses = sign_beside(beside.world, beside.pdf, field)
    assert beside.judge(beside.pdf, ses).reasons == ("document_range",)


def test_a_range_in_a_document_without_signatures(beside: Beside) -> None:
    plain = contract()
    ses = beside.world.signature(
        at=SIGNED,
        data_hash=sm2.sm3(plain[:100] + plain[200:]),
        property_info=property_of_range("Seal1", 100, 200, len(plain)),
    )
    assert beside.judge(plain, ses).reasons == ("document_range",)


def test_a_pdf_under_a_signature_that_names_no_range_is_taken_whole(beside: Beside) -> None:
    ses = beside.world.signature(at=SIGNED, document=beside.pdf)
    assert beside.judge(beside.pdf, ses).verdict is Verdict.VALID
    assert beside.judge(beside.pdf + b"\n", ses).reasons == ("document_hash",)


@pytest.mark.parametrize(
    "info",
    [
        "PDF;Field=Seal1;ByteRange=[1 2 3 4]",
        "PDF;Field=Seal1;ByteRange=[0 99999999999 3 4]",
        "PDF;Field=Seal1;ByteRange=[0 5 3 4]",
        "PDF;ByteRange=[0 2 3 4]",
    ],
)
def test_what_looks_like_a_range_and_is_none(beside: Beside, info: str) -> None:
    ses = beside.world.signature(at=SIGNED, data_hash=sm2.sm3(beside.pdf[:2] + b"x"), property_info=info)
    assert beside.judge(beside.pdf, ses).reasons == ("document_hash",)
