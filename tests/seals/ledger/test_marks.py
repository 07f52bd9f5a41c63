"""What a ledger points out: each rule at its edge, and each said in both languages with its numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from seals.ledger.marks import (
    BURST_USES,
    GRANT_END_WITHIN,
    GRANT_LASTS,
    MARK_WORDS,
    NEW_DEVICE_WITHIN,
    TRIES_FROM,
    USUAL_FROM,
    Mark,
    Use,
    marks_of,
)

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 12:00 in China
SECOND = timedelta(seconds=1)
QUIET = Use(
    at=NOON,
    enrolled=NOON - timedelta(days=90),
    older_device=True,
    used_before=True,
    within=1,
    grant=None,
    kind="contract",
    kinds=["contract"] * 50,
    tries=0,
)


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of China's day."""
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def test_a_use_like_all_others_is_not_pointed_out() -> None:
    assert marks_of(QUIET) == ()


@pytest.mark.parametrize(
    ("when", "night"), [((21, 59), False), ((22, 0), True), ((2, 0), True), ((5, 59), True), ((6, 0), False)]
)
def test_the_night_is_chinas(when: tuple[int, int], night: bool) -> None:
    assert (Mark.NIGHT in marks_of(replace(QUIET, at=at(*when)))) is night


def test_a_new_device_beside_an_older_one_on_its_first_day_once() -> None:
    new = replace(QUIET, enrolled=NOON - NEW_DEVICE_WITHIN + SECOND, used_before=False)
    assert marks_of(new) == (Mark.NEW_DEVICE,)
    for other in (
        replace(new, enrolled=NOON - NEW_DEVICE_WITHIN),
        replace(new, older_device=False),
        replace(new, used_before=True),
        replace(new, enrolled=None),
    ):
        assert marks_of(other) == ()


def test_a_burst_is_told_when_it_is_reached_and_not_at_each_further_use() -> None:
    told = [n for n in range(1, 3 * BURST_USES) if marks_of(replace(QUIET, within=n))]
    assert told == [BURST_USES, 2 * BURST_USES]


def test_near_the_end_of_a_grant_that_lasted() -> None:
    made = NOON - timedelta(days=30)
    near = replace(QUIET, grant=(made, NOON + GRANT_END_WITHIN - SECOND))
    assert marks_of(near) == (Mark.GRANT_END,)
    assert marks_of(replace(QUIET, grant=(made, NOON + GRANT_END_WITHIN))) == ()
    short = (NOON + SECOND - GRANT_LASTS + timedelta(hours=1), NOON + timedelta(hours=1))
    assert marks_of(replace(QUIET, grant=short)) == (), "of a short one every use would be near its end"


def test_a_kind_of_document_that_the_seal_was_not_used_for() -> None:
    odd = replace(QUIET, kind="finance")
    assert marks_of(odd) == (Mark.UNUSUAL_KIND,)
    assert marks_of(replace(odd, kinds=[*QUIET.kinds[1:], "finance"])) == ()
    assert marks_of(replace(odd, kinds=["contract"] * (USUAL_FROM - 1) + [""] * 40)) == (), "too few to say"
    assert marks_of(replace(odd, kind="")) == (), "what is not stated is no kind"


def test_refused_before() -> None:
    assert marks_of(replace(QUIET, tries=TRIES_FROM)) == (Mark.TRIES,)
    assert marks_of(replace(QUIET, tries=TRIES_FROM - 1)) == ()


def test_each_rule_is_said_in_words_with_its_numbers() -> None:
    assert set(MARK_WORDS) == set(Mark)
    for numbers, mark in (("22 6", Mark.NIGHT), ("10", Mark.BURST), ("24", Mark.NEW_DEVICE)):
        for words in MARK_WORDS[mark]:
            assert all(number in words for number in numbers.split())
