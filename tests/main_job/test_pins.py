"""Wrong PINs: tries left are told and counted, waits grow, five lock, and the lock has no end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from auth import events
from auth.models import Event
from seals.models import Holder, Offer
from server.demo import PIN
from tests.main_job.members import Member, refused
from tests.main_job.stage import Stage, until

# The same code on either engine: one is enough here.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

WRONG = "271828"


def wait_over(owner: Member) -> None:
    """As if the wait after a wrong PIN had ended."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    owner.server.database.run(lambda: Holder.filter(person_id=owner.id).update(wait_until=past))


def test_tries_left_are_told_then_one_waits_then_it_locks_and_the_lock_has_no_end(owner: Member) -> None:
    asked = owner.ask_for()["id"]
    claim, digits = owner.claimed(asked)
    for left in (4, 3, 2, 1):
        answer = refused(lambda: owner.phone.confirm(claim["id"], WRONG, digits))
        assert (answer.status, answer.code, answer.field) == (403, "pin.wrong", "pin")
        assert answer.facts["tries_left"] == left
        assert str(left) in answer.zh
        assert ("until" in answer.facts) == (left <= 2)
        if left <= 2:
            early = refused(lambda: owner.phone.confirm(claim["id"], PIN, digits))
            assert (early.code, early.facts) == ("pin.wait", answer.facts)
            wait_over(owner)
    answer = refused(lambda: owner.phone.confirm(claim["id"], WRONG, digits))
    assert (answer.code, answer.facts) == ("pin.locked", {"tries_left": 0})

    assert refused(lambda: owner.phone.confirm(claim["id"], PIN, digits)).code == "pin.locked"
    assert owner.phone.signing(asked)["state"] == "pending"
    other = owner.ask_for(kind="finance")["id"]
    claim, digits = owner.claimed(other)
    wait_over(owner)
    assert refused(lambda: owner.phone.confirm(claim["id"], PIN, digits)).code == "pin.locked"


def test_a_right_pin_forgets_the_wrong_ones_before_it(owner: Member) -> None:
    for _ in range(2):
        asked = owner.ask_for()["id"]
        claim, digits = owner.claimed(asked)
        for left in (4, 3):
            answer = refused(lambda: owner.phone.confirm(claim["id"], WRONG, digits))  # noqa: B023
            assert answer.facts == {"tries_left": left}
        owner.phone.confirm(claim["id"], PIN, digits)
        assert owner.ended(asked)["state"] == "signed"


@pytest.mark.parametrize("typed", ["", "12345", "7305 19", "７３０５１９", "a" * 6, "1" * 21])
def test_what_cannot_be_a_pin_is_no_try(sealed_owner: Member, typed: str) -> None:
    asked = sealed_owner.ask_for()["id"]
    claim, digits = sealed_owner.claimed(asked)
    assert refused(lambda: sealed_owner.phone.confirm(claim["id"], typed, digits)).code == "pin.format"
    assert sealed_owner.holder().tries == 0
    assert sealed_owner.server.database.run(lambda: Offer.filter(subject=asked).count()) == 0


def test_one_owners_wrong_pins_lock_nobody_else(owner: Member, sealed_owner: Member) -> None:
    asked = owner.ask_for()["id"]
    claim, digits = owner.claimed(asked)
    for _ in range(5):
        refused(lambda: owner.phone.confirm(claim["id"], WRONG, digits))
        wait_over(owner)
    assert owner.holder().locked_at is not None
    sealed_owner.sealed()


def test_a_holder_is_told_that_his_pin_grows_old(stage: Stage, stage_owner: Member) -> None:
    """The sealer looks when it starts, and every minute."""
    database, old = stage.server.database, datetime.now(UTC) - timedelta(days=340)

    async def told() -> bool:
        return await Event.exists(stream=events.person_stream(stage_owner.id), kind="pin.ageing")

    assert not database.run(told)
    database.run(lambda: Holder.filter(person_id=stage_owner.id).update(pin_set_at=old))
    stage.stop_sealer()
    stage.start_sealer()
    until(lambda: database.run(told))
