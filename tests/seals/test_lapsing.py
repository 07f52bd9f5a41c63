"""What ends by the clock, on both engines: seals that nobody collects (R40), certificates that run out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from auth.engine import transaction
from auth.models import Event
from seals import expiring, lapsing, living
from seals.life import Change
from seals.models import Seal, SealKey, SealState, SigningState
from seals.policies import DEFAULT, POLICIES
from tests.seals.signing.rows import NOW, signing

pytestmark = pytest.mark.usefixtures("database")

POLICY = POLICIES[DEFAULT]
DAY = timedelta(days=1)
MONTHS = POLICY.uncollected_for


async def seal(**columns: object) -> str:
    """A seal as it is issued, unless said otherwise."""
    row = await signing(SigningState.SIGNED)
    await Seal.filter(id=row.seal_id).update(
        **{"state": SealState.ISSUED, "generation": 0, "sole": f"{row.company_id}:contract", **columns}
    )
    return str(row.seal_id)


async def told(one: str) -> list[tuple[str, object]]:
    rows = await Event.filter(subject=f"seal:{one}").order_by("seq")
    return [(row.kind, row.facts.get("days", row.facts.get("change"))) for row in rows]


async def lapse_at(moment: datetime) -> None:
    await lapsing.lapse(POLICY, moment)


async def test_what_nobody_collects_is_told_twice_and_then_cancelled() -> None:
    one = await seal()
    await lapse_at(NOW + MONTHS - 31 * DAY)
    assert await told(one) == []
    for days in (30, 30, 29, 7, 6):
        await lapse_at(NOW + MONTHS - days * DAY)
    assert await told(one) == [("seal.uncollected", 30), ("seal.uncollected", 7)]
    assert (await Seal.get(id=one)).state is SealState.ISSUED
    await lapse_at(NOW + MONTHS)
    row = await Seal.get(id=one)
    assert (row.state, row.ended_for, row.sole, row.ordinal < 1) == (SealState.CANCELLED, "lapse", None, True)
    assert row.state_since == NOW + MONTHS
    assert (await told(one))[2:] == [("seal.cancelled", "lapse")]
    await lapse_at(NOW + 2 * MONTHS)
    assert len(await told(one)) == 3


async def test_nothing_is_cancelled_that_was_not_told_before() -> None:
    one = await seal()
    await lapse_at(NOW + 2 * MONTHS)
    assert (await Seal.get(id=one)).state is SealState.ISSUED
    assert await told(one) == [("seal.uncollected", 7)]
    (event,) = await Event.filter(subject=f"seal:{one}")
    end = NOW + 2 * MONTHS + 7 * DAY
    assert event.facts["until"] == end.isoformat()
    await lapse_at(end - timedelta(seconds=1))
    assert (await Seal.get(id=one)).state is SealState.ISSUED, "however late it is told"
    await lapse_at(end)
    assert (await Seal.get(id=one)).state is SealState.CANCELLED


@pytest.mark.parametrize(
    "columns",
    [
        {"generation": 1},  # its keys ended, it was used
        {"state": SealState.COLLECTED},
        {"state": SealState.HELD},
        {"state_since": NOW + 2 * MONTHS},  # a review took long
    ],
)
async def test_what_was_collected_or_not_yet_issued_does_not_lapse(columns: dict[str, object]) -> None:
    one = await seal(warned=7, warned_at=NOW, **columns)
    await lapse_at(NOW + 2 * MONTHS)
    assert (await Seal.get(id=one)).state is not SealState.CANCELLED


async def test_the_end_of_a_certificate_is_told_at_each_of_its_days_once() -> None:
    one = await seal(state=SealState.COLLECTED, generation=1)
    end = (await SealKey.get(seal_id=one)).not_after
    for days in (61, 60, 59, 30, 29, 7, 1, 0, -1):
        await expiring.warn(end - days * DAY)
    assert await told(one) == [("seal.expiring", days) for days in (60, 30, 7, 0)]


async def test_a_pause_within_the_last_days_has_nothing_told_again() -> None:
    one = await seal(state=SealState.COLLECTED, generation=1)
    row = await SealKey.get(seal_id=one).select_related("seal")
    for change in (Change.SUSPEND, Change.RESUME, Change.RENEW):
        await expiring.warn(row.not_after - 60 * DAY)
        async with transaction():
            assert (await living.move(change, row.seal.company_id, [one], NOW)).seals
    assert await told(one) == [("seal.expiring", 60)]
    assert (await Seal.get(id=one)).warned is None, "with other keys another term begins"


async def test_the_ends_of_many_are_those_of_their_present_keys() -> None:
    one, other, without = await seal(generation=1), await seal(generation=1), await seal(generation=2)
    ends = {each.seal_id: each.not_after for each in await SealKey.filter(seal_id__in=[one, other])}
    rows = await Seal.filter(id__in=[one, other, without])
    assert await expiring.ends_of(rows) == ends
    assert await expiring.end_of(next(row for row in rows if row.id == without)) is None


async def test_after_a_long_silence_only_what_matters_is_told() -> None:
    one = await seal(state=SealState.FROZEN, generation=1)
    end = (await SealKey.get(seal_id=one)).not_after
    for _ in range(2):
        await expiring.warn(end + DAY)
    assert await told(one) == [("seal.expiring", 0)]


async def test_of_revoked_certificates_nothing_is_told() -> None:
    one = await seal(state=SealState.COLLECTED, generation=1)
    await SealKey.filter(seal_id=one).update(revoked_at=NOW)
    await expiring.warn(NOW + 800 * DAY)
    assert await told(one) == []
