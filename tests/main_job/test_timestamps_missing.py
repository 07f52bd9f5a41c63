"""While no timestamp can be had a signing stays KEYED, and is finished when one can; never signed without."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from seals import pki
from seals.models import Signing, SigningState, Version
from seals.signing.finishing import MAX_ATTEMPTS
from server import keys
from server.demo import PIN, free_port
from server.timeserver import serve
from tests.main_job.members import Member, refused
from tests.main_job.stage import Stage, until

# The same code on either engine: one is enough here.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

LIMIT_S = 30.0


@contextmanager
def time_stamping(stage: Stage, port: int) -> Iterator[None]:
    """Our own time-stamping service, on a port of the test's choice."""
    up, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def service() -> None:
        authority = keys.authority(stage.server.settings, "tsa")
        server = await serve("127.0.0.1", port, authority)
        up.set()
        await stop.wait()
        await server.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(service(),))
    thread.start()
    try:
        assert up.wait(LIMIT_S)
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(LIMIT_S)
        loop.close()


@pytest.fixture
def port(stage: Stage, stage_owner: Member) -> Iterator[int]:
    """Where the sealer now looks for timestamps, in vain; in the end there is a normal sealer again."""
    stage.stop_sealer()
    nobody_there = free_port()
    stage.start_sealer(EZHANG_TSA_URL=f"http://127.0.0.1:{nobody_there}")
    yield nobody_there
    stage.stop_sealer()
    stage.start_sealer()


def keyed(stage: Stage, owner: Member) -> str:
    """A signing that is confirmed, and whose first attempt at a timestamp failed."""
    asked = owner.ask_for()["id"]
    claim, digits = owner.claimed(asked)
    owner.phone.confirm(claim["id"], PIN, digits)
    until(lambda: row(stage, asked).attempts >= 1)
    return str(asked)


def row(stage: Stage, signing: str) -> Signing:
    return stage.server.database.run(lambda: Signing.get(id=signing))


def test_it_waits_keyed_and_is_finished_when_the_service_is_back(
    stage: Stage, stage_owner: Member, port: int
) -> None:
    signing = keyed(stage, stage_owner)
    assert row(stage, signing).state is SigningState.KEYED
    assert stage_owner.phone.signing(signing)["file_url"] is None
    assert refused(lambda: stage_owner.phone.signed_file(signing)).code == "signing.not_signed"
    assert stage.server.database.run(lambda: Version.filter(signing_id=signing).count()) == 0
    with time_stamping(stage, port):
        stage.end_leases()
        assert stage_owner.ended(signing)["state"] == "signed"
    signed = stage_owner.phone.signed_file(signing)
    verdict = stage_owner.phone.verify("合同.pdf", signed)
    assert [(one["verdict"], one["level"]) for one in verdict["signatures"]] == [("valid", "B-LTA")]
    assert stage.server.database.run(lambda: Version.filter(signing_id=signing).count()) == 1


def test_it_fails_with_the_reason_when_the_service_never_comes_back(
    stage: Stage, stage_owner: Member, port: int
) -> None:
    signing = keyed(stage, stage_owner)
    stage.server.database.run(lambda: Signing.filter(id=signing).update(attempts=MAX_ATTEMPTS - 1))
    stage.end_leases()
    done = stage_owner.ended(signing)
    assert done["state"] == "failed"
    assert "时间戳" in done["reason"]
    assert row(stage, signing).signature_value is None
    assert stage.server.database.run(lambda: Version.filter(signing_id=signing).count()) == 0
    assert refused(lambda: stage_owner.phone.signed_file(signing)).code == "signing.not_signed"
    assert stage_owner.phone.record(done["document"]["code"])["state"] == "not_sealed"


def test_a_timestamp_that_nobody_here_trusts_is_none(
    stage: Stage, stage_owner: Member, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service answers with a proper token of a foreign authority: it is refused like no answer."""
    signing = keyed(stage, stage_owner)
    stage.server.database.run(lambda: Signing.filter(id=signing).update(attempts=MAX_ATTEMPTS - 1))
    now = datetime.now(UTC)
    foreign = pki.make_tsa(pki.make_root(now), now)
    monkeypatch.setattr(keys, "authority", lambda *_: foreign)
    with time_stamping(stage, port):
        stage.end_leases()
        assert stage_owner.ended(signing)["state"] == "failed"
    assert stage.server.database.run(lambda: Version.filter(signing_id=signing).count()) == 0
