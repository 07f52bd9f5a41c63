"""A challenge is good once, in time, for the phone that claimed it, and for signing alone.

Everything else gets one and the same answer, so that nobody learns why, and consumes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auth.models import Challenge, ChallengePurpose, ChallengeState, Event
from auth.tokens import hash_token, new_token
from seals.models import Holder, Offer, Signing, SigningState
from server.client import ApiError, Client
from server.demo import PIN
from tests.main_job.members import Json, Member, Server, refused, token_of

# The same code on either engine: one is enough here.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

PAST = timedelta(seconds=-1)


@pytest.fixture(scope="module")
def stranger(server: Server) -> Iterator[Member]:
    """The owner of another company."""
    with server.owner() as owner:
        yield owner


@dataclass
class Case:
    """A signing of the owner's with a fresh QR code."""

    owner: Member
    signing: str = field(init=False)
    shown: Json = field(init=False)

    def __post_init__(self) -> None:
        self.owner.server.forget_limits()
        self.signing = self.owner.ask_for()["id"]
        self.shown = self.owner.phone.open_challenge(self.signing)

    def run(self, work: Callable[[], Any]) -> Any:
        return self.owner.server.database.run(work)

    def newest(self) -> Challenge:
        row = self.run(lambda: Challenge.filter(subject=self.signing).order_by("-created_at").first())
        assert isinstance(row, Challenge)
        return row

    def claim(self) -> str:
        return str(self.owner.phone.claim(token=token_of(self.shown))["id"])

    def state(self) -> tuple[object, ...]:
        """Everything that a refused attempt might have consumed."""

        async def rows() -> tuple[object, ...]:
            challenges = await Challenge.filter(subject=self.signing).order_by("created_at")
            holder = await Holder.get(person_id=self.owner.id)
            return (
                [(row.state, row.claimed_by_id, row.expires_at) for row in challenges],
                (await Signing.get(id=self.signing)).state,
                await Offer.filter(subject=self.signing).count(),
                await Event.filter(subject=f"signing:{self.signing}").count(),
                holder.tries,
                holder.locked_at,
            )

        found: tuple[object, ...] = self.run(rows)
        return found


@pytest.fixture
def case(sealed_owner: Member) -> Case:
    """A fresh one for each test."""
    return Case(sealed_owner)


def told(refusal: ApiError) -> tuple[object, ...]:
    return (refusal.status, refusal.code, refusal.zh, refusal.en, refusal.field, refusal.facts)


def same_refusal(case: Case, act: Callable[[], object], answer: ApiError) -> None:
    before = case.state()
    assert told(refused(act)) == told(answer)
    assert case.state() == before


@pytest.fixture
def unknown(case: Case) -> ApiError:
    """The answer to a token that never was."""
    answer = refused(lambda: case.owner.phone.claim(token=secrets.token_urlsafe(32)))
    assert (answer.status, answer.code) == (404, "challenge.not_found")
    return answer


# ------------------------------------------------------------------- claims


def test_claims_of_an_expired_code_are_refused(case: Case, unknown: ApiError) -> None:
    case.run(lambda: Challenge.filter(subject=case.signing).update(expires_at=datetime.now(UTC) + PAST))
    same_refusal(case, lambda: case.owner.phone.claim(token=token_of(case.shown)), unknown)
    same_refusal(case, lambda: case.owner.phone.claim(short_code=case.shown["short_code"]), unknown)


def test_claims_by_another_company_are_refused_and_leave_it_to_the_owner(
    case: Case, stranger: Member, unknown: ApiError
) -> None:
    same_refusal(case, lambda: stranger.phone.claim(token=token_of(case.shown)), unknown)
    same_refusal(case, lambda: stranger.phone.claim(short_code=case.shown["short_code"]), unknown)
    assert case.owner.phone.claim(token=token_of(case.shown))["signing"]["id"] == case.signing


def test_claims_of_a_code_that_another_phone_holds_are_refused(case: Case, unknown: ApiError) -> None:
    second = case.owner.another_phone()
    case.claim()
    same_refusal(case, lambda: second.claim(token=token_of(case.shown)), unknown)
    same_refusal(case, lambda: second.claim(short_code=case.shown["short_code"]), unknown)


def test_claims_of_a_replaced_code_are_refused(case: Case, unknown: ApiError) -> None:
    fresh = case.owner.phone.open_challenge(case.signing)
    same_refusal(case, lambda: case.owner.phone.claim(token=token_of(case.shown)), unknown)
    assert case.owner.phone.claim(token=token_of(fresh))["needs_digits"] is True


def test_claims_of_a_spent_code_are_refused(case: Case, unknown: ApiError) -> None:
    case.owner.phone.confirm(case.claim(), PIN, case.shown["digits"])
    assert case.owner.ended(case.signing)["state"] == "signed"
    same_refusal(case, lambda: case.owner.phone.claim(token=token_of(case.shown)), unknown)
    same_refusal(case, lambda: case.owner.phone.claim(short_code=case.shown["short_code"]), unknown)


def test_claims_of_a_cancelled_signing_are_refused(case: Case, unknown: ApiError) -> None:
    case.owner.phone.cancel(case.signing)
    same_refusal(case, lambda: case.owner.phone.claim(token=token_of(case.shown)), unknown)


def test_tokens_of_another_purpose_are_no_codes(case: Case, unknown: ApiError) -> None:
    owner = case.owner
    presented = owner.phone.present(owner.company)["url"].rpartition("/")[2]
    session = owner.phone.http.cookies["ezhang_session"]
    challenge = case.newest().id
    for token in (presented, session, case.shown["short_code"], case.shown["digits"], challenge, "x", "密"):
        same_refusal(case, lambda token=token: owner.phone.claim(token=token), unknown)
    same_refusal(case, lambda: owner.phone.claim(short_code=token_of(case.shown)), unknown)
    same_refusal(case, lambda: owner.phone.claim(short_code=challenge), unknown)


def test_the_token_of_a_challenge_on_the_same_phone_cannot_be_scanned(case: Case, unknown: ApiError) -> None:
    """That token is never shown; who has it from anywhere still cannot claim by it."""
    token = new_token()
    case.owner.phone.open_here(case.signing)
    here = case.newest()
    assert here.purpose is ChallengePurpose.SIGNING_HERE
    hashed = hash_token(token, ChallengePurpose.SIGNING_HERE.value)
    case.run(
        lambda: Challenge.filter(id=here.id).update(
            token_hash=hashed, state=ChallengeState.WAITING, claimed_by_id=None
        )
    )
    same_refusal(case, lambda: case.owner.phone.claim(token=token), unknown)


def test_a_signing_code_presents_no_licence_and_is_no_session(case: Case) -> None:
    token = token_of(case.shown)
    with Client(case.owner.url) as somebody:
        pages = [somebody.http.get(f"/l/{each}") for each in (token, secrets.token_urlsafe(32))]
        assert [page.status_code for page in pages] == [410, 410]
        assert case.owner.company_name not in pages[0].text
        somebody.http.cookies.set("ezhang_session", token)
        assert refused(somebody.me).status == 401


# ------------------------------------------------------------------- confirmations


def test_confirming_a_code_that_nobody_claimed_is_refused(case: Case, unknown: ApiError) -> None:
    challenge = case.newest().id
    same_refusal(case, lambda: case.owner.phone.confirm(challenge, PIN, case.shown["digits"]), unknown)


def test_confirming_from_another_phone_of_the_same_person_is_refused(case: Case, unknown: ApiError) -> None:
    second = case.owner.another_phone()
    challenge = case.claim()
    same_refusal(case, lambda: second.confirm(challenge, PIN, case.shown["digits"]), unknown)
    same_refusal(case, lambda: second.reject(challenge, "不行"), unknown)
    same_refusal(case, lambda: second._get(f"/api/challenges/{challenge}"), unknown)


def test_confirming_somebody_elses_challenge_is_refused(
    case: Case, stranger: Member, unknown: ApiError
) -> None:
    challenge = case.claim()
    same_refusal(case, lambda: stranger.phone.confirm(challenge, PIN, case.shown["digits"]), unknown)
    same_refusal(case, lambda: stranger.phone.reject(challenge, "不行"), unknown)
    same_refusal(case, lambda: stranger.phone._get(f"/api/challenges/{challenge}"), unknown)


def test_confirming_after_the_time_to_read_is_refused(case: Case, unknown: ApiError) -> None:
    challenge = case.claim()
    case.run(lambda: Challenge.filter(id=challenge).update(expires_at=datetime.now(UTC) + PAST))
    same_refusal(case, lambda: case.owner.phone.confirm(challenge, PIN, case.shown["digits"]), unknown)


def test_confirming_twice_is_refused(case: Case, unknown: ApiError) -> None:
    challenge = case.claim()
    case.owner.phone.confirm(challenge, PIN, case.shown["digits"])
    assert case.owner.ended(case.signing)["state"] == "signed"
    same_refusal(case, lambda: case.owner.phone.confirm(challenge, PIN, case.shown["digits"]), unknown)


def test_confirming_after_a_fresh_code_replaced_it_is_refused(case: Case, unknown: ApiError) -> None:
    challenge = case.claim()
    case.owner.phone.open_challenge(case.signing)
    same_refusal(case, lambda: case.owner.phone.confirm(challenge, PIN, case.shown["digits"]), unknown)


def test_confirming_what_was_cancelled_is_refused(case: Case, unknown: ApiError) -> None:
    challenge = case.claim()
    case.owner.phone.cancel(case.signing)
    same_refusal(case, lambda: case.owner.phone.confirm(challenge, PIN, case.shown["digits"]), unknown)


def test_a_challenge_of_one_signing_confirms_no_other(case: Case) -> None:
    """Two signings wait; the code of one is confirmed, and only that one is signed."""
    other = Case(case.owner)
    case.owner.phone.confirm(case.claim(), PIN, case.shown["digits"])
    assert case.owner.ended(case.signing)["state"] == "signed"
    assert other.run(lambda: Signing.get(id=other.signing)).state is SigningState.PENDING
    assert other.newest().state is ChallengeState.WAITING


def test_one_wrong_pair_of_digits_kills_the_code_and_counts_no_pin(case: Case, unknown: ApiError) -> None:
    challenge = case.claim()
    wrong = f"{(int(case.shown['digits']) + 1) % 100:02d}"
    answer = refused(lambda: case.owner.phone.confirm(challenge, PIN, wrong))
    assert (answer.status, answer.code) == (410, "challenge.digits_wrong")
    assert case.newest().state is ChallengeState.DEAD
    same_refusal(case, lambda: case.owner.phone.confirm(challenge, PIN, case.shown["digits"]), unknown)
    assert case.run(lambda: Offer.filter(subject=case.signing).count()) == 0
    again = case.owner.phone.open_challenge(case.signing)
    claim = case.owner.phone.claim(token=token_of(again))
    case.owner.phone.confirm(claim["id"], PIN, again["digits"])
    assert case.owner.ended(case.signing)["state"] == "signed"


@pytest.mark.parametrize("digits", [None, "", "0", "000"])
def test_a_scanned_code_is_not_confirmed_without_its_digits(case: Case, digits: str | None) -> None:
    challenge = case.claim()
    answer = refused(lambda: case.owner.phone.confirm(challenge, PIN, digits))
    assert answer.code == "challenge.digits_wrong"
    assert case.run(lambda: Offer.filter(subject=case.signing).count()) == 0


def test_looking_changes_nothing(case: Case) -> None:
    before = case.state()
    phone = case.owner.phone
    phone.signing(case.signing)
    phone.http.get("/c")
    phone.http.get(f"/api/signings/{case.signing}/pages/0.png", params={"w": 200})
    assert case.state() == before


def test_a_signing_that_nobody_confirms_expires(case: Case) -> None:
    case.run(lambda: Signing.filter(id=case.signing).update(expires_at=datetime.now(UTC) + PAST))
    assert case.owner.ended(case.signing)["state"] == "expired"
    assert case.newest().state is ChallengeState.DEAD
    assert refused(lambda: case.owner.phone.open_challenge(case.signing)).code == "signing.not_pending"
