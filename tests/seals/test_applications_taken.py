"""Applications are claimed like every other work: one sealer at a time, and each has its turn."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from auth.models import Application, ApplicationState, Person
from seals import founding

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)


async def application(number: int, state: ApplicationState = ApplicationState.SENT) -> Application:
    person = await Person.create(mobile_index=f"mobile {number}", mobile_sealed=b"", created_at=NOW)
    return await Application.create(
        applicant_id=person.id,
        request_id="1",
        company_name=f"企业 {number}",
        form_sealed=b"",
        state=state,
        created_at=NOW,
        lease_until=NOW + number * SECOND,
    )


async def test_one_of_many_sealers_takes_it() -> None:
    row = await application(0)
    taken = await asyncio.gather(*(founding.take(f"sealer {each}", NOW + SECOND) for each in range(6)))
    assert [each.id for each in taken if each is not None] == [row.id]
    later = NOW + SECOND + founding.LEASE + SECOND
    again = await founding.take("another", later)
    assert again is not None
    assert (again.lease_owner, again.fence) == ("another", 2)


async def test_those_that_wait_on_a_desk_keep_no_other_from_its_turn() -> None:
    rows = [await application(number) for number in range(4)]
    now, order = NOW + 10 * SECOND, []
    for _ in range(8):
        taken = await founding.take("sealer", now)
        assert taken is not None
        order.append(taken.id)
        await founding.give_back(taken, now)
        now += SECOND
    assert order == [row.id for row in rows] * 2


@pytest.mark.parametrize("state", [ApplicationState.APPROVED, ApplicationState.REJECTED])
async def test_what_is_decided_is_not_taken(state: ApplicationState) -> None:
    await application(0, state)
    assert await founding.take("sealer", NOW + SECOND) is None
