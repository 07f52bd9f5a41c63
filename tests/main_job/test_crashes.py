"""The sealer is killed at each step of a signing: after its restart there is exactly one signed document."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from auth import events
from auth.models import Event
from seals.models import Holder, Offer, OfferState, Signing, SigningState, Version
from seals.ses.reading import Signature, read
from server.demo import PIN
from tests.main_job.crashing_sealer import STEPS
from tests.main_job.members import Member
from tests.main_job.stage import Stage, until

COUNTED = ("try counted", "key opened")  # a PIN that was right is forgotten at once


@pytest.mark.parametrize("step", STEPS)
def test_a_sealer_killed_at_any_step_signs_exactly_once(stage: Stage, stage_owner: Member, step: str) -> None:
    owner, database = stage_owner, stage.server.database
    asked = owner.ask_for()["id"]
    claim, digits = owner.claimed(asked)
    stage.stop_sealer()
    stage.start_sealer(step)
    with ThreadPoolExecutor(1) as pool:
        confirming = pool.submit(owner.same_session().confirm, claim["id"], PIN, digits)
        stage.wait_for_crash()
        assert owner.holder().tries == (1 if step in COUNTED else 0)
        stage.end_leases()
        stage.start_sealer()
        assert confirming.result()["state"] in {"confirmed", "keyed", "signed"}
    assert owner.ended(asked)["state"] == "signed"

    signed = owner.phone.signed_file(asked)
    verdict = owner.phone.verify("合同.pdf", signed)
    assert verdict["verdict"] == "valid"
    assert [(one["verdict"], one["level"]) for one in verdict["signatures"]] == [("valid", "B-LTA")]

    async def rows() -> tuple[Signing, list[Version], list[Offer], Holder, list[Event]]:
        row = await Signing.get(id=asked)
        stream = events.company_stream(row.company_id)
        return (
            row,
            await Version.filter(record_id=verdict["code"]),
            await Offer.filter(subject=asked),
            await Holder.get(person_id=owner.id),
            await Event.filter(stream=stream).order_by("seq"),
        )

    row, versions, offers, holder, told = database.run(rows)
    ses = read(owner.phone.ses_signature(asked))
    assert isinstance(ses, Signature)
    assert (ses.data_hash.hex(), ses.timestamp is None) == (row.digest_sm3, False)
    assert row.ses_signature is None
    assert [version.sha256 for version in versions] == [hashlib.sha256(signed).hexdigest()]
    assert row.state is SigningState.SIGNED
    assert row.signature_value is None
    assert [(offer.state, offer.sealed) for offer in offers] == [(OfferState.DONE, None)]
    assert (holder.tries, holder.locked_at) == (0, None)
    assert events.broken_link(told) is None
    of_it = [event.kind for event in told if event.subject == f"signing:{asked}"]
    # What the ledger noticed about it stands among them.
    assert [kind.removeprefix("signing.") for kind in of_it if kind.startswith("signing.")] == [
        "requested",
        "opened",
        "scanned",
        "confirmed",
        "keyed",
        "signed",
        "exported",
    ]


@pytest.mark.parametrize("step", ["timestamped", "file inspected"])
def test_a_sealer_whose_lease_was_lost_leaves_the_signing_to_the_other(
    stage: Stage, stage_owner: Member, step: str
) -> None:
    owner, database = stage_owner, stage.server.database
    asked = owner.ask_for()["id"]
    claim, digits = owner.claimed(asked)
    stage.stop_sealer()
    stage.start_sealer(step, overtaken=True)
    owner.same_session().confirm(claim["id"], PIN, digits)

    async def row() -> Signing:
        return await Signing.get(id=asked)

    until(lambda: database.run(row).lease_owner == "another")
    stage.stop_sealer()
    left = database.run(row)
    assert (left.state, left.attempts) == (SigningState.KEYED, 0)
    assert left.signature_value is not None
    stage.end_leases()
    stage.start_sealer()
    assert owner.ended(asked)["state"] == "signed"


def test_a_wrong_pin_is_counted_once_even_if_the_sealer_is_killed_while_it_checks(
    stage: Stage, stage_owner: Member
) -> None:
    owner = stage_owner
    asked = owner.ask_for()["id"]
    claim, digits = owner.claimed(asked)
    stage.stop_sealer()
    stage.start_sealer("try counted")
    with ThreadPoolExecutor(1) as pool:
        confirming = pool.submit(owner.same_session().confirm, claim["id"], "999999", digits)
        stage.wait_for_crash()
        stage.end_leases()
        stage.start_sealer()
        refusal = confirming.exception()
    assert getattr(refusal, "code", None) == "pin.wrong"
    assert getattr(refusal, "facts", None) == {"tries_left": 4}
    assert owner.holder().tries == 1
    owner.phone.confirm(claim["id"], PIN, digits)
    assert owner.ended(asked)["state"] == "signed"
    assert owner.holder().tries == 0
