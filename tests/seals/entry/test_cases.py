"""Which materials a case needs, case by case: the words of the source documents as a table."""

from __future__ import annotations

import pytest

from h5.words import WORDS
from seals.entry.cases import NEEDS, Case, CaseSeal, MaterialKind, needed, slot_of
from seals.kinds import SealKind

PLAIN = CaseSeal(SealKind.LEGAL_NAME)
SCANNED = CaseSeal(SealKind.LEGAL_NAME, digitised=True)
SCRIPTED = CaseSeal(SealKind.CONTRACT, second_script=True)
OWNERS = CaseSeal(SealKind.REPRESENTATIVE, owners=True)
OTHERS = CaseSeal(SealKind.FINANCE_HEAD)
ALWAYS = {"licence_copy", "representative_id_front", "representative_id_back"}  # R21, R75, R99, R101, R155
AGENT = {"authorisation", "agent_id_front", "agent_id_back"}  # R23, R24, R103, R104
LETTERS = ("name_letter", "name_authorisation")  # R25


@pytest.mark.parametrize(
    ("case", "more"),
    [
        (Case((PLAIN,)), set()),
        (Case((PLAIN,), three_in_one=False), {"organisation_code"}),  # R100
        (Case((PLAIN,), superior=True), {"superior_letter"}),  # R22
        (Case((PLAIN,), agent=True), AGENT),
        (Case((PLAIN,), agent=True, superior=True), AGENT | {"superior_letter"}),
        (Case((PLAIN,), permit=True), {"industry_permit"}),  # R107
        (Case((PLAIN, SCANNED)), {"imprint_scan.1", "making_confirmation"}),  # R105
        (
            Case((SCANNED, CaseSeal(SealKind.FINANCE, digitised=True))),
            {"imprint_scan.0", "imprint_scan.1", "making_confirmation"},
        ),
        (Case((PLAIN, SCRIPTED)), {"translation.1"}),  # R26
        (Case((OWNERS,)), {f"{each}.0" for each in LETTERS}),
        (
            Case((PLAIN, OTHERS)),
            {f"{each}.1" for each in (*LETTERS, "name_id_front", "name_id_back")},
        ),
    ],
)
def test_a_case_needs_just_this(case: Case, more: set[str]) -> None:
    assert {slot.key for slot in needed(case) if not slot.need.optional} == ALWAYS | more
    assert Case.from_json(case.to_json()) == case


def test_each_material_has_its_rule_its_words_and_its_place_in_the_table() -> None:
    assert sorted(need.kind for need in NEEDS) == sorted(MaterialKind)
    for need in NEEDS:
        assert need.rules
        assert (need.of_case is None) != (need.of_seal is None)
        assert {f"entry.m_{need.kind}", f"entry.w_{need.kind}"} <= WORDS.keys()


@pytest.mark.parametrize(
    ("seal", "takes"), [(PLAIN, True), (SCRIPTED, True), (SCANNED, False), (OWNERS, False), (OTHERS, False)]
)
def test_a_design_draft_is_taken_where_a_seal_is_drawn(seal: CaseSeal, takes: bool) -> None:
    slot = slot_of(Case((seal,)), "design_draft")  # R106
    assert (slot is not None and slot.need.optional and slot.need.drawing) is takes


def test_what_is_stamped_is_looked_at_for_its_stamp() -> None:
    stamped = {need.kind.value for need in NEEDS if need.stamped}
    assert {"licence_copy", "authorisation", "superior_letter", "making_confirmation"} <= stamped
    assert slot_of(Case((PLAIN,)), "imprint_scan.0") is None
