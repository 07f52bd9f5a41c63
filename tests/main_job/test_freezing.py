"""A seal frozen between confirm and finish signs nothing, at whatever instant it is frozen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from auth.models import Event
from seals.models import Offer, SealState, Signing, SigningState, Version
from server.demo import PIN
from tests.main_job.members import Member, refused
from tests.main_job.stage import Stage


@pytest.fixture(scope="module")
def owner(stage: Stage) -> Iterator[Member]:
    """An owner whose seals are all frozen in the end."""
    with stage.server.owner() as owner:
        yield owner


@dataclass(frozen=True)
class Left:
    """What the database holds of a signing."""

    signing: Signing
    offer: Offer
    versions: list[Version]
    kinds: list[str]


def left(stage: Stage, signing: str) -> Left:
    async def rows() -> Left:
        return Left(
            await Signing.get(id=signing),
            await Offer.get(subject=signing),
            await Version.filter(signing_id=signing),
            await Event.filter(subject=f"signing:{signing}").order_by("seq").values_list("kind", flat=True),  # type: ignore[arg-type]
        )

    return stage.server.database.run(rows)


def nothing_was_signed(stage: Stage, owner: Member, signing: str) -> Left:
    found = left(stage, signing)
    assert found.versions == []
    made = found.signing
    assert (made.signature_value, made.signed_attributes, made.ses_signature) == (None, None, None)
    assert found.offer.sealed is None
    assert "signing.signed" not in found.kinds
    for download in (owner.phone.signed_file, owner.phone.ses_signature):
        assert refused(lambda download=download: download(signing)).code == "signing.not_signed"
    return found


# One seal each, for a frozen one stays frozen.
INSTANTS = {"key opened again": "finance", "timestamped": "invoice"}
GATES = {"confirmed": "legal_name", "keyed": "contract"}


@pytest.mark.parametrize("instant", INSTANTS)
def test_frozen_in_the_instant_while_the_sealer_works(stage: Stage, owner: Member, instant: str) -> None:
    kind = INSTANTS[instant]
    asked = owner.ask_for(kind=kind)["id"]
    claim, digits = owner.claimed(asked)
    stage.stop_sealer()
    stage.start_sealer(instant, freeze=(owner.seal_of(kind), owner.id))
    owner.phone.confirm(claim["id"], PIN, digits)
    done = owner.ended(asked)
    assert done["state"] == "failed"
    assert "暂停" in done["reason"]
    found = nothing_was_signed(stage, owner, asked)
    assert found.signing.state is SigningState.FAILED
    assert found.kinds[-1] == "signing.failed"


@pytest.mark.parametrize("step", GATES)
def test_frozen_while_no_sealer_is_there_to_go_on(stage: Stage, owner: Member, step: str) -> None:
    kind = GATES[step]
    asked = owner.ask_for(kind=kind)["id"]
    claim, digits = owner.claimed(asked)
    stage.stop_sealer()
    stage.start_sealer(step)
    with ThreadPoolExecutor(1) as pool:
        confirming = pool.submit(owner.same_session().confirm, claim["id"], PIN, digits)
        stage.wait_for_crash()
        confirming.result()
    assert owner.phone.signing(asked)["state"] == step
    assert owner.phone.freeze(owner.seal_of(kind))["state"] == SealState.FROZEN.value
    stage.end_leases()
    stage.start_sealer()
    assert owner.ended(asked)["state"] == "failed"
    nothing_was_signed(stage, owner, asked)


def test_frozen_before_the_confirmation_is_written_ends_it_unconfirmed(stage: Stage, owner: Member) -> None:
    seal = owner.seal_of("representative")
    asked = owner.ask_for(kind="representative")["id"]
    claim, digits = owner.claimed(asked)
    stage.stop_sealer()
    stage.start_sealer("key opened", freeze=(seal, owner.id))
    assert refused(lambda: owner.phone.confirm(claim["id"], PIN, digits)).code == "seal.frozen"
    found = nothing_was_signed(stage, owner, asked)
    assert found.signing.state is SigningState.FAILED, "those that wait end with it"
    assert "signing.confirmed" not in found.kinds
    assert refused(lambda: owner.phone.open_challenge(asked)).code == "signing.not_pending"
    assert refused(lambda: owner.ask_for(kind="representative")).code == "seal.frozen"
    assert refused(lambda: owner.phone.freeze(seal)).code == "seal.state"
