"""Many at once, with three sealers: one confirmation wins, one phone claims, five PINs are checked."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.context import ForkServerContext
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from auth.models import Challenge, ChallengeState, Event
from seals.models import Offer, OfferState, Signing, SigningState, Version
from server.client import ApiError, Client
from server.demo import PIN
from tests.main_job import crashing_sealer
from tests.main_job.members import Member, Server, member_form, refused, token_of

AT_ONCE = 20
MORE_SEALERS = 2


@pytest.fixture(scope="module", autouse=True)
def more_sealers(
    server: Server, forks: ForkServerContext, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Sealers beside the supervised one, on the same rows; the timestamps are the first one's."""
    log: Path = tmp_path_factory.mktemp("sealers") / "log"
    environ = {
        **server.settings.environment(),
        "PATH": os.environ["PATH"],
        "EZHANG_TSA_URL": f"http://localhost:{server.settings.tsa_port}",
    }
    sealers = [
        forks.Process(target=crashing_sealer.run, args=(environ, log), daemon=True)
        for _ in range(MORE_SEALERS)
    ]
    for sealer in sealers:
        sealer.start()
    yield
    for sealer in sealers:
        assert sealer.is_alive(), log.read_text()
        sealer.terminate()
        sealer.join()


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all at the same moment; what each returned, or the ApiError it got."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return act()
        except ApiError as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_twenty_confirms_at_once_make_one_signature(owner: Member) -> None:
    asked = owner.ask_for()["id"]
    claim, digits = owner.claimed(asked)
    phones = [owner.same_session() for _ in range(AT_ONCE)]
    answers = at_once([lambda phone=phone: phone.confirm(claim["id"], PIN, digits) for phone in phones])
    won = [answer for answer in answers if not isinstance(answer, ApiError)]
    lost = [answer for answer in answers if isinstance(answer, ApiError)]
    assert len(won) == 1, [answer.code for answer in lost]
    assert {refusal.code for refusal in lost} <= {"signing.not_pending", "challenge.not_found"}
    assert owner.ended(asked)["state"] == "signed"

    async def rows() -> tuple[list[Version], list[Offer], int, Challenge]:
        return (
            await Version.filter(signing_id=asked),
            await Offer.filter(subject=asked),
            await Event.filter(subject=f"signing:{asked}", kind="signing.confirmed").count(),
            await Challenge.get(id=claim["id"]),
        )

    versions, offers, confirmed, challenge = owner.server.database.run(rows)
    assert (len(versions), confirmed, challenge.state) == (1, 1, ChallengeState.SPENT)
    assert sum(offer.state is OfferState.DONE for offer in offers) == 1
    assert all(offer.sealed is None for offer in offers)
    holder = owner.holder()
    # A sealer that was checking the same right PIN when the first one won may have counted its try.
    assert holder.tries <= MORE_SEALERS
    assert holder.locked_at is None
    owner.sealed()
    assert owner.holder().tries == 0


@pytest.mark.parametrize("turn", range(2))
def test_of_twenty_claims_by_two_phones_those_of_one_phone_win(sealed_owner: Member, turn: int) -> None:
    owner = sealed_owner
    sessions = [owner.phone, owner.another_phone()]
    asked = owner.ask_for()["id"]
    shown = owner.phone.open_challenge(asked)
    ways = [{"token": token_of(shown)}, {"short_code": shown["short_code"]}]
    acts = []
    for number in range(AT_ONCE):
        phone = owner.same_session()
        phone.http.cookies.update(sessions[number % 2].http.cookies)
        acts.append(lambda phone=phone, way=ways[number // 2 % 2]: phone.claim(**way))
    owner.server.forget_limits()
    answers = at_once(acts)
    won = {number % 2 for number, answer in enumerate(answers) if isinstance(answer, dict)}
    lost = [answer for answer in answers if isinstance(answer, ApiError)]
    assert (len(won), len(lost)) == (1, AT_ONCE // 2)
    assert {refusal.code for refusal in lost} == {"challenge.not_found"}
    (challenge,) = {answer["id"] for answer in answers if isinstance(answer, dict)}
    (winner,) = won
    loser = sessions[1 - winner]
    assert refused(lambda: loser.confirm(challenge, PIN, shown["digits"])).code == "challenge.not_found"
    scans = owner.server.database.run(
        lambda: Event.filter(subject=f"signing:{asked}", kind="signing.scanned").count()
    )
    assert scans == 1
    assert sessions[winner].confirm(challenge, PIN, shown["digits"])["id"] == asked
    assert owner.ended(asked)["state"] == "signed"


def test_twenty_wrong_pins_at_once_are_not_more_than_three_checks(owner: Member) -> None:
    asked = owner.ask_for()["id"]
    claim, digits = owner.claimed(asked)
    phones = [owner.same_session() for _ in range(AT_ONCE)]
    wrong = [f"{number:06d}" for number in range(271828, 271828 + AT_ONCE)]
    answers = at_once(
        [
            lambda p=p, pin=pin: p.confirm(claim["id"], pin, digits)
            for p, pin in zip(phones, wrong, strict=True)
        ]
    )
    assert all(isinstance(answer, ApiError) for answer in answers)
    checked = [answer.facts["tries_left"] for answer in answers if answer.code == "pin.wrong"]
    assert len(checked) == 3
    assert set(checked) <= {2, 3, 4}
    assert {answer.code for answer in answers} == {"pin.wrong", "pin.wait"}
    holder = owner.holder()
    assert (holder.tries, holder.locked_at) == (3, None)
    assert refused(lambda: owner.phone.confirm(claim["id"], PIN, digits)).code == "pin.wait"
    row = owner.server.database.run(lambda: Signing.get(id=asked))
    assert (row.state, row.signature_value) == (SigningState.PENDING, None)


def test_the_same_form_sent_many_times_at_once_is_one_company(server: Server) -> None:
    with server.member() as member:
        form = member_form(member)
        phones = [member.same_session() for _ in range(8)]
        same = at_once([lambda phone=phone: phone.apply(form) for phone in phones])
        assert len({answer["id"] for answer in same}) == 1
        other = at_once(
            [lambda phone=phone: phone.apply({**form, "request_id": str(uuid.uuid4())}) for phone in phones]
        )
        assert {answer.code for answer in other} == {"company.name_taken"}
        done = Client.until(lambda: member.phone.application(same[0]["id"]), "approved")
        assert [company["id"] for company in member.phone.me()["companies"]] == [done["company_id"]]
        assert len(member.phone.company(done["company_id"])["seals"]) == 5
