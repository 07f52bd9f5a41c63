"""Three sealers open the key for one challenge, wait for each other, and confirm together: one wins."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from auth.models import Event
from seals.models import Offer, OfferState, Version
from server.client import ApiError
from server.demo import PIN
from tests.main_job import crashing_sealer
from tests.main_job.members import Member
from tests.main_job.stage import Stage

SEALERS = 3


@contextmanager
def sealers_that_meet(stage: Stage, step: str, folder: Path) -> Iterator[None]:
    """In place of the one sealer; the first has the time-stamping service, the others ask it."""
    place = folder / "meeting"
    place.mkdir()
    own = {**stage.server.settings.environment(), "PATH": os.environ["PATH"]}
    asking = {**own, "EZHANG_TSA_URL": f"http://localhost:{stage.server.settings.tsa_port}"}
    stage.stop_sealer()
    sealers = [
        stage.forks.Process(
            target=crashing_sealer.run,
            args=(environ, folder / "log", step, None, (place, SEALERS)),
            daemon=True,
        )
        for environ in (own, *[asking] * (SEALERS - 1))
    ]
    for sealer in sealers:
        sealer.start()
    try:
        yield
        assert len(list(place.iterdir())) == SEALERS
    finally:
        for sealer in sealers:
            sealer.terminate()
            sealer.join()
        stage.start_sealer()


def test_of_three_sealers_with_the_key_in_hand_one_confirms(
    stage: Stage, stage_owner: Member, tmp_path: Path
) -> None:
    owner, database = stage_owner, stage.server.database
    asked = owner.ask_for()["id"]
    claim, digits = owner.claimed(asked)
    with sealers_that_meet(stage, "key opened", tmp_path), ThreadPoolExecutor(SEALERS) as pool:
        phones = [owner.same_session() for _ in range(SEALERS)]
        confirming = [pool.submit(phone.confirm, claim["id"], PIN, digits) for phone in phones]
        refusals = [each.exception() for each in confirming]
        assert owner.ended(asked)["state"] == "signed"
    assert refusals.count(None) == 1
    codes = [refusal.code for refusal in refusals if isinstance(refusal, ApiError)]
    assert codes == ["signing.not_pending"] * (SEALERS - 1)

    async def rows() -> tuple[int, int, list[Offer]]:
        return (
            await Version.filter(signing_id=asked).count(),
            await Event.filter(subject=f"signing:{asked}", kind="signing.confirmed").count(),
            await Offer.filter(subject=asked),
        )

    versions, confirmed, offers = database.run(rows)
    assert (versions, confirmed) == (1, 1)
    assert sorted(offer.state.value for offer in offers) == [
        OfferState.DONE.value,
        *["refused"] * (SEALERS - 1),
    ]
    assert all(offer.sealed is None for offer in offers)
    assert owner.holder().tries == 0
