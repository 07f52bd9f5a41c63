"""Limits of rate: every address and every person has his own, and is told when to come back."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import httpx
import pytest

from auth.login import CODES_PER_ADDRESS, CODES_PER_MINUTE
from auth.presenting import PRESENTATIONS_PER_PERSON
from auth.throttling import Limit
from h5.conversation import MESSAGES_PER_PERSON
from seals.companies import PICTURES_PER_PERSON
from seals.kinds import SealKind
from seals.signing.claiming import SHORT_CODES_PER_PERSON
from seals.verifying import LOOKUPS_PER_ADDRESS, UPLOADS_PER_ADDRESS
from server.client import Client
from tests.http.site import Site, client_at, in_words
from tests.seals.photo.photos import stamped_jpeg

CODE = "0" * 16
Ask = Callable[[httpx.Client], httpx.Response]
mobiles = (f"1370000{number:04d}" for number in itertools.count())


def exhausted(ask: Callable[[], httpx.Response], limit: Limit) -> httpx.Response:
    """The first refusal. The limit's window may end on the way, and then begins anew, but once only."""
    for count in range(2 * limit.most + 1):
        answer = ask()
        if answer.status_code == 429:
            assert count >= limit.most, "less than was promised"
            return answer
    raise AssertionError(f"no limit {limit.name}")


def check(answer: httpx.Response, limit: Limit) -> None:
    error = answer.json()["error"]
    assert error["code"] == "rate.limited"
    assert in_words(error)
    wait = int(answer.headers["retry-after"])
    assert 1 <= wait <= limit.window_s + 1
    assert str(wait) in error["zh"]
    assert wait == error["facts"]["retry_after_s"]


@pytest.mark.parametrize(
    ("ask", "limit"),
    [
        (lambda http: http.get(f"/api/codes/{CODE}"), LOOKUPS_PER_ADDRESS),
        (lambda http: http.get(f"/v/{CODE}"), LOOKUPS_PER_ADDRESS),
        (
            lambda http: http.post(f"/api/codes/{CODE}/match", json={"sha256": "0" * 64}),
            LOOKUPS_PER_ADDRESS,
        ),
        (lambda http: http.post("/api/verify", files={"file": ("x.pdf", b"hello")}), UPLOADS_PER_ADDRESS),
        (
            lambda http: http.post("/api/verify-seal", files={"file": ("x.esl", b"hello")}),
            UPLOADS_PER_ADDRESS,
        ),
        (lambda http: http.post("/api/login/sms", json={"mobile": next(mobiles)}), CODES_PER_ADDRESS),
    ],
    ids=["code", "page", "hash", "file", "seal file", "sms"],
)
def test_a_stranger_is_limited_by_address(site: Site, stranger: Client, ask: Ask, limit: Limit) -> None:
    """And by that of his connection: what a header claims about it is not believed."""
    claims = (f"10.0.0.{number}" for number in itertools.count())

    def again() -> httpx.Response:
        stranger.http.headers.update({"x-forwarded-for": next(claims), "x-real-ip": next(claims)})
        return ask(stranger.http)

    check(exhausted(again, limit), limit)
    with client_at(site.url) as elsewhere:
        assert ask(elsewhere.http).status_code < 429, "somebody else's greed is not his"


@pytest.mark.parametrize(
    ("number", "path", "body", "limit"),
    [
        (171, "/api/challenges/claim", {"short_code": "000000"}, SHORT_CODES_PER_PERSON),
        (172, "/api/thread/messages", {"text": "帮助"}, MESSAGES_PER_PERSON),
        (173, "/api/companies/{company}/presentations", {}, PRESENTATIONS_PER_PERSON),
    ],
)
def test_a_person_is_limited_wherever_he_is(
    site: Site, number: int, path: str, body: dict[str, str], limit: Limit
) -> None:
    party = site.founder(number, "吕子轩", f"北京子轩{number}号有限公司")
    addresses = itertools.cycle([party.http, _elsewhere(site, party.http)])
    url = path.replace("{company}", party.company)
    check(exhausted(lambda: next(addresses).post(url, json=body), limit), limit)


def test_pictures_are_painted_at_leisure(site: Site) -> None:
    """Each takes a part of a second of a process that has nothing but that to answer everybody else."""
    party = site.founder(174, "吕子轩", "北京子轩174号有限公司")
    urls = itertools.cycle([f"/api/seals/{party.seal(kind)}/imprint.png" for kind in ("contract", "finance")])
    check(exhausted(lambda: party.http.get(next(urls)), PICTURES_PER_PERSON), PICTURES_PER_PERSON)
    site.change("DELETE FROM throttle WHERE id LIKE 'picture.%'")
    photo = party.client.take_photo(party.company, "x.jpg", stamped_jpeg(SealKind.CONTRACT), "contract")["id"]
    answer = exhausted(lambda: party.http.get(f"/api/photos/{photo}/imprint.png"), PICTURES_PER_PERSON)
    check(answer, PICTURES_PER_PERSON)


def _elsewhere(site: Site, http: httpx.Client) -> httpx.Client:
    client = client_at(site.url)
    client.http.cookies.update(http.cookies)
    return client.http


def test_a_mobile_is_not_flooded_whoever_asks(site: Site) -> None:
    check(exhausted(lambda: _send(site, "13711112222"), CODES_PER_MINUTE), CODES_PER_MINUTE)


def _send(site: Site, mobile: str) -> httpx.Response:
    with client_at(site.url) as client:
        return client.http.post("/api/login/sms", json={"mobile": mobile})
