"""The page that asked for a seal follows it live, by server-sent events."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from server.client import Json
from server.demo import Demo
from tests.http.site import Party, Site, client_at
from tests.seals.pdf.samples import contract

WAIT_S = 10.0  # well below the heartbeat of 15 s, at which a page would look by itself
ORDER = ("none", "waiting", "claimed", "confirmed", "keyed", "signed")


def step(view: Json) -> str:
    """Where on its way a signing is, as the page shows it."""
    return str(view["scan"]["state"] if view["state"] == "pending" else view["state"])


@contextmanager
def following(site: Site, party: Party, signing: str) -> Iterator[queue.Queue[Json | None]]:
    """What a second page of the same person is told, in order; None when the stream has ended."""
    client, told = client_at(site.url), queue.Queue[Json | None]()
    client.http.cookies.update(party.http.cookies)

    def follow() -> None:
        try:
            for view in client.follow(signing):
                told.put(view)
        finally:
            told.put(None)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    yield told
    thread.join(WAIT_S)
    client.close()
    assert not thread.is_alive(), "the stream of a signing that has ended does not end"


def rest(told: queue.Queue[Json | None]) -> list[Json]:
    return list(iter(lambda: told.get(timeout=WAIT_S), None))


def test_waiting_claimed_confirmed_signed_in_order(site: Site, a: Party) -> None:
    signing = a.ask(contract())["id"]
    shown = a.client.open_challenge(signing)
    with following(site, a, signing) as told:
        first = told.get(timeout=WAIT_S)
        assert first is not None
        assert step(first) == "waiting"
        claim = a.client.claim(token=shown["url"].partition("#")[2])
        second = told.get(timeout=WAIT_S)
        assert second is not None
        assert (step(second), second["scan"]["by_masked"]) == ("claimed", "王*")
        a.client.confirm(claim["id"], a.pin, shown["digits"])
        views = [first, second, *rest(told)]
    steps = [step(view) for view in views]
    assert steps == sorted(steps, key=ORDER.index), "never a step back"
    assert len(set(steps)) == len(steps), "nothing is told twice"
    assert steps[-1] == "signed"
    assert views[-1]["file_url"] == f"/api/signings/{signing}/exports/pdf"
    assert all(view["file_url"] is None for view in views[:-1])


@pytest.mark.parametrize("way", ["rejected", "cancelled"])
def test_the_other_ways_to_end(site: Site, a: Party, way: str) -> None:
    signing = a.ask(contract())["id"]
    shown = a.client.open_challenge(signing)
    with following(site, a, signing) as told:
        assert told.get(timeout=WAIT_S)
        if way == "rejected":
            claim = a.client.claim(short_code=shown["short_code"])
            a.client.reject(claim["id"], "金额与订单不符")
        else:
            a.client.cancel(signing)
        last = rest(told)[-1]
    assert (last["state"], last["file_url"]) == (way, None)
    assert last["reason"] == ("金额与订单不符" if way == "rejected" else None)


def test_an_ended_signing_is_told_once_and_as_the_api_tells_it(site: Site, a: Party) -> None:
    done, _ = a.sign(contract())
    cancelled = a.ask(contract())["id"]
    a.client.cancel(cancelled)
    for signing in (done["id"], cancelled):
        with following(site, a, signing) as told:
            assert rest(told) == [a.client.signing(signing)]


def test_who_logs_out_is_told_no_more(site: Site, a: Party) -> None:
    signing = a.ask(contract())["id"]
    elsewhere = Party(Demo(site.url, a.demo.mobile), a.name, a.id_number, a.pin)
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    elsewhere.demo.log_in()
    with following(site, elsewhere, signing) as told:
        assert told.get(timeout=WAIT_S)
        elsewhere.client.log_out()
        a.client.cancel(signing)
        assert rest(told) == []


def test_the_stream_is_marked_as_one(a: Party) -> None:
    signing = a.ask(contract())["id"]
    a.client.cancel(signing)
    with a.http.stream("GET", f"/api/signings/{signing}/events") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
        lines = response.iter_lines()
        assert [next(lines) for _ in range(3)] == ["retry: 1000", "", "event: signing"]
