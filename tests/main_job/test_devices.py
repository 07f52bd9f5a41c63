"""Devices and codes between the confirmation and the signature: removals that meet it, crashes after it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from seals.device_models import CodeState, ConfirmCode, DeviceKey
from seals.models import Offer
from server.client import ApiError, Client
from server.demo import PIN
from tests.main_job.members import Json, Member
from tests.main_job.stage import Stage, until

# The same code on either engine: one is enough here.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def owner(stage: Stage, stage_owner: Member) -> Member:
    """The owner on the stage, whose device is enrolled, whatever the test before did to it."""
    stage.server.forget_limits()
    stage.server.database.run(lambda: DeviceKey.filter(person_id=stage_owner.id).update(revoked_at=None))
    return stage_owner


def remove_all(owner: Member) -> None:
    now = datetime.now(UTC)
    owner.server.database.run(lambda: DeviceKey.filter(person_id=owner.id).update(revoked_at=now))


def confirm_meanwhile(phone: Client, challenge: str, pool: ThreadPoolExecutor, **how: str) -> Future[Json]:
    return pool.submit(lambda: phone.confirm(challenge, PIN, **how))


def test_a_device_removed_before_the_sealer_looks_confirms_nothing(stage: Stage, owner: Member) -> None:
    asked = owner.ask_for()["id"]
    claim, digits = owner.claimed(asked)
    stage.stop_sealer()
    with ThreadPoolExecutor(1) as pool:
        confirming = confirm_meanwhile(owner.same_session(), claim["id"], pool, digits=digits)
        until(lambda: stage.server.database.run(lambda: Offer.filter(subject=asked).exists()))
        remove_all(owner)
        stage.start_sealer()
        refusal = confirming.exception()
    assert isinstance(refusal, ApiError)
    assert refusal.code == "device.removed"
    assert owner.phone.signing(asked)["state"] == "pending"
    assert owner.holder().tries == 0


def test_a_device_removed_after_the_confirmation_takes_it_not_back(stage: Stage, owner: Member) -> None:
    asked = owner.ask_for()["id"]
    claim, digits = owner.claimed(asked)
    finished(stage, owner, asked, claim["id"], lambda: remove_all(owner), digits=digits)


def test_a_code_stands_for_its_confirmation_over_a_crash(stage: Stage, owner: Member) -> None:
    asked = owner.ask_for()["id"]
    claim = owner.phone.open_here(asked)
    owner.phone.send_confirm_code(claim["id"])
    code = owner.sms_code()
    finished(stage, owner, asked, claim["id"], lambda: None, code=code)
    rows = stage.server.database.run(lambda: ConfirmCode.filter(subject=claim["id"]))
    assert [(row.state, row.tries) for row in rows] == [(CodeState.USED, 1)]


def finished(
    stage: Stage, owner: Member, asked: str, challenge: str, act: Callable[[], None], **how: str
) -> None:
    """Confirm; the sealer dies with the confirmation committed and no signature made; another finishes."""
    stage.stop_sealer()
    stage.start_sealer("confirmed")
    with ThreadPoolExecutor(1) as pool:
        confirming = confirm_meanwhile(owner.same_session(), challenge, pool, **how)
        stage.wait_for_crash()
        act()
        stage.end_leases()
        stage.start_sealer()
        assert confirming.result()["state"] in {"confirmed", "keyed", "signed"}
    assert owner.ended(asked)["state"] == "signed"
