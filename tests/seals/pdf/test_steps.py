"""The numbered list of what was checked: its order, its outcomes, its words."""

from __future__ import annotations

import json

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string

from seals.pdf.reports import INVALIDATING, REASONS
from seals.pdf.steps import STEP_OF, Outcome, Step
from seals.pdf.verdicts import Verdict
from tests.seals.pdf.forging import Writer, by_hand, gap_of
from tests.seals.pdf.samples import contract, encrypted
from tests.seals.pdf.sealing_kit import World, appended, with_document_timestamp, with_dss
from tests.seals.pdf.test_forged_revisions import new_page_content

FILE_ONLY = list(Step)[:8]


def outcomes(world: World, data: bytes) -> dict[str, str]:
    steps = world.judge(data).to_json()["steps"]
    assert [one["step"] for one in steps] == [step.value for step in Step]
    assert [one["number"] for one in steps] == list(range(1, 11))
    for one in steps:
        for words in (one["title"], one["text"]):
            assert words["zh"]
            assert words["en"]
    return {one["step"]: one["outcome"] for one in steps}


def test_the_order_is_the_one_in_which_it_must_hold() -> None:
    order = "format coverage digest signature chain revocation time changes record seal"
    assert " ".join(Step) == order


def test_every_reason_and_note_has_its_step() -> None:
    assert STEP_OF.keys() == REASONS.keys()


def test_of_a_sealed_document_all_that_the_file_shows_has_passed(world: World, sealed: bytes) -> None:
    found = outcomes(world, sealed)
    assert [found[step] for step in FILE_ONLY] == ["passed"] * 8
    assert (found["record"], found["seal"]) == ("skipped", "skipped"), "nobody has looked yet"


def test_nothing_is_checked_in_what_cannot_be_read(world: World) -> None:
    for data in (b"hello", encrypted(), b"%PDF-1.7\n"):
        found = outcomes(world, data)
        assert found.pop("format") == "open"
        assert set(found.values()) == {"skipped"}


def test_without_a_signature_only_the_form_is_checked(world: World) -> None:
    found = outcomes(world, contract())
    assert found.pop("format") == "passed"
    assert set(found.values()) == {"skipped"}


def test_what_rests_on_a_failed_step_is_not_claimed(world: World, sealed: bytes) -> None:
    flipped = outcomes(world, sealed.replace(b"595.276", b"295.276", 1))
    assert flipped["digest"] == "failed"
    assert {flipped[step] for step in ("signature", "chain", "revocation")} == {"skipped"}
    gap = gap_of(sealed)
    emptied = outcomes(world, sealed[: gap.start() + 1] + b"0" * 60 + sealed[gap.start() + 61 :])
    assert emptied["coverage"] == "failed"
    assert {emptied[step] for step in ("digest", "signature", "chain", "revocation", "time")} == {"skipped"}


def test_a_change_fails_its_own_step_only(world: World, sealed: bytes) -> None:
    found = outcomes(world, appended(sealed, new_page_content))
    assert found["changes"] == "failed"
    assert {found[step] for step in FILE_ONLY[:7]} == {"passed"}
    hidden = outcomes(world, by_hand(sealed, {}, startxref=0))
    assert hidden["changes"] == "failed"


def test_revisions_are_named_one_by_one(world: World, sealed: bytes) -> None:
    data = with_document_timestamp(with_dss(sealed, world), world.tsa)
    changes = next(one for one in world.judge(data).steps if one.step is Step.CHANGES)
    assert [detail.key for detail in changes.details] == [
        "revision_validation_data",
        "revision_document_timestamp",
    ]
    spoiled = world.judge(with_dss(appended(data, new_page_content), world))
    changes = next(one for one in spoiled.steps if one.step is Step.CHANGES)
    assert [detail.key for detail in changes.details][2:] == ["revision_changed", "revision_validation_data"]


def test_what_is_only_to_be_known_is_noted(world: World, sealed: bytes) -> None:
    report = world.judge(sealed, b"no list at all")
    assert report.verdict is Verdict.VALID
    revocation = next(one for one in report.steps if one.step is Step.REVOCATION)
    assert (revocation.outcome, revocation.codes) == (Outcome.NOTED, ("revocation_not_checked",))


@pytest.mark.parametrize("code", sorted(INVALIDATING))
def test_what_proves_a_file_wrong_belongs_to_a_step_that_the_file_alone_shows(code: str) -> None:
    assert STEP_OF[code] in FILE_ONLY


def test_a_long_name_of_a_field_stays_out_of_the_report(world: World) -> None:
    """Mebibytes of it would fill the answer."""

    def long_name(writer: Writer) -> None:
        names = {
            "/FT": pdf_name("/Sig"),
            "/T": pdf_string("A" * 2**20),
            "/V": writer.add_object(pdf_string("x")),
        }
        field = generic.DictionaryObject({pdf_name(name): value for name, value in names.items()})
        fields = generic.ArrayObject([writer.add_object(field)])
        writer.root[pdf_name("/AcroForm")] = generic.DictionaryObject({pdf_name("/Fields"): fields})
        writer.update_root()

    report = world.judge(appended(contract(), long_name))
    assert report.verdict is Verdict.INVALID
    assert len(json.dumps(report.to_json())) < 20_000
