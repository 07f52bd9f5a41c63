"""No row of totals tells about fewer than three companies, nor can one be told from the others."""

from __future__ import annotations

from datetime import timedelta

from seals.models import Signing, SigningState
from seals.policies import DEFAULT, POLICIES
from seals.service.statistics import OTHER, Counts, statistics, together
from tests.seals.signing.rows import NOW, signing


def row(key: str, companies: int) -> Counts:
    return Counts(key, companies, 1, 2, 3, 4, 5)


def keys(*rows: Counts, apart: bool = True) -> list[tuple[str, int]]:
    return [(each.key, each.companies) for each in together(rows, apart=apart)]


def test_small_rows_are_told_as_one() -> None:
    assert keys(row("a", 2), row("b", 5), row("c", 1)) == [("b", 5), (OTHER, 3)]
    (other,) = (each for each in together([row("a", 2), row("c", 1)], apart=True))
    assert (other.issued, other.uncollected) == (2, 10)


def test_what_is_still_too_small_takes_the_smallest_with_it() -> None:
    assert keys(row("a", 1), row("b", 9), row("c", 4)) == [("b", 9), (OTHER, 5)]


def test_of_one_or_two_companies_nothing_is_told() -> None:
    assert keys(row("a", 1), row("b", 1)) == []
    assert keys() == []


def test_kinds_of_one_company_are_not_added_up_to_three() -> None:
    """The same company may stand in every row."""
    assert keys(*(row(key, 1) for key in "abcdef"), apart=False) == []
    assert keys(row("a", 1), row("b", 1), row("c", 7), apart=False) == [(OTHER, 7)]


async def test_a_week_in_which_one_or_two_companies_sealed_is_not_told(database: str) -> None:
    async def weeks() -> list[int | None]:
        found = (await statistics(POLICIES[DEFAULT], NOW)).weeks
        return [each.sealings for each in found[-2:]]

    row = await signing(SigningState.SIGNED)
    await signing(SigningState.SIGNED)
    await Signing.all().update(ended_at=NOW)
    assert await weeks() == [None, None], "nor that nobody did"
    await signing(SigningState.SIGNED)
    await signing(SigningState.FAILED)
    await Signing.all().update(ended_at=NOW)
    assert await weeks() == [None, 3]
    await Signing.filter(id=row.id).update(ended_at=NOW - timedelta(weeks=1))
    assert await weeks() == [None, None]
